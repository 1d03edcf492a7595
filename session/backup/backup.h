#pragma once
#include <cstdint>
#include <filesystem>
#include <functional>
#include <string>
#include <vector>

#include "media/base/result.h"
#include "media/base/utc.h"
#include "session/backup/inventory.h"
#include "session/backup/manifest.h"
#include "session/journal/journal.h"

/// Backups of a data directory whose processes may be running. BACKUP.md is the format. Each function is slow (it reads
/// disks) and belongs to a thread that may wait; one backup at a time is made in a place, others are refused.
namespace tyndau::backup {

/// How far it is, in bytes that must be read; called after each mebibyte or so.
using Progress = std::function<void(std::uint64_t done, std::uint64_t all)>;

struct Options {
  int keep = 7;  ///< how many backups stay in the place, this one among them; at least 1
  Progress progress;
};

struct Made {
  std::filesystem::path where;  ///< the new backup
  Manifest manifest;
  std::vector<journal::Journal::Verdict> verdicts;    ///< on the journal that was copied
  std::size_t copied = 0, linked = 0, as_before = 0;  ///< files
  std::uint64_t copied_bytes = 0;
  std::vector<std::string> lost;  ///< paths that an index names and that are not there
};

/// Makes a backup in `place`, which is created when its parent exists. It appears there under its name when all of it
/// is on the disk, and not before: whoever is killed leaves the older ones and a beginning that the next one goes on
/// from. A file that an older backup has is not read again: it gets another name (a hard link) where the file system
/// can. So does a finished file of the data directory on the same file system. With a broken chain in the journal it is
/// made all the same, and no older one is removed. Failures: the place is inside of the data directory or not writable,
/// another backup is being made there (EBUSY), the journal cannot be read, a full disk (ENOSPC; then the beginning is
/// removed).
Result<Made> make(const Places& places, const std::filesystem::path& place, const Options& options, Utc now);

/// The newest whole backup in `place`, or `place` itself when it is one.
Result<std::filesystem::path> newest(const std::filesystem::path& place);

}  // namespace tyndau::backup
