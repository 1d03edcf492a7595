#pragma once
#include <cstdint>
#include <filesystem>
#include <string>

#include "media/base/fd.h"
#include "media/base/result.h"

/// Writing what must be there after a power cut.
namespace tyndau::backup {

Result<void> write_text(const Fd& file, const std::string& text);
/// A new file (or one of that name anew), readable by its owner alone, durable when it returns.
Result<void> write_durably(const std::filesystem::path& file, const std::string& text);
/// Makes the names in a folder durable.
Result<void> sync_folder(const std::filesystem::path& folder);
/// Nanoseconds since 1970. What cannot be set is left: it is for people who look, and for the next backup's speed.
void set_time(const Fd& file, std::int64_t modified_ns);

}  // namespace tyndau::backup
