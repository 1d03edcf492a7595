#include "session/meeting/rules.h"

#include <gmock/gmock.h>

#include <functional>
#include <set>

#include "session/meeting/refusals.h"
#include "tests/session/meeting/hearing.h"

namespace tyndau::meeting {
namespace {

using namespace std::chrono_literals;
using ::testing::Each;
using ::testing::ElementsAre;
using testing::give_floor;
using ::testing::HasSubstr;
using testing::Hearing;
using ::testing::IsEmpty;
using ::testing::Not;

// ---- every state x every action ----

struct Situation {
  const char* name;
  std::function<void(Hearing&)> reach;
  /// action kind -> "" (accepted) or the refusal's code, in the order of kColumns.
  std::vector<std::string> expected;
};

const std::vector<Json> kColumns = {
    {{"action", "broadcast.start"}},
    {{"action", "broadcast.stop"}},
    {{"action", "source.set"}, {"uri", "rtsp://camera/1"}},
    {{"action", "sitting.open"}},
    {{"action", "sitting.close"}},
    {{"action", "item.open"}, {"item", "a2"}},
    {{"action", "item.close"}},
    {{"action", "floor.give"}, {"person", "p2"}},
    {{"action", "floor.extend"}},
    {{"action", "floor.pause"}},
    {{"action", "floor.resume"}},
    {{"action", "floor.end"}},
    {{"action", "hand.raise"}, {"person", "p3"}},
    {{"action", "hand.lower"}, {"person", "p3"}},
    {{"action", "recess.start"}},
    {{"action", "recess.end"}},
    {{"action", "undo"}},
};

void open_sitting(Hearing& h) { ASSERT_EQ(h.act("sitting.open"), ""); }
void open_item(Hearing& h) {
  open_sitting(h);
  ASSERT_EQ(h.open_item("a1"), "");
}
const std::vector<Situation>& situations() {
  const std::string ok, open = "sitting_already_open", none = "sitting_not_open", closed = "sitting_closed",
                        air = "already_on_air", off = "not_on_air", item = "no_item_open", floor = "nobody_has_floor",
                        recess = "in_recess", no_recess = "not_in_recess", running = "clock_not_paused",
                        nothing = "nothing_to_undo", empty = "queue_empty", final = "cannot_undo";
  static const std::vector<Situation> all = {
      {"announced",
       [](Hearing&) {},
       {ok, off, ok, ok, none, none, none, none, none, none, none, none, none, none, none, none, nothing}},
      {"announced, on air",
       [](Hearing& h) { ASSERT_EQ(h.act("broadcast.start"), ""); },
       {air, ok, ok, ok, none, none, none, none, none, none, none, none, none, none, none, none, final}},
      {"announced, off air again",
       [](Hearing& h) {
         ASSERT_EQ(h.act("broadcast.start"), "");
         ASSERT_EQ(h.act("broadcast.stop"), "");
       },
       {ok, off, ok, ok, none, none, none, none, none, none, none, none, none, none, none, none, final}},
      {"open",
       open_sitting,
       {ok, off, ok, open, ok, ok, item, item, floor, floor, floor, floor, item, item, ok, no_recess, ok}},
      {"open, on air",
       [](Hearing& h) {
         open_sitting(h);
         ASSERT_EQ(h.act("broadcast.start"), "");
       },
       {air, ok, ok, open, ok, ok, item, item, floor, floor, floor, floor, item, item, ok, no_recess, final}},
      {"item open",
       open_item,
       {ok, off, ok, open, ok, ok, ok, ok, floor, floor, floor, floor, ok, empty, ok, no_recess, ok}},
      {"speaking", give_floor, {ok, off, ok, open, ok, ok, ok, ok, ok, ok, running, ok, ok, empty, ok, no_recess, ok}},
      {"clock paused",
       [](Hearing& h) {
         give_floor(h);
         ASSERT_EQ(h.act("floor.pause"), "");
       },
       {ok, off, ok, open, ok, ok, ok, ok, ok, "clock_already_paused", ok, ok, ok, empty, ok, no_recess, ok}},
      {"recess",
       [](Hearing& h) {
         open_sitting(h);
         ASSERT_EQ(h.act("recess.start"), "");
       },
       {ok, off, ok, open, ok, recess, recess, recess, recess, recess, recess, recess, recess, recess, recess, ok, ok}},
      {"recess amid a speech, on air",
       [](Hearing& h) {
         ASSERT_EQ(h.act("broadcast.start"), "");
         give_floor(h);
         ASSERT_EQ(h.act("recess.start"), "");
       },
       {air, ok, ok, open, ok, recess, recess, recess, recess, recess, recess, recess, recess, recess, recess, ok, ok}},
      {"closed",
       [](Hearing& h) {
         give_floor(h);
         ASSERT_EQ(h.act("sitting.close"), "");
       },
       {closed, off, ok, closed, closed, closed, closed, closed, closed, closed, closed, closed, closed, closed, closed,
        closed, final}},
      {"closed, on air",
       [](Hearing& h) {
         ASSERT_EQ(h.act("broadcast.start"), "");
         open_sitting(h);
         ASSERT_EQ(h.act("sitting.close"), "");
       },
       {air, ok, ok, closed, closed, closed, closed, closed, closed, closed, closed, closed, closed, closed, closed,
        closed, final}},
      {"closed, off air",
       [](Hearing& h) {
         ASSERT_EQ(h.act("broadcast.start"), "");
         open_sitting(h);
         ASSERT_EQ(h.act("sitting.close"), "");
         ASSERT_EQ(h.act("broadcast.stop"), "");
       },
       {"broadcast_ended", off, ok, closed, closed, closed, closed, closed, closed, closed, closed, closed, closed,
        closed, closed, closed, final}},
  };
  return all;
}

TEST(Rules, AnswerEveryActionInEverySituation) {
  // What is done with guests, and with the hall's encoder, depends on them, and has its own tests (guests_test.cpp,
  // registrations_test.cpp).
  std::vector<std::string> kinds = action_kinds();
  std::erase_if(kinds, [](const std::string& kind) {
    return kind.starts_with("guest.") || kind.starts_with("registration.") || kind == "layout.set" ||
           kind == "source.invite" || kind == "source.revoke";
  });
  ASSERT_EQ(kColumns.size(), kinds.size());
  for (std::size_t i = 0; i < kColumns.size(); ++i) EXPECT_EQ(kColumns[i]["action"], kinds[i]);
  for (const Situation& situation : situations()) {
    ASSERT_EQ(situation.expected.size(), kColumns.size()) << situation.name;
    for (std::size_t i = 0; i < kColumns.size(); ++i) {
      Hearing hearing;
      situation.reach(hearing);
      hearing.wait(1s);
      EXPECT_EQ(hearing.act(kColumns[i]), situation.expected[i]) << situation.name << ": " << kColumns[i];
    }
  }
}

TEST(Rules, TellTheDeskBeforehandWhatWouldBeRefused) {
  for (const Situation& situation : situations()) {
    Hearing hearing;
    situation.reach(hearing);
    hearing.wait(1s);
    const auto refused = refused_now(hearing.state, hearing.around);
    for (std::size_t i = 0; i < kColumns.size(); ++i) {
      const auto it = refused.find(kColumns[i]["action"]);
      EXPECT_EQ(it == refused.end() ? "" : it->second.code, situation.expected[i])
          << situation.name << ": " << kColumns[i];
    }
  }
}

// ---- what the surroundings refuse ----

TEST(Rules, RefuseToGoOnAirWithoutMedia) {
  Hearing h;
  h.around.media_connected = false;
  EXPECT_EQ(h.act("broadcast.start"), "media_unavailable");
  EXPECT_EQ(h.act(Json{{"action", "source.set"}, {"uri", "test:"}}), "media_unavailable");
  EXPECT_EQ(h.act("sitting.open"), "");  // the council sits, with cameras or without
}

TEST(Rules, RefuseToGoOnAirWithoutSpaceAndSayHowMuchThereIs) {
  Hearing h;
  h.around.disk_free_hours = 2.46;
  const auto refused = h.decide({{"action", "broadcast.start"}});
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, "disk_space");
  EXPECT_THAT(refused.error().text.ru, HasSubstr("на 2,4 ч записи"));
  EXPECT_THAT(refused.error().text.ru, HasSubstr("не менее чем на 4 ч"));
  EXPECT_THAT(refused.error().text.kk, HasSubstr("2,4 сағаттық"));
  EXPECT_THAT(refused.error().text.en, HasSubstr("2.4 h of recording"));
  h.around.disk_free_hours = 3.99;
  EXPECT_THAT(h.decide({{"action", "broadcast.start"}}).error().text.en, HasSubstr("only 3.9 h"));
  h.around.disk_free_hours = 4;
  EXPECT_EQ(h.act("broadcast.start"), "");
}

TEST(Rules, RefuseASecondMeetingOnAir) {
  Hearing h;
  h.around.other_on_air = {"«Жер туралы», 2026 жылғы 9 желтоқсан", "«О земле», 9 декабря 2026 года", ""};
  const auto refused = h.decide({{"action", "broadcast.start"}});
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, "other_meeting_on_air");
  EXPECT_THAT(refused.error().text.kk, HasSubstr("(«Жер туралы», 2026 жылғы 9 желтоқсан)"));
  EXPECT_THAT(refused.error().text.ru, HasSubstr("(«О земле», 9 декабря 2026 года)"));
}

