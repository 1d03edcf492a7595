#pragma once
#include <chrono>
#include <functional>
#include <string>

#include "media/base/clock_anchor.h"
#include "media/base/utc.h"

namespace tyndau::secretariat {

/// Wall time that does not jump: the system's wall clock as it stood at the anchor, carried on by the monotonic clock.
/// A floor's deadline and a place in the recording are wall time in the journal; when somebody sets the system's clock,
/// this one goes on, and nothing moves. Media is told the anchor, so both count one time.
///
/// It takes the system's time anew (re-anchors) only while nothing depends on it: nobody has the floor, nothing is on
/// air, and no meeting under way has events after it. Not thread-safe.
class AnchoredClock {
 public:
  /// Handed in, so that tests can move time.
  struct Sources {
    std::function<Utc()> wall = [] { return utc_now(); };
    std::function<std::chrono::nanoseconds()> steady = [] {
      return std::chrono::nanoseconds(std::chrono::steady_clock::now().time_since_epoch());
    };
    /// Names the boot of the machine, with which the monotonic clock began; "" when unknown.
    std::function<std::string()> boot = boot_of_this_machine;
  };
  explicit AnchoredClock(Sources sources);

  Utc now() const;
  Utc wall() const { return sources_.wall(); }
  std::string boot() const { return sources_.boot(); }
  const ClockAnchor& anchor() const { return anchor_; }
  /// As the process before counted, which had this anchor in this boot of the machine.
  void go_on_from(const ClockAnchor& anchor) { anchor_ = anchor; }
  /// From now on as if it were `utc`, where this is later: what is in the journal has been.
  void not_before(Utc utc);

  /// To be called every second or so. `free`: whether it may re-anchor. True while the system's clock is more than two
  /// seconds away from this one.
  bool check(bool free);

  static std::string boot_of_this_machine();

 private:
  ClockAnchor of_now() const;

  Sources sources_;
  ClockAnchor anchor_;
};

}  // namespace tyndau::secretariat
