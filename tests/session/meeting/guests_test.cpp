#include <gmock/gmock.h>

#include "session/meeting/refusals.h"
#include "session/meeting/rules.h"
#include "tests/session/meeting/hearing.h"

// Remote participants: from the invitation to the seat, their hands, their lines, and what an undo does not take back.

namespace tyndau::meeting {
namespace {

using namespace std::chrono_literals;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using testing::Hearing;
using ::testing::IsEmpty;

Json raise(const char* kind = "debate") { return {{"action", "hand.raise"}, {"kind", kind}}; }

/// In session at the first item; p3 has a seat, and p2 too.
struct Guests : ::testing::Test {
  Hearing h;
  void SetUp() override {
    ASSERT_EQ(h.act("sitting.open"), "");
    ASSERT_EQ(h.open_item("a3"), "");
    h.seat("p3");
    h.seat("p2");
  }
  const Guest& guest(const char* person) { return *h.state.guest(person); }
};

TEST(Invitation, LeadsThroughTheLobbyToTheSeat) {
  Hearing h;
  EXPECT_EQ(h.with("guest.invite", "p3"), "");
  EXPECT_EQ(h.state.guest("p3")->stage, Stage::kInvited);
  EXPECT_EQ(h.state.guest("p3")->invitation, h.state.seq);
  EXPECT_EQ(h.with("guest.admit", "p3"), "guest_not_in_lobby");
  EXPECT_EQ(h.act_as("p3", {{"action", "guest.arrive"}}), "");
  EXPECT_EQ(h.state.guest("p3")->stage, Stage::kLobby);
  EXPECT_EQ(h.with("guest.admit", "p3"), "");
  EXPECT_TRUE(h.state.is_admitted("p3"));
  // A page that was loaded anew says it once more, and changes nothing.
  const auto seq = h.state.seq;
  EXPECT_EQ(h.act_as("p3", {{"action", "guest.arrive"}}), "");
  EXPECT_EQ(h.state.seq, seq);
}

TEST(Invitation, ThatIsRenewedMakesTheOldOneVoid) {
  Hearing h;
  ASSERT_EQ(h.with("guest.invite", "p3"), "");
  const auto first = h.state.guest("p3")->invitation;
  ASSERT_EQ(h.act_as("p3", {{"action", "guest.arrive"}}), "");
  ASSERT_EQ(h.with("guest.invite", "p3"), "");
  EXPECT_GT(h.state.guest("p3")->invitation, first);
  EXPECT_EQ(h.state.guest("p3")->stage, Stage::kLobby) << "whoever is here stays";
}

TEST(Invitation, IsRevokedAndGivenBackByUndo) {
  Hearing h;
  EXPECT_EQ(h.with("guest.revoke", "p3"), "guest_not_invited");
  h.seat("p3");
  const auto invitation = h.state.guest("p3")->invitation;
  EXPECT_EQ(h.with("guest.revoke", "p3"), "");
  EXPECT_EQ(h.state.guest("p3")->stage, Stage::kRemoved);
  EXPECT_EQ(h.state.guest("p3")->invitation, 0);
  EXPECT_EQ(h.act_as("p3", {{"action", "guest.arrive"}}), "invitation_void");
  EXPECT_EQ(h.act("undo"), "");
  EXPECT_EQ(h.state.guest("p3")->stage, Stage::kAdmitted);
  EXPECT_EQ(h.state.guest("p3")->invitation, invitation);
}

// ---- the hall's encoder ----

TEST(SourceInvitation, IsTheNewestAndIsRevokedOnce) {
  Hearing h;
  EXPECT_FALSE(may_send_the_hall(h.state, 0));
  EXPECT_EQ(h.act("source.revoke"), "source_not_invited");
  ASSERT_EQ(h.act("source.invite"), "");
  const std::int64_t first = h.state.seq;
  EXPECT_TRUE(may_send_the_hall(h.state, first));
  ASSERT_EQ(h.act("source.invite"), "");
  EXPECT_FALSE(may_send_the_hall(h.state, first));
  EXPECT_TRUE(may_send_the_hall(h.state, h.state.seq));
  ASSERT_EQ(h.act("undo"), "");
  EXPECT_TRUE(may_send_the_hall(h.state, first));
  ASSERT_EQ(h.act("source.revoke"), "");
  EXPECT_FALSE(may_send_the_hall(h.state, first));
  EXPECT_EQ(h.act("source.revoke"), "source_not_invited");
  EXPECT_EQ(h.act_as("p1", {{"action", "source.invite"}}), "not_yours");
}

TEST(SourceInvitation, LastsAsLongAsTheMeetingIsSeen) {
  Hearing h;
  ASSERT_EQ(h.act("source.invite"), "");
  const std::int64_t invitation = h.state.seq;
  h.around.media_connected = true;
  h.around.disk_free_hours = 100;
  ASSERT_EQ(h.act("broadcast.start"), "");
  ASSERT_EQ(h.act("sitting.open"), "");
  ASSERT_EQ(h.act("sitting.close"), "");
  EXPECT_TRUE(may_send_the_hall(h.state, invitation)) << "the card is on air, and the hall behind it";
  EXPECT_EQ(h.act("source.invite"), "sitting_closed");
  ASSERT_EQ(h.act("broadcast.stop"), "");
  EXPECT_FALSE(may_send_the_hall(h.state, invitation));
}

// ---- guests' invitations ----

TEST(Invitation, IsForPeopleOfTheRecordWhileTheMeetingLasts) {
  Hearing h;
  EXPECT_EQ(h.with("guest.invite", "p9"), "person_unknown");
  for (const char* action :
       {"guest.revoke", "guest.admit", "guest.decline", "guest.mute", "guest.unmute", "guest.remove"}) {
    EXPECT_EQ(h.with(action, "p9"), "person_unknown") << action;
  }
  ASSERT_EQ(h.act("sitting.open"), "");
  ASSERT_EQ(h.act("sitting.close"), "");
  EXPECT_EQ(h.with("guest.invite", "p3"), "sitting_closed");
}

TEST_F(Guests, AreDeclinedAndMayAskAgain) {
  EXPECT_EQ(h.with("guest.decline", "p3"), "");
  EXPECT_EQ(guest("p3").stage, Stage::kDeclined);
  EXPECT_EQ(h.with("guest.decline", "p3"), "guest_not_in_lobby");
  EXPECT_EQ(h.act_as("p3", {{"action", "guest.arrive"}}), "");
  EXPECT_EQ(guest("p3").stage, Stage::kLobby);
}

TEST_F(Guests, AreMutedUntilTheyAreNot) {
  EXPECT_EQ(h.with("guest.unmute", "p3"), "guest_not_muted");
  EXPECT_EQ(h.with("guest.mute", "p3"), "");
  EXPECT_TRUE(guest("p3").muted);
  EXPECT_EQ(h.with("guest.mute", "p3"), "guest_muted_already");
  EXPECT_EQ(h.with("guest.unmute", "p3"), "");
  EXPECT_FALSE(guest("p3").muted);
  EXPECT_EQ(h.with("guest.mute", "p1"), "guest_not_here");
}

TEST_F(Guests, WhoAreRemovedLoseTurnAndPlace) {
  ASSERT_EQ(h.give("p3"), "");
  ASSERT_EQ(h.act_as("p2", raise()), "");
  EXPECT_EQ(h.with("guest.remove", "p3"), "");
  EXPECT_THAT(h.last(2), ElementsAre("floor.ended", "guest.removed"));
  EXPECT_FALSE(h.state.floor);
  EXPECT_EQ(h.with("guest.remove", "p2"), "");
  EXPECT_THAT(h.state.queue, IsEmpty());
  EXPECT_EQ(h.with("guest.remove", "p2"), "guest_not_here");
  // One wrong click is undone: he has his hand again.
  EXPECT_EQ(h.act("undo"), "");
  EXPECT_TRUE(h.state.is_admitted("p2"));
  EXPECT_NE(h.state.request_of("p2"), nullptr);
}

TEST_F(Guests, LeaveByThemselves) {
  ASSERT_EQ(h.give("p3"), "");
  EXPECT_EQ(h.act_as("p3", {{"action", "guest.leave"}}), "");
  EXPECT_FALSE(h.state.floor);
  EXPECT_EQ(guest("p3").stage, Stage::kLeft);
  EXPECT_NE(guest("p3").invitation, 0) << "the link is good for coming back";
  EXPECT_EQ(h.act_as("p3", {{"action", "guest.leave"}}), "");
}

TEST_F(Guests, SayThemselvesThatTheyHaveFinished) {
  EXPECT_EQ(h.act_as("p3", {{"action", "guest.finish"}}), "turn_over_already");
  ASSERT_EQ(h.give("p3"), "");
  EXPECT_EQ(h.act_as("p2", {{"action", "guest.finish"}}), "turn_over_already") << "it is somebody else's";
  EXPECT_EQ(h.act_as("p3", {{"action", "guest.finish"}}), "");
  EXPECT_FALSE(h.state.floor);
  EXPECT_EQ(h.events.back().event.payload["reason"], "finished");
  EXPECT_TRUE(h.state.is_admitted("p3"));
  EXPECT_EQ(h.act({{"action", "guest.finish"}}), "only_for_guests");
}

TEST_F(Guests, AskToBeHeardWhenTheSecretaryMutedThem) {
  EXPECT_EQ(h.act_as("p3", {{"action", "guest.ask"}}), "heard_already");
  ASSERT_EQ(h.with("guest.mute", "p3"), "");
  EXPECT_EQ(h.act_as("p3", {{"action", "guest.ask"}}), "");
  EXPECT_TRUE(guest("p3").asks);
  const auto seq = h.state.seq;
  EXPECT_EQ(h.act_as("p3", {{"action", "guest.ask"}}), "");
  EXPECT_EQ(h.state.seq, seq) << "once is enough";
  ASSERT_EQ(h.with("guest.unmute", "p3"), "");
  EXPECT_FALSE(guest("p3").asks);
  EXPECT_EQ(h.act({{"action", "guest.ask"}}), "only_for_guests");
}

TEST_F(Guests, ActForThemselvesAndForNobodyElse) {
  EXPECT_EQ(h.act_as("p3", raise("question")), "");
  EXPECT_EQ(h.act_as("p3", raise()), "already_in_queue");
  EXPECT_EQ(h.act_as("p3", {{"action", "hand.lower"}}), "");
  EXPECT_EQ(h.act_as("p3", {{"action", "hand.lower"}}), "queue_empty");
  EXPECT_EQ(h.act_as("p3", {{"action", "hand.raise"}, {"person", "p2"}}), "not_yours");
  EXPECT_EQ(h.act_as("p3", {{"action", "hand.lower"}, {"person", "p2"}}), "not_yours");
  for (const char* action :
       {"broadcast.start", "broadcast.stop", "sitting.close", "floor.end", "undo", "recess.start"}) {
    EXPECT_EQ(h.act_as("p3", {{"action", action}}), "not_yours") << action;
  }
  EXPECT_EQ(h.act_as("p3", {{"action", "floor.give"}, {"person", "p3"}}), "not_yours");
  EXPECT_EQ(h.act_as("p3", {{"action", "guest.admit"}, {"person", "p3"}}), "not_yours");
  EXPECT_EQ(h.act({{"action", "guest.arrive"}}), "only_for_guests");
}

TEST_F(Guests, AreRefusedInTheirOwnWords) {
  ASSERT_EQ(h.act("recess.start"), "");
  const auto refused = h.decide(raise(), "p3");
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, "in_recess");
  EXPECT_THAT(refused.error().text.ru, HasSubstr("Поднять руку можно будет"));
}

TEST(Lobby, IsNoPlaceToSpeakFrom) {
  Hearing h;
  ASSERT_EQ(h.act("sitting.open"), "");
  ASSERT_EQ(h.open_item("a3"), "");
  ASSERT_EQ(h.with("guest.invite", "p3"), "");
  EXPECT_EQ(h.give("p3"), "") << "he may be in the hall";
  ASSERT_EQ(h.act("floor.end"), "");
  ASSERT_EQ(h.act_as("p3", {{"action", "guest.arrive"}}), "");
  EXPECT_EQ(h.act_as("p3", raise()), "guest_wait_for_admission");
  EXPECT_EQ(h.give("p3"), "guest_not_admitted");
}

// ---- the line ----

TEST_F(Guests, WithALostLineKeepTheirTurn) {
  ASSERT_EQ(h.give("p3"), "");
  h.wait(100s);
  h.happen(line_lost(h.state, "p3"));
  EXPECT_THAT(h.last(2), ElementsAre("guest.line_lost", "floor.suspended"));
  EXPECT_TRUE(guest("p3").line_lost);
  EXPECT_FALSE(h.state.floor);
  ASSERT_EQ(h.state.queue.size(), 1U);
  EXPECT_EQ(h.state.queue[0].reason, "line_lost");
  EXPECT_EQ(h.state.queue[0].turn->remaining(h.now), 200s);
  EXPECT_THAT(line_lost(h.state, "p3"), IsEmpty()) << "it is known";
  EXPECT_EQ(h.give("p3"), "guest_line_lost");
  h.wait(60s);
  h.happen(line_restored(h.state, "p3"));
  ASSERT_TRUE(h.state.floor);
  EXPECT_EQ(h.state.floor->person, "p3");
  EXPECT_EQ(h.state.floor->remaining(h.now), 200s);
  EXPECT_THAT(h.state.queue, IsEmpty());
  EXPECT_THAT(line_restored(h.state, "p3"), IsEmpty());
}

TEST_F(Guests, WhoComeBackWhileAnotherSpeaksStayInTheQueue) {
  ASSERT_EQ(h.give("p3"), "");
  h.wait(100s);
  h.happen(line_lost(h.state, "p3"));
  ASSERT_EQ(h.give("p1"), "");
  h.happen(line_restored(h.state, "p3"));
  EXPECT_EQ(h.last(1).front(), "guest.line_restored");
  EXPECT_EQ(h.state.floor->person, "p1");
  EXPECT_EQ(h.give("p3"), "");
  EXPECT_EQ(h.state.floor->remaining(h.now), 200s);
}

TEST_F(Guests, WhoseLineIsLostWithoutTheFloorLoseNothing) {
  ASSERT_EQ(h.act_as("p3", raise()), "");
  h.happen(line_lost(h.state, "p3"));
  EXPECT_EQ(h.last(1).front(), "guest.line_lost");
  EXPECT_NE(h.state.request_of("p3"), nullptr);
  EXPECT_THAT(line_lost(h.state, "p1"), IsEmpty()) << "somebody in the hall has no line";
}

TEST_F(Guests, ComeBackInARecessAndWait) {
  ASSERT_EQ(h.give("p3"), "");
  h.happen(line_lost(h.state, "p3"));
  ASSERT_EQ(h.act("recess.start"), "");
  h.happen(line_restored(h.state, "p3"));
  EXPECT_FALSE(h.state.floor);
  ASSERT_EQ(h.act("recess.end"), "");
  EXPECT_EQ(h.give("p3"), "");
}

// ---- who is next ----

std::vector<std::string> order(const State& state) {
  std::vector<std::string> persons;
  for (const Waiting& one : waiting(state)) persons.push_back(one.person);
  return persons;
}

TEST_F(Guests, StandInTheOrderOfWhatTheyAskFor) {
  ASSERT_EQ(h.act_as("p3", raise()), "");
  ASSERT_EQ(h.act_as("p2", raise("question")), "");
  EXPECT_THAT(order(h.state), ElementsAre("p2", "p3"));
  ASSERT_EQ(h.act({{"action", "hand.raise"}, {"person", "p1"}, {"kind", "point_of_order"}}), "");
  EXPECT_THAT(order(h.state), ElementsAre("p1", "p2", "p3"));
  EXPECT_EQ(waiting(h.state)[0].seconds, 120);
  EXPECT_EQ(waiting(h.state)[2].seconds, 300);
}

TEST_F(Guests, ArePassedOverWhileTheirLineIsLost) {
  ASSERT_EQ(h.give("p3"), "");
  h.wait(100s);
  h.happen(line_lost(h.state, "p3"));
  ASSERT_EQ(h.act_as("p2", raise()), "");
  EXPECT_THAT(order(h.state), ElementsAre("p2", "p3"));
  h.record("media", {"guest.line_restored", {{"person", "p3"}, {"by", "media"}}});
  EXPECT_THAT(order(h.state), ElementsAre("p3", "p2"));
  EXPECT_EQ(waiting(h.state)[0].seconds, 200);
}

TEST(Waiting, BeginsWithWhomTheAgendaPlansAndWhoHasNotSpoken) {
  Hearing h;
  ASSERT_EQ(h.act("sitting.open"), "");
  EXPECT_THAT(order(h.state), IsEmpty());
  ASSERT_EQ(h.open_item("a1"), "");
  ASSERT_EQ(h.act({{"action", "hand.raise"}, {"person", "p2"}}), "");
  EXPECT_THAT(order(h.state), ElementsAre("p1", "p2"));
  ASSERT_EQ(h.give("p1"), "");
  EXPECT_THAT(order(h.state), ElementsAre("p2"));
  ASSERT_EQ(h.act("floor.end"), "");
  EXPECT_THAT(order(h.state), ElementsAre("p2")) << "he has spoken";
  ASSERT_EQ(h.act("undo"), "");
  ASSERT_EQ(h.act("undo"), "");
  EXPECT_THAT(order(h.state), ElementsAre("p1", "p2"));
}

// ---- layouts ----

TEST_F(Guests, AreFramedByHandUntilTheFloorChanges) {
  EXPECT_EQ(h.act({{"action", "layout.set"}, {"layout", "guest"}}), "nobody_to_frame");
  EXPECT_EQ(h.act({{"action", "layout.set"}, {"layout", "grid"}}), "");
  EXPECT_EQ(h.state.framing, (Framing{"grid", {"p2", "p3"}}));
  ASSERT_EQ(h.give("p3"), "");
  EXPECT_FALSE(h.state.framing);
  EXPECT_EQ(h.act({{"action", "layout.set"}, {"layout", "side_by_side"}}), "");
  EXPECT_EQ(h.state.framing, (Framing{"side_by_side", {"p3"}}));
  EXPECT_EQ(h.act({{"action", "layout.set"}, {"layout", "auto"}}), "");
  EXPECT_FALSE(h.state.framing);
  EXPECT_EQ(h.act({{"action", "layout.set"}, {"layout", "hall"}}), "");
  EXPECT_EQ(h.state.framing, (Framing{"hall", {}}));
  EXPECT_EQ(h.act("undo"), "");
  EXPECT_FALSE(h.state.framing);
  EXPECT_EQ(h.act({{"action", "layout.set"}, {"layout", "guest"}, {"persons", {"p1"}}}), "guest_not_here");
  EXPECT_EQ(h.act({{"action", "layout.set"}, {"layout", "guest"}, {"persons", {"p9"}}}), "person_unknown");
}

TEST_F(Guests, WhoGoAreNotFramedAnyMore) {
  ASSERT_EQ(h.act({{"action", "layout.set"}, {"layout", "grid"}}), "");
  ASSERT_EQ(h.with("guest.remove", "p2"), "");
  EXPECT_EQ(h.state.framing, (Framing{"grid", {"p3"}}));
  ASSERT_EQ(h.act_as("p3", {{"action", "guest.leave"}}), "");
  EXPECT_FALSE(h.state.framing);
}

// ---- undo takes back what the secretary did, and nothing else ----

TEST_F(Guests, KeepTheirHandsWhenSomethingElseIsUndone) {
  ASSERT_EQ(h.give("p1"), "");
  ASSERT_EQ(h.act_as("p3", raise()), "");
  ASSERT_EQ(h.act_as("p2", raise("question")), "");
  ASSERT_EQ(h.act("undo"), "");
  EXPECT_FALSE(h.state.floor);
  EXPECT_NE(h.state.request_of("p3"), nullptr);
  EXPECT_NE(h.state.request_of("p2"), nullptr);
  // Further back too: p2's admission is taken back, and p3's hand is still up.
  ASSERT_EQ(h.act("undo"), "");
  EXPECT_FALSE(h.state.is_admitted("p2"));
  EXPECT_NE(h.state.request_of("p3"), nullptr);
}

TEST_F(Guests, WhoArrivedMeanwhileAreStillThere) {
  ASSERT_EQ(h.with("guest.invite", "p1"), "");
  ASSERT_EQ(h.act({{"action", "floor.give"}, {"person", "p2"}}), "");
  ASSERT_EQ(h.act_as("p1", {{"action", "guest.arrive"}}), "");
  ASSERT_EQ(h.act("undo"), "");
  EXPECT_EQ(guest("p1").stage, Stage::kLobby);
}

TEST_F(Guests, AGivenFloorThatIsUndoneLeavesNoHeldTurn) {
  ASSERT_EQ(h.give("p3"), "");
  h.happen(line_lost(h.state, "p3"));
  ASSERT_EQ(h.act("undo"), "");
  EXPECT_TRUE(guest("p3").line_lost);
  EXPECT_FALSE(h.state.floor);
  EXPECT_THAT(h.state.queue, IsEmpty());
  h.happen(line_restored(h.state, "p3"));
  EXPECT_FALSE(h.state.floor);
}

TEST_F(Guests, ATurnThatCameBackWithItsLineIsUndoneWhole) {
  ASSERT_EQ(h.give("p3"), "");
  h.happen(line_lost(h.state, "p3"));
  h.happen(line_restored(h.state, "p3"));
  ASSERT_TRUE(h.state.floor);
  ASSERT_EQ(h.act("undo"), "");
  EXPECT_FALSE(h.state.floor) << "a turn that was taken back does not come back with the line";
  EXPECT_FALSE(guest("p3").line_lost);
}

TEST_F(Guests, KeepTheTimeThatWasLeftWhenAnExtensionIsUndone) {
  ASSERT_EQ(h.give("p3"), "");
  h.wait(60s);
  ASSERT_EQ(h.act("floor.extend"), "");
  h.wait(40s);
  h.happen(line_lost(h.state, "p3"));
  h.wait(1000s);
  ASSERT_EQ(h.act("undo"), "");
  ASSERT_EQ(h.state.queue.size(), 1U);
  EXPECT_EQ(h.state.queue[0].turn->remaining(h.now), 200s) << "300 s less the 100 s that were used";
  h.happen(line_restored(h.state, "p3"));
  ASSERT_TRUE(h.state.floor);
  EXPECT_EQ(h.state.floor->remaining(h.now), 200s);
}

TEST_F(Guests, AHandForOneItemIsNotRaisedInAnother) {
  ASSERT_EQ(h.act("item.close"), "");
  ASSERT_EQ(h.open_item("a2"), "");
  ASSERT_EQ(h.act_as("p3", raise()), "");
  ASSERT_EQ(h.act("undo"), "");
  ASSERT_EQ(h.act("undo"), "");
  EXPECT_EQ(h.state.open_item, "a3");
  EXPECT_THAT(h.state.queue, IsEmpty());
}

TEST_F(Guests, WhatTheyDidCannotBeUndone) {
  ASSERT_EQ(h.act_as("p3", raise()), "");
  EXPECT_EQ(h.state.undoable()->kind, "guest.admit") << "the secretary's last action";
}

/// Events that do not fit change nothing but the number.
TEST_F(Guests, WhatDoesNotFitTheirStageIsPassedOver) {
  const auto folds = [&](const char* kind, Json payload) {
    State copy = h.state;
    return apply(copy, {copy.seq + 1, h.now, "media", {kind, std::move(payload)}});
  };
  EXPECT_FALSE(folds("guest.admitted", {{"person", "p3"}}));
  EXPECT_FALSE(folds("guest.arrived", {{"person", "p3"}, {"by", "guest"}}));
  EXPECT_FALSE(folds("guest.muted", {{"person", "p1"}}));
  EXPECT_FALSE(folds("guest.line_restored", {{"person", "p3"}, {"by", "media"}}));
  EXPECT_FALSE(folds("guest.invited", {{"person", "p9"}}));
  EXPECT_FALSE(folds("layout.set", {{"layout", "grid"}, {"persons", {"p1"}}}));
  EXPECT_FALSE(folds("layout.set", {{"layout", "mosaic"}, {"persons", {"p3"}}}));
}

}  // namespace
}  // namespace tyndau::meeting
