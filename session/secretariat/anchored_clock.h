#pragma once
#include <chrono>
#include <functional>

#include "media/base/utc.h"

namespace tyndau::secretariat {

/// Wall time that does not jump: the system's wall clock as it stood at the anchor, carried on by the monotonic clock.
/// A floor's deadline is wall time in the journal; when somebody sets the system's clock, this one goes on, and no
/// deadline moves.
///
/// It takes the system's time anew (re-anchors) only while nothing depends on it: nobody has the floor and nothing is
/// on air, since the recording carries wall time too. Not thread-safe.
class AnchoredClock {
 public:
  /// Handed in, so that tests can move time.
  struct Sources {
    std::function<Utc()> wall = [] { return utc_now(); };
    std::function<std::chrono::nanoseconds()> steady = [] {
      return std::chrono::nanoseconds(std::chrono::steady_clock::now().time_since_epoch());
    };
  };
  explicit AnchoredClock(Sources sources);

  Utc now() const;

  /// To be called every second or so. `free`: whether it may re-anchor. True while the system's clock is more than two
  /// seconds away from this one.
  bool check(bool free);

 private:
  void anchor();

  Sources sources_;
  Utc wall_{};
  std::chrono::nanoseconds steady_{};
};

}  // namespace tyndau::secretariat
