#include "session/meeting/state.h"

#include <gmock/gmock.h>

#include <random>
#include <set>

#include "tests/session/meeting/clicker.h"
#include "tests/session/meeting/hearing.h"

namespace tyndau::meeting {
namespace {

using namespace std::chrono_literals;
using testing::Clicker;
using testing::Hearing;
using testing::seen;

// ---- on air ----

TEST(OnAirState, FollowsTheSitting) {
  Hearing h;
  ASSERT_EQ(h.act("broadcast.start"), "");
  EXPECT_EQ(h.state.on_air, OnAir::kHolding);
  ASSERT_EQ(h.act("sitting.open"), "");
  EXPECT_EQ(h.state.on_air, OnAir::kLive);
  ASSERT_EQ(h.act("recess.start"), "");
  EXPECT_EQ(h.state.on_air, OnAir::kHolding);
  ASSERT_EQ(h.act("recess.end"), "");
  EXPECT_EQ(h.state.on_air, OnAir::kLive);
  ASSERT_EQ(h.act("sitting.close"), "");
  EXPECT_EQ(h.state.on_air, OnAir::kHolding);
  ASSERT_EQ(h.act("broadcast.stop"), "");
  EXPECT_EQ(h.state.on_air, OnAir::kEnded);
}

TEST(OnAirState, IsLiveAtOnceWhenTheSittingIsOpen) {
  Hearing h;
  ASSERT_EQ(h.act("sitting.open"), "");
  EXPECT_EQ(h.state.on_air, OnAir::kIdle);
  ASSERT_EQ(h.act("broadcast.start"), "");
  EXPECT_EQ(h.state.on_air, OnAir::kLive);
}

TEST(OnAirState, HoldsWhenTheBroadcastStartsInARecess) {
  Hearing h;
  ASSERT_EQ(h.act("sitting.open"), "");
  ASSERT_EQ(h.act("recess.start"), "");
  ASSERT_EQ(h.act("broadcast.start"), "");
  EXPECT_EQ(h.state.on_air, OnAir::kHolding);
  ASSERT_EQ(h.act("recess.end"), "");
  EXPECT_EQ(h.state.on_air, OnAir::kLive);
}

// ---- the floor's clock ----

TEST(FloorClock, CountsDownAndOnIntoOvertime) {
  Hearing h;
  give_floor(h);
  EXPECT_EQ(h.state.floor->remaining(h.now), 600s);
  EXPECT_EQ(h.state.floor->remaining(h.now + 90s), 510s);
  EXPECT_EQ(h.state.floor->remaining(h.now + 700s), -100s);
}

TEST(FloorClock, StandsStillWhilePaused) {
  Hearing h;
  give_floor(h);
  h.wait(100s);
  ASSERT_EQ(h.act("floor.pause"), "");
  h.wait(1h);
  EXPECT_EQ(h.state.floor->remaining(h.now), 500s);
  ASSERT_EQ(h.act("floor.resume"), "");
  h.wait(50s);
  EXPECT_EQ(h.state.floor->remaining(h.now), 450s);
}

TEST(FloorClock, StandsStillInARecessAndGoesOnAfterIt) {
  Hearing h;
  give_floor(h);
  h.wait(100s);
  ASSERT_EQ(h.act("recess.start"), "");
  h.wait(15min);
  EXPECT_EQ(h.state.floor->remaining(h.now), 500s);
  ASSERT_EQ(h.act("recess.end"), "");
  h.wait(1s);
  EXPECT_EQ(h.state.floor->remaining(h.now), 499s);
}

TEST(FloorClock, ThatWasPausedBeforeARecessIsPausedAfterIt) {
  Hearing h;
  give_floor(h);
  ASSERT_EQ(h.act("floor.pause"), "");
  ASSERT_EQ(h.act("recess.start"), "");
  ASSERT_EQ(h.act("recess.end"), "");
  EXPECT_FALSE(h.state.floor->running_since);
}

TEST(FloorClock, GivesNoTimeForAClockThatWasSetBack) {
  Hearing h;
  give_floor(h);
  EXPECT_EQ(h.state.floor->remaining(h.now - 1h), 600s);
  h.wait(-1h);
  ASSERT_EQ(h.act("floor.pause"), "");
  EXPECT_EQ(h.state.floor->elapsed, 0s);
}

// ---- undo ----

TEST(Undo, GivesTheFloorBackWithItsElapsedTime) {
  Hearing h;
  give_floor(h);
  const auto turn = h.state.floor->turn;
  h.wait(100s);
  ASSERT_EQ(h.act("floor.end"), "");
  h.wait(20s);
  ASSERT_EQ(h.act("undo"), "");
  ASSERT_TRUE(h.state.floor);
  EXPECT_EQ(h.state.floor->person, "p1");
  EXPECT_EQ(h.state.floor->turn, turn);
  EXPECT_EQ(h.state.floor->remaining(h.now), 500s);
  h.wait(10s);
  EXPECT_EQ(h.state.floor->remaining(h.now), 490s);
}

TEST(Undo, OfAWrongNextSpeakerGivesTheFloorBackToThePrevious) {
  Hearing h;
  give_floor(h);
  h.wait(30s);
  ASSERT_EQ(h.give("p2"), "");
  EXPECT_EQ(h.state.undoable()->kind, "floor.give");
  h.wait(5s);
  ASSERT_EQ(h.act("undo"), "");
  EXPECT_EQ(h.state.floor->person, "p1");
  EXPECT_EQ(h.state.floor->remaining(h.now), 570s);
}

TEST(Undo, OfAPausedFloorGivesItBackPaused) {
  Hearing h;
  give_floor(h);
  h.wait(30s);
  ASSERT_EQ(h.act("floor.pause"), "");
  h.wait(30s);
  ASSERT_EQ(h.act("floor.end"), "");
  h.wait(30s);
  ASSERT_EQ(h.act("undo"), "");
  EXPECT_FALSE(h.state.floor->running_since);
  EXPECT_EQ(h.state.floor->remaining(h.now), 570s);
}

TEST(Undo, OfAnExtensionLetsTheClockRunOn) {
  Hearing h;
  give_floor(h);
  h.wait(30s);
  ASSERT_EQ(h.act("floor.extend"), "");
  h.wait(40s);
  ASSERT_EQ(h.act("undo"), "");
  EXPECT_EQ(h.state.floor->limit_s, 600);
  EXPECT_EQ(h.state.floor->remaining(h.now), 530s);
}

TEST(Undo, OfAnExtensionAfterAnUndonePauseKeepsTheTimeThatWasSpoken) {
  Hearing h;
  give_floor(h);
  ASSERT_EQ(h.act("floor.extend"), "");
  h.wait(40s);
  ASSERT_EQ(h.act("floor.pause"), "");
  h.wait(60s);
  ASSERT_EQ(h.act("undo"), "");
  h.wait(10s);
  ASSERT_EQ(h.act("undo"), "");
  EXPECT_EQ(h.state.floor->limit_s, 600);
  EXPECT_EQ(h.state.floor->remaining(h.now), 550s);
}

TEST(Undo, OfASourceRestoresThePreviousOneAndLeavesTheClockAlone) {
  Hearing h;
  give_floor(h);
  ASSERT_EQ(h.act({{"action", "source.set"}, {"uri", "test:"}}), "");
  ASSERT_EQ(h.act({{"action", "source.set"}, {"uri", "rtsp://camera/1"}}), "");
  h.wait(40s);
  ASSERT_EQ(h.act("undo"), "");
  EXPECT_EQ(h.state.source, "test:");
  EXPECT_EQ(h.state.floor->remaining(h.now), 560s);
  ASSERT_EQ(h.act("undo"), "");
  EXPECT_EQ(h.state.source, "");
}

TEST(Undo, OfAnItemReopensTheOneBeforeIt) {
  Hearing h;
  give_floor(h);
  h.wait(10s);
  ASSERT_EQ(h.open_item("a2"), "");
  ASSERT_EQ(h.act("undo"), "");
  EXPECT_EQ(h.state.open_item, "a1");
  EXPECT_EQ(h.state.items.at("a1"), ItemState::kOpen);
  EXPECT_EQ(h.state.items.at("a2"), ItemState::kPending);
  EXPECT_EQ(h.state.floor->person, "p1");
}

TEST(Undo, OfARecessPutsTheSittingBackOnAir) {
  Hearing h;
  ASSERT_EQ(h.act("broadcast.start"), "");
  give_floor(h);
  h.wait(10s);
  ASSERT_EQ(h.act("recess.start"), "");
  EXPECT_EQ(h.state.on_air, OnAir::kHolding);
  h.wait(10s);
  ASSERT_EQ(h.act("undo"), "");
  EXPECT_EQ(h.state.on_air, OnAir::kLive);
  EXPECT_TRUE(h.state.floor->running_since);
  EXPECT_EQ(h.state.floor->remaining(h.now), 590s);
}

TEST(Undo, GoesDownTheWholeStack) {
  Hearing h;
  const Json first = seen(h.state, h.now);
  give_floor(h);
  ASSERT_EQ(h.act("floor.pause"), "");
  for (int i = 0; i < 4; ++i) ASSERT_EQ(h.act("undo"), "") << i;
  EXPECT_EQ(seen(h.state, h.now), first);
  EXPECT_EQ(h.act("undo"), "nothing_to_undo");
}

TEST(Undo, StopsAtWhatThePublicHasSeen) {
  Hearing h;
  ASSERT_EQ(h.act("sitting.open"), "");
  ASSERT_EQ(h.act("broadcast.start"), "");
  ASSERT_EQ(h.open_item("a1"), "");
  ASSERT_EQ(h.act("undo"), "");
  EXPECT_EQ(h.act("undo"), "cannot_undo");
  EXPECT_EQ(h.state.phase, Phase::kInSession);
}

TEST(Undo, NamesTheActionThatItTakesBack) {
  Hearing h;
  give_floor(h);
  const std::int64_t action = h.state.seq + 1;
  ASSERT_EQ(h.open_item("a2"), "");
  ASSERT_TRUE(h.state.undoable());
  EXPECT_EQ(h.state.undoable()->action, action);
  EXPECT_EQ(h.state.undoable()->kind, "item.open");
  ASSERT_EQ(h.act("undo"), "");
  EXPECT_EQ(h.events.back().event.kind, "action.undone");
  EXPECT_EQ(h.events.back().event.payload["action"], action);
  EXPECT_EQ(h.events.back().event.payload["kind"], "item.open");
}

TEST(Undo, IsNotDisturbedByFactsAboutMedia) {
  Hearing h;
  give_floor(h);
  const auto undoable = h.state.undoable();
  const Json before = seen(h.state, h.now);
  h.record("media", {"media.applied", {{"of", 4}, {"run", 1}, {"offset_ms", 10}, {"utc", format_utc(h.now)}}});
  for (const char* kind : {"run.started", "run.ended", "source.lost", "source.restored", "media.lost", "media.returned",
                           "disk.low", "disk.full", "disk.lost", "disk.ok"}) {
    h.record("media", {kind, Json::object()});
  }
  EXPECT_EQ(h.state.undoable()->action, undoable->action);
  EXPECT_EQ(seen(h.state, h.now), before);
  ASSERT_EQ(h.act("undo"), "");
  EXPECT_FALSE(h.state.floor);
}

TEST(Undo, KeepsAStackThatDoesNotGrowForEver) {
  Hearing h;
  give_floor(h);
  for (int i = 0; i < 200; ++i) ASSERT_EQ(h.act(i % 2 == 0 ? "floor.pause" : "floor.resume"), "");
  EXPECT_EQ(h.state.before.size(), 50U);
  for (const State::Before& before : h.state.before) {
    EXPECT_TRUE(before.state->before.empty());
    EXPECT_TRUE(before.state->record.agenda.empty());
  }
  for (int i = 0; i < 50; ++i) ASSERT_EQ(h.act("undo"), "");
  EXPECT_EQ(h.act("undo"), "nothing_to_undo");
}

// ---- apply is total ----

TEST(Apply, TakesAnUnknownEventAsANumberOnly) {
  Hearing h;
  give_floor(h);
  const Json before = seen(h.state, h.now);
  for (const Json& payload : {Json::object(), Json(nullptr), Json::array({1}), Json("text"), Json{{"action", 2}}}) {
    const std::int64_t seq = h.state.seq;
    EXPECT_FALSE(apply(h.state, {seq + 1, h.now, "system", {"vote.opened", payload}}));
    EXPECT_EQ(h.state.seq, seq + 1);
  }
  EXPECT_EQ(seen(h.state, h.now), before);
}

TEST(Apply, ChangesNothingOnAnEventThatDoesNotFit) {
  const std::vector<Event> misfits = {
      {"floor.given", {{"person", "p2"}, {"limit_s", 60}}},          // somebody has it
      {"floor.given", Json::array()},                                // no object
      {"floor.extended", {{"seconds", "60"}}},                       // mistyped
      {"floor.extended", {{"seconds", -1}}},                         //
      {"floor.resumed", Json::object()},                             // it runs
      {"floor.ended", {{"person", "p2"}}},                           // another's
      {"floor.suspended", {{"person", "p2"}}},                       // another's
      {"hand.raised", {{"person", "p1"}, {"kind", "debate"}}},       // has the floor
      {"hand.raised", {{"person", "p2"}, {"kind", "song"}}},         //
      {"hand.raised", {{"person", "p9"}, {"kind", "debate"}}},       //
      {"hand.lowered", {{"person", "p2"}}},                          // was not raised
      {"item.opened", {{"item", "a2"}}},                             // one is open
      {"item.closed", {{"item", "a1"}}},                             // somebody speaks to it
      {"item.closed", {{"item", "zz"}}},                             //
      {"sitting.opened", Json::object()},                            //
      {"sitting.closed", Json::object()},                            // an item is open
      {"recess.ended", Json::object()},                              //
      {"broadcast.ended", Json::object()},                           //
      {"source.set", {{"uri", 5}}},                                  //
      {"action.undone", {{"action", 2}, {"kind", "sitting.open"}}},  // not the last
      {"action.undone", Json::object()},                             //
      {"meeting.imported", {{"record", Json::object()}}},            //
  };
  Hearing h;
  give_floor(h);
  const Json before = seen(h.state, h.now);
  const auto undoable = h.state.undoable();
  for (const Event& event : misfits) {
    EXPECT_FALSE(apply(h.state, {h.state.seq + 1, h.now, "x", event})) << event.kind << event.payload;
    EXPECT_EQ(seen(h.state, h.now), before) << event.kind;
    EXPECT_EQ(h.state.undoable()->action, undoable->action) << event.kind;
  }
}

TEST(Apply, TakesACorrectedImportUntilTheSittingOpens) {
  Hearing h;
  Json document = testing::small_hearing();
  document["agenda"].erase(2);
  h.record("system", {"meeting.imported", *read_hearing(document)});
  EXPECT_EQ(h.state.items.size(), 2U);
  ASSERT_EQ(h.act("sitting.open"), "");
  EXPECT_FALSE(apply(
      h.state, {h.state.seq + 1, h.now, "system", {"meeting.imported", *read_hearing(testing::small_hearing())}}));
  EXPECT_EQ(h.state.items.size(), 2U);
}

TEST(Apply, AMeetingWithoutItemsGetsThemWhileItGoesOn) {
  Json empty = testing::small_hearing(), other = testing::small_hearing();
  empty["agenda"] = Json::array();
  other["agenda"][0]["speakers"] = Json::array();
  other["people"].erase(0);
  Hearing h;
  h.record("system", {"meeting.imported", *read_hearing(empty)});
  ASSERT_EQ(h.act("sitting.open"), "");
  EXPECT_EQ(h.open_item("a1"), "item_unknown");
  EXPECT_FALSE(may_correct(h.state, *record_from_json(read_hearing(other)->at("record")))) << "nobody is lost";
  h.record("system", {"meeting.imported", *read_hearing(testing::small_hearing())});
  EXPECT_EQ(h.state.phase, Phase::kInSession);
  ASSERT_EQ(h.open_item("a1"), "");
  EXPECT_FALSE(may_correct(h.state, h.state.record)) << "now something rests on it";
}

TEST(Apply, KnowsWhoseEventItIs) {
  EXPECT_EQ(action_of_event("floor.given"), "floor.give");
  EXPECT_EQ(action_of_event("broadcast.ended"), "broadcast.stop");
  EXPECT_EQ(action_of_event("media.applied"), "");
  EXPECT_EQ(action_of_event("action.undone"), "");
  EXPECT_EQ(action_of_event("vote.opened"), "");
}

TEST(Undo, DoesNotBringBackWhoHasLeft) {
  for (const char* how : {"floor.end", "floor.pause"}) {
    Hearing h;
    h.seat("p3");
    give_floor(h);
    ASSERT_EQ(h.give("p3"), "");
    ASSERT_EQ(h.act(how), "");
    ASSERT_EQ(h.act_as("p3", {{"action", "guest.leave"}}), "");
    EXPECT_EQ(h.state.guest("p3")->stage, Stage::kLeft);
    ASSERT_EQ(h.act("undo"), "");
    EXPECT_FALSE(h.state.floor) << how;
    EXPECT_EQ(h.state.guest("p3")->stage, Stage::kLeft) << how;
    EXPECT_TRUE(h.state.queue.empty());
  }
}

TEST(Undo, LeavesTheFloorWithWhoCameBack) {
  Hearing h;
  h.seat("p3");
  give_floor(h);
  ASSERT_EQ(h.give("p3"), "");
  h.wait(5s);
  ASSERT_EQ(h.act("floor.end"), "");
  ASSERT_EQ(h.act_as("p3", {{"action", "guest.leave"}}), "");
  ASSERT_EQ(h.act_as("p3", {{"action", "guest.arrive"}}), "");
  ASSERT_EQ(h.act("undo"), "");
  EXPECT_FALSE(h.state.floor) << "whoever left has to be admitted again";
  EXPECT_EQ(h.state.guest("p3")->stage, Stage::kLobby);
}

// ---- whatever is clicked ----

void expect_invariants(const State& state) {
  int open = 0;
  for (const auto& [id, item] : state.items) {
    if (item != ItemState::kOpen) continue;
    ++open;
    EXPECT_EQ(state.open_item, id);
  }
  EXPECT_EQ(open, state.open_item.empty() ? 0 : 1);
  if (state.floor) {
    EXPECT_FALSE(state.open_item.empty());
    EXPECT_NE(state.record.person(state.floor->person), nullptr);
    EXPECT_FALSE(state.phase == Phase::kRecess && state.floor->running_since);
  }
  std::set<std::string> waiting;
  for (const Request& request : state.queue) {
    const bool order = !request.turn && request.kind == kPointOfOrder;
    EXPECT_TRUE(waiting.insert(request.person + (order ? " order" : "")).second) << request.person << " waits twice";
    // Whoever has the floor for a point of order may have waited for something else.
    EXPECT_FALSE(state.floor && state.floor->person == request.person && state.floor->as != kPointOfOrder);
    EXPECT_FALSE(request.turn && request.turn->running_since) << "the clock of a held turn stands";
    EXPECT_EQ(request.turn.has_value(), !request.reason.empty());
  }
  for (const auto& [person, guest] : state.guests) {
    EXPECT_FALSE(guest.line_lost && guest.stage != Stage::kAdmitted);
    EXPECT_FALSE(guest.muted && guest.stage != Stage::kAdmitted);
    EXPECT_FALSE(guest.stage == Stage::kRemoved && guest.invitation != 0);
  }
  if (state.framing) {
    EXPECT_TRUE(state.framing->layout == "hall" || !state.framing->persons.empty());
    for (const std::string& person : state.framing->persons) EXPECT_TRUE(state.is_admitted(person)) << person;
  }
  EXPECT_FALSE(state.open_item.empty() && !state.queue.empty());
  EXPECT_EQ(state.phase == Phase::kRecess, state.recess_since.has_value());
  EXPECT_FALSE(state.on_air == OnAir::kLive && state.phase != Phase::kInSession);
  EXPECT_FALSE(state.on_air == OnAir::kHolding && state.phase == Phase::kInSession);
  EXPECT_FALSE(state.phase == Phase::kClosed && !state.open_item.empty());
  EXPECT_EQ(state.on_air == OnAir::kEnded, state.on_air_ended.has_value());
  EXPECT_LE(state.before.size(), 50U);
}

TEST(AnySequenceOfClicks, KeepsTheHouseInOrder) {
  int accepted = 0, undone = 0;
  for (unsigned seed = 1; seed <= 60; ++seed) {
    Hearing h;
    Clicker clicker(seed);
    for (int step = 0; step < 150 && !::testing::Test::HasFailure(); ++step) {
      const std::size_t already = h.events.size();
      const Json before = seen(h.state, h.now);
      const std::string refused = h.act(clicker.next(h.now));  // record() fails the test when apply rejects an event
      expect_invariants(h.state);
      if (!refused.empty()) {
        EXPECT_EQ(h.events.size(), already);
        EXPECT_EQ(seen(h.state, h.now), before);
      } else {
        ++accepted;
        // At the same moment, undo gives back exactly what was there.
        const bool undo = h.events.back().event.kind == "action.undone";
        if (!undo && h.state.undoable() && clicker.below(4) == 0) {
          ASSERT_EQ(h.act("undo"), "");
          EXPECT_EQ(seen(h.state, h.now), before) << "seed " << seed << " step " << step;
          ++undone;
        }
      }
      if (clicker.below(2) == 0) {
        clicker.outside(h);
        expect_invariants(h.state);
      }
      if (clicker.below(5) == 0) h.record("media", {"source.lost", {{"uri", "test:"}, {"detail", ""}}});
      h.wait(std::chrono::milliseconds(clicker.below(30'000)));
    }
    // The fold is a function of the events and of nothing else.
    State again;
    for (const StoredEvent& event : h.events) EXPECT_TRUE(apply(again, event));
    EXPECT_EQ(seen(again, h.now), seen(h.state, h.now));
    EXPECT_EQ(again.seq, h.state.seq);
    EXPECT_EQ(again.before.size(), h.state.before.size());
    EXPECT_EQ(again.floor, h.state.floor);
    EXPECT_EQ(again.guests, h.state.guests);
    EXPECT_EQ(again.queue, h.state.queue);
  }
  EXPECT_GT(accepted, 1000);
  EXPECT_GT(undone, 100);
}

}  // namespace
}  // namespace tyndau::meeting