TEST(Rules, LetTheBroadcastEndWhileMediaIsAway) {
  Hearing h;
  ASSERT_EQ(h.act("broadcast.start"), "");
  h.around.media_connected = false;
  EXPECT_EQ(h.act("broadcast.stop"), "");
  EXPECT_EQ(h.state.on_air, OnAir::kEnded);
}

// ---- what the arguments refuse ----

TEST(Rules, KnowTheAgendaAndThePeople) {
  Hearing h;
  give_floor(h);
  EXPECT_EQ(h.open_item("a9"), "item_unknown");
  EXPECT_EQ(h.open_item("a1"), "item_already_open");
  EXPECT_EQ(h.give("p9"), "person_unknown");
  EXPECT_EQ(h.give("p4"), "person_absent");
  EXPECT_EQ(h.give("p1"), "already_has_floor");
  ASSERT_EQ(h.open_item("a2"), "");
}

// ---- going back ----

TEST(GoingBack, AClosedItemIsOpenedAgainAndKnowsWhoHasSpoken) {
  Hearing h;
  give_floor(h);
  ASSERT_EQ(h.open_item("a2"), "");
  EXPECT_THAT(waiting(h.state), IsEmpty());
  ASSERT_EQ(h.open_item("a1"), "");
  EXPECT_EQ(h.events.back().event.payload["again"], true);
  EXPECT_EQ(h.state.items.at("a1"), ItemState::kOpen);
  EXPECT_EQ(h.state.items.at("a2"), ItemState::kClosed);
  EXPECT_THAT(waiting(h.state), IsEmpty()) << "p1 has spoken in it";
  ASSERT_EQ(h.act("undo"), "");
  EXPECT_EQ(h.state.open_item, "a2");
  ASSERT_EQ(h.open_item("a3"), "");
  EXPECT_FALSE(h.events.back().event.payload.contains("again"));
}

