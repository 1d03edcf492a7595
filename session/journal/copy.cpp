#include "session/journal/copy.h"

#include <fcntl.h>

#include "media/base/fd.h"
#include "session/journal/guarded.h"
#include "session/journal/verify.h"

namespace tyndau::journal {

namespace {

Result<void> check_schema(SQLite::Database& database, const std::filesystem::path& file) {
  const int schema = database.execAndGet("PRAGMA user_version").getInt();
  if (schema > kSchema) return fail(fmt::format("{} was written by a newer tyndau: install that one", file.string()));
  if (schema < 1) return fail(fmt::format("{} has no journal in it", file.string()));
  return {};
}

}  // namespace

Result<void> copy_database(const std::filesystem::path& from, const std::filesystem::path& to) {
  const Fd fd(::open(to.c_str(), O_RDWR | O_CREAT | O_CLOEXEC | O_EXCL, 0600));
  if (!fd) return fail_errno("cannot create " + to.string());
  return guarded(from, [&]() -> Result<void> {
    SQLite::Database source(from.string(), SQLite::OPEN_READWRITE);
    source.setBusyTimeout(kBusyMs);
    if (auto checked = check_schema(source, from); !checked) return checked;
    return guarded(to, [&]() -> Result<void> {
      SQLite::Database copy(to.string(), SQLite::OPEN_READWRITE);
      SQLite::Backup backup(copy, source);
      // All pages in one step: that is one moment of the journal, however often somebody writes meanwhile. Writers do
      // not wait for it, for they write behind it into the log.
      if (const int code = backup.executeStep(-1); code != SQLITE_DONE) {
        return fail(
            fmt::format("{} is being written by another program for more than {} s", from.string(), kBusyMs / 1000),
            EBUSY);
      }
      // The copy says of itself that there is a log beside it; there is none, and none is to be looked for.
      copy.execAndGet("PRAGMA journal_mode = DELETE");
      return {};
    });
  });
}

Result<std::vector<Journal::Verdict>> verify_copy(const std::filesystem::path& file, const std::string& meeting) {
  return guarded(file, [&]() -> Result<std::vector<Journal::Verdict>> {
    SQLite::Database database(file.string(), SQLite::OPEN_READONLY);
    if (auto checked = check_schema(database, file); !checked) return tl::unexpected(checked.error());
    return verify_meetings(database, file, meeting);
  });
}

}  // namespace tyndau::journal
