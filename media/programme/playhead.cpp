#include "media/programme/playhead.h"

#include <algorithm>

namespace tyndau::programme {

using namespace std::chrono_literals;

namespace {

constexpr auto kBucket = 500ms;
constexpr auto kSettlingMemory = 1s;
/// Timestamps that are off by more are of a new beginning.
constexpr auto kTooLate = 3000ms, kTooEarly = 500ms, kBack = 500ms;
/// Less is not worth following, and would move the pitch for nothing.
constexpr auto kTooLittle = 5ms, kTooMuch = 10ms;
/// A source that begins may have a reserve that is too large by this: what a server had kept comes in one heap.
constexpr auto kSpare = 100ms;
/// Without sound for so long a source is a picture alone.
constexpr auto kMute = 3s;

}  // namespace

Playhead::Time Playhead::least() const {
  Time least{0};
  for (std::size_t i = 0; i < buckets_.size(); ++i)
    least = i == 0 ? buckets_[i].least : std::min(least, buckets_[i].least);
  return least;
}

/// How much later than their places things must be played, after what arrived lately.
Playhead::Time Playhead::needed(SteadyTime now) const {
  if (buckets_.empty()) return offset_;
  // What came while it began is never looked at again: it may be what a server had kept.
  const SteadyTime from = std::min(now, settled_) - kSettlingMemory;
  Time most = buckets_.back().most;
  for (const Bucket& bucket : buckets_) {
    if (bucket.begin >= from) most = std::max(most, bucket.most);
  }
  return std::min(most, least() + kMost) + kTick + kMargin;
}

bool Playhead::fits(Track track, SteadyTime place, SteadyTime arrived) const {
  const auto& last = last_.at(static_cast<std::size_t>(track));
  if (last && place < *last - kBack) return false;
  const Time late = arrived - place, least = this->least();
  return late >= least - kTooEarly && late <= least + kTooLate;
}

/// A picture goes with the sound if it can, and the sound does not jump because a picture does.
SteadyTime Playhead::place(Track track, std::chrono::nanoseconds stamp, SteadyTime arrived) {
  const std::lock_guard lock(mutex_);
  const auto own = static_cast<std::size_t>(track);
  const auto sound = static_cast<std::size_t>(Track::kSound);
  for (const std::size_t whose : {sound, 1 - sound}) {
    const auto shift = shift_.at(whose);
    if (!shift || !fits(track, SteadyTime(stamp + *shift), arrived)) continue;
    shift_.at(own) = shift;
    last_.at(own) = SteadyTime(stamp + *shift);
    return *last_.at(own);
  }
  const SteadyTime place = arrived - least();
  shift_.at(own) = place.time_since_epoch() - stamp;
  last_.at(own) = place;
  settled_ = arrived + kSettling;
  return place;
}

void Playhead::note(Track track, SteadyTime place, SteadyTime arrived, bool dry) {
  const std::lock_guard lock(mutex_);
  if (track == Track::kSound) sound_ = arrived;
  const bool first = buckets_.empty();
  if (first) settled_ = arrived + kSettling;
  const Time late = arrived - place;
  // No sound waits for so late a picture.
  if (!first && track == Track::kPicture && late > least() + kMost) return;
  if (first || arrived - buckets_.back().begin >= kBucket) buckets_.push_back({arrived, late, late});
  Bucket& now = buckets_.back();
  now.least = std::min(now.least, late);
  now.most = std::max(now.most, late);
  while (arrived - buckets_.front().begin > kMemory) buckets_.pop_front();
  // A picture that is late does not hold the sound up at once; where there is no sound, nothing is held up by it.
  const bool waits = dry && (track == Track::kSound || !sound_ || arrived - *sound_ > kMute);
  if (first) {
    offset_ = needed(arrived);
  } else if (waits) {
    offset_ = std::max(offset_, needed(arrived));
  }
}

SteadyTime Playhead::at(SteadyTime tick) {
  const std::lock_guard lock(mutex_);
  const Time passed = tick_ ? std::clamp<Time>(tick - *tick_, 0ms, 200ms) : Time(0);
  if (!tick_ || tick > *tick_) tick_ = tick;
  const Time wanted = needed(tick);
  if (tick < settled_ && (wanted > offset_ || wanted < offset_ - kSpare)) {
    offset_ = wanted;
  } else {
    const Time step(static_cast<Time::rep>(static_cast<double>(passed.count()) * kSlew));
    if (wanted > offset_ + kTooLittle) offset_ += std::min<Time>(wanted - offset_, step);
    if (wanted < offset_ - kTooMuch) offset_ -= std::min<Time>(offset_ - wanted, step);
  }
  return tick - offset_;
}

std::chrono::milliseconds Playhead::reserve() const {
  const std::lock_guard lock(mutex_);
  if (buckets_.empty()) return 0ms;
  return std::chrono::duration_cast<std::chrono::milliseconds>(std::max<Time>(offset_ - least() - kTick, 0ms));
}

void Playhead::reset() {
  const std::lock_guard lock(mutex_);
  buckets_.clear();
  shift_ = {};
  last_ = {};
  sound_.reset();
  tick_.reset();
  offset_ = kTick + kMargin;
}

}  // namespace tyndau::programme
