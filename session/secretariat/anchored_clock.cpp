#include "session/secretariat/anchored_clock.h"

#include <utility>

#include "media/base/log.h"

namespace tyndau::secretariat {

namespace {
constexpr std::chrono::milliseconds kJump{2000};
}  // namespace

AnchoredClock::AnchoredClock(Sources sources) : sources_(std::move(sources)) { anchor(); }

void AnchoredClock::anchor() {
  wall_ = sources_.wall();
  steady_ = sources_.steady();
}

Utc AnchoredClock::now() const {
  return wall_ + std::chrono::duration_cast<std::chrono::milliseconds>(sources_.steady() - steady_);
}

bool AnchoredClock::check(bool free) {
  const auto apart = sources_.wall() - now();
  const bool jumped = apart > kJump || apart < -kJump;
  if (!free) return jumped;
  if (jumped)
    log::warning("clock: the system's clock moved by {} ms; nothing is on air, so it is followed", apart.count());
  anchor();  // the monotonic clock is slewed as the wall clock is, so without a step this moves nothing
  return false;
}

}  // namespace tyndau::secretariat
