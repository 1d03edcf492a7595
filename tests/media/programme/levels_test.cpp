#include "media/programme/levels.h"

#include <gtest/gtest.h>

#include <cmath>
#include <numbers>
#include <vector>

namespace tyndau::programme {
namespace {

TEST(LevelMeter, MeasuresASine) {
  std::vector<float> sine(3200);
  for (std::size_t i = 0; i < sine.size(); ++i) {
    sine[i] = 0.5F * std::sin(static_cast<float>(i) * 2 * std::numbers::pi_v<float> * 440 / 32000);
  }
  const std::vector<float> silence(sine.size());
  LevelMeter meter;
  EXPECT_FALSE(meter.ready());
  meter.add(sine.data(), silence.data(), sine.size());
  ASSERT_TRUE(meter.ready());
  const auto levels = meter.take();
  EXPECT_NEAR(levels.peak_db, -6.02, 0.05);
  EXPECT_NEAR(levels.rms_db, -9.03, 0.05);
  EXPECT_EQ(levels.source_peak_db, -100);
  EXPECT_FALSE(meter.ready());
}

TEST(LevelMeter, ShowsTheSourceThatIsNotHeard) {
  const std::vector<float> silence(3200);
  const std::vector<float> loud(3200, 1.0F);
  LevelMeter meter;
  meter.add(silence.data(), loud.data(), loud.size());
  const auto levels = meter.take();
  EXPECT_EQ(levels.peak_db, -100);
  EXPECT_EQ(levels.rms_db, -100);
  EXPECT_NEAR(levels.source_peak_db, 0, 0.01);
}

}  // namespace
}  // namespace tyndau::programme