std::vector<std::string> in_order(const State& state) {
  std::vector<std::string> names;
  for (const Waiting& one : waiting(state)) names.push_back(one.person + " " + one.kind);
  return names;
}

TEST(GoingBack, WhoeverWaitsMayHaveAPointOfOrderAndKeepsTheirPlace) {
  Hearing h;
  give_floor(h);
  ASSERT_EQ(h.with("hand.raise", "p2"), "");
  ASSERT_EQ(h.with("hand.raise", "p3"), "");
  const Json order = {{"action", "hand.raise"}, {"person", "p3"}, {"kind", "point_of_order"}};
  ASSERT_EQ(h.act(order), "");
  EXPECT_EQ(h.act(order), "already_in_queue");
  EXPECT_EQ(h.with("hand.raise", "p3"), "already_in_queue");
  EXPECT_THAT(in_order(h.state), ElementsAre("p3 point_of_order", "p2 debate", "p3 debate"));
  ASSERT_EQ(h.give("p3"), "");
  EXPECT_EQ(h.state.floor->as, "point_of_order");
  EXPECT_THAT(in_order(h.state), ElementsAre("p1 rapporteur", "p2 debate", "p3 debate"));
  ASSERT_EQ(h.give("p1"), "");
  ASSERT_EQ(h.with("hand.lower", "p3"), "");
  EXPECT_THAT(in_order(h.state), ElementsAre("p2 debate"));
}

