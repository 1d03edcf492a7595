#pragma once
#include <SQLiteCpp/Backup.h>
#include <SQLiteCpp/SQLiteCpp.h>
#include <fmt/format.h>
#include <sqlite3.h>

#include <cerrno>
#include <filesystem>

#include "media/base/json.h"
#include "media/base/result.h"

/// SQLite's exceptions end here: outside this room there are Results.
namespace tyndau::journal {

/// `PRAGMA user_version` of the format that JOURNAL.md describes.
inline constexpr int kSchema = 1;
/// How long a lock of another program is waited for.
inline constexpr int kBusyMs = 3000;

inline Failure failure_of(const std::filesystem::path& file, const SQLite::Exception& error) {
  const std::string name = file.string();
  switch (error.getErrorCode() & 0xff) {
    case SQLITE_NOTADB:
      return {fmt::format("{} is not a database: {}", name, error.what())};
    case SQLITE_CORRUPT:
      return {fmt::format("{} is damaged ({}). Keep a copy of it and restore the last backup", name, error.what())};
    case SQLITE_FULL:
      return {fmt::format("{} cannot be written: the disk is full", name), ENOSPC};
    case SQLITE_BUSY:
      return {fmt::format("{} is being written by another program for more than {} s", name, kBusyMs / 1000), EBUSY};
    default:
      return {fmt::format("{}: {}", name, error.what())};
  }
}

/// Runs `body`, which speaks SQLite about `file`; what it throws becomes a failure with a sentence.
template <class Body>
auto guarded(const std::filesystem::path& file, Body body) -> decltype(body()) {
  try {
    return body();
  } catch (const SQLite::Exception& error) {
    return tl::unexpected(failure_of(file, error));
  } catch (const Json::exception& error) {
    return fail(fmt::format("{}: an event's text is not UTF-8: {}", file.string(), error.what()));
  }
}

}  // namespace tyndau::journal
