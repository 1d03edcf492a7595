#pragma once
#include <cstdint>
#include <filesystem>
#include <functional>
#include <vector>

#include "media/base/result.h"

namespace tyndau::sources {

/// Reads every *.wav of the directory in order of name and joins them with short pauses: mono at
/// programme::Format::kSampleRate. Missing or unreadable files are a failure. `stop` is asked between files; when it
/// says yes the result is what was read so far. Blocks; any thread but a streaming one.
Result<std::vector<std::int16_t>> load_speech(const std::filesystem::path& directory,
                                              const std::function<bool()>& stop);

}  // namespace tyndau::sources
