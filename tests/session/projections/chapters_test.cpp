#include "session/projections/chapters.h"

#include <fmt/format.h>
#include <gmock/gmock.h>

#include <random>

#include "tests/session/meeting/hearing.h"

namespace tyndau::projections {
namespace {

using namespace std::chrono_literals;
using meeting::testing::Hearing;
using ::testing::ElementsAre;
using ::testing::IsEmpty;

/// "id start-end" in seconds since the hearing's first moment; "..." while it lasts.
std::vector<std::string> chapter_lines(const Hearing& h) {
  const Utc zero = h.events.front().utc;
  const auto seconds = [&](Utc time) {
    return fmt::format("{:g}", std::chrono::duration<double>(time - zero).count());
  };
  std::vector<std::string> lines;
  for (const Chapter& chapter : chapters(h.events)) {
    lines.push_back(
        fmt::format("{} {}-{}", chapter.id, seconds(chapter.start), chapter.end ? seconds(*chapter.end) : "..."));
  }
  return lines;
}

void applied(Hearing& h, std::int64_t of, Utc at) {
  h.record("media", {"media.applied", {{"of", of}, {"run", 1}, {"offset_ms", 0}, {"utc", format_utc(at)}}});
}

TEST(Chapters, KnowWhoSignedUpAlsoAfterTheRecordWasCorrected) {
  Hearing h;
  ASSERT_EQ(h.act({{"action", "registration.approve"}, {"registration", "r1"}}), "");  // 2, 3
  h.record("system", {"meeting.imported", *meeting::read_hearing(meeting::testing::small_hearing())});
  ASSERT_EQ(h.act("sitting.open"), "");
  ASSERT_EQ(h.open_item("a1"), "");
  ASSERT_EQ(h.give("reg-2"), "");
  EXPECT_EQ(chapters(h.events).back().person, "reg-2");
  EXPECT_EQ(chapters(h.events).back().title.kk, "Айша Сынақова");
}

TEST(Chapters, FollowTheHearing) {
  Hearing h;  // events: 1 imported
  EXPECT_THAT(chapter_lines(h), IsEmpty());
  h.wait(10s);
  ASSERT_EQ(h.act("broadcast.start"), "");  // 2
  EXPECT_THAT(chapter_lines(h), IsEmpty());
  ASSERT_EQ(h.act("sitting.open"), "");  // 3
  EXPECT_THAT(chapter_lines(h), ElementsAre("opening 10-..."));
  h.wait(20s);
  ASSERT_EQ(h.open_item("a1"), "");  // 4
  h.wait(5s);
  ASSERT_EQ(h.give("p1"), "");  // 5
  h.wait(60s);
  ASSERT_EQ(h.give("p2"), "");  // 6, 7
  h.wait(5s);
  ASSERT_EQ(h.act("recess.start"), "");  // 8
  h.wait(100s);
  ASSERT_EQ(h.act("recess.end"), "");  // 9
  h.wait(10s);
  ASSERT_EQ(h.open_item("a2"), "");  // 10, 11, 12
  h.wait(10s);
  ASSERT_EQ(h.act("item.close"), "");
  h.wait(10s);
  ASSERT_EQ(h.act("sitting.close"), "");
  EXPECT_THAT(chapter_lines(h), ElementsAre("opening 10-30", "a1 30-210", "a1-t5 35-95", "a1-t7 95-210",
                                            "recess-8 100-200", "a2 210-220"));
}

TEST(Chapters, SayWhatTheyAre) {
  Hearing h;
  ASSERT_EQ(h.act("sitting.open"), "");
  ASSERT_EQ(h.open_item("a1"), "");
  ASSERT_EQ(h.give("p1"), "");
  ASSERT_EQ(h.act("recess.start"), "");
  const auto list = chapters(h.events);
  ASSERT_EQ(list.size(), 4U);
  EXPECT_EQ(list[0].kind, "opening");
  EXPECT_EQ(list[0].title.ru, "Открытие заседания");
  EXPECT_EQ(list[0].item, "");
  EXPECT_EQ(list[1].kind, "item");
  EXPECT_EQ(list[1].item, "a1");
  EXPECT_EQ(list[1].title.kk, "Баяндама");
  EXPECT_EQ(list[2].kind, "turn");
  EXPECT_EQ(list[2].item, "a1");
  EXPECT_EQ(list[2].person, "p1");
  EXPECT_EQ(list[2].as, "rapporteur");
  EXPECT_EQ(list[2].title.ru, "Мысалбек Сынаков");
  EXPECT_EQ(list[3].kind, "recess");
  EXPECT_EQ(list[3].title.kk, "Үзіліс");
}

TEST(Chapters, CiteWhatThePublicSaw) {
  Hearing h;
  ASSERT_EQ(h.act("sitting.open"), "");
  applied(h, 2, h.now + 200ms);
  h.wait(10s);
  ASSERT_EQ(h.open_item("a1"), "");
  applied(h, h.state.seq, h.now + 250ms);
  h.wait(10s);
  // One answer for an action of several events, in whose name ever.
  ASSERT_EQ(h.open_item("a2"), "");
  applied(h, h.state.seq, h.now + 500ms);
  EXPECT_THAT(chapter_lines(h), ElementsAre("opening 0.2-10.25", "a1 10.25-20.5", "a2 20.5-..."));
  // Shown once more after media came back: the first time counts.
  h.wait(100s);
  applied(h, h.state.seq - 1, h.now);
  EXPECT_THAT(chapter_lines(h).back(), "a2 20.5-...");
}

TEST(Chapters, IgnoreAnAnswerToNothing) {
  Hearing h;
  ASSERT_EQ(h.act("sitting.open"), "");
  applied(h, 0, h.now + 5s);
  applied(h, 999, h.now + 5s);
  h.record("media", {"media.applied", {{"of", 2}, {"utc", "soon"}}});
  h.record("media", {"media.applied", {{"of", "2"}}});
  EXPECT_THAT(chapter_lines(h), ElementsAre("opening 0-..."));
}

TEST(Chapters, NeverEndBeforeTheyStart) {
  Hearing h;
  ASSERT_EQ(h.act("sitting.open"), "");
  applied(h, 2, h.now + 3s);
  h.wait(1s);
  ASSERT_EQ(h.act("sitting.close"), "");
  EXPECT_THAT(chapter_lines(h), ElementsAre("opening 3-3"));
}

TEST(Chapters, ForgetWhatWasUndone) {
  Hearing h;
  ASSERT_EQ(h.act("sitting.open"), "");  // 2
  h.wait(10s);
  ASSERT_EQ(h.open_item("a1"), "");  // 3
  h.wait(10s);
  ASSERT_EQ(h.give("p1"), "");  // 4
  h.wait(10s);
  ASSERT_EQ(h.act("floor.end"), "");  // 5
  h.wait(5s);
  ASSERT_EQ(h.act("undo"), "");  // 6: the turn goes on
  EXPECT_THAT(chapter_lines(h), ElementsAre("opening 0-10", "a1 10-...", "a1-t4 20-..."));
  h.wait(5s);
  ASSERT_EQ(h.open_item("a2"), "");  // 7, 8, 9
  h.wait(5s);
  ASSERT_EQ(h.act("undo"), "");  // 10: the item and the turn go on
  EXPECT_THAT(chapter_lines(h), ElementsAre("opening 0-10", "a1 10-...", "a1-t4 20-..."));
  ASSERT_EQ(h.act("undo"), "");  // floor.give
  ASSERT_EQ(h.act("undo"), "");  // item.open
  EXPECT_THAT(chapter_lines(h), ElementsAre("opening 0-..."));
  ASSERT_EQ(h.act("undo"), "");
  EXPECT_THAT(chapter_lines(h), IsEmpty());
}

TEST(Chapters, OfOnePersonAreNotEndedByTheLossOfAnotherThatWasUndone) {
  Hearing h;
  h.seat("p3");
  meeting::testing::give_floor(h);
  const std::int64_t turn = h.state.floor->turn;
  h.wait(10s);
  ASSERT_EQ(h.give("p3"), "");
  h.wait(10s);
  h.happen(meeting::line_lost(h.state, "p3"));
  h.wait(10s);
  ASSERT_EQ(h.act("undo"), "");
  ASSERT_EQ(h.state.floor->person, "p1");
  const auto list = chapters(h.events);
  EXPECT_EQ(list.back().id, fmt::format("a1-t{}", turn));
  EXPECT_FALSE(list.back().end) << "it goes on";
}

TEST(Chapters, EndWithTheTurnOfWhoLeftAfterItsEndWasUndone) {
  Hearing h;
  h.seat("p3");
  meeting::testing::give_floor(h);
  ASSERT_EQ(h.give("p3"), "");
  h.wait(10s);
  ASSERT_EQ(h.act("floor.end"), "");
  h.wait(10s);
  ASSERT_EQ(h.act_as("p3", {{"action", "guest.leave"}}), "");
  h.wait(10s);
  ASSERT_EQ(h.act("undo"), "");
  EXPECT_FALSE(h.state.floor) << "who left has no floor";
  for (const Chapter& chapter : chapters(h.events)) EXPECT_TRUE(chapter.kind != "turn" || chapter.end) << chapter.id;
}

TEST(Chapters, AreTotal) {
  Hearing h;
  ASSERT_EQ(h.act("sitting.open"), "");
  auto events = h.events;
  for (const char* kind :
       {"item.opened", "floor.given", "floor.ended", "action.undone", "meeting.imported", "vote.opened"}) {
    events.push_back({static_cast<std::int64_t>(events.size()) + 1, h.now, "x", {kind, Json::array()}});
    events.push_back({static_cast<std::int64_t>(events.size()) + 1, h.now, "x", {kind, Json::object()}});
  }
  EXPECT_EQ(chapters(events).front().id, "opening");
}

}  // namespace
}  // namespace tyndau::projections
