#include "session/secretariat/anchored_clock.h"

#include <fstream>
#include <utility>

#include "media/base/log.h"

namespace tyndau::secretariat {

namespace {
constexpr std::chrono::milliseconds kJump{2000};
/// Less is what reading two clocks one after the other makes of it. (Both are slewed alike.)
constexpr std::chrono::milliseconds kApart{20};
}  // namespace

std::string AnchoredClock::boot_of_this_machine() {
  std::string id;
  std::ifstream("/proc/sys/kernel/random/boot_id") >> id;
  return id;
}

AnchoredClock::AnchoredClock(Sources sources) : sources_(std::move(sources)), anchor_(of_now()) {}

ClockAnchor AnchoredClock::of_now() const {
  return {sources_.wall(), std::chrono::floor<std::chrono::milliseconds>(sources_.steady())};
}

Utc AnchoredClock::now() const { return anchor_.at(sources_.steady()); }

void AnchoredClock::not_before(Utc utc) {
  if (utc > now()) anchor_ = {utc, std::chrono::floor<std::chrono::milliseconds>(sources_.steady())};
}

bool AnchoredClock::check(bool free) {
  const auto apart = sources_.wall() - now();
  const bool jumped = apart > kJump || apart < -kJump;
  if (!free) return jumped;
  if (jumped)
    log::warning("clock: the system's clock moved by {} ms; nothing is on air, so it is followed", apart.count());
  if (apart > kApart || apart < -kApart) anchor_ = of_now();
  return false;
}

}  // namespace tyndau::secretariat
