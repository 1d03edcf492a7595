#pragma once
#include <filesystem>
#include <string>
#include <vector>

#include "session/backup/backup.h"

namespace tyndau::backup {

struct Restored {
  std::filesystem::path from;
  Manifest manifest;
};

/// Copies the newest backup in `from` (or `from` itself) to the data directory `data`, comparing every hash on the way.
/// Is refused with EEXIST where a journal or recordings are, or appear before it is done: nothing is ever written over,
/// and no file removed but its own copies. The database comes last, so that a restore that was interrupted has left
/// none, and can be begun again from the same backup. `progress` is called once more before the recordings and before
/// the database get their names. As root it gives the files to those whom `data` and `data`/media belong to. No process
/// of tyndau may run on `data` meanwhile.
Result<Restored> restore(const std::filesystem::path& from, const std::filesystem::path& data,
                         const Progress& progress);

/// What is wrong with the backup's own files, in words, one each: sizes, hashes, the journal's chain. `progress` as
/// above.
Result<std::vector<std::string>> check(const std::filesystem::path& backup, const Manifest& manifest,
                                       const Progress& progress);

/// What the data directory lacks of what the manifest names, or has otherwise, in words, one each. It may have more: a
/// backup is always of before. With `hashes` the recordings are read, else only their sizes are compared.
struct Compared {
  std::vector<std::string> wrong;
  std::int64_t newer_events = 0;  ///< that the backup does not have
};
Result<Compared> compare(const Places& places, const Manifest& manifest, bool hashes, const Progress& progress);

}  // namespace tyndau::backup
