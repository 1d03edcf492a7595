#include "media/programme/limiter.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <numbers>
#include <vector>

namespace tyndau::programme {
namespace {

constexpr std::size_t kFrame = 1280;  // 40 ms at 32 kHz

/// A tone of 400 Hz that goes on from frame to frame, limited.
class Tone {
 public:
  std::vector<float> limited(float loudness, std::size_t from = 0) {
    std::vector<float> sum(kFrame);
    for (std::size_t i = 0; i < kFrame; ++i) {
      const double phase = 2 * std::numbers::pi * 400 * static_cast<double>(at_++) / 32000;
      sum[i] = i < from ? 0 : loudness * static_cast<float>(std::sin(phase));
    }
    const float* gains = limiter_.gains(sum.data(), sum.size());
    last_ = {gains, gains + kFrame};
    for (std::size_t i = 0; i < kFrame; ++i) sum[i] *= gains[i];
    return sum;
  }
  const std::vector<float>& gains() const { return last_; }

 private:
  Limiter limiter_;
  std::size_t at_ = 0;
  std::vector<float> last_;
};

float loudest(const std::vector<float>& sound) {
  float peak = 0;
  for (const float sample : sound) peak = std::max(peak, std::fabs(sample));
  return peak;
}

TEST(LimiterTest, LeavesWhatFitsAsItIs) {
  Tone tone;
  for (int frame = 0; frame < 10; ++frame) {
    tone.limited(0.89F);
    for (const float gain : tone.gains()) ASSERT_EQ(gain, 1.0F);
  }
}

TEST(LimiterTest, NothingStandsAboveTheCeiling) {
  Tone tone;
  tone.limited(0.5F);
  // The first millisecond of the first loud frame could not be foreseen.
  tone.limited(1.8F, 64);
  for (int frame = 0; frame < 20; ++frame) EXPECT_LE(loudest(tone.limited(1.8F)), Limiter::kCeiling + 1e-4F);
}

TEST(LimiterTest, GoesDownAheadOfAPeakInTheSameFrame) {
  Tone tone;
  const auto sound = tone.limited(1.8F, 640);
  EXPECT_LE(loudest(sound), Limiter::kCeiling + 1e-4F);
  EXPECT_EQ(tone.gains().front(), 1.0F);
}

TEST(LimiterTest, NeverJumps) {
  Tone tone;
  float before = 1;
  for (int frame = 0; frame < 40; ++frame) {
    tone.limited(frame % 7 < 3 ? 1.9F : 0.2F, frame % 2 == 0 ? 700 : 0);
    for (const float gain : tone.gains()) {
      ASSERT_LT(std::fabs(gain - before), 0.03F);  // a millisecond from one to a half
      before = gain;
    }
  }
}

TEST(LimiterTest, ComesBackSlowlyAndWhollyAfterAPeak) {
  Tone tone;
  tone.limited(1.8F);
  tone.limited(0.1F);
  const float just_after = tone.gains().back();
  EXPECT_LT(just_after, 0.7F);
  int frames = 0;
  while (tone.gains().back() < 1 && frames < 200) {
    tone.limited(0.1F);
    ++frames;
  }
  EXPECT_GT(frames, 10);  // 0.4 s
  EXPECT_LT(frames, 75);  // 3 s
}

}  // namespace
}  // namespace tyndau::programme
