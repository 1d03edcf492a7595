#include "media/programme/pace.h"

#include <gtest/gtest.h>

namespace tyndau::programme {
namespace {

constexpr int kRate = 25;

TEST(Pace, AMachineThatLosesAPictureNowAndThenKeepsUp) {
  Pace pace(kRate);
  for (int second = 0; second < 60; ++second) EXPECT_FALSE(pace.add(2));
}

TEST(Pace, MoreThanATenthOfFiveSecondsIsSlow) {
  Pace pace(kRate);
  EXPECT_FALSE(pace.add(12));
  EXPECT_TRUE(pace.add(1));
  EXPECT_TRUE(pace.slow());
}

TEST(Pace, OneStallIsTold) {
  Pace pace(kRate);
  EXPECT_TRUE(pace.add(kRate));
}

TEST(Pace, IsCalmOnlyAfterAWhile) {
  Pace pace(kRate);
  pace.add(kRate);
  // It stands in the window for five seconds, this one included, and then ten must be calm.
  for (int second = 0; second < 4 + Pace::kCalm - 1; ++second) EXPECT_TRUE(pace.add(0)) << second;
  EXPECT_FALSE(pace.add(0));
}

TEST(Pace, TroubleThatComesBackBeginsTheWaitAnew) {
  Pace pace(kRate);
  pace.add(kRate);
  for (int second = 0; second < 10; ++second) pace.add(0);
  pace.add(kRate);
  for (int second = 0; second < 4 + Pace::kCalm - 1; ++second) EXPECT_TRUE(pace.add(0)) << second;
  EXPECT_FALSE(pace.add(0));
}

}  // namespace
}  // namespace tyndau::programme
