#pragma once
#include <functional>
#include <optional>
#include <string>
#include <tl/expected.hpp>

#include "session/access/presses.h"
#include "session/access/throttle.h"
#include "session/http/http.h"
#include "session/secretariat/secretariat.h"
#include "session/store/store.h"

namespace tyndau::web {

/// A guest, as his invitation names him; or the encoder that sends the hall's picture for a meeting.
struct GuestId {
  std::string meeting;
  std::string person;  ///< "" for the hall's encoder
  bool operator==(const GuestId&) const = default;
  auto operator<=>(const GuestId&) const = default;
};

/// The door for people who have an invitation and no account. A token is good for one person in one meeting, until it
/// expires or is revoked; while the meeting is under way none expires for a month, so that a session that breaks for
/// days and goes on finds everybody's link as it was. Loop thread only.
class GuestDoor {
 public:
  struct Visitor {
    GuestId guest;
    std::int64_t invitation = 0;  ///< seq of its guest.invited
    bool operator==(const Visitor&) const = default;
  };
  /// A meeting that nobody closed: a session may break for half a month, not for two.
  static constexpr std::chrono::days kLongestMeeting{30};

  /// Zero: the token is no good. Else nobody knows now (this address has guessed too often), and may ask again then.
  using Later = Throttle::Wait;

  /// What it is given outlives it.
  GuestDoor(const secretariat::Secretariat& secretariat, const store::Store& store, std::function<Utc()> now = utc_now);

  /// Whose token this is; always a person's. `client`: the address it came from, or its client_group().
  tl::expected<Visitor, Later> visitor(const std::string& token, const std::string& client);
  /// Whether his invitation is still the one that is valid.
  bool may_stay(const Visitor& visitor) const;
  /// Whose `Authorization: Bearer TOKEN` (RFC 6750) this is, or 401 bad_token, or 429 too_many. Always a person.
  tl::expected<Visitor, Response> visitor(const Request& request);
  /// The same for whoever may send and receive media, and do nothing else: a person, or the hall's encoder.
  tl::expected<Visitor, Response> sender(const Request& request);
  /// Of `Authorization: Bearer TOKEN`; "" when there is none.
  static std::string token_of(const Request& request);
  /// What no invitation ever was needs no guess: it is wrong at sight, and not counted.
  static bool looks_like_a_token(const std::string& text);
  /// Before a guest does what the journal keeps: counts it and gives zero, or how long they must wait. An invitation is
  /// no licence to fill a record that forgets nothing.
  Later press(const GuestId& guest);
  /// 429 too_hasty, in words for programs.
  static Response too_hasty(Later wait);
  /// Until when an invitation of now to this meeting is good, at least.
  static Utc good_until(const meeting::Record& record, Utc now);
  /// Whether the request comes with a token, good or bad.
  static bool is_knocked_at(const Request& request);

 private:
  tl::expected<Visitor, Later> find(const std::string& token, const std::string& client);
  bool is_in_time(Utc expires, const meeting::State& state) const;
  const secretariat::Secretariat& secretariat_;
  const store::Store& store_;
  std::function<Utc()> now_;
  Throttle clients_;
  Presses presses_;
};

}  // namespace tyndau::web
