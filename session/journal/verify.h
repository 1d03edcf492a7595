#pragma once
#include <string>

#include "session/journal/journal.h"

namespace tyndau::journal {

/// Walks one meeting's events from the first: numbers, times, links, hashes, and the fold of the state. Stops at the
/// first broken link and names it. Throws SQLite::Exception when the file cannot be read.
Journal::Verdict verify_meeting(SQLite::Database& database, const std::string& meeting);

/// All meetings of the file, or the one. A failure is a file that is damaged, or a meeting that is not there.
Result<std::vector<Journal::Verdict>> verify_meetings(SQLite::Database& database, const std::filesystem::path& file,
                                                      const std::string& meeting);

}  // namespace tyndau::journal
