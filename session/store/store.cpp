#include "session/store/store.h"

#include <SQLiteCpp/SQLiteCpp.h>
#include <fcntl.h>
#include <fmt/format.h>
#include <sodium.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>

#include "media/base/fd.h"
#include "media/base/json.h"

namespace tyndau::store {

namespace {

constexpr int kBusyMs = 3000;
constexpr int kNewestSchema = 1;  // the journal's, whose file this is
constexpr auto kIdle = std::chrono::hours(12);
// Every request would otherwise be a write to disk; a minute in twelve hours is nothing.
constexpr auto kTouchEvery = std::chrono::minutes(1);
constexpr std::size_t kTokenBytes = 16;  // 128 bits
constexpr std::size_t kMaxPasswordBytes = 1024;

constexpr const char* kTables = R"sql(
CREATE TABLE IF NOT EXISTS accounts (
  name          TEXT PRIMARY KEY,
  password_hash TEXT NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE IF NOT EXISTS sessions (
  token_hash BLOB PRIMARY KEY,
  account    TEXT NOT NULL REFERENCES accounts (name) ON DELETE CASCADE,
  used_ms    INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE IF NOT EXISTS invitations (
  token_hash BLOB PRIMARY KEY,
  meeting    TEXT NOT NULL,
  person     TEXT NOT NULL,
  seq        INTEGER NOT NULL,
  expires_ms INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE IF NOT EXISTS registrations (
  id         TEXT PRIMARY KEY,
  token_hash BLOB NOT NULL UNIQUE,
  meeting    TEXT NOT NULL,
  name       TEXT NOT NULL,
  position   TEXT NOT NULL,
  item       TEXT NOT NULL,
  language   TEXT NOT NULL,
  created_ms INTEGER NOT NULL,
  status     TEXT NOT NULL CHECK (status IN ('pending', 'declined', 'approved')),
  person     TEXT NOT NULL
) STRICT, WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS kept_sources (
  id      TEXT PRIMARY KEY,
  uri     TEXT NOT NULL,
  kept_ms INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE IF NOT EXISTS kept_clock (
  one       INTEGER PRIMARY KEY CHECK (one = 1),
  boot      TEXT NOT NULL,
  utc_ms    INTEGER NOT NULL,
  steady_ms INTEGER NOT NULL
) STRICT;

CREATE TABLE IF NOT EXISTS said_once (
  what   TEXT PRIMARY KEY,
  utc_ms INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

CREATE INDEX IF NOT EXISTS registrations_of_a_meeting ON registrations (meeting, created_ms);
)sql";
constexpr const char* kRegistrationColumns =
    "SELECT id, meeting, name, position, item, language, created_ms, status, person FROM registrations ";
constexpr std::size_t kIdBytes = 9;  // twelve letters; it is no secret

std::int64_t milliseconds_of(Utc utc) { return utc.time_since_epoch().count(); }

template <class Body>
auto guarded(const std::filesystem::path& file, Body body) -> decltype(body()) {
  try {
    return body();
  } catch (const SQLite::Exception& error) {
    return fail(fmt::format("{}: {}", file.string(), error.what()));
  }
}

Result<void> sodium_ready() {
  if (sodium_init() < 0) return fail("libsodium cannot be started: the system gives no random bytes");
  return {};
}

std::string hexadecimal(const unsigned char* bytes, std::size_t size) {
  std::string text(size * 2 + 1, '\0');
  sodium_bin2hex(text.data(), text.size(), bytes, size);
  text.pop_back();
  return text;
}

using Sha256 = std::array<unsigned char, crypto_hash_sha256_BYTES>;

/// `purpose` keeps the hash in the database and the CSRF token apart: neither can be made from the other.
Sha256 sha256(std::string_view purpose, std::string_view token) {
  const std::string text = fmt::format("tyndau-{}:{}", purpose, token);
  Sha256 hash{};
  crypto_hash_sha256(hash.data(), reinterpret_cast<const unsigned char*>(text.data()), text.size());
  return hash;
}

std::string csrf_of(const std::string& token) { return hexadecimal(sha256("csrf", token).data(), kTokenBytes); }

/// What is kept of a token: who reads the database (or a backup) cannot become the secretary.
void bind_token(SQLite::Statement& statement, int place, const std::string& token,
                std::string_view purpose = "session") {
  const Sha256 hash = sha256(purpose, token);
  statement.bind(place, static_cast<const void*>(hash.data()), static_cast<int>(hash.size()));
}

/// Random bytes in letters that an address takes.
std::string random_letters(std::size_t bytes) {
  std::array<unsigned char, kTokenBytes> random{};
  randombytes_buf(random.data(), bytes);
  std::array<char, sodium_base64_ENCODED_LEN(kTokenBytes, sodium_base64_VARIANT_URLSAFE_NO_PADDING)> text{};
  return sodium_bin2base64(text.data(), text.size(), random.data(), bytes, sodium_base64_VARIANT_URLSAFE_NO_PADDING);
}

Store::Registration registration_in(SQLite::Statement& row) {
  return {row.getColumn(0).getString(),
          row.getColumn(1).getString(),
          row.getColumn(2).getString(),
          row.getColumn(3).getString(),
          row.getColumn(4).getString(),
          row.getColumn(5).getString(),
          Utc{std::chrono::milliseconds(row.getColumn(6).getInt64())},
          row.getColumn(7).getString(),
          row.getColumn(8).getString()};
}

/// Made by us, because SQLite would make it readable by everybody.
Result<void> make_file(const std::filesystem::path& file) {
  const Fd fd(::open(file.c_str(), O_RDWR | O_CREAT | O_CLOEXEC | O_EXCL, 0600));
  if (!fd) return errno == EEXIST ? Result<void>() : fail_errno("cannot create the database " + file.string());
  struct stat status {};
  if (::geteuid() != 0 || ::stat(file.parent_path().c_str(), &status) != 0) return {};
  // An operator's command must not lock the service out: the file belongs to whom the directory belongs to.
  if (::fchown(fd.get(), status.st_uid, status.st_gid) != 0) return fail_errno("cannot give away " + file.string());
  return {};
}

std::string escaped(const std::string& text) {
  std::string escaped;
  for (const char c : text) {
    if (c == '"' || c == '\\') escaped += '\\';
    escaped += c;
  }
  return escaped;
}

Result<void> check_name(const std::string& name) {
  if (name.empty() || name.size() > 64) return fail("a name has from 1 to 64 bytes");
  if (name.front() == ' ' || name.back() == ' ') return fail("a name neither begins nor ends with a space");
  for (const char c : name) {
    const auto byte = static_cast<unsigned char>(c);
    if (byte < 0x20 || byte == 0x7f) return fail("a name has no control characters in it");
  }
  // A name stands in the journal as the actor, and on screens: the strict reader of JSON knows what is text.
  if (!parse_json("\"" + escaped(name) + "\"")) return fail("a name must be UTF-8");
  return {};
}

}  // namespace

struct Store::Inner {
  std::filesystem::path file;
  SQLite::Database database;

  /// The log still has what was overwritten in the file. Where somebody reads just now nobody waits for them: the next
  /// checkpoint writes over it.
  void empty_log() {
    database.setBusyTimeout(0);
    SQLite::Statement empty(database, "PRAGMA wal_checkpoint(TRUNCATE)");
    (void)empty.tryExecuteStep();
    database.setBusyTimeout(kBusyMs);
  }
};

Store::Store(std::unique_ptr<Inner> inner) : inner_(std::move(inner)) {}
Store::Store(Store&&) noexcept = default;
Store::~Store() = default;

Result<Store> Store::open(const std::filesystem::path& file) {
  if (auto ready = sodium_ready(); !ready) return tl::unexpected(ready.error());
  if (auto made = make_file(file); !made) return tl::unexpected(made.error());
  return guarded(file, [&]() -> Result<Store> {
    std::unique_ptr<Inner> inner(new Inner{file, SQLite::Database(file.string(), SQLite::OPEN_READWRITE)});
    inner->database.setBusyTimeout(kBusyMs);
    if (inner->database.execAndGet("PRAGMA user_version").getInt() > kNewestSchema) {
      return fail(fmt::format("{} was written by a newer tyndau: install that one", file.string()));
    }
    inner->database.execAndGet("PRAGMA journal_mode = WAL");
    inner->database.exec("PRAGMA synchronous = FULL; PRAGMA foreign_keys = ON; PRAGMA secure_delete = ON");
    inner->database.exec(kTables);
    return Store(std::move(inner));
  });
}

Result<void> Store::put_account(const std::string& name, const std::string& password_hash) {
  if (auto checked = check_name(name); !checked) return checked;
  return guarded(inner_->file, [&]() -> Result<void> {
    SQLite::Transaction transaction(inner_->database, SQLite::TransactionBehavior::IMMEDIATE);
    SQLite::Statement put(inner_->database,
                          "INSERT INTO accounts VALUES (?, ?) "
                          "ON CONFLICT (name) DO UPDATE SET password_hash = excluded.password_hash");
    put.bind(1, name);
    put.bind(2, password_hash);
    put.exec();
    // Who knew the old password may be sitting at the desk.
    SQLite::Statement end(inner_->database, "DELETE FROM sessions WHERE account = ?");
    end.bind(1, name);
    end.exec();
    transaction.commit();
    return {};
  });
}

Result<std::optional<std::string>> Store::password_hash(const std::string& name) const {
  return guarded(inner_->file, [&]() -> Result<std::optional<std::string>> {
    SQLite::Statement query(inner_->database, "SELECT password_hash FROM accounts WHERE name = ?");
    query.bind(1, name);
    if (!query.executeStep()) return std::nullopt;
    return query.getColumn(0).getString();
  });
}

Result<std::string> Store::open_session(const std::string& account, Utc now) {
  std::array<unsigned char, kTokenBytes> random{};
  randombytes_buf(random.data(), random.size());
  const std::string token = hexadecimal(random.data(), random.size());
  return guarded(inner_->file, [&]() -> Result<std::string> {
    SQLite::Transaction transaction(inner_->database, SQLite::TransactionBehavior::IMMEDIATE);
    SQLite::Statement purge(inner_->database, "DELETE FROM sessions WHERE used_ms < ?");
    purge.bind(1, milliseconds_of(now - kIdle));
    purge.exec();
    SQLite::Statement put(inner_->database, "INSERT INTO sessions VALUES (?, ?, ?)");
    bind_token(put, 1, token);
    put.bind(2, account);
    put.bind(3, milliseconds_of(now));
    put.exec();
    transaction.commit();
    return token;
  });
}

Result<std::optional<Store::Session>> Store::session(const std::string& token, Utc now) {
  return guarded(inner_->file, [&]() -> Result<std::optional<Session>> {
    SQLite::Statement query(inner_->database, "SELECT account, used_ms FROM sessions WHERE token_hash = ?");
    bind_token(query, 1, token);
    if (!query.executeStep()) return std::nullopt;
    const Session session{query.getColumn(0).getString(), csrf_of(token)};
    const Utc used{std::chrono::milliseconds(query.getColumn(1).getInt64())};
    query.reset();
    if (now - used > kIdle) return std::nullopt;
    if (now - used < kTouchEvery) return session;
    SQLite::Statement touch(inner_->database, "UPDATE sessions SET used_ms = ? WHERE token_hash = ?");
    touch.bind(1, milliseconds_of(now));
    bind_token(touch, 2, token);
    // A full disk must not lock the secretary out while she can still act from what is kept free for the journal.
    try {
      touch.exec();
    } catch (const SQLite::Exception&) {
      return session;
    }
    return session;
  });
}

Result<void> Store::close_session(const std::string& token) {
  return guarded(inner_->file, [&]() -> Result<void> {
    SQLite::Statement remove(inner_->database, "DELETE FROM sessions WHERE token_hash = ?");
    bind_token(remove, 1, token);
    remove.exec();
    return {};
  });
}

Result<std::string> Store::open_invitation(const Invitation& invitation, Utc now) {
  const std::string token = random_letters(kTokenBytes);
  return guarded(inner_->file, [&]() -> Result<std::string> {
    SQLite::Transaction transaction(inner_->database, SQLite::TransactionBehavior::IMMEDIATE);
    SQLite::Statement purge(inner_->database, "DELETE FROM invitations WHERE expires_ms < ?");
    purge.bind(1, milliseconds_of(now - kKept));
    purge.exec();
    SQLite::Statement put(inner_->database, "INSERT INTO invitations VALUES (?, ?, ?, ?, ?)");
    bind_token(put, 1, token, "invitation");
    put.bind(2, invitation.meeting);
    put.bind(3, invitation.person);
    put.bind(4, invitation.seq);
    put.bind(5, milliseconds_of(invitation.expires));
    put.exec();
    transaction.commit();
    return token;
  });
}

Result<std::optional<Store::Invitation>> Store::invitation(const std::string& token) const {
  return guarded(inner_->file, [&]() -> Result<std::optional<Invitation>> {
    SQLite::Statement query(inner_->database,
                            "SELECT meeting, person, seq, expires_ms FROM invitations WHERE token_hash = ?");
    bind_token(query, 1, token, "invitation");
    if (!query.executeStep()) return std::nullopt;
    return Invitation{query.getColumn(0).getString(), query.getColumn(1).getString(), query.getColumn(2).getInt64(),
                      Utc{std::chrono::milliseconds(query.getColumn(3).getInt64())}};
  });
}

Result<std::optional<std::string>> Store::open_registration(const Registration& registration) {
  const std::string token = random_letters(kTokenBytes);
  return guarded(inner_->file, [&]() -> Result<std::optional<std::string>> {
    SQLite::Transaction transaction(inner_->database, SQLite::TransactionBehavior::IMMEDIATE);
    SQLite::Statement count(inner_->database,
                            "SELECT count(*), count(*) FILTER (WHERE status = 'pending') FROM registrations "
                            "WHERE meeting = ?");
    count.bind(1, registration.meeting);
    count.executeStep();
    if (count.getColumn(1).getInt() >= kMostPending) return std::nullopt;
    const bool full = count.getColumn(0).getInt() >= kMostRegistrations;
    count.reset();
    if (full) {
      SQLite::Statement make_room(inner_->database,
                                  "DELETE FROM registrations WHERE id = (SELECT id FROM registrations WHERE "
                                  "meeting = ? AND status = 'declined' ORDER BY created_ms, id LIMIT 1)");
      make_room.bind(1, registration.meeting);
      if (make_room.exec() == 0) return std::nullopt;
    }
    SQLite::Statement put(inner_->database, "INSERT INTO registrations VALUES (?, ?, ?, ?, ?, ?, ?, ?, 'pending', '')");
    put.bind(1, random_letters(kIdBytes));
    // As an invitation's, because that is what it may become.
    bind_token(put, 2, token, "invitation");
    put.bind(3, registration.meeting);
    put.bind(4, registration.name);
    put.bind(5, registration.position);
    put.bind(6, registration.item);
    put.bind(7, registration.language);
    put.bind(8, milliseconds_of(registration.created));
    put.exec();
    transaction.commit();
    return token;
  });
}

Result<std::optional<Store::Registration>> Store::registration(const std::string& token) const {
  return guarded(inner_->file, [&]() -> Result<std::optional<Registration>> {
    SQLite::Statement query(inner_->database, std::string(kRegistrationColumns) + "WHERE token_hash = ?");
    bind_token(query, 1, token, "invitation");
    if (!query.executeStep()) return std::nullopt;
    return registration_in(query);
  });
}

Result<std::vector<Store::Registration>> Store::registrations(const std::string& meeting) const {
  return guarded(inner_->file, [&]() -> Result<std::vector<Registration>> {
    SQLite::Statement query(inner_->database,
                            std::string(kRegistrationColumns) + "WHERE meeting = ? ORDER BY created_ms, id");
    query.bind(1, meeting);
    std::vector<Registration> all;
    while (query.executeStep()) all.push_back(registration_in(query));
    return all;
  });
}

Result<void> Store::decline_registration(const std::string& id) {
  return guarded(inner_->file, [&]() -> Result<void> {
    SQLite::Statement set(inner_->database, "UPDATE registrations SET status = 'declined', person = '' WHERE id = ?");
    set.bind(1, id);
    set.exec();
    return {};
  });
}

Result<bool> Store::withdraw_registration(const std::string& token) {
  return guarded(inner_->file, [&]() -> Result<bool> {
    SQLite::Statement remove(inner_->database, "DELETE FROM registrations WHERE token_hash = ?");
    bind_token(remove, 1, token, "invitation");
    const bool was_there = remove.exec() > 0;
    inner_->empty_log();
    return was_there;
  });
}

Result<void> Store::approve_registration(const std::string& id, const Invitation& invitation) {
  return guarded(inner_->file, [&]() -> Result<void> {
    SQLite::Transaction transaction(inner_->database, SQLite::TransactionBehavior::IMMEDIATE);
    // Approved anew after an undo, the same token is for another invitation.
    SQLite::Statement bind(inner_->database,
                           "INSERT OR REPLACE INTO invitations SELECT token_hash, ?, ?, ?, ? FROM registrations "
                           "WHERE id = ?");
    bind.bind(1, invitation.meeting);
    bind.bind(2, invitation.person);
    bind.bind(3, invitation.seq);
    bind.bind(4, milliseconds_of(invitation.expires));
    bind.bind(5, id);
    bind.exec();
    SQLite::Statement set(inner_->database, "UPDATE registrations SET status = 'approved', person = ? WHERE id = ?");
    set.bind(1, invitation.person);
    set.bind(2, id);
    set.exec();
    transaction.commit();
    return {};
  });
}

Result<void> Store::forget_registrations(const std::string& meeting) {
  return guarded(inner_->file, [&]() -> Result<void> {
    SQLite::Statement remove(inner_->database, "DELETE FROM registrations WHERE meeting = ?");
    remove.bind(1, meeting);
    remove.exec();
    inner_->empty_log();
    return {};
  });
}

Result<std::vector<std::string>> Store::meetings_with_registrations() const {
  return guarded(inner_->file, [&]() -> Result<std::vector<std::string>> {
    SQLite::Statement query(inner_->database, "SELECT DISTINCT meeting FROM registrations");
    std::vector<std::string> all;
    while (query.executeStep()) all.push_back(query.getColumn(0).getString());
    return all;
  });
}

Result<std::string> Store::keep_source(const std::string& uri, Utc now) {
  const std::string id = random_letters(kIdBytes);
  return guarded(inner_->file, [&]() -> Result<std::string> {
    SQLite::Statement put(inner_->database, "INSERT INTO kept_sources VALUES (?, ?, ?)");
    put.bind(1, id);
    put.bind(2, uri);
    put.bind(3, milliseconds_of(now));
    put.exec();
    return id;
  });
}

Result<std::map<std::string, std::string>> Store::kept_sources() const {
  return guarded(inner_->file, [&]() -> Result<std::map<std::string, std::string>> {
    SQLite::Statement query(inner_->database, "SELECT id, uri FROM kept_sources");
    std::map<std::string, std::string> all;
    while (query.executeStep()) all.emplace(query.getColumn(0).getString(), query.getColumn(1).getString());
    return all;
  });
}

Result<void> Store::forget_source(const std::string& id) {
  return guarded(inner_->file, [&]() -> Result<void> {
    SQLite::Statement remove(inner_->database, "DELETE FROM kept_sources WHERE id = ?");
    remove.bind(1, id);
    remove.exec();
    inner_->empty_log();
    return {};
  });
}

Result<void> Store::keep_clock(const std::string& boot, const ClockAnchor& clock) {
  return guarded(inner_->file, [&]() -> Result<void> {
    SQLite::Statement put(inner_->database, "INSERT OR REPLACE INTO kept_clock VALUES (1, ?, ?, ?)");
    put.bind(1, boot);
    put.bind(2, milliseconds_of(clock.utc));
    put.bind(3, static_cast<std::int64_t>(clock.steady.count()));
    put.exec();
    return {};
  });
}

Result<std::optional<ClockAnchor>> Store::kept_clock(const std::string& boot) const {
  return guarded(inner_->file, [&]() -> Result<std::optional<ClockAnchor>> {
    SQLite::Statement get(inner_->database, "SELECT utc_ms, steady_ms FROM kept_clock WHERE boot = ? AND boot <> ''");
    get.bind(1, boot);
    if (!get.executeStep()) return std::optional<ClockAnchor>{};
    return ClockAnchor{Utc(std::chrono::milliseconds(get.getColumn(0).getInt64())),
                       std::chrono::milliseconds(get.getColumn(1).getInt64())};
  });
}

Result<bool> Store::say_once(const std::string& what, Utc now) {
  return guarded(inner_->file, [&]() -> Result<bool> {
    SQLite::Statement put(inner_->database, "INSERT OR IGNORE INTO said_once VALUES (?, ?)");
    put.bind(1, what);
    put.bind(2, milliseconds_of(now));
    return put.exec() > 0;
  });
}

Result<std::string> Store::hash_password(const std::string& password) {
  if (auto ready = sodium_ready(); !ready) return tl::unexpected(ready.error());
  if (password.empty()) return fail("the password is empty");
  if (password.size() > kMaxPasswordBytes)
    return fail(fmt::format("a password has at most {} bytes", kMaxPasswordBytes));
  std::array<char, crypto_pwhash_STRBYTES> hash{};
  if (crypto_pwhash_str(hash.data(), password.data(), password.size(), crypto_pwhash_OPSLIMIT_INTERACTIVE,
                        crypto_pwhash_MEMLIMIT_INTERACTIVE) != 0) {
    return fail("hashing a password takes 64 MiB of memory, and there are none", ENOMEM);
  }
  return std::string(hash.data());
}

bool Store::verify_password(const std::string& hash, const std::string& password) {
  // The library reads the whole array; a hash from a damaged database may be of any length.
  if (!sodium_ready() || password.size() > kMaxPasswordBytes || hash.size() >= crypto_pwhash_STRBYTES) return false;
  std::array<char, crypto_pwhash_STRBYTES> padded{};
  hash.copy(padded.data(), hash.size());
  return crypto_pwhash_str_verify(padded.data(), password.data(), password.size()) == 0;
}

}  // namespace tyndau::store
