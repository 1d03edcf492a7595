#pragma once
#include <filesystem>
#include <memory>
#include <optional>
#include <string>

#include "media/base/result.h"
#include "media/base/utc.h"

namespace tyndau::store {

/// Accounts and their sessions, in tables beside the journal. Loop thread only, but for hash_password and
/// verify_password, which are slow (argon2id, 64 MiB, ~100 ms) and belong on a worker thread, at most two at a time.
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

  /// A link for one person and one meeting: 128 random bits, kept only as a hash. It is good until it expires, as long
  /// as the journal's guest.invited with the same seq is the valid one (meeting::Guest::invitation).
  struct Invitation {
    std::string meeting, person;
    std::int64_t seq = 0;
    Utc expires{};
    bool operator==(const Invitation&) const = default;
  };
  Result<std::string> open_invitation(const Invitation& invitation, Utc now);  ///< gives the token
  Result<std::optional<Invitation>> invitation(const std::string& token, Utc now) const;

  static Result<std::string> hash_password(const std::string& password);
  static bool verify_password(const std::string& hash, const std::string& password);

 private:
  struct Inner;
  explicit Store(std::unique_ptr<Inner> inner);
  std::unique_ptr<Inner> inner_;
};

}  // namespace tyndau::store