TEST(GoingBack, TheRequestThatWasSeenIsTheOneThatIsTaken) {
  Hearing h;
  open_item(h);
  ASSERT_EQ(h.with("hand.raise", "p3"), "");
  const std::int64_t debate = h.state.queue.back().request;
  ASSERT_EQ(h.act({{"action", "hand.raise"}, {"person", "p3"}, {"kind", "point_of_order"}}), "");
  EXPECT_EQ(h.act({{"action", "floor.give"}, {"person", "p2"}, {"request", debate}}), "request_changed");
  ASSERT_EQ(h.act({{"action", "floor.give"}, {"person", "p3"}, {"request", debate}}), "");
  EXPECT_EQ(h.state.floor->as, "debate");
  EXPECT_THAT(in_order(h.state), ElementsAre("p3 point_of_order", "p1 rapporteur"));
}

TEST(GoingBack, TheRegulationSaysInWhichOrderTheyAreCalled) {
  Hearing h;
  Json corrected = testing::small_hearing();
  corrected["queue_rules"] = {{"order", {"planned", "debate", "question", "held", "point_of_order"}},
                              {"point_of_order", "after_speech"}};
  h.record("system", {"meeting.imported", *read_hearing(corrected)});
  open_item(h);
  ASSERT_EQ(h.act({{"action", "hand.raise"}, {"person", "p2"}, {"kind", "point_of_order"}}), "");
  ASSERT_EQ(h.with("hand.raise", "p3"), "");
  EXPECT_THAT(in_order(h.state), ElementsAre("p1 rapporteur", "p3 debate", "p2 point_of_order"));
  ASSERT_EQ(h.give("p1"), "");
  ASSERT_EQ(h.give("p2"), "");
  EXPECT_THAT(h.last(2), ElementsAre("floor.ended", "floor.given")) << "it comes after the speech and holds nothing";
}

TEST(GoingBack, AnOrderThatIsNoneIsRefused) {
  for (const Json& wrong :
       {Json{{"order", {"planned"}}, {"point_of_order", "interrupts"}},
        Json{{"order", queue_places()}, {"point_of_order", "never"}},
        Json{{"order", {"held", "held", "question", "planned", "debate"}}, {"point_of_order", "interrupts"}},
        Json{{"point_of_order", "interrupts"}}, Json::array()}) {
    Json hearing = testing::small_hearing();
    hearing["queue_rules"] = wrong;
    EXPECT_FALSE(read_hearing(hearing)) << wrong.dump();
  }
}

TEST(Rules, NamePeopleAndItemsInRefusals) {
  Hearing h;
  give_floor(h);
  EXPECT_THAT(h.decide({{"action", "floor.give"}, {"person", "p4"}}).error().text.ru, HasSubstr("Калып Улгибаев"));
  EXPECT_THAT(h.decide({{"action", "floor.give"}, {"person", "p4"}}).error().text.kk, HasSubstr("Қалып Үлгібаев"));
  EXPECT_THAT(h.decide({{"action", "item.open"}, {"item", "a1"}}).error().text.en, HasSubstr("Item 1 is open"));
}

TEST(Rules, RefuseARecessThatWouldEndInThePast) {
  Hearing h;
  open_sitting(h);
  EXPECT_EQ(h.act({{"action", "recess.start"}, {"until", format_utc(h.now)}}), "until_passed");
  EXPECT_EQ(h.act({{"action", "recess.start"}, {"until", "2026-12-10T15:00:00.001+05:00"}}), "");
  EXPECT_EQ(h.state.recess_until, h.now + 1ms);
}

TEST(Rules, SayWhyUndoIsRefused) {
  Hearing h;
  EXPECT_THAT(h.decide({{"action", "undo"}}).error().text.en, HasSubstr("nothing to undo"));
  ASSERT_EQ(h.act("broadcast.start"), "");
  EXPECT_THAT(h.decide({{"action", "undo"}}).error().text.en, HasSubstr("Going on air"));
  ASSERT_EQ(h.act("broadcast.stop"), "");
  EXPECT_THAT(h.decide({{"action", "undo"}}).error().text.en, HasSubstr("Ending the broadcast"));
  open_sitting(h);
  ASSERT_EQ(h.act("sitting.close"), "");
  EXPECT_THAT(h.decide({{"action", "undo"}}).error().text.en, HasSubstr("Closing the sitting"));
}

// ---- what an action means ----

