#pragma once
#include <uv.h>

#include <chrono>
#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <tl/expected.hpp>
#include <vector>

#include "session/access/throttle.h"
#include "session/http/sockets.h"
#include "session/secretariat/secretariat.h"
#include "session/store/store.h"

namespace tyndau::web {

/// Who signed up to speak: taken from strangers while the secretary lets them, kept in the store until she has looked,
/// deleted when the sitting is closed (or a month after it should have begun, if nobody closed it). What she approves
/// becomes a person of the record and an invitation. Loop thread only.
class Registrations {
 public:
  using Registration = store::Store::Registration;

  /// What it is given outlives it.
  Registrations(secretariat::Secretariat& secretariat, store::Store& store, std::function<Utc()> now = utc_now);
  ~Registrations();

  /// Why a registration was not taken.
  struct NotTaken {
    enum class Why { kClosed, kFull, kTooMany, kFailed } why = Why::kFailed;
    Throttle::Wait wait{};  ///< kTooMany: this address may try again then
  };
  /// Of `registration` counts what its writer said: meeting, name, position, item and language, which were checked.
  /// Gives the token of his link. `client`: the address it came from.
  tl::expected<std::string, NotTaken> take(Registration registration, const std::string& client);

  /// The registration with this token, its status as the journal has it (an approval that was undone is pending again);
  /// nothing when there is none.
  std::optional<Registration> of_token(const std::string& token) const;
  /// Of one meeting, in the order in which they came; likewise.
  std::vector<Registration> of_meeting(const std::string& meeting) const;
  /// For the secretary: "registration" names it in actions.
  Json list(const std::string& meeting) const;

  /// registration.approve and registration.decline, as Secretariat::act. An approval is in the journal before the token
  /// is made good; where that fails the refusal says so, and the same press once more mends it. The result of an
  /// approval is {"person": id}.
  secretariat::Outcome act(const std::string& meeting, const std::string& actor, meeting::Action action,
                           const std::string& key, const std::string& body_digest);

  /// By whoever wrote it, with the token of their link: it is deleted. Not when it was approved, for then they are in
  /// the record.
  enum class Withdrawal { kDone, kApproved, kUnknown, kFailed };
  Withdrawal withdraw(const std::string& token);

  /// After the secretariat's start: deletes what is left of meetings that are over, and makes tokens good whose
  /// approval the journal has and the store has not.
  void tidy();
  /// Does so at once and from then on: what could not be deleted is deleted the next time, and the month of a meeting
  /// that nobody closed may end while nothing happens in it.
  void keep_tidy(uv_loop_t* loop, std::chrono::milliseconds every = std::chrono::days(1));

  /// What the desk shows of a meeting has changed.
  std::function<void(const std::string& meeting)> on_change;

 private:
  /// Null when the store cannot be read.
  const std::vector<Registration>* rows(const std::string& meeting) const;
  std::string status(const Registration& registration) const;
  void forget_if_over(const std::string& meeting);
  void changed(const std::string& meeting);
  secretariat::Outcome decline(const Registration& registration, const secretariat::Accepted& accepted);
  Result<void> make_good(const std::string& meeting, const std::string& registration);

  secretariat::Secretariat& secretariat_;
  store::Store& store_;
  std::function<Utc()> now_;
  Throttle clients_;
  int ticket_ = 0;
  std::optional<LoopTimer> timer_;
  /// Registration -> the invitation that its token could not be made good for: to be approved once more.
  std::map<std::string, std::int64_t> not_made_good_;
  /// As the store has them, read once: the desk is told of each change of the meeting.
  mutable std::map<std::string, std::vector<Registration>> rows_;
};

}  // namespace tyndau::web
