#include "session/access/presses.h"

#include <algorithm>

namespace tyndau::web {

Throttle::Wait Presses::press(const std::string& who, Utc now) {
  if (full_until_.size() >= kMost) std::erase_if(full_until_, [now](const auto& entry) { return entry.second <= now; });
  Utc& until = full_until_[who];
  // Never longer than all of it, also when the clock was set back.
  const auto held = std::clamp(Throttle::Wait(until - now), Throttle::Wait{0}, kAtOnce * kEvery);
  const auto wait = std::max(held + kEvery - kAtOnce * kEvery, Throttle::Wait{0});
  until = now + held + (wait > Throttle::Wait::zero() ? Throttle::Wait{0} : kEvery);
  return wait;
}

}  // namespace tyndau::web
