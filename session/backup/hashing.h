#pragma once
#include <cstdint>
#include <functional>
#include <string>
#include <string_view>

#include "media/base/result.h"

/// BLAKE2b with 256 bits, and copies that are hashed on their way: each byte is read once.
namespace tyndau::backup {

std::string hash_of(std::string_view text);

/// Called with the number of bytes since it was called last.
using Tick = std::function<void(std::uint64_t)>;

/// The hash of the next `bytes` of `in`, which are copied to `out` unless that is -1. A file that has fewer is a
/// failure.
Result<std::string> hash_and_copy(int in, int out, std::uint64_t bytes, const Tick& tick);

}  // namespace tyndau::backup
