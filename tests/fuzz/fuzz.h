#pragma once
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <string_view>

/// What the fuzz targets share. Each target is one file with one libFuzzer entry that feeds one parser of strangers'
/// bytes and holds what it returns against what its header promises: "does not crash" alone would let nonsense through.
namespace tyndau::fuzz {

/// Ends the process, which libFuzzer reports with the input, when a promise does not hold. `what` says which.
inline void promise(bool holds, const char* what) {
  if (holds) return;
  std::fprintf(stderr, "A promise is broken: %s\n", what);
  std::abort();
}

/// The input as text. It lives as long as libFuzzer's own bytes: for the one call.
inline std::string_view text(const std::uint8_t* data, std::size_t size) {
  return {reinterpret_cast<const char*>(data), size};
}

}  // namespace tyndau::fuzz
