#include "media/sources/intake.h"

#include <utility>

#include "media/programme/packing.h"

namespace tyndau::sources {

namespace {
using programme::Format;
using std::chrono::steady_clock;
}  // namespace

Intake::Intake(Format format, programme::PictureSlot& picture, programme::SoundSlot& sound)
    : format_(format), picture_(&picture), sound_(&sound) {}

void Intake::put_picture(GstSample* sample) { put_picture(programme::tightly_packed(format_, sample)); }

void Intake::put_picture(gst::Buffer picture) {
  if (!picture) return;
  const std::lock_guard lock(mutex_);
  if (picture_ == nullptr) return;
  last_picture_ = steady_clock::now();
  picture_->put(std::move(picture), *last_picture_);
}

void Intake::put_sound(const float* samples, std::size_t count) {
  const std::lock_guard lock(mutex_);
  if (sound_ == nullptr) return;
  last_sound_ = steady_clock::now();
  if (!first_sound_) first_sound_ = last_sound_;
  sound_->put(samples, count, *last_sound_);
}

void Intake::close() {
  const std::lock_guard lock(mutex_);
  if (picture_ != nullptr) picture_->clear();
  if (sound_ != nullptr) sound_->clear();
  picture_ = nullptr;
  sound_ = nullptr;
}

std::optional<programme::SteadyTime> Intake::last_picture() const {
  const std::lock_guard lock(mutex_);
  return last_picture_;
}

std::optional<programme::SteadyTime> Intake::first_sound() const {
  const std::lock_guard lock(mutex_);
  return first_sound_;
}

std::optional<programme::SteadyTime> Intake::last_sound() const {
  const std::lock_guard lock(mutex_);
  return last_sound_;
}

}  // namespace tyndau::sources
