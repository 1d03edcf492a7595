#include "session/journal/journal.h"

#include <SQLiteCpp/SQLiteCpp.h>
#include <fcntl.h>
#include <fmt/format.h>
#include <sqlite3.h>
#include <sys/stat.h>
#include <unistd.h>

#include "media/base/fd.h"
#include "session/journal/chain.h"
#include "session/journal/guarded.h"
#include "session/journal/verify.h"

namespace tyndau::journal {

namespace {

constexpr auto kRememberedFor = std::chrono::hours(24);
constexpr std::size_t kMaxPayloadBytes = std::size_t{16} << 20;

constexpr const char* kTables = R"sql(
CREATE TABLE events (
  meeting TEXT NOT NULL,
  seq     INTEGER NOT NULL CHECK (seq >= 1),
  utc_ms  INTEGER NOT NULL,
  actor   TEXT NOT NULL,
  kind    TEXT NOT NULL,
  payload TEXT NOT NULL,
  previous BLOB NOT NULL CHECK (length(previous) = 32),
  hash    BLOB NOT NULL CHECK (length(hash) = 32),
  PRIMARY KEY (meeting, seq)
) STRICT, WITHOUT ROWID;

CREATE TABLE heads (
  id      INTEGER PRIMARY KEY,
  meeting TEXT NOT NULL UNIQUE,
  seq     INTEGER NOT NULL,
  hash    BLOB NOT NULL
) STRICT;

CREATE TABLE remembered (
  key    TEXT PRIMARY KEY,
  digest TEXT NOT NULL,
  seq    INTEGER NOT NULL,
  utc_ms INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TRIGGER events_are_not_changed BEFORE UPDATE ON events
BEGIN SELECT RAISE(ABORT, 'the journal is append-only: events are not changed'); END;

CREATE TRIGGER events_are_not_removed BEFORE DELETE ON events
BEGIN SELECT RAISE(ABORT, 'the journal is append-only: events are not removed'); END;

CREATE TRIGGER events_follow_each_other BEFORE INSERT ON events
WHEN NEW.seq <> (SELECT coalesce(max(seq), 0) + 1 FROM events WHERE meeting = NEW.meeting)
BEGIN SELECT RAISE(ABORT, 'the journal is append-only: events are numbered without gaps'); END;
)sql";

std::int64_t milliseconds_of(Utc utc) { return utc.time_since_epoch().count(); }
Utc utc_of(std::int64_t ms) { return Utc(std::chrono::milliseconds(ms)); }

std::string bytes_of(const SQLite::Column& column) {
  return {static_cast<const char*>(column.getBlob()), static_cast<std::size_t>(column.getBytes())};
}

/// Files of before were readable for the group, which tyndau-media is in. Where they are somebody else's there is
/// nothing that we could do, and nothing that we must: tmpfiles mends them.
void keep_private(const std::filesystem::path& file) {
  for (const char* suffix : {"", "-wal", "-shm"}) (void)::chmod((file.string() + suffix).c_str(), 0600);
}

/// Made by us, because SQLite would make it readable by everybody, and it holds password hashes and secrets. It gives
/// its log the same rights.
Result<void> make_file(const std::filesystem::path& file) {
  const Fd fd(::open(file.c_str(), O_RDWR | O_CREAT | O_CLOEXEC | O_EXCL, 0600));
  if (!fd && errno != EEXIST) return fail_errno("cannot create the database " + file.string());
  if (!fd && ::access(file.c_str(), R_OK | W_OK) != 0) return fail_errno("cannot use the database " + file.string());
  struct stat status {};
  if (fd && ::geteuid() == 0 && ::stat(file.parent_path().c_str(), &status) == 0) {
    // An operator's command must not lock the service out: the file belongs to whom the directory belongs to.
    if (::fchown(fd.get(), status.st_uid, status.st_gid) != 0) return fail_errno("cannot give away " + file.string());
  }
  if (::stat(file.c_str(), &status) != 0) return fail_errno("cannot look at " + file.string());
  if (!S_ISREG(status.st_mode)) return fail("the database " + file.string() + " is not a file");
  if ((status.st_mode & 077) != 0) keep_private(file);
  return {};
}

/// When the disk fills up while a hearing is live, the secretary must still be able to end it. So the log keeps room
/// for some hundred actions (no lock is held on it, so opening it again beside SQLite is safe), and the file grows by
/// chunks.
void keep_room(SQLite::Database& database, const std::filesystem::path& file) {
  int chunk = 1 << 20;
  sqlite3_file_control(database.getHandle(), "main", SQLITE_FCNTL_CHUNK_SIZE, &chunk);
  const Fd log(::open((file.string() + "-wal").c_str(), O_RDWR | O_CLOEXEC));
  // Not every file system can; then there is no room kept, and nothing else changes.
  if (log && ::fallocate(log.get(), FALLOC_FL_KEEP_SIZE, 0, 6 << 20) != 0) return;
}

Result<void> prepare(SQLite::Database& database, const std::filesystem::path& file) {
  database.setBusyTimeout(kBusyMs);
  const int schema = database.execAndGet("PRAGMA user_version").getInt();
  if (schema > kSchema) {
    return fail(fmt::format("{} was written by a newer tyndau (schema {}, this one knows {}): install that one",
                            file.string(), schema, kSchema));
  }
  const std::string check = database.execAndGet("PRAGMA quick_check(1)").getString();
  if (check != "ok") {
    return fail(fmt::format("{} is damaged ({}). Keep a copy of it and restore the last backup", file.string(), check));
  }
  database.execAndGet("PRAGMA journal_mode = WAL");
  database.exec("PRAGMA synchronous = FULL");
  database.exec("PRAGMA foreign_keys = ON");
  if (schema == kSchema) return {};
  SQLite::Transaction transaction(database, SQLite::TransactionBehavior::IMMEDIATE);
  // Somebody else may have been faster while we waited for the lock.
  if (database.execAndGet("PRAGMA user_version").getInt() == 0) {
    database.exec(kTables);
    database.exec(fmt::format("PRAGMA user_version = {}", kSchema));
  }
  transaction.commit();
  return {};
}

}  // namespace

struct Journal::Inner {
  std::filesystem::path file;
  SQLite::Database database;
  std::int64_t data_version = 0;  ///< as heads_written_elsewhere() last saw it; none is 0

