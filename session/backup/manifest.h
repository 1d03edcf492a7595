#pragma once
#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "media/base/result.h"
#include "media/base/utc.h"

/// What a backup says about itself: the file `manifest` in it, format BACKUP.md. Written last: a backup without a whole
/// manifest is none.
namespace tyndau::backup {

/// The end of one meeting's chain.
struct Head {
  std::string meeting;
  std::int64_t events = 0;
  std::string hash;  ///< hexadecimal
  bool operator==(const Head&) const = default;
};

/// One file. `path` is relative to the data directory, with plain names only: nothing leads out of it.
struct Entry {
  std::string path;
  std::uint64_t bytes = 0;
  std::int64_t modified_ns = 0;  ///< of the file it was taken from, since 1970: where both are the same, so is the rest
  std::string hash;              ///< BLAKE2b, 256 bits, hexadecimal, as `b2sum -l 256` prints it
  bool operator==(const Entry&) const = default;
};

struct Manifest {
  Utc made{};
  std::vector<Head> heads;
  std::vector<Entry> files;
  std::uint64_t bytes() const;  ///< of all files
};

inline constexpr const char* kManifestName = "manifest";
inline constexpr const char* kDatabaseName = "tyndau.db";

/// One line with its newline, and back. nullopt for anything else, a torn line too.
std::string format_entry(const Entry& entry);
std::optional<Entry> parse_entry(std::string_view line);

std::string format_manifest(const Manifest& manifest);
/// Refuses a manifest that is not whole.
Result<Manifest> parse_manifest(const std::string& text);
/// Of the backup in that directory.
Result<Manifest> read_manifest(const std::filesystem::path& backup);

}  // namespace tyndau::backup
