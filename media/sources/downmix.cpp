#include "media/sources/downmix.h"

#include <algorithm>
#include <cmath>

#include "media/programme/slots.h"

namespace tyndau::sources {

namespace {

constexpr std::size_t kWindow = programme::Format::kSampleRate / 2;
constexpr int kTimes = 3;          // windows that must agree: nobody's pause is a broken cable
constexpr double kHeard = 1e-5;    // mean square of a window in which something is said: -50 dB of full scale
constexpr double kNothing = 1e-4;  // of the other channel's energy: -40 dB
constexpr double kOpposite = -0.8;

float weight_of(GstAudioChannelPosition place, std::size_t count) {
  switch (place) {
    case GST_AUDIO_CHANNEL_POSITION_MONO:
    case GST_AUDIO_CHANNEL_POSITION_FRONT_CENTER:
      return 1;
    case GST_AUDIO_CHANNEL_POSITION_FRONT_LEFT:
    case GST_AUDIO_CHANNEL_POSITION_FRONT_RIGHT:
      return count == 2 ? 0.5F : 0.7071F;
    case GST_AUDIO_CHANNEL_POSITION_LFE1:
    case GST_AUDIO_CHANNEL_POSITION_LFE2:
      return 0;
    case GST_AUDIO_CHANNEL_POSITION_NONE:
      return 1 / static_cast<float>(count);
    default:
      return 0.5F;
  }
}

}  // namespace

void Downmix::place(const GstAudioInfo& info) {
  const auto count = static_cast<std::size_t>(GST_AUDIO_INFO_CHANNELS(&info));
  std::vector<GstAudioChannelPosition> places(count, GST_AUDIO_CHANNEL_POSITION_NONE);
  for (std::size_t i = 0; i < std::min<std::size_t>(count, 64); ++i) places[i] = info.position[i];
  if (places == places_) return;
  places_ = std::move(places);
  const auto find = [this](GstAudioChannelPosition place) {
    const auto at = std::find(places_.begin(), places_.end(), place);
    return at == places_.end() ? -1 : static_cast<int>(at - places_.begin());
  };
  left_ = find(GST_AUDIO_CHANNEL_POSITION_FRONT_LEFT);
  right_ = find(GST_AUDIO_CHANNEL_POSITION_FRONT_RIGHT);
  finding_ = seen_ = Finding::kNothing;
  times_ = 0;
  looked_ = 0;
  left_energy_ = right_energy_ = both_ = 0;
  weigh();
  weights_ = wanted_;
}

void Downmix::weigh() {
  wanted_.clear();
  for (const auto place : places_) wanted_.push_back(weight_of(place, places_.size()));
  if (left_ < 0 || right_ < 0) return;
  float& left = wanted_[static_cast<std::size_t>(left_)];
  float& right = wanted_[static_cast<std::size_t>(right_)];
  if (finding_ == Finding::kOppositePhase) right = -right;
  if (finding_ == Finding::kOneChannel) (left_lives_ ? left : right) = 1;
}

void Downmix::run(const float* in, std::size_t frames, float* out) {
  const std::size_t count = places_.size();
  const std::vector<float> from = weights_;
  weights_ = wanted_;
  for (std::size_t frame = 0; frame < frames; ++frame) {
    const float* samples = in + frame * count;
    const float part = static_cast<float>(frame + 1) / static_cast<float>(frames);
    float sum = 0;
    for (std::size_t i = 0; i < count; ++i) sum += samples[i] * (from[i] + (weights_[i] - from[i]) * part);
    out[frame] = sum;
    if (left_ >= 0 && right_ >= 0) look(samples);
  }
}

void Downmix::look(const float* frame) {
  const double left = static_cast<double>(frame[left_]), right = static_cast<double>(frame[right_]);
  left_energy_ += left * left;
  right_energy_ += right * right;
  both_ += left * right;
  if (++looked_ == kWindow) judge();
}

void Downmix::judge() {
  const double loud = std::max(left_energy_, right_energy_), quiet = std::min(left_energy_, right_energy_);
  Finding now = Finding::kNothing;
  if (quiet < kNothing * loud)
    now = Finding::kOneChannel;
  else if (both_ < kOpposite * std::sqrt(left_energy_ * right_energy_))
    now = Finding::kOppositePhase;
  const bool left_lives = left_energy_ > right_energy_;
  // In a silence nothing can be told, and what was found stands.
  if (loud > kHeard * static_cast<double>(kWindow)) {
    times_ = now == seen_ ? times_ + 1 : 1;
    seen_ = now;
    if (times_ >= kTimes && (now != finding_ || (now == Finding::kOneChannel && left_lives != left_lives_))) {
      finding_ = now;
      left_lives_ = left_lives;
      weigh();
    }
  }
  left_energy_ = right_energy_ = both_ = 0;
  looked_ = 0;
}

}  // namespace tyndau::sources
