#include "media/sources/frame_dropper.h"

#include <gtest/gtest.h>

namespace tyndau::sources {
namespace {

/// How many of the pictures of `seconds` at this rate are kept.
int kept(FrameDropper& dropper, int rate, int seconds, GstClockTime from = 0) {
  int count = 0;
  for (int i = 0; i < rate * seconds; ++i) {
    if (dropper.keep(from + gst_util_uint64_scale(static_cast<guint64>(i), GST_SECOND, static_cast<guint64>(rate)))) {
      ++count;
    }
  }
  return count;
}

TEST(FrameDropper, LetsASourceOfTheProgrammesRateOrLessThrough) {
  for (const int rate : {1, 5, 10, 15, 24, 25}) {
    FrameDropper dropper(25);
    EXPECT_EQ(kept(dropper, rate, 10), rate * 10) << rate;
  }
}

TEST(FrameDropper, ThinsAFasterSourceToTheProgrammesRate) {
  for (const int rate : {30, 50, 60, 120}) {
    FrameDropper dropper(25);
    EXPECT_NEAR(kept(dropper, rate, 10), 250, 2) << rate;
  }
}

TEST(FrameDropper, ForgivesJitter) {
  FrameDropper dropper(25);
  int count = 0;
  for (int i = 0; i < 250; ++i) {
    const GstClockTime jitter = (i % 3) * 4 * GST_MSECOND;
    if (dropper.keep(static_cast<GstClockTime>(i) * 40 * GST_MSECOND + jitter)) ++count;
  }
  EXPECT_EQ(count, 250);
}

TEST(FrameDropper, ForgivesJitterOfMoreThanHalfAPicture) {
  FrameDropper dropper(25);
  int count = 0;
  for (int i = 0; i < 1500; ++i) {
    const auto jitter = static_cast<GstClockTime>((i * 7919) % 61) * GST_MSECOND;  // 30 ms either way
    if (dropper.keep(static_cast<GstClockTime>(i) * 40 * GST_MSECOND + jitter)) ++count;
  }
  EXPECT_EQ(count, 1500);
}

TEST(FrameDropper, StartsAnewAfterAJumpEitherWay) {
  FrameDropper dropper(25);
  kept(dropper, 50, 10);
  EXPECT_NEAR(kept(dropper, 50, 2), 50, 2);                     // back to zero: a file's next round
  EXPECT_NEAR(kept(dropper, 50, 2, 3600 * GST_SECOND), 50, 2);  // and an hour on
}

TEST(FrameDropper, StartsAnewWithEachRoundOfAFilmOfHalfASecond) {
  FrameDropper dropper(25);
  for (int round = 0; round < 5; ++round) {
    int count = 0;
    for (int i = 0; i < 12; ++i) count += dropper.keep(static_cast<GstClockTime>(i) * 40 * GST_MSECOND) ? 1 : 0;
    EXPECT_EQ(count, 12) << round;
  }
}

TEST(FrameDropper, KeepsWhatHasNoTimestamp) {
  FrameDropper dropper(25);
  for (int i = 0; i < 10; ++i) EXPECT_TRUE(dropper.keep(GST_CLOCK_TIME_NONE));
}

}  // namespace
}  // namespace tyndau::sources