  struct Head {
    std::int64_t seq = 0;
    std::string hash = beginning();
    Utc utc{};
  };
  Head head(const std::string& meeting) {
    SQLite::Statement query(database,
                            "SELECT seq, hash, utc_ms FROM events WHERE meeting = ? ORDER BY seq DESC LIMIT 1");
    query.bind(1, meeting);
    if (!query.executeStep()) return {};
    return {query.getColumn(0).getInt64(), bytes_of(query.getColumn(1)), utc_of(query.getColumn(2).getInt64())};
  }

  void insert(const std::string& meeting, const Link& link, const std::string& hash) {
    SQLite::Statement insert(database, "INSERT INTO events VALUES (?, ?, ?, ?, ?, ?, ?, ?)");
    insert.bind(1, meeting);
    insert.bind(2, link.seq);
    insert.bind(3, link.utc_ms);
    insert.bind(4, std::string(link.actor));
    insert.bind(5, std::string(link.kind));
    insert.bind(6, std::string(link.payload));
    insert.bind(7, link.previous.data(), static_cast<int>(link.previous.size()));
    insert.bind(8, hash.data(), static_cast<int>(hash.size()));
    insert.exec();
  }

  void put_head(const std::string& meeting, const Head& head) {
    SQLite::Statement put(database,
                          "INSERT INTO heads (meeting, seq, hash) VALUES (?, ?, ?) "
                          "ON CONFLICT (meeting) DO UPDATE SET seq = excluded.seq, hash = excluded.hash");
    put.bind(1, meeting);
    put.bind(2, head.seq);
    put.bind(3, head.hash.data(), static_cast<int>(head.hash.size()));
    put.exec();
  }

