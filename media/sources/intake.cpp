#include "media/sources/intake.h"

#include <algorithm>
#include <utility>

#include "media/programme/packing.h"
#include "media/programme/scene.h"

namespace tyndau::sources {

namespace {

using programme::Format;
using std::chrono::nanoseconds;
using std::chrono::steady_clock;

/// A long wait is forgotten within some fifty arrivals.
constexpr double kForgets = 0.98;
/// What a stream says of its rate counts no further: it may have been written by somebody who did not know.
constexpr std::chrono::seconds kLongestDeclared{10};

void note(Intake::Track& track, programme::SteadyTime now) {
  if (track.last) {
    const auto faded = static_cast<nanoseconds::rep>(static_cast<double>(track.gap.count()) * kForgets);
    track.gap = std::max<nanoseconds>(now - *track.last, nanoseconds(faded));
  }
  track.last = now;
  if (!track.first) track.first = now;
  ++track.count;
}

/// How long a picture lasts by what the stream says of itself; 0 when it does not.
nanoseconds declared_length(GstSample* sample) {
  int frames = 0, seconds = 0;
  const GstCaps* caps = gst_sample_get_caps(sample);
  if (caps == nullptr ||
      gst_structure_get_fraction(gst_caps_get_structure(caps, 0), "framerate", &frames, &seconds) == FALSE ||
      frames <= 0 || seconds <= 0) {
    return nanoseconds(0);
  }
  return std::min<nanoseconds>(kLongestDeclared, nanoseconds(std::chrono::seconds(seconds)) / frames);
}

}  // namespace

std::optional<nanoseconds> stamp_of(GstSample* sample) {
  const GstBuffer* buffer = gst_sample_get_buffer(sample);
  const GstSegment* segment = gst_sample_get_segment(sample);
  if (buffer == nullptr || segment == nullptr || segment->format != GST_FORMAT_TIME ||
      !GST_BUFFER_PTS_IS_VALID(buffer)) {
    return {};
  }
  guint64 time = 0;
  const int sign = gst_segment_to_running_time_full(segment, GST_FORMAT_TIME, GST_BUFFER_PTS(buffer), &time);
  if (sign == 0) return {};
  return nanoseconds(sign * static_cast<nanoseconds::rep>(time));
}

nanoseconds patience_for(const Intake::Track& track) { return kStall + track.gap * 3 / 2; }

Intake::Intake(Format format, programme::PictureSlot& picture, programme::SoundSlot& sound)
    : format_(format), picture_(&picture), sound_(&sound) {}

void Intake::put_picture(GstSample* sample) {
  gst::Buffer picture = programme::tightly_packed(format_, sample);
  const auto stamp = stamp_of(sample);
  if (!stamp) return put_picture(std::move(picture));
  if (!picture) return;
  const std::lock_guard lock(mutex_);
  if (picture_ == nullptr) return;
  const auto now = steady_clock::now();
  note(picture_track_, now);
  picture_track_.gap = std::max(picture_track_.gap, declared_length(sample));
  const auto life = std::chrono::ceil<std::chrono::milliseconds>(patience_for(picture_track_));
  picture_->put({.buffer = std::move(picture), .arrived = now, .life = std::max(life, programme::kPictureLife)},
                *stamp);
}

void Intake::put_picture(gst::Buffer picture) {
  if (!picture) return;
  const std::lock_guard lock(mutex_);
  if (picture_ == nullptr) return;
  const auto now = steady_clock::now();
  note(picture_track_, now);
  picture_->put(std::move(picture), now);
}

void Intake::put_sound(const float* samples, std::size_t count, std::optional<nanoseconds> stamp) {
  const std::lock_guard lock(mutex_);
  if (sound_ == nullptr) return;
  const auto now = steady_clock::now();
  note(sound_track_, now);
  sound_->put(samples, count, now, stamp);
}

void Intake::close() {
  const std::lock_guard lock(mutex_);
  if (picture_ != nullptr) picture_->clear();
  if (sound_ != nullptr) sound_->clear();
  picture_ = nullptr;
  sound_ = nullptr;
}

Intake::Track Intake::picture() const {
  const std::lock_guard lock(mutex_);
  return picture_track_;
}

Intake::Track Intake::sound() const {
  const std::lock_guard lock(mutex_);
  return sound_track_;
}

}  // namespace tyndau::sources
