#pragma once
#include <filesystem>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "media/base/result.h"
#include "session/meeting/types.h"

namespace SQLite {
class Database;
}

namespace tyndau::journal {

/// Append-only, hash-chained events of all meetings, in SQLite (WAL, synchronous=FULL). JOURNAL.md is the format.
/// One thread (the session's loop thread). Events handed out are on disk.
class Journal {
 public:
  /// Opens or creates DIR/tyndau.db. Failures: unreadable directory, not a database, corrupt, newer schema.
  static Result<Journal> open(const std::filesystem::path& database);
  Journal(Journal&&) noexcept;
  Journal& operator=(Journal&&) noexcept;
  ~Journal();

  /// Ids of all meetings, in order of import.
  Result<std::vector<std::string>> meetings() const;

  /// The number of each meeting's last event, if another connection (another program) may have written since this was
  /// last asked and answered; else nothing, at the cost of one comparison however many meetings there are.
  Result<std::optional<std::map<std::string, std::int64_t>>> heads_written_elsewhere();

  /// The meeting's events after `after`, in order.
  Result<std::vector<meeting::StoredEvent>> events(const std::string& meeting, std::int64_t after = 0) const;

  /// Appends `events` in one transaction, numbered from the last + 1, all with time `utc` (or the last event's, when
  /// that is later: a record does not go back). With an idempotency key the answer built by the caller (`remember`) is
  /// kept in the same transaction, so that a retry can be answered the same. With `after` it fails with code EEXIST,
  /// and nothing is written, when the meeting's last event is not that one (0: there is no such meeting yet).
  struct Remember {
    std::string key;     ///< account + meeting + Idempotency-Key
    std::string digest;  ///< of the request's body: the same key with another body is a mistake
  };
  Result<std::vector<meeting::StoredEvent>> append(const std::string& meeting, Utc utc, const std::string& actor,
                                                   const std::vector<meeting::Event>& events,
                                                   const std::optional<Remember>& remember = std::nullopt,
                                                   std::optional<std::int64_t> after = std::nullopt);
  /// What append() remembered for a key: the digest and the seq of the action's last event. Kept for a day.
  struct Remembered {
    std::string digest;
    std::int64_t seq = 0;
  };
  Result<std::optional<Remembered>> remembered(const std::string& key) const;

  /// Recomputes the chain and the fold. `broken` names the first broken link in words, empty when all is well.
  struct Verdict {
    std::string meeting;
    std::int64_t events = 0;
    std::string head;  ///< hash of the last event, hexadecimal
    std::string broken;
  };
  Result<std::vector<Verdict>> verify(const std::string& meeting = {}) const;

  /// How many events the meeting has; 0 when it is not there.
  Result<std::int64_t> count(const std::string& meeting) const;
  /// The hash that stands in the chain at that event, hexadecimal; nothing when there is no such event.
  Result<std::optional<std::string>> hash_at(const std::string& meeting, std::int64_t seq) const;

 private:
  struct Inner;
  explicit Journal(std::unique_ptr<Inner> inner);
  std::unique_ptr<Inner> inner_;
};

}  // namespace tyndau::journal
