#include "session/journal/verify.h"

#include <SQLiteCpp/SQLiteCpp.h>
#include <fmt/format.h>

#include "session/journal/chain.h"
#include "session/meeting/state.h"

namespace tyndau::journal {

namespace {

/// One row as it stands in the table.
struct Row {
  std::int64_t seq = 0, utc_ms = 0;
  std::string actor, kind, payload, previous, hash;

  explicit Row(SQLite::Statement& query)
      : seq(query.getColumn(0).getInt64()),
        utc_ms(query.getColumn(1).getInt64()),
        actor(query.getColumn(2).getString()),
        kind(query.getColumn(3).getString()),
        payload(query.getColumn(4).getString()),
        previous(query.getColumn(5).getString()),
        hash(query.getColumn(6).getString()) {}
};

class Walk {
 public:
  explicit Walk(std::string meeting) : meeting_(std::move(meeting)) {}

  /// What is wrong with the row, or "".
  std::string step(const Row& row) {
    if (row.seq != seq_ + 1) return fmt::format("meeting {}: event {} is missing", meeting_, seq_ + 1);
    const auto broken = [&](std::string_view what) {
      return fmt::format("meeting {}, event {}: {}", meeting_, row.seq, what);
    };
    if (hash_of({row.previous, meeting_, row.seq, row.utc_ms, row.actor, row.kind, row.payload}) != row.hash) {
      return broken("its hash does not fit its content");
    }
    if (row.previous != hash_) {
      return row.seq == 1 ? broken("the first event must follow nothing")
                          : broken(fmt::format("it does not follow event {}: the previous hash differs", seq_));
    }
    if (row.utc_ms < utc_ms_ && row.seq > 1) return broken(fmt::format("its time is before that of event {}", seq_));
    auto payload = parse_json(row.payload, std::size_t{16} << 20);
    if (!payload) return broken("its content cannot be read: " + payload.error().what);
    const Utc utc{std::chrono::milliseconds(row.utc_ms)};
    meeting::apply(state_, {row.seq, utc, row.actor, {row.kind, std::move(*payload)}});
    if (state_.seq != row.seq) return broken("the state does not follow it");
    if (state_.record.id != meeting_) {
      return broken(fmt::format("the record it leads to is of the meeting '{}'", state_.record.id));
    }
    seq_ = row.seq;
    utc_ms_ = row.utc_ms;
    hash_ = row.hash;
    return {};
  }

  std::int64_t seq() const { return seq_; }
  const std::string& hash() const { return hash_; }

 private:
  std::string meeting_;
  std::int64_t seq_ = 0, utc_ms_ = 0;
  std::string hash_ = beginning();
  meeting::State state_;
};

/// The head is kept apart from the events: it tells when the last events were cut off.
std::string compare_with_head(SQLite::Database& database, const std::string& meeting, const Walk& walk) {
  SQLite::Statement query(database, "SELECT seq, hash FROM heads WHERE meeting = ?");
  query.bind(1, meeting);
  if (!query.executeStep()) return fmt::format("meeting {}: its head is missing", meeting);
  const std::int64_t seq = query.getColumn(0).getInt64();
  if (seq > walk.seq()) return fmt::format("meeting {}: event {} is missing", meeting, walk.seq() + 1);
  if (seq < walk.seq())
    return fmt::format("meeting {}, event {}: it is behind the head ({})", meeting, walk.seq(), seq);
  if (query.getColumn(1).getString() != walk.hash()) {
    return fmt::format("meeting {}, event {}: its hash is not the one kept as head", meeting, seq);
  }
  return {};
}

}  // namespace

Journal::Verdict verify_meeting(SQLite::Database& database, const std::string& meeting) {
  SQLite::Statement query(database,
                          "SELECT seq, utc_ms, actor, kind, payload, previous, hash FROM events "
                          "WHERE meeting = ? ORDER BY seq");
  query.bind(1, meeting);
  Walk walk(meeting);
  Journal::Verdict verdict;
  verdict.meeting = meeting;
  while (verdict.broken.empty() && query.executeStep()) verdict.broken = walk.step(Row(query));
  if (verdict.broken.empty()) verdict.broken = compare_with_head(database, meeting, walk);
  verdict.events = walk.seq();
  verdict.head = hexadecimal(walk.hash());
  return verdict;
}

Result<std::vector<Journal::Verdict>> verify_meetings(SQLite::Database& database, const std::filesystem::path& file,
                                                      const std::string& meeting) {
  const std::string check = database.execAndGet("PRAGMA integrity_check(1)").getString();
  if (check != "ok") return fail(fmt::format("{} is damaged: {}", file.string(), check));
  // A meeting may have lost its head, or its events: both lists count.
  SQLite::Statement query(
      database,
      "SELECT meeting FROM (SELECT meeting, min(id) AS place FROM heads GROUP BY meeting UNION ALL "
      "SELECT DISTINCT meeting, 9223372036854775807 FROM events) GROUP BY meeting ORDER BY min(place)");
  std::vector<Journal::Verdict> verdicts;
  while (query.executeStep()) {
    const std::string id = query.getColumn(0).getString();
    if (meeting.empty() || id == meeting) verdicts.push_back(verify_meeting(database, id));
  }
  if (verdicts.empty() && !meeting.empty()) return fail(fmt::format("there is no meeting '{}'", meeting));
  return verdicts;
}

}  // namespace tyndau::journal
