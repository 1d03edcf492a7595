#include <gmock/gmock.h>

#include "session/meeting/import.h"
#include "session/meeting/rules.h"
#include "tests/session/meeting/hearing.h"

// Who signs up to speak: while the secretary lets people, and how one of them becomes a person of the record.

namespace tyndau::meeting {
namespace {

using ::testing::ElementsAre;
using testing::Hearing;
using testing::seen;

/// A registration that the store has, as whoever keeps it completes the action.
struct SigningUp : ::testing::Test {
  Hearing h;

  tl::expected<std::vector<Event>, Refusal> ask(const char* kind, const std::string& id, const std::string& name,
                                                const std::string& position = "") {
    auto action = *read_action({{"action", kind}, {"registration", id}});
    action.name = name;
    action.position = position;
    h.around.now = h.now;
    return meeting::decide(h.state, action, h.around);
  }
  /// "" when it was approved, else the refusal's code.
  std::string approve(const std::string& id, const std::string& name, const std::string& position = "") {
    const auto decided = ask("registration.approve", id, name, position);
    if (!decided) return decided.error().code;
    for (const Event& event : *decided) h.record("secretary", event);
    return "";
  }
  std::string approved(const std::string& id = "r1") { return h.state.registered.at(id); }
};

TEST_F(SigningUp, IsClosedUntilTheSecretaryOpensIt) {
  EXPECT_FALSE(h.state.registration_open);
  EXPECT_EQ(h.act("registration.close"), "registration_not_open");
  EXPECT_EQ(h.act("registration.open"), "");
  EXPECT_TRUE(h.state.registration_open);
  EXPECT_EQ(h.act("registration.open"), "registration_already_open");
  EXPECT_EQ(h.act("registration.close"), "");
  EXPECT_FALSE(h.state.registration_open);
  EXPECT_EQ(h.act("undo"), "");
  EXPECT_TRUE(h.state.registration_open) << "a wrong click is undone";
}

TEST_F(SigningUp, EndsWithTheSitting) {
  ASSERT_EQ(h.act("registration.open"), "");
  ASSERT_EQ(h.act("sitting.open"), "");
  ASSERT_EQ(h.act("sitting.close"), "");
  EXPECT_FALSE(h.state.registration_open);
  for (const char* kind : {"registration.open", "registration.close"}) EXPECT_EQ(h.act(kind), "sitting_closed");
  EXPECT_EQ(approve("r1", "Айша"), "sitting_closed");
  const auto declined = ask("registration.decline", "r1", "Айша");
  ASSERT_FALSE(declined);
  EXPECT_EQ(declined.error().code, "sitting_closed");
}

TEST_F(SigningUp, IsNotForGuests) {
  h.seat("p3");
  for (const char* kind : {"registration.open", "registration.close"}) {
    EXPECT_EQ(h.act_as("p3", {{"action", kind}}), "not_yours") << kind;
  }
  EXPECT_EQ(h.act_as("p3", {{"action", "registration.approve"}, {"registration", "r1"}}), "not_yours");
}

TEST_F(SigningUp, MakesAPersonOfTheRecordWithAnInvitation) {
  EXPECT_EQ(approve("r1", "Айша Сынақова", "Үлгі ауылы"), "");
  EXPECT_THAT(h.last(2), ElementsAre("person.added", "guest.invited"));
  const Person* person = h.state.record.person(approved());
  ASSERT_NE(person, nullptr);
  EXPECT_EQ(person->name, (Text{"Айша Сынақова", "Айша Сынақова", "Айша Сынақова"}));
  EXPECT_EQ(person->position.ru, "Үлгі ауылы");
  EXPECT_EQ(person->mode, "remote");
  EXPECT_THAT(person->id, ::testing::MatchesRegex("[A-Za-z0-9_-]{1,64}"));
  EXPECT_EQ(h.state.guest(person->id)->stage, Stage::kInvited);
  EXPECT_EQ(h.state.guest(person->id)->invitation, h.state.seq);
}

TEST_F(SigningUp, WithoutAPositionHeIsAResident) {
  ASSERT_EQ(approve("r1", "Айша"), "");
  EXPECT_EQ(h.state.record.person(approved())->position, (Text{"тұрғын", "житель", "resident"}));
}

TEST_F(SigningUp, HeDoesWhatAnybodyDoes) {
  ASSERT_EQ(approve("r1", "Айша"), "");
  const std::string person = approved();
  ASSERT_EQ(h.act("sitting.open"), "");
  ASSERT_EQ(h.open_item("a3"), "");
  EXPECT_EQ(h.give(person.c_str()), "") << "as anybody who never came by his link, he may be in the hall";
  ASSERT_EQ(h.act("floor.end"), "");
  ASSERT_EQ(h.act_as(person, {{"action", "guest.arrive"}}), "");
  EXPECT_EQ(h.give(person.c_str()), "guest_not_admitted");
  ASSERT_EQ(h.with("guest.admit", person.c_str()), "");
  ASSERT_EQ(h.act_as(person, {{"action", "hand.raise"}, {"kind", "debate"}}), "");
  EXPECT_EQ(waiting(h.state).front().person, person);
  EXPECT_EQ(h.give(person.c_str()), "");
  EXPECT_EQ(h.state.floor->limit_s, h.state.record.time_rules.debate_s);
}

TEST_F(SigningUp, OneThatNobodyHasIsNotApprovedNorDeclined) {
  EXPECT_EQ(approve("r9", ""), "registration_unknown");
  EXPECT_EQ(ask("registration.decline", "r9", "").error().code, "registration_unknown");
}

TEST_F(SigningUp, TwicePressedIsOnce) {
  ASSERT_EQ(approve("r1", "Айша"), "");
  const auto seq = h.state.seq;
  const auto again = ask("registration.approve", "r1", "Айша");
  ASSERT_TRUE(again);
  EXPECT_TRUE(again->empty());
  EXPECT_EQ(h.state.seq, seq);
  EXPECT_EQ(ask("registration.decline", "r1", "Айша").error().code, "registration_approved");
}

TEST_F(SigningUp, ApprovedAnewAfterHisInvitationWasRevokedHeIsInvitedOnly) {
  ASSERT_EQ(approve("r1", "Айша"), "");
  const std::string person = approved();
  ASSERT_EQ(h.with("guest.revoke", person.c_str()), "");
  const auto people = h.state.record.people.size();
  EXPECT_EQ(approve("r1", "Айша"), "");
  EXPECT_THAT(h.last(1), ElementsAre("guest.invited"));
  EXPECT_EQ(h.state.record.people.size(), people);
  EXPECT_EQ(h.state.guest(person)->invitation, h.state.seq);
}

TEST_F(SigningUp, DecliningLeavesNothingInTheJournal) {
  const auto decided = ask("registration.decline", "r1", "Айша");
  ASSERT_TRUE(decided);
  EXPECT_TRUE(decided->empty());
}

TEST_F(SigningUp, AnUndoTakesHimOutOfTheRecordAgain) {
  const Json before = seen(h.state, h.now);
  ASSERT_EQ(approve("r1", "Айша"), "");
  const std::string first = approved();
  // What he did by himself since then is no more than he is.
  ASSERT_EQ(h.act_as(first, {{"action", "guest.arrive"}}), "");
  EXPECT_EQ(h.act("undo"), "");
  EXPECT_EQ(seen(h.state, h.now), before);
  EXPECT_EQ(h.state.record.person(first), nullptr);
  EXPECT_EQ(approve("r1", "Айша"), "") << "and he may be approved after all";
  EXPECT_NE(approved(), first) << "an id is nobody's twice";
}

TEST_F(SigningUp, AnUndoOfWhatCameLaterLeavesHimThere) {
  ASSERT_EQ(approve("r1", "Айша"), "");
  ASSERT_EQ(approve("r2", "Болат"), "");
  EXPECT_EQ(h.act("undo"), "");
  EXPECT_NE(h.state.record.person(approved("r1")), nullptr);
  EXPECT_FALSE(h.state.registered.contains("r2"));
}

// ---- somebody new, invited by the secretary ----

TEST_F(SigningUp, SomebodyNewIsInvitedByHisNameAlone) {
  ASSERT_EQ(h.act(Json{{"action", "guest.invite"}, {"name", "Сарытөбе ауданының залы"}}), "");
  EXPECT_THAT(h.last(2), ElementsAre("person.added", "guest.invited"));
  const std::string id = h.events.back().event.payload["person"];
  const Person* person = h.state.record.person(id);
  ASSERT_NE(person, nullptr);
  EXPECT_EQ(person->name.in("kk"), "Сарытөбе ауданының залы");
  EXPECT_EQ(person->name.in("ru"), person->name.in("kk"));
  EXPECT_EQ(person->position.in("ru"), "дистанционный участник");
  EXPECT_EQ(h.act_as(id, {{"action", "guest.arrive"}}), "");
  ASSERT_EQ(h.act(Json{{"action", "guest.invite"}, {"name", "Бақыт"}, {"position", "Үлгі ауылы"}}), "");
  const std::string other = h.events.back().event.payload["person"];
  EXPECT_NE(other, id);
  EXPECT_EQ(h.state.record.person(other)->position.in("en"), "Үлгі ауылы");
  EXPECT_EQ(h.act("undo"), "");
  EXPECT_EQ(h.state.record.person(other), nullptr);
  EXPECT_NE(h.state.record.person(id), nullptr);
  State again;
  for (const StoredEvent& event : h.events) EXPECT_TRUE(apply(again, event)) << event.event.kind;
  EXPECT_EQ(seen(again, h.now), seen(h.state, h.now));
}

TEST_F(SigningUp, SomebodyNewStaysWhenTheRecordIsImportedAnew) {
  ASSERT_EQ(h.act(Json{{"action", "guest.invite"}, {"name", "Бақыт"}}), "");
  const std::string id = h.events.back().event.payload["person"];
  h.record("system", h.events.front().event);
  EXPECT_NE(h.state.record.person(id), nullptr);
}

TEST_F(SigningUp, ANameIsOneLineOfText) {
  for (const Json& wrong : {Json{{"action", "guest.invite"}}, Json{{"action", "guest.invite"}, {"name", " "}},
                            Json{{"action", "guest.invite"}, {"name", "a\nb"}},
                            Json{{"action", "guest.invite"}, {"name", std::string(241, 'a')}},
                            Json{{"action", "guest.invite"}, {"name", "Бақыт"}, {"position", "\x7f"}},
                            Json{{"action", "guest.invite"}, {"name", "Бақыт"}, {"person", "p1"}}}) {
    EXPECT_FALSE(read_action(wrong, "")) << wrong;
  }
}

TEST_F(SigningUp, ANameIsCleanedOfWhatIsNotSeen) {
  std::string marks;
  for (int i = 0; i < 100; ++i) marks += "\u0335";
  const auto invite = [](const std::string& name, const std::string& position = "") {
    return read_action(Json{{"action", "guest.invite"}, {"name", name}, {"position", position}}, "");
  };
  EXPECT_EQ(invite("\u202eАйша\u2028Андреи\u0306 ", "\u200b")->name, "Айша Андрей");
  EXPECT_EQ(invite("Айша", "\u200b")->position, "");
  EXPECT_EQ(invite("Айша" + marks)->name, "Айша\u0335\u0335");
  for (const char* unseen : {"\u200b", "\u3164", "\u202e \u2066", "\u0301"}) EXPECT_FALSE(invite(unseen)) << unseen;
  std::string grows;  // three times as long when it is composed
  for (int i = 0; i < 60; ++i) grows += "\U0001d160";
  EXPECT_FALSE(invite(grows));
  EXPECT_FALSE(read_action(Json{{"action", "source.set"}, {"uri", "rtsp://camera/\u202egpj"}}, ""));
  EXPECT_TRUE(read_action(Json{{"action", "source.set"}, {"uri", "file:///srv/Андреи\u0306.mp4"}}, ""));
}

TEST_F(SigningUp, TheJournalAloneGivesTheSameState) {
  ASSERT_EQ(h.act("registration.open"), "");
  ASSERT_EQ(approve("r1", "Айша", "Үлгі ауылы"), "");
  ASSERT_EQ(approve("r2", "Болат"), "");
  ASSERT_EQ(h.act("undo"), "");
  State again;
  for (const StoredEvent& event : h.events) EXPECT_TRUE(apply(again, event)) << event.event.kind;
  EXPECT_EQ(seen(again, h.now), seen(h.state, h.now));
}

TEST_F(SigningUp, ACorrectedRecordKeepsWhoWasAdded) {
  ASSERT_EQ(approve("r1", "Айша"), "");
  h.record("system", {"meeting.imported", *read_hearing(testing::small_hearing())});
  EXPECT_NE(h.state.record.person(approved()), nullptr);
  EXPECT_EQ(h.state.record.people.size(), 5U);
}

TEST_F(SigningUp, WhatIsNoPersonIsNotAdded) {
  const Json good = {{"id", "reg-9"},
                     {"name", {{"kk", "А"}, {"ru", "А"}, {"en", "А"}}},
                     {"position", {{"kk", "т"}, {"ru", "ж"}, {"en", "r"}}},
                     {"role", "remote_participant"},
                     {"site", ""},
                     {"mode", "remote"}};
  const auto takes = [&](const Json& payload) {
    State state = h.state;
    return apply(state, {state.seq + 1, h.now, "x", {"person.added", payload}});
  };
  EXPECT_TRUE(takes({{"registration", "r1"}, {"person", good}}));
  EXPECT_TRUE(takes({{"person", good}})) << "somebody new, who was invited";
  EXPECT_FALSE(takes({{"registration", "r1"}}));
  EXPECT_FALSE(takes({{"registration", "r1"}, {"person", "reg-9"}}));
  for (const auto& [key, value] :
       std::map<std::string, Json>{{"id", "p1"}, {"id", "a b"}, {"mode", "elsewhere"}, {"name", "А"}, {"surplus", 1}}) {
    Json bad = good;
    bad[key] = value;
    EXPECT_FALSE(takes({{"registration", "r1"}, {"person", bad}})) << bad;
  }
}

TEST_F(SigningUp, AnActionIsReadStrictly) {
  EXPECT_FALSE(read_action({{"action", "registration.approve"}}));
  EXPECT_FALSE(read_action({{"action", "registration.open"}, {"registration", "r1"}}));
  const auto read = read_action({{"action", "registration.decline"}, {"registration", "r1"}});
  ASSERT_TRUE(read);
  EXPECT_EQ(read->registration, "r1");
  EXPECT_FALSE(read_action({{"action", "registration.approve"}, {"registration", "r1"}, {"name", "Айша"}}))
      << "who is approved stands in the store, not in the request";
}

}  // namespace
}  // namespace tyndau::meeting
