#include "media/guests/seat_intake.h"

#include <algorithm>
#include <cmath>
#include <utility>

#include "media/programme/packing.h"
#include "media/programme/scene.h"

namespace tyndau::guests {

using std::chrono::steady_clock;

void SeatIntake::put_picture(GstSample* sample, Picture which) {
  programme::Packed packed = programme::packed_in_bt709(sample);
  if (!packed.buffer) return;
  const std::lock_guard lock(mutex_);
  if (!seat_) return;
  filled_ = true;
  programme::PictureSlot& slot = which == Picture::kFace ? seat_->picture : seat_->presentation;
  slot.put(std::move(packed.buffer), steady_clock::now(), packed.width, packed.height);
}

void SeatIntake::put_sound(const float* samples, std::size_t count) {
  float peak = peak_;
  for (std::size_t i = 0; i < count; ++i) peak = std::max(peak, std::fabs(samples[i]));
  peak_ = peak;  // one thread puts; a look between the two lines costs one value of a meter
  const std::lock_guard lock(mutex_);
  if (!seat_) return;
  filled_ = true;
  seat_->sound.put(samples, count, steady_clock::now());
}

void SeatIntake::empty() {
  const std::lock_guard lock(mutex_);
  if (!seat_ || !std::exchange(filled_, false)) return;
  seat_->picture.clear();
  seat_->presentation.clear();
  seat_->sound.clear();
}

void SeatIntake::close() {
  empty();
  const std::lock_guard lock(mutex_);
  seat_.reset();
}

SeatIntake::Look SeatIntake::look() {
  Look look;
  const float peak = peak_.exchange(0);
  if (peak > 1e-5F) look.peak_db = 20 * std::log10(static_cast<double>(peak));
  const std::lock_guard lock(mutex_);
  if (!seat_) return look;
  const auto now = steady_clock::now();
  if (const auto face = seat_->picture.newest(); face && now - face->arrived <= programme::kTileLife) {
    look.width = face->width;
    look.height = face->height;
  }
  const auto presentation = seat_->presentation.newest();
  look.presentation = presentation && now - presentation->arrived <= programme::kPresentationLife;
  return look;
}

}  // namespace tyndau::guests
