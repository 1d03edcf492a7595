#include "session/access/presses.h"

#include <gtest/gtest.h>

namespace tyndau::web {
namespace {

using std::chrono::hours;
using Wait = Throttle::Wait;

constexpr Utc kMoment{std::chrono::milliseconds(1'796'896'800'000)};

TEST(Presses, AreFreeAFewTimesAndThenOnceInAWhile) {
  Presses presses;
  for (int i = 0; i < Presses::kAtOnce; ++i) EXPECT_EQ(presses.press("m1/p1", kMoment), Wait{0}) << i;
  EXPECT_EQ(presses.press("m1/p1", kMoment), Presses::kEvery);
  EXPECT_EQ(presses.press("m1/p1", kMoment), Presses::kEvery) << "what was refused is not counted";
  EXPECT_EQ(presses.press("m1/p2", kMoment), Wait{0}) << "each for themselves";
  EXPECT_EQ(presses.press("m1/p1", kMoment + Presses::kEvery), Wait{0});
  EXPECT_EQ(presses.press("m1/p1", kMoment + Presses::kEvery), Presses::kEvery);
  for (int i = 0; i < Presses::kAtOnce; ++i) EXPECT_EQ(presses.press("m1/p1", kMoment + hours(1)), Wait{0}) << i;
}

TEST(Presses, LockNobodyOutWhenTheClockIsSetBack) {
  Presses presses;
  for (int i = 0; i < Presses::kAtOnce; ++i) presses.press("m1/p1", kMoment);
  EXPECT_EQ(presses.press("m1/p1", kMoment - hours(1)), Presses::kEvery);
  EXPECT_EQ(presses.press("m1/p1", kMoment - hours(1) + Presses::kEvery), Wait{0});
}

}  // namespace
}  // namespace tyndau::web