TEST(Rules, ClosingTheSittingEndsTheFloorAndTheItemFirst) {
  Hearing h;
  give_floor(h);
  ASSERT_EQ(h.act("sitting.close"), "");
  EXPECT_THAT(h.last(3), ElementsAre("floor.ended", "item.closed", "sitting.closed"));
  EXPECT_EQ(h.events[h.events.size() - 3].event.payload["reason"], "sitting_closed");
}

TEST(Rules, OpeningAnItemClosesTheOpenOne) {
  Hearing h;
  give_floor(h);
  ASSERT_EQ(h.open_item("a2"), "");
  EXPECT_THAT(h.last(3), ElementsAre("floor.ended", "item.closed", "item.opened"));
  EXPECT_EQ(h.events[h.events.size() - 3].event.payload["reason"], "item_closed");
  EXPECT_EQ(h.state.items.at("a1"), ItemState::kClosed);
  EXPECT_EQ(h.state.open_item, "a2");
}

TEST(Rules, GivingTheFloorEndsTheTurnOfThePrevious) {
  Hearing h;
  give_floor(h);
  ASSERT_EQ(h.give("p2"), "");
  EXPECT_THAT(h.last(2), ElementsAre("floor.ended", "floor.given"));
  const Json& ended = h.events[h.events.size() - 2].event.payload;
  EXPECT_EQ(ended["person"], "p1");
  EXPECT_EQ(ended["reason"], "next");
  EXPECT_EQ(h.state.floor->person, "p2");
}

TEST(Rules, EndingTheFloorSaysThatTheSpeakerFinished) {
  Hearing h;
  give_floor(h);
  ASSERT_EQ(h.act("floor.end"), "");
  EXPECT_EQ(h.events.back().event.payload["reason"], "finished");
}

TEST(Rules, GroupTheEventsOfOneAction) {
  Hearing h;
  give_floor(h);
  const std::int64_t first = h.state.seq + 1;
  ASSERT_EQ(h.act("sitting.close"), "");
  for (std::size_t i = h.events.size() - 3; i < h.events.size(); ++i) {
    EXPECT_EQ(h.events[i].event.payload["action"], first);
  }
}

TEST(Rules, TakeTheLimitFromTheAgendaThenFromTheRegulation) {
  Hearing h;
  give_floor(h);  // p1 is planned for a1 with 600 s
  EXPECT_EQ(h.state.floor->limit_s, 600);
  EXPECT_EQ(h.state.floor->as, "rapporteur");
  ASSERT_EQ(h.give("p2"), "");  // the item has its rapporteur: anybody else speaks in its debate
  EXPECT_EQ(h.state.floor->limit_s, 300);
  EXPECT_EQ(h.state.floor->as, "debate");
  ASSERT_EQ(h.open_item("a2"), "");
  ASSERT_EQ(h.give("p2"), "");
  EXPECT_EQ(h.state.floor->limit_s, 600);
  EXPECT_EQ(h.state.floor->as, "co_rapporteur");
  ASSERT_EQ(h.open_item("a3"), "");
  ASSERT_EQ(h.give("p2"), "");
  EXPECT_EQ(h.state.floor->limit_s, 300);
  EXPECT_EQ(h.state.floor->as, "debate");
  ASSERT_EQ(h.act({{"action", "floor.give"}, {"person", "p3"}, {"limit_s", 42}}), "");
  EXPECT_EQ(h.state.floor->limit_s, 42);
}

TEST(Rules, ExtendByTheRegulationsStepOrAsAsked) {
  Hearing h;
  give_floor(h);
  ASSERT_EQ(h.act("floor.extend"), "");
  EXPECT_EQ(h.state.floor->limit_s, 720);
  ASSERT_EQ(h.act({{"action", "floor.extend"}, {"seconds", 30}}), "");
  EXPECT_EQ(h.state.floor->limit_s, 750);
}

// ---- the queue ----

std::vector<std::string> waiting(const Hearing& h) {
  std::vector<std::string> people;
  for (const Request& request : h.state.queue) people.push_back(request.person);
  return people;
}

std::string raise_hand(Hearing& h, const std::string& person, const std::string& kind) {
  return h.act({{"action", "hand.raise"}, {"person", person}, {"kind", kind}});
}

