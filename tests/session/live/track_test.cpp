#include "session/live/track.h"

#include <gtest/gtest.h>

#include "tests/session/live/recorded.h"

namespace tyndau::live {
namespace {

using std::chrono::milliseconds;
using test::kStart;

Track sound(std::int64_t segments, int parts) {
  Track track;
  track.add(test::sound_run(1));
  test::add_segments(track, 0, segments - 1, parts, 0);
  return track;
}

TEST(Track, GathersPartsIntoSegments) {
  const Track track = sound(2, 5);
  ASSERT_EQ(track.segments().size(), 3u);
  EXPECT_TRUE(track.segments()[1].complete);
  EXPECT_FALSE(track.segments()[2].complete);
  EXPECT_EQ(track.segments()[2].parts.size(), 5u);
  EXPECT_EQ(track.complete_segments(), 2u);
  EXPECT_EQ(track.segments()[0].bytes(), 12u * 1280);
  EXPECT_DOUBLE_EQ(track.segments()[0].seconds(track.runs()[0]), 1.92);
  EXPECT_EQ(track.find(2), &track.segments()[2]);
  EXPECT_EQ(track.find(3), nullptr);
  EXPECT_EQ(track.find(-1), nullptr);
}

TEST(Track, IsNotChangedByLinesItKnows) {
  Track track = sound(2, 5);
  const auto version = track.version();
  track.add(test::sound_run(1));
  test::add_segments(track, 0, 1, 5, 0);
  EXPECT_EQ(track.version(), version);
  EXPECT_EQ(track.segments().size(), 3u);
  EXPECT_EQ(track.segments()[2].parts.size(), 5u);
}

TEST(Track, CompletesTheSegmentInHandWhenANewRunBegins) {
  Track track = sound(1, 3);
  track.add(test::sound_run(2, kStart + milliseconds(9000)));
  EXPECT_TRUE(track.segments().back().complete);
  test::add_segments(track, 2, 2, 0, 2);
  ASSERT_EQ(track.segments().size(), 3u);
  EXPECT_EQ(track.segments()[2].run, 1u);
  EXPECT_EQ(track.start_of(track.segments()[2]), kStart + milliseconds(9000));
}

TEST(Track, EndsAndGoesOnWhenPutOnAirAgain) {
  Track track = sound(1, 3);
  track.add(link::EndLine{kStart + milliseconds(2400)});
  EXPECT_TRUE(track.ended());
  EXPECT_EQ(track.complete_segments(), 2u);
  track.add(test::sound_run(2, kStart + milliseconds(60000)));
  EXPECT_FALSE(track.ended());
  track.add(link::EndLine{kStart + milliseconds(2400)});  // the copy of the old end
  EXPECT_FALSE(track.ended());
  track.add(link::EndLine{kStart + milliseconds(90000)});
  EXPECT_TRUE(track.ended());
  EXPECT_EQ(track.ended_at(), kStart + milliseconds(90000));
}

TEST(Track, EndsThoughTheClockWasSetBackMeanwhile) {
  Track track = sound(1, 3);
  track.add(link::EndLine{kStart - milliseconds(600'000)});
  EXPECT_TRUE(track.ended()) << "or the film of such a recording is never there";
  EXPECT_EQ(track.ended_at(), track.end_of(track.segments().back()));
  track.add(test::sound_run(2, kStart + milliseconds(60000)));
  track.add(link::EndLine{kStart - milliseconds(600'000)});  // the copy of the old end
  EXPECT_FALSE(track.ended());
}

TEST(Track, TakesNoPartsAfterAHoleInASegment) {
  Track track = sound(1, 3);
  track.add(test::part_line(track, 1, 4, 1));  // part 3 was lost
  EXPECT_EQ(track.segments().back().parts.size(), 3u);
  track.add(test::part_line(track, 2, 1, 2));  // part 0 was lost
  EXPECT_EQ(track.segments().back().number, 1);
  track.add(test::part_line(track, 3, 0, 3));
  EXPECT_EQ(track.segments().back().number, 3);
  EXPECT_TRUE(track.find(1)->complete);
}

TEST(Track, IgnoresPartsBeforeAnyRun) {
  Track track;
  track.add(link::PartLine{0, 0, 0, 10, 0, 10, true, false});
  EXPECT_TRUE(track.segments().empty());
  EXPECT_EQ(track.version(), 0u);
}

TEST(Track, KnowsWallTimesToTheMillisecond) {
  Track track;
  track.add(test::picture_run(1));
  test::add_segments(track, 0, 1, 2, 0);
  const auto& segment = track.segments()[1];
  EXPECT_EQ(track.start_of(segment), kStart + milliseconds(1920));
  EXPECT_EQ(track.start_of(segment, segment.parts[3]), kStart + milliseconds(2400));
  EXPECT_EQ(track.end_of(segment), kStart + milliseconds(3840));
  EXPECT_TRUE(track.has_picture());
}

TEST(RecordingClock, CutsHolesOut) {
  Track track = sound(2, 0);  // 3.84 s
  track.add(test::sound_run(2, kStart + milliseconds(10000)));
  test::add_segments(track, 2, 2, 0, 2);
  const RecordingClock clock(track);
  EXPECT_NEAR(clock.length(), 5.76, 1e-6);
  EXPECT_NEAR(clock.offset_of(kStart - milliseconds(5000)), 0, 1e-6);
  EXPECT_NEAR(clock.offset_of(kStart + milliseconds(2000)), 2.0, 1e-6);
  EXPECT_NEAR(clock.offset_of(kStart + milliseconds(7000)), 3.84, 1e-6);
  EXPECT_NEAR(clock.offset_of(kStart + milliseconds(11000)), 4.84, 1e-6);
  EXPECT_NEAR(clock.offset_of(kStart + milliseconds(60000)), 5.76, 1e-6);
}

TEST(RecordingClock, DoesNotDriftOverHours) {
  Track track = sound(15000, 0);
  const RecordingClock clock(track);
  EXPECT_EQ(clock.stretches().size(), 1u);
  EXPECT_NEAR(clock.length(), 15000 * 1.92, 1e-6);
}

TEST(RecordingClock, IsEmptyForAnEmptyTrack) {
  EXPECT_EQ(RecordingClock(Track()).length(), 0);
  EXPECT_EQ(RecordingClock(Track()).offset_of(kStart), 0);
}

}  // namespace
}  // namespace tyndau::live