  void put_remembered(const Remember& remember, std::int64_t seq, Utc utc) {
    SQLite::Statement purge(database, "DELETE FROM remembered WHERE utc_ms < ?");
    purge.bind(1, milliseconds_of(utc - kRememberedFor));
    purge.exec();
    SQLite::Statement put(database, "INSERT INTO remembered VALUES (?, ?, ?, ?)");
    put.bind(1, remember.key);
    put.bind(2, remember.digest);
    put.bind(3, seq);
    put.bind(4, milliseconds_of(utc));
    put.exec();
  }
};

Journal::Journal(std::unique_ptr<Inner> inner) : inner_(std::move(inner)) {}
Journal::Journal(Journal&&) noexcept = default;
Journal& Journal::operator=(Journal&&) noexcept = default;
Journal::~Journal() = default;

Result<Journal> Journal::open(const std::filesystem::path& file) {
  if (auto made = make_file(file); !made) return tl::unexpected(made.error());
  return guarded(file, [&]() -> Result<Journal> {
    std::unique_ptr<Inner> inner(new Inner{file, SQLite::Database(file.string(), SQLite::OPEN_READWRITE)});
    if (auto prepared = prepare(inner->database, file); !prepared) return tl::unexpected(prepared.error());
    keep_room(inner->database, file);
    return Journal(std::move(inner));
  });
}

Result<std::vector<std::string>> Journal::meetings() const {
  return guarded(inner_->file, [&]() -> Result<std::vector<std::string>> {
    SQLite::Statement query(inner_->database, "SELECT meeting FROM heads ORDER BY id");
    std::vector<std::string> ids;
    while (query.executeStep()) ids.push_back(query.getColumn(0).getString());
    return ids;
  });
}

Result<std::optional<std::map<std::string, std::int64_t>>> Journal::heads_written_elsewhere() {
  using Heads = std::optional<std::map<std::string, std::int64_t>>;
  return guarded(inner_->file, [&]() -> Result<Heads> {
    // Changes with every commit of another connection, and with none of our own (SQLite, PRAGMA data_version).
    const std::int64_t version = inner_->database.execAndGet("PRAGMA data_version").getInt64();
    if (version == inner_->data_version) return Heads{};
    std::map<std::string, std::int64_t> heads;
    SQLite::Statement query(inner_->database, "SELECT meeting, seq FROM heads");
    while (query.executeStep()) heads.emplace(query.getColumn(0).getString(), query.getColumn(1).getInt64());
    inner_->data_version = version;
    return Heads{std::move(heads)};
  });
}

Result<std::vector<meeting::StoredEvent>> Journal::events(const std::string& meeting, std::int64_t after) const {
  return guarded(inner_->file, [&]() -> Result<std::vector<meeting::StoredEvent>> {
    SQLite::Statement query(inner_->database,
                            "SELECT seq, utc_ms, actor, kind, payload FROM events "
                            "WHERE meeting = ? AND seq > ? ORDER BY seq");
    query.bind(1, meeting);
    query.bind(2, after);
    std::vector<meeting::StoredEvent> events;
    while (query.executeStep()) {
      auto payload = parse_json(query.getColumn(4).getString(), kMaxPayloadBytes);
      if (!payload) {
        return fail(fmt::format("{}: meeting {}, event {}: {}", inner_->file.string(), meeting,
                                query.getColumn(0).getInt64(), payload.error().what));
      }
      events.push_back({query.getColumn(0).getInt64(),
                        utc_of(query.getColumn(1).getInt64()),
                        query.getColumn(2).getString(),
                        {query.getColumn(3).getString(), std::move(*payload)}});
    }
    return events;
  });
}

Result<std::vector<meeting::StoredEvent>> Journal::append(const std::string& meeting, Utc utc, const std::string& actor,
                                                          const std::vector<meeting::Event>& events,
                                                          const std::optional<Remember>& remember,
                                                          std::optional<std::int64_t> after) {
  return guarded(inner_->file, [&]() -> Result<std::vector<meeting::StoredEvent>> {
    SQLite::Transaction transaction(inner_->database, SQLite::TransactionBehavior::IMMEDIATE);
    Inner::Head head = inner_->head(meeting);
    if (after && head.seq != *after) {
      return fail(fmt::format("{}: meeting {} is at event {} and not at {}: another program wrote to it",
                              inner_->file.string(), meeting, head.seq, *after),
                  EEXIST);
    }
    if (head.seq > 0) utc = std::max(utc, head.utc);  // the clock may have been set back; the record does not go back
    std::vector<meeting::StoredEvent> stored;
    for (const meeting::Event& event : events) {
      const std::string payload = event.payload.dump();
      if (payload.size() > kMaxPayloadBytes)
        return fail(fmt::format("an event of {} bytes is too long", payload.size()));
      const Link link{head.hash, meeting, head.seq + 1, milliseconds_of(utc), actor, event.kind, payload};
      const std::string hash = hash_of(link);
      inner_->insert(meeting, link, hash);
      head = {head.seq + 1, hash, utc};
      stored.push_back({head.seq, utc, actor, event});
    }
    if (!stored.empty()) inner_->put_head(meeting, head);
    if (remember) inner_->put_remembered(*remember, head.seq, utc);
    transaction.commit();
    return stored;
  });
}

Result<std::optional<Journal::Remembered>> Journal::remembered(const std::string& key) const {
  return guarded(inner_->file, [&]() -> Result<std::optional<Remembered>> {
    SQLite::Statement query(inner_->database, "SELECT digest, seq FROM remembered WHERE key = ?");
    query.bind(1, key);
    if (!query.executeStep()) return std::nullopt;
    return Remembered{query.getColumn(0).getString(), query.getColumn(1).getInt64()};
  });
}

Result<std::int64_t> Journal::count(const std::string& meeting) const {
  return guarded(inner_->file, [&]() -> Result<std::int64_t> {
    SQLite::Statement query(inner_->database, "SELECT coalesce(max(seq), 0) FROM events WHERE meeting = ?");
    query.bind(1, meeting);
    query.executeStep();
    return query.getColumn(0).getInt64();
  });
}

Result<std::optional<std::string>> Journal::hash_at(const std::string& meeting, std::int64_t seq) const {
  return guarded(inner_->file, [&]() -> Result<std::optional<std::string>> {
    SQLite::Statement query(inner_->database, "SELECT hash FROM events WHERE meeting = ? AND seq = ?");
    query.bind(1, meeting);
    query.bind(2, seq);
    if (!query.executeStep()) return std::nullopt;
    return hexadecimal(bytes_of(query.getColumn(0)));
  });
}

Result<std::vector<Journal::Verdict>> Journal::verify(const std::string& meeting) const {
  return guarded(inner_->file, [&]() -> Result<std::vector<Verdict>> {
    // One view of the file from the first meeting to the last, though a session may be writing.
    SQLite::Transaction snapshot(inner_->database);
    return verify_meetings(inner_->database, inner_->file, meeting);
  });
}

}  // namespace tyndau::journal