TEST(Queue, HoldsRaisedHandsInOrderWithPointsOfOrderFirst) {
  Hearing h;
  open_item(h);
  ASSERT_EQ(raise_hand(h, "p1", "debate"), "");
  ASSERT_EQ(raise_hand(h, "p2", "question"), "");
  ASSERT_EQ(raise_hand(h, "p3", "point_of_order"), "");
  EXPECT_THAT(waiting(h), ElementsAre("p3", "p1", "p2"));
  ASSERT_EQ(h.act({{"action", "hand.lower"}, {"person", "p1"}}), "");
  EXPECT_THAT(waiting(h), ElementsAre("p3", "p2"));
  ASSERT_EQ(h.act("undo"), "");
  EXPECT_THAT(waiting(h), ElementsAre("p3", "p1", "p2"));
}

TEST(Queue, RefusesWhoIsInItWhoSpeaksAndWhoIsNotThere) {
  Hearing h;
  give_floor(h);
  EXPECT_EQ(raise_hand(h, "p1", "debate"), "already_has_floor");
  EXPECT_EQ(raise_hand(h, "p4", "debate"), "person_absent");
  EXPECT_EQ(raise_hand(h, "p9", "debate"), "person_unknown");
  ASSERT_EQ(raise_hand(h, "p2", "question"), "");
  EXPECT_EQ(raise_hand(h, "p2", "debate"), "already_in_queue");
  EXPECT_EQ(h.act({{"action", "hand.lower"}, {"person", "p3"}}), "not_in_queue");
  EXPECT_EQ(h.act({{"action", "hand.lower"}, {"person", "p9"}}), "person_unknown");
}

TEST(Queue, AHandBecomesATurnOfItsKind) {
  Hearing h;
  give_floor(h);
  ASSERT_EQ(raise_hand(h, "p2", "question"), "");
  ASSERT_EQ(h.give("p2"), "");
  EXPECT_THAT(h.last(2), ElementsAre("floor.ended", "floor.given"));
  EXPECT_EQ(h.state.floor->as, "question");
  EXPECT_EQ(h.state.floor->limit_s, 120);
  EXPECT_THAT(waiting(h), IsEmpty());
}

TEST(Queue, APointOfOrderInterruptsASpeechThatThenGoesOn) {
  Hearing h;
  give_floor(h);
  ASSERT_EQ(raise_hand(h, "p2", "question"), "");
  ASSERT_EQ(raise_hand(h, "p3", "point_of_order"), "");
  h.wait(100s);
  ASSERT_EQ(h.give("p3"), "");
  EXPECT_THAT(h.last(2), ElementsAre("floor.suspended", "floor.given"));
  EXPECT_EQ(h.state.floor->limit_s, 120);
  EXPECT_THAT(waiting(h), ElementsAre("p1", "p2"));
  ASSERT_TRUE(h.state.queue.front().turn);
  h.wait(50s);
  EXPECT_EQ(h.state.queue.front().turn->remaining(h.now), 500s);
  ASSERT_EQ(h.act("floor.end"), "");
  h.wait(5s);
  ASSERT_EQ(h.give("p1"), "");
  EXPECT_EQ(h.state.floor->as, "rapporteur");
  EXPECT_EQ(h.state.floor->remaining(h.now), 500s);
  EXPECT_THAT(waiting(h), ElementsAre("p2"));
}

TEST(Queue, AHeldTurnGoesBehindThePointsOfOrderThatWait) {
  Hearing h;
  give_floor(h);
  ASSERT_EQ(raise_hand(h, "p2", "point_of_order"), "");
  ASSERT_EQ(raise_hand(h, "p3", "point_of_order"), "");
  ASSERT_EQ(h.give("p2"), "");
  EXPECT_THAT(waiting(h), ElementsAre("p3", "p1"));
  ASSERT_EQ(h.give("p3"), "");  // one point of order ends another
  EXPECT_THAT(waiting(h), ElementsAre("p1"));
}

TEST(Queue, UndoGivesTheInterruptedTurnBackAndTheHandToo) {
  Hearing h;
  give_floor(h);
  ASSERT_EQ(raise_hand(h, "p3", "point_of_order"), "");
  h.wait(100s);
  ASSERT_EQ(h.give("p3"), "");
  h.wait(10s);
  ASSERT_EQ(h.act("undo"), "");
  EXPECT_EQ(h.state.floor->person, "p1");
  EXPECT_EQ(h.state.floor->remaining(h.now), 500s);
  EXPECT_THAT(waiting(h), ElementsAre("p3"));
  EXPECT_FALSE(h.state.queue.front().turn);
}

