#include "media/programme/slots.h"

#include <algorithm>
#include <utility>

namespace tyndau::programme {

namespace {
constexpr std::size_t kCushion = Format::kSampleRate * 60 / 1000;
constexpr std::size_t kMost = Format::kSampleRate * 200 / 1000;
}  // namespace

void PictureSlot::put(gst::Buffer picture, SteadyTime now, int width, int height) {
  std::optional<Picture> old{Picture{std::move(picture), now, width, height}};
  const std::lock_guard lock(mutex_);
  picture_.swap(old);  // the old picture is given back after the lock
}

void PictureSlot::clear() {
  std::optional<Picture> old;
  const std::lock_guard lock(mutex_);
  picture_.swap(old);
}

std::optional<PictureSlot::Picture> PictureSlot::newest() const {
  const std::lock_guard lock(mutex_);
  return picture_;
}

void SoundSlot::put(const float* samples, std::size_t count, SteadyTime now) {
  const std::lock_guard lock(mutex_);
  arrived_ = now;
  if (count == 0) return;
  if (ring_.empty()) ring_.resize(kMost);
  if (size_ + count > kMost) {
    // Cutting back to the cushion, and not just to the limit, makes one click of a drift, not one with every put.
    const std::size_t surplus = size_ + count - kCushion;
    const std::size_t stored = std::min(size_, surplus);
    drop(stored);
    samples += surplus - stored;
    count -= surplus - stored;
  }
  const std::size_t tail = (head_ + size_) % kMost;
  const std::size_t first = std::min(count, kMost - tail);
  std::copy_n(samples, first, ring_.begin() + static_cast<std::ptrdiff_t>(tail));
  std::copy_n(samples + first, count - first, ring_.begin());
  size_ += count;
}

std::size_t SoundSlot::take(float* out, std::size_t count) {
  const std::lock_guard lock(mutex_);
  if (!primed_ && size_ >= kCushion) primed_ = true;
  const std::size_t real = primed_ ? std::min(count, size_) : 0;
  const std::size_t first = std::min(real, kMost - head_);
  if (real > 0) {
    std::copy_n(ring_.begin() + static_cast<std::ptrdiff_t>(head_), first, out);
    std::copy_n(ring_.begin(), real - first, out + first);
    drop(real);
  }
  std::fill(out + real, out + count, 0.0F);
  if (real < count) primed_ = false;
  return real;
}

void SoundSlot::clear() {
  const std::lock_guard lock(mutex_);
  head_ = size_ = 0;
  primed_ = false;
  arrived_.reset();
}

std::optional<SteadyTime> SoundSlot::arrived() const {
  const std::lock_guard lock(mutex_);
  return arrived_;
}

void SoundSlot::drop(std::size_t count) {
  head_ = (head_ + count) % kMost;
  size_ -= count;
}

}  // namespace tyndau::programme
