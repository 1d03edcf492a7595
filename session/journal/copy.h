#pragma once
#include <filesystem>
#include <string>
#include <vector>

#include "session/journal/journal.h"

/// Whole copies of tyndau.db, for backups.
namespace tyndau::journal {

/// Copies the database as it is at one moment into the new file `to`, while others read and write it: a copy of the
/// file by other means lacks what stands in the write-ahead log. `to` is readable by its owner alone and needs no log
/// beside it. Not durable before it is synced. Failures: not a database, damaged, a newer schema, ENOSPC, EBUSY.
Result<void> copy_database(const std::filesystem::path& from, const std::filesystem::path& to);

/// Journal::verify of a copy that nobody writes. Changes nothing: not the file, and nothing beside it.
Result<std::vector<Journal::Verdict>> verify_copy(const std::filesystem::path& file, const std::string& meeting = {});

}  // namespace tyndau::journal