TEST(Queue, IsOfTheOpenItem) {
  Hearing h;
  open_item(h);
  ASSERT_EQ(raise_hand(h, "p2", "question"), "");
  ASSERT_EQ(h.open_item("a2"), "");
  EXPECT_THAT(waiting(h), IsEmpty());
  ASSERT_EQ(h.act("undo"), "");
  EXPECT_THAT(waiting(h), ElementsAre("p2"));
}

TEST(Rules, ResumeARecordingThatWasStoppedByMistake) {
  Hearing h;
  ASSERT_EQ(h.act("broadcast.start"), "");
  const auto since = h.state.on_air_since;
  open_item(h);
  h.wait(10s);
  ASSERT_EQ(h.act("broadcast.stop"), "");
  EXPECT_EQ(h.state.on_air, OnAir::kEnded);
  EXPECT_EQ(h.state.on_air_ended, h.now);
  h.wait(10s);
  ASSERT_EQ(h.act("broadcast.start"), "");
  EXPECT_EQ(h.state.on_air, OnAir::kLive);
  EXPECT_EQ(h.state.on_air_since, since);
  EXPECT_EQ(h.state.on_air_ended, std::nullopt);
}

TEST(Rules, CloseASittingOutOfARecess) {
  Hearing h;
  ASSERT_EQ(h.act("broadcast.start"), "");
  give_floor(h);
  ASSERT_EQ(h.act("recess.start"), "");
  ASSERT_EQ(h.act("sitting.close"), "");
  EXPECT_EQ(h.state.phase, Phase::kClosed);
  EXPECT_EQ(h.state.on_air, OnAir::kHolding);
  EXPECT_EQ(h.state.recess_since, std::nullopt);
}

// ---- the sentences ----

TEST(Refusals, SpeakThreeLanguages) {
  const Words words = {{"name", {"А", "Б", "C"}},
                       {"no", {"1", "1", "1"}},
                       {"free", {"2,5", "2,5", "2.5"}},
                       {"reserve", {"4", "4", "4"}},
                       {"meeting", {"m", "m", "m"}}};
  std::set<std::string> sentences;
  for (const std::string& code : refusal_codes()) {
    const Refusal said = refusal(code, words, code == "cannot_undo" ? "broadcast.start" : "");
    EXPECT_EQ(said.code, code);
    for (const std::string& sentence : {said.text.kk, said.text.ru, said.text.en}) {
      EXPECT_THAT(sentence, Not(IsEmpty())) << code;
      EXPECT_EQ(sentence.back(), '.') << code;
      EXPECT_THAT(sentence, Each(::testing::AllOf(Not('{'), Not('}')))) << code;
      EXPECT_TRUE(sentences.insert(sentence).second) << "said twice: " << sentence;
    }
  }
}

TEST(Refusals, KnowEveryCodeOnce) {
  const std::set<std::string> once(refusal_codes().begin(), refusal_codes().end());
  EXPECT_EQ(once.size(), refusal_codes().size());
}

TEST(RefusalsDeathTest, AbortOnACodeThatNobodyWrote) { EXPECT_DEATH(refusal("no_such_code"), ""); }

// ---- what stood on the screen ----

TEST(WhatIsMeant, OfSomebodyElsesTurnNothingIsDone) {
  Hearing h;
  give_floor(h);
  const std::int64_t seen = h.state.floor->turn;
  ASSERT_EQ(h.give("p2"), "");
  for (const char* kind : {"floor.end", "floor.extend", "floor.pause"}) {
    const auto decided = h.decide({{"action", kind}, {"turn", seen}});
    ASSERT_FALSE(decided) << kind;
    EXPECT_EQ(decided.error().code, "turn_changed");
    EXPECT_THAT(decided.error().text.ru, HasSubstr("Ольга Тестова")) << "it is said whose it is";
  }
  EXPECT_EQ(h.act({{"action", "floor.give"}, {"person", "p3"}, {"ends", seen}}), "turn_changed");
  EXPECT_EQ(h.act({{"action", "floor.give"}, {"person", "p3"}, {"ends", 0}}), "turn_changed");
  EXPECT_EQ(h.act({{"action", "floor.pause"}, {"turn", h.state.floor->turn}}), "");
  EXPECT_EQ(h.act({{"action", "floor.resume"}, {"turn", seen}}), "turn_changed");
  EXPECT_EQ(h.act({{"action", "floor.give"}, {"person", "p3"}, {"ends", h.state.floor->turn}}), "");
}

