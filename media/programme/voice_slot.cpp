#include "media/programme/voice_slot.h"

#include <algorithm>

namespace tyndau::programme {

namespace {
constexpr std::size_t kCushion = Format::kSampleRate * 60 / 1000;
constexpr std::size_t kRing = Format::kSampleRate * 200 / 1000;
}  // namespace

void VoiceSlot::put(const float* samples, std::size_t count, SteadyTime now) {
  const std::lock_guard lock(mutex_);
  arrived_ = now;
  if (count == 0) return;
  if (ring_.empty()) ring_.resize(kRing);
  if (size_ + count > kRing) {
    // Cutting back to the cushion, and not just to the limit, makes one click of a drift, not one with every put.
    const std::size_t surplus = size_ + count - kCushion;
    const std::size_t stored = std::min(size_, surplus);
    drop(stored);
    samples += surplus - stored;
    count -= surplus - stored;
  }
  const std::size_t tail = (head_ + size_) % kRing;
  const std::size_t first = std::min(count, kRing - tail);
  std::copy_n(samples, first, ring_.begin() + static_cast<std::ptrdiff_t>(tail));
  std::copy_n(samples + first, count - first, ring_.begin());
  size_ += count;
}

std::size_t VoiceSlot::take(float* out, std::size_t count) {
  const std::lock_guard lock(mutex_);
  if (!primed_ && size_ >= kCushion) primed_ = true;
  const std::size_t real = primed_ ? std::min(count, size_) : 0;
  const std::size_t first = std::min(real, kRing - head_);
  if (real > 0) {
    std::copy_n(ring_.begin() + static_cast<std::ptrdiff_t>(head_), first, out);
    std::copy_n(ring_.begin(), real - first, out + first);
    drop(real);
  }
  std::fill(out + real, out + count, 0.0F);
  if (real < count) primed_ = false;
  tally_.count(count, count - real);
  return real;
}

void VoiceSlot::clear() {
  const std::lock_guard lock(mutex_);
  head_ = size_ = 0;
  primed_ = false;
  tally_ = {};
  arrived_.reset();
}

std::optional<SteadyTime> VoiceSlot::arrived() const {
  const std::lock_guard lock(mutex_);
  return arrived_;
}

double VoiceSlot::missing() const {
  const std::lock_guard lock(mutex_);
  return tally_.missing();
}

void VoiceSlot::drop(std::size_t count) {
  head_ = (head_ + count) % kRing;
  size_ -= count;
}

}  // namespace tyndau::programme
