#pragma once
#include <chrono>

#include "media/base/utc.h"

namespace tyndau {

/// One moment on the wall clock and on the monotonic clock: from there wall time goes on and never jumps, whatever
/// somebody does to the system's clock. The monotonic clock is the machine's and begins with its boot, so an anchor
/// holds in every process of the machine.
struct ClockAnchor {
  Utc utc{};
  std::chrono::milliseconds steady{};  ///< std::chrono::steady_clock's, since its epoch

  Utc at(std::chrono::nanoseconds steady_time) const {
    return utc + std::chrono::floor<std::chrono::milliseconds>(steady_time - steady);
  }
  Utc now() const { return at(std::chrono::steady_clock::now().time_since_epoch()); }
  bool operator==(const ClockAnchor&) const = default;

  /// The system's clock as it is now.
  static ClockAnchor of_now() {
    return {utc_now(),
            std::chrono::floor<std::chrono::milliseconds>(std::chrono::steady_clock::now().time_since_epoch())};
  }
};

}  // namespace tyndau
