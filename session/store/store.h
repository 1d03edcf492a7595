#pragma once
#include <filesystem>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "media/base/clock_anchor.h"
#include "media/base/result.h"
#include "media/base/utc.h"

namespace tyndau::store {

/// Accounts and their sessions, invitations, registrations and sources' passwords, in tables beside the journal. Loop
/// thread only, but for hash_password and verify_password, which are slow (argon2id, 64 MiB, ~100 ms) and belong on a
/// worker thread, at most two at a time.
class Store {
 public:
  static Result<Store> open(const std::filesystem::path& database);
  Store(Store&&) noexcept;
  ~Store();

  /// Adds the account or replaces its password. Names: 1-64 bytes, no control characters, no spaces at the ends.
  Result<void> put_account(const std::string& name, const std::string& password_hash);
  Result<std::optional<std::string>> password_hash(const std::string& name) const;

  /// A session of 128 random bits, kept only as a hash; ends after 12 hours without use, or at logout.
  struct Session {
    std::string account;
    std::string csrf;
  };
  Result<std::string> open_session(const std::string& account, Utc now);  ///< gives the token for the cookie
  Result<std::optional<Session>> session(const std::string& token, Utc now);
  Result<void> close_session(const std::string& token);

  /// A link for one person and one meeting: 128 random bits, kept only as a hash. It is good until it expires, or until
  /// the end of a meeting that lasts longer, as long as the journal's guest.invited with the same seq is the valid one
  /// (meeting::Guest::invitation): which of this holds is for the reader to see.
  struct Invitation {
    std::string meeting, person;
    std::int64_t seq = 0;
    Utc expires{};
    bool operator==(const Invitation&) const = default;
  };
  Result<std::string> open_invitation(const Invitation& invitation, Utc now);  ///< gives the token
  /// Also one that has expired: it is kept for kKept.
  Result<std::optional<Invitation>> invitation(const std::string& token) const;
  static constexpr std::chrono::days kKept{30};

  /// Somebody who asks to speak. A stranger wrote it, so it stands here, where it can be deleted, until the secretary
  /// has approved it and the journal has the person. Its token is good for nothing before that; then it is the token of
  /// the invitation.
  struct Registration {
    std::string id;  ///< names it to the desk; not its token
    std::string meeting, name, position, item, language;
    Utc created{};
    std::string status = "pending";  ///< or "declined", "approved"
    std::string person;              ///< of an approved one
    bool operator==(const Registration&) const = default;
  };
  /// At a time in one meeting. The second is for all of them, whatever was decided: then the oldest declined one makes
  /// room.
  static constexpr int kMostPending = 200, kMostRegistrations = 1000;

  /// Keeps it under an id of its own and gives the token; nothing when too many of the meeting are kept already.
  Result<std::optional<std::string>> open_registration(const Registration& registration);
  Result<std::optional<Registration>> registration(const std::string& token) const;
  /// Of one meeting, in the order in which they came.
  Result<std::vector<Registration>> registrations(const std::string& meeting) const;
  Result<void> decline_registration(const std::string& id);
  /// Deletes the one with this token, whatever was decided; what is deleted is overwritten in the file. Whether there
  /// was one.
  Result<bool> withdraw_registration(const std::string& token);
  /// Makes its token the token of the invitation. Nothing happens when it is not kept any more.
  Result<void> approve_registration(const std::string& id, const Invitation& invitation);
  /// Those of a meeting that is over. What is deleted is overwritten in the file.
  Result<void> forget_registrations(const std::string& meeting);
  Result<std::vector<std::string>> meetings_with_registrations() const;

  /// Addresses of sources with the passwords in them. The journal, from which nothing can be removed, names them by an
  /// id; here they can be deleted.
  Result<std::string> keep_source(const std::string& uri, Utc now);  ///< gives the id
  Result<std::map<std::string, std::string>> kept_sources() const;   ///< id -> address
  /// What is deleted is overwritten in the file.
  Result<void> forget_source(const std::string& id);

  /// How time is counted in this boot of the machine, for the process after this one.
  Result<void> keep_clock(const std::string& boot, const ClockAnchor& clock);
  Result<std::optional<ClockAnchor>> kept_clock(const std::string& boot) const;  ///< nothing: of another boot, or none

  /// Whether this is said for the first time, for good: true once for each `what`.
  Result<bool> say_once(const std::string& what, Utc now);

  static Result<std::string> hash_password(const std::string& password);
  static bool verify_password(const std::string& hash, const std::string& password);

 private:
  struct Inner;
  explicit Store(std::unique_ptr<Inner> inner);
  std::unique_ptr<Inner> inner_;
};

}  // namespace tyndau::store
