#include "media/programme/loudness.h"

#include <ebur128.h>

#include <algorithm>
#include <cmath>
#include <cstdlib>

#include "media/programme/slots.h"

namespace tyndau::programme {

namespace {
constexpr std::size_t kEvery = Format::kSampleRate / 10;  // samples: the step that R128 asks for
constexpr int kWindow = 4;                                // measurements
constexpr double kSilence = -50;                          // LUFS; what is below is a room and nobody in it
constexpr double kPause = 10;                             // LU below the speech: between words
constexpr double kShare = 0.05;                           // of one measurement: two seconds to follow a change
constexpr double kLeastWanted = -28, kMostWanted = -16, kUsual = -23;  // LUFS
constexpr double kRise_db_per_s = 4, kFall_db_per_s = 12;
}  // namespace

struct Loudness::State {
  ebur128_state* meter = ebur128_init(1, Format::kSampleRate, EBUR128_MODE_M);
  State() {
    if (meter == nullptr) std::abort();  // out of memory
  }
  ~State() { ebur128_destroy(&meter); }
  State(const State&) = delete;
  State& operator=(const State&) = delete;
};

Loudness::Loudness() : state_(std::make_unique<State>()) {}
Loudness::~Loudness() = default;
Loudness::Loudness(Loudness&&) noexcept = default;
Loudness& Loudness::operator=(Loudness&&) noexcept = default;

void Loudness::add(const float* samples, std::size_t count) {
  while (count > 0) {
    const std::size_t now = std::min(count, kEvery - since_);
    ebur128_add_frames_float(state_->meter, samples, now);
    samples += now;
    count -= now;
    since_ += now;
    if (since_ < kEvery) continue;
    since_ = 0;
    measure();
  }
}

void Loudness::measure() {
  // The first windows of 400 ms reach back to before the beginning.
  if (measured_ < kWindow && ++measured_ < kWindow) return;
  double momentary = 0;
  if (ebur128_loudness_momentary(state_->meter, &momentary) != EBUR128_SUCCESS || !std::isfinite(momentary)) return;
  if (momentary < kSilence || (speech_ && momentary < *speech_ - kPause)) return;
  speech_ = speech_ ? *speech_ + (momentary - *speech_) * kShare : momentary;
}

void Leveller::add(const float* samples, std::size_t count, double wanted) {
  loudness_.add(samples, count);
  const auto speech = loudness_.speech();
  if (!speech) return;
  const double target_db = std::clamp(wanted - *speech, -kMostLowered_db, kMostRaised_db);
  const double seconds = static_cast<double>(count) / Format::kSampleRate;
  gain_db_ += std::clamp(target_db - gain_db_, -kFall_db_per_s * seconds, kRise_db_per_s * seconds);
}

float Leveller::gain() const { return static_cast<float>(std::pow(10.0, gain_db_ / 20)); }

double wanted_loudness(const Loudness& hall) {
  const auto speech = hall.speech();
  return speech ? std::clamp(*speech, kLeastWanted, kMostWanted) : kUsual;
}

}  // namespace tyndau::programme