TEST(WhatIsMeant, ATurnThatIsOverByItselfIsNoReasonNotToGiveTheFloor) {
  Hearing h;
  give_floor(h);
  const std::int64_t seen = h.state.floor->turn;
  ASSERT_EQ(h.act("floor.end"), "");
  EXPECT_EQ(h.act({{"action", "floor.end"}, {"turn", seen}}), "nobody_has_floor");
  EXPECT_EQ(h.act({{"action", "floor.give"}, {"person", "p2"}, {"ends", seen}}), "");
}

TEST(WhatIsMeant, OfAnotherItemNothingIsDone) {
  Hearing h;
  open_item(h);
  ASSERT_EQ(h.open_item("a2"), "");
  EXPECT_EQ(h.act({{"action", "item.close"}, {"item", "a1"}}), "item_changed");
  EXPECT_EQ(h.act({{"action", "item.open"}, {"item", "a3"}, {"closes", "a1"}}), "item_changed");
  EXPECT_EQ(h.act({{"action", "item.open"}, {"item", "a3"}, {"closes", ""}}), "item_changed");
  EXPECT_EQ(h.state.open_item, "a2");
  EXPECT_EQ(h.act({{"action", "item.open"}, {"item", "a3"}, {"closes", "a2"}}), "");
  EXPECT_EQ(h.act({{"action", "item.close"}, {"item", "a3"}}), "");
}

TEST(WhatIsMeant, OnlyTheActionThatWasSeenIsUndone) {
  Hearing h;
  open_item(h);
  const std::int64_t seen = h.state.undoable()->action;
  ASSERT_EQ(h.give("p1"), "");
  EXPECT_EQ(h.act({{"action", "undo"}, {"of", seen}}), "undo_changed");
  ASSERT_TRUE(h.state.floor);
  EXPECT_EQ(h.act({{"action", "undo"}, {"of", h.state.undoable()->action}}), "");
  EXPECT_EQ(h.act({{"action", "undo"}, {"of", seen}}), "");
}

TEST(WhatIsMeant, OnlyTheRecessThatWasSeenIsEnded) {
  Hearing h;
  open_sitting(h);
  ASSERT_EQ(h.act("recess.start"), "");
  const std::int64_t seen = h.state.recess;
  EXPECT_EQ(seen, h.state.seq);
  ASSERT_EQ(h.act("recess.end"), "");
  EXPECT_EQ(h.state.recess, 0);
  ASSERT_EQ(h.act("recess.start"), "");
  EXPECT_EQ(h.act({{"action", "recess.end"}, {"recess", seen}}), "recess_changed");
  EXPECT_EQ(h.act({{"action", "recess.end"}, {"recess", h.state.recess}}), "");
}

TEST(WhatIsMeant, OnlyTheRequestThatWasSeenIsLowered) {
  Hearing h;
  open_item(h);
  ASSERT_EQ(h.act({{"action", "hand.raise"}, {"person", "p3"}}), "");
  const std::int64_t seen = h.state.queue.front().request;
  ASSERT_EQ(h.give("p3"), "");
  ASSERT_EQ(h.act("floor.end"), "");
  ASSERT_EQ(h.act({{"action", "hand.raise"}, {"person", "p3"}}), "");
  EXPECT_EQ(h.act({{"action", "hand.lower"}, {"person", "p3"}, {"request", seen}}), "request_changed");
  EXPECT_EQ(h.act({{"action", "hand.lower"}, {"person", "p3"}, {"request", h.state.queue.front().request}}), "");
}

TEST(WhatIsMeant, IsANumberOfAnEvent) {
  for (const Json& wrong :
       {Json{{"action", "floor.end"}, {"turn", 0}}, Json{{"action", "floor.end"}, {"turn", "7"}},
        Json{{"action", "undo"}, {"of", 1.5}}, Json{{"action", "recess.end"}, {"recess", -1}},
        Json{{"action", "floor.give"}, {"person", "p1"}, {"ends", -1}}, Json{{"action", "item.close"}, {"item", 2}},
        Json{{"action", "recess.start"}, {"turn", 3}}}) {
    EXPECT_FALSE(read_action(wrong)) << wrong.dump();
  }
}

}  // namespace
}  // namespace tyndau::meeting
