#include "session/live/waiting.h"

#include <gtest/gtest.h>

#include "tests/session/live/recorded.h"

namespace tyndau::live {
namespace {

using What = Awaited::What;
using std::chrono::seconds;

const Track& floor_of(const Recording& recording) { return recording.tracks.at("floor"); }

TEST(Settled, WaitsForASegmentUntilItIsWhole) {
  EXPECT_FALSE(settled(floor_of(test::recording_of(3, 11)), {What::kSegment, 3, 0}));
  EXPECT_TRUE(settled(floor_of(test::recording_of(4, 0)), {What::kSegment, 3, 0}));
  EXPECT_TRUE(settled(floor_of(test::recording_of(4, 0)), {What::kSegment, 0, 0}));
}

TEST(Settled, WaitsForAPart) {
  const auto recording = test::recording_of(3, 5);
  EXPECT_TRUE(settled(floor_of(recording), {What::kPart, 3, 4}));
  EXPECT_FALSE(settled(floor_of(recording), {What::kPart, 3, 5}));
  EXPECT_FALSE(settled(floor_of(recording), {What::kPart, 4, 0}));
}

TEST(Settled, TakesAPartPastTheEndOfAFinishedSegmentForTheNextOnesFirst) {
  EXPECT_FALSE(settled(floor_of(test::recording_of(3, 0)), {What::kPart, 2, 12}));
  EXPECT_TRUE(settled(floor_of(test::recording_of(3, 1)), {What::kPart, 2, 12}));
}

TEST(Settled, IsEverythingOnceTheBroadcastHasEnded) {
  auto recording = test::recording_of(3, 5);
  test::end(recording, test::kStart + seconds(7));
  EXPECT_TRUE(settled(floor_of(recording), {What::kPart, 4, 7}));
  EXPECT_TRUE(settled(floor_of(recording), {What::kSegment, 5, 0}));
  EXPECT_TRUE(settled(floor_of(recording), {What::kPartFile, 3, 5}));
}

TEST(Settled, WaitsForTheFirstPartAfterAnEnd) {
  auto recording = test::recording_of(3, 5);
  test::end(recording, test::kStart + seconds(7));
  EXPECT_FALSE(settled(floor_of(recording), {What::kNextRun}));
  Track& floor = recording.tracks.at("floor");
  floor.add(test::sound_run(2, test::kStart + seconds(60)));
  EXPECT_FALSE(settled(floor, {What::kNextRun}));
  floor.add(test::part_line(floor, 4, 0, 0));
  EXPECT_TRUE(settled(floor, {What::kNextRun}));
}

TEST(Settled, WaitsForTheFirstOfAnything) {
  EXPECT_FALSE(settled(floor_of(test::recording_of(0, 0)), {What::kFirstPart, 0, 0}));
  EXPECT_TRUE(settled(floor_of(test::recording_of(0, 1)), {What::kFirstPart, 0, 0}));
  EXPECT_FALSE(settled(floor_of(test::recording_of(0, 1)), {What::kFirstSegment, 0, 0}));
  EXPECT_TRUE(settled(floor_of(test::recording_of(1, 0)), {What::kFirstSegment, 0, 0}));
}

TEST(Settled, GivesUpAPartThatACrashTook) {
  auto recording = test::recording_of(3, 5);
  Track& track = recording.tracks.at("floor");
  EXPECT_FALSE(settled(track, {What::kPartFile, 3, 5}));
  track.add(test::sound_run(2, test::kStart + seconds(30)));
  EXPECT_TRUE(settled(track, {What::kPartFile, 3, 5}));
}

TEST(TooFar, IsMoreThanTwoSegmentsAhead) {
  const auto recording = test::recording_of(3, 5);  // the newest is 3
  EXPECT_FALSE(too_far(floor_of(recording), {What::kSegment, 5, 0}));
  EXPECT_TRUE(too_far(floor_of(recording), {What::kSegment, 6, 0}));
}

TEST(TooFar, IsMorePartsAheadThanTheAdvancePartLimit) {
  const auto recording = test::recording_of(3, 5);
  EXPECT_FALSE(too_far(floor_of(recording), {What::kPart, 3, 5 + 18}));
  EXPECT_TRUE(too_far(floor_of(recording), {What::kPart, 3, 5 + 19}));
  EXPECT_TRUE(too_far(floor_of(recording), {What::kPart, 4, 19}));
  EXPECT_FALSE(too_far(floor_of(recording), {What::kPart, 2, 1000}));
}

TEST(NextPart, IsTheOneThatThePreloadHintNames) {
  EXPECT_TRUE(is_next_part(floor_of(test::recording_of(3, 5)), 3, 5));
  EXPECT_FALSE(is_next_part(floor_of(test::recording_of(3, 5)), 3, 6));
  EXPECT_FALSE(is_next_part(floor_of(test::recording_of(3, 5)), 4, 0));
  EXPECT_TRUE(is_next_part(floor_of(test::recording_of(3, 0)), 3, 0));
  EXPECT_FALSE(is_next_part(floor_of(test::recording_of(0, 0)), 0, 0));
}

TEST(Waiting, WakesThoseWhoseTimeHasComeInTheirOrder) {
  Waiting waiting;
  std::string woken;
  const auto wake = [&](char name) { return [&woken, name](Waiting::Why) { woken += name; }; };
  waiting.add("sitting", "floor", {What::kPart, 3, 5}, {}, wake('a'));
  waiting.add("sitting", "720p", {What::kPart, 3, 6}, {}, wake('b'));
  waiting.add("sitting", "floor", {What::kPart, 3, 5}, {}, wake('c'));
  waiting.add("another", "floor", {What::kPart, 3, 5}, {}, wake('d'));
  waiting.grew(test::recording_of(3, 5));
  EXPECT_EQ(woken, "");
  waiting.grew(test::recording_of(3, 6));
  EXPECT_EQ(woken, "ac");
  waiting.grew(test::recording_of(3, 6));
  EXPECT_EQ(woken, "ac");
  EXPECT_EQ(waiting.size(), 2u);
}

TEST(Waiting, WakesNobodyWhoHasLeft) {
  Waiting waiting;
  const auto ticket =
      waiting.add("sitting", "floor", {What::kPart, 3, 5}, {}, [](Waiting::Why) { FAIL() << "was woken"; });
  waiting.remove(ticket);
  waiting.grew(test::recording_of(4, 0));
  EXPECT_EQ(waiting.size(), 0u);
}

TEST(Waiting, TellsThemWhenItIsTooLate) {
  Waiting waiting;
  const Waiting::Steady now{};
  std::vector<Waiting::Why> woken;
  waiting.add("sitting", "floor", {What::kPart, 3, 5}, now + seconds(6),
              [&](Waiting::Why why) { woken.push_back(why); });
  waiting.expire(now + seconds(5));
  EXPECT_TRUE(woken.empty());
  waiting.expire(now + seconds(6));
  EXPECT_EQ(woken, std::vector{Waiting::Why::kTooLate});
}

TEST(Waiting, LetsTheWokenComeBackAtOnce) {
  Waiting waiting;
  int woken = 0;
  std::function<void(Waiting::Why)> again = [&](Waiting::Why) {
    ++woken;
    waiting.add("sitting", "floor", {What::kPart, 3, 5}, {}, again);
  };
  again(Waiting::Why::kSettled);
  waiting.grew(test::recording_of(3, 6));
  EXPECT_EQ(woken, 2);
  EXPECT_EQ(waiting.size(), 1u);
}

}  // namespace
}  // namespace tyndau::live
