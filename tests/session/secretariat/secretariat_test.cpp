#include "session/secretariat/secretariat.h"

#include <SQLiteCpp/SQLiteCpp.h>

#include <algorithm>
#include <random>

#include "tests/session/secretariat/desk.h"

namespace tyndau::secretariat {
namespace {

using std::chrono::milliseconds;
using testing::Contains;
using testing::ElementsAre;
using testing::IsEmpty;
using testing::Not;

// ---- the word's way: action, journal, screens ----

TEST_F(Desk, KnowsTheImportedMeetingsLatestFirst) {
  EXPECT_THAT(desk->meetings(), ElementsAre("m2", "m1"));
  EXPECT_EQ(desk->state("nobody"), nullptr);
  EXPECT_TRUE(desk->events("nobody").empty());
  EXPECT_TRUE(desk->chapters("nobody").empty());
}

TEST_F(Desk, WritesAnActionBeforeItTellsTheScreens) {
  std::int64_t on_disk_when_told = 0;
  desk->listen([&](const std::string& meeting) {
    if (meeting == "m1") on_disk_when_told = open_journal().events("m1")->back().seq;
  });
  told.clear();
  const std::int64_t seq = done({{"action", "sitting.open"}});
  EXPECT_EQ(seq, 2);
  EXPECT_EQ(on_disk_when_told, 2);
  EXPECT_THAT(told, ElementsAre("m1"));
  EXPECT_EQ(state().phase, meeting::Phase::kInSession);
  EXPECT_EQ(desk->events("m1").back().actor, "Хатшы");
}

TEST_F(Desk, RefusesWithASentenceAndWritesNothing) {
  told.clear();
  const Outcome outcome = act({{"action", "item.open"}, {"item", "a1"}});
  ASSERT_TRUE(std::holds_alternative<meeting::Refusal>(outcome));
  EXPECT_EQ(std::get<meeting::Refusal>(outcome).code, "sitting_not_open");
  EXPECT_FALSE(std::get<meeting::Refusal>(outcome).text.kk.empty());
  EXPECT_EQ(state().seq, 1);
  EXPECT_TRUE(told.empty());
}

TEST_F(Desk, DoesNotKnowAMeetingThatWasNotImported) {
  const Outcome outcome = act({{"action", "sitting.open"}}, "m9");
  EXPECT_EQ(std::get<Mistake>(outcome).status, 404);
  EXPECT_EQ(std::get<Mistake>(outcome).code, "no_such_meeting");
}

TEST_F(Desk, ActsOnceForAKey) {
  const Outcome first = act({{"action", "sitting.open"}}, "m1", "key-1");
  const Outcome again = act({{"action", "sitting.open"}}, "m1", "key-1");
  EXPECT_EQ(std::get<Accepted>(first).seq, 2);
  EXPECT_EQ(std::get<Accepted>(again).seq, 2);
  EXPECT_EQ(state().seq, 2);
}

TEST_F(Desk, AnswersARepeatedKeyAfterARestartAsBefore) {
  done({{"action", "sitting.open"}});
  done({{"action", "item.open"}, {"item", "a1"}});
  const Outcome first = act({{"action", "floor.give"}, {"person", "p1"}}, "m1", "key-1");
  ASSERT_TRUE(std::holds_alternative<Accepted>(first));
  done({{"action", "floor.end"}});
  session_dies();
  open_desk();
  const Outcome again = act({{"action", "floor.give"}, {"person", "p1"}}, "m1", "key-1");
  EXPECT_EQ(std::get<Accepted>(again).seq, std::get<Accepted>(first).seq);
  EXPECT_EQ(std::get<Accepted>(again).result, std::get<Accepted>(first).result);
  EXPECT_EQ(std::get<Accepted>(first).result, (Json{{"turn", std::get<Accepted>(first).seq}}));
  EXPECT_FALSE(state().floor.has_value());
}

TEST_F(Desk, AKeyWithAnotherRequestIsAMistake) {
  static_cast<void>(act({{"action", "sitting.open"}}, "m1", "key-1", "digest-1"));
  const Outcome other = act({{"action", "sitting.close"}}, "m1", "key-1", "digest-2");
  EXPECT_EQ(std::get<Mistake>(other).status, 422);
  EXPECT_EQ(std::get<Mistake>(other).code, "idempotency_mismatch");
  EXPECT_EQ(state().phase, meeting::Phase::kInSession);
}

TEST_F(Desk, KeysOfMeetingsAndPeopleAreApart) {
  static_cast<void>(act({{"action", "sitting.open"}}, "m1", "key-1"));
  EXPECT_EQ(std::get<Accepted>(act({{"action", "sitting.open"}}, "m2", "key-1")).seq, 2);
  EXPECT_EQ(state("m2").phase, meeting::Phase::kInSession);
  const Outcome other = desk->act("m1", "Басқа", action({{"action", "item.open"}, {"item", "a1"}}), "key-1", "d");
  EXPECT_EQ(std::get<Accepted>(other).seq, 3);
}

TEST_F(Desk, ARefusedActionMayBeRepeatedWithItsKey) {
  EXPECT_TRUE(std::holds_alternative<meeting::Refusal>(act({{"action", "sitting.close"}}, "m1", "key-1")));
  done({{"action", "sitting.open"}});
  EXPECT_TRUE(std::holds_alternative<Accepted>(act({{"action", "sitting.close"}}, "m1", "key-1")));
}

TEST_F(Desk, ChangesNothingWhenTheJournalCannotBeWritten) {
  SQLite::Database other(config.database(), SQLite::OPEN_READWRITE);
  other.exec("CREATE TRIGGER no_room BEFORE INSERT ON events BEGIN SELECT RAISE(ABORT, 'no room'); END");
  const Outcome outcome = act({{"action", "sitting.open"}}, "m1", "key-1");
  EXPECT_EQ(std::get<Mistake>(outcome).status, 503);
  EXPECT_EQ(std::get<Mistake>(outcome).code, "journal_failed");
  EXPECT_EQ(state().phase, meeting::Phase::kAnnounced);
  EXPECT_TRUE(alarm("journal_failed"));
  other.exec("DROP TRIGGER no_room");
  EXPECT_TRUE(std::holds_alternative<Accepted>(act({{"action", "sitting.open"}}, "m1", "key-1")));
  EXPECT_FALSE(alarm("journal_failed"));
}

TEST_F(Desk, KeepsWhatHappenedUntilTheJournalCanBeWritten) {
  go_live();
  SQLite::Database other(config.database(), SQLite::OPEN_READWRITE);
  other.exec("CREATE TRIGGER no_room BEFORE INSERT ON events BEGIN SELECT RAISE(ABORT, 'no room'); END");
  media->say(link::SourceState{"test:", "lost", "no picture"});
  ASSERT_TRUE(alarm_comes("journal_failed"));
  EXPECT_TRUE(alarm("source_lost"));
  media->say(link::SourceState{"test:", "ok", ""});
  ASSERT_TRUE(alarm_goes("source_lost"));
  other.exec("DROP TRIGGER no_room");
  ASSERT_TRUE(comes("source.restored"));
  EXPECT_EQ(events_of("source.lost").size(), 1u);
  EXPECT_FALSE(alarm("journal_failed"));
}

TEST_F(Desk, ReadsAnewAMeetingThatAnotherProgramWroteTo) {
  ASSERT_TRUE(open_journal().append("m1", utc_now(), "Басқа", {{"sitting.opened", {{"action", 2}}}}));
  const Outcome outcome = act({{"action", "sitting.open"}});
  EXPECT_EQ(std::get<Mistake>(outcome).status, 503);
  EXPECT_EQ(state().phase, meeting::Phase::kInSession);
  EXPECT_EQ(done({{"action", "item.open"}, {"item", "a1"}}), 3);
}

TEST_F(Desk, NoticesAMeetingThatIsImportedWhileItRuns) {
  ASSERT_TRUE(open_journal().append("m3", utc_now(), "system", {fakes::imported("m3", utc_now())}));
  told.clear();
  ASSERT_TRUE(loop.until([&] { return desk->state("m3") != nullptr; }));
  EXPECT_THAT(told, Contains(""));
}

TEST_F(Desk, NoticesARecordThatIsCorrectedWhileItRuns) {
  ASSERT_TRUE(done({{"action", "guest.invite"}, {"name", "Айша Сынақова"}}));
  ASSERT_TRUE(state().undoable());
  const std::int64_t before = state().imported;
  ASSERT_TRUE(open_journal().append("m1", utc_now(), "system", {fakes::imported("m1", utc_now())}));
  told.clear();
  ASSERT_TRUE(loop.until([&] { return state().imported > before; }));
  EXPECT_THAT(told, Contains("m1")) << "pages that are open hear of it";
  EXPECT_FALSE(state().undoable()) << "what was done before rests on the older record";
  EXPECT_NE(state().record.person("inv-2"), nullptr) << "whom she invited stays";
}

TEST_F(Desk, ForgetsAListenerEvenFromInsideOne) {
  int heard = 0, ticket = 0;
  ticket = desk->listen([&](const std::string&) {
    ++heard;
    desk->forget(ticket);
  });
  done({{"action", "sitting.open"}});
  done({{"action", "sitting.close"}});
  EXPECT_EQ(heard, 1);
}

TEST_F(Desk, SaysWhyItCannotStartOnADamagedEvent) {
  session_dies();
  {
    SQLite::Database other(config.database(), SQLite::OPEN_READWRITE);
    other.exec("DROP TRIGGER events_are_not_changed");
    other.exec("UPDATE events SET payload = '{' WHERE meeting = 'm1'");
  }
  Secretariat damaged(loop, config, open_journal(), *recordings);
  const auto started = damaged.start();
  ASSERT_FALSE(started);
  EXPECT_THAT(started.error().what, testing::HasSubstr("meeting m1, event 1"));
}

// ---- the clock ----

TEST_F(Desk, AWallClockJumpMovesNoDeadline) {
  go_live();
  done({{"action", "item.open"}, {"item", "a1"}});
  done({{"action", "floor.give"}, {"person", "p1"}});
  const auto before = state().floor->remaining(desk->surroundings("m1").now);
  wall_set_by = std::chrono::hours(2);
  const auto after = state().floor->remaining(desk->surroundings("m1").now);
  EXPECT_LT(before - after, std::chrono::seconds(1));
  ASSERT_TRUE(alarm_comes("clock_jumped"));
  EXPECT_LT(desk->surroundings("m1").now, utc_now() + std::chrono::seconds(1));
  wall_set_by = milliseconds(0);
  EXPECT_TRUE(alarm_goes("clock_jumped"));
}

/// Somebody sets the system's clock, and processes die, in any order: the journal and the recording go on in one time.
TEST_F(Desk, TimeGoesOnThroughStepsOfTheClockAndNewProcesses) {
  std::mt19937 random(std::mt19937::default_seed);
  go_live();
  done({{"action", "item.open"}, {"item", "a1"}});
  const auto is_on = [&](Utc time) { return std::chrono::abs(time - utc_now()) < std::chrono::milliseconds(500); };
  int run_number = 1;
  media->snapshot.run = run();
  for (int i = 0; i < 40; ++i) {
    SCOPED_TRACE(i);
    switch (random() % 4) {
      case 0:
        wall_set_by = std::chrono::hours(static_cast<int>(random() % 3) - 1);
        break;
      case 1:
        session_dies();
        open_desk();
        meet();
        break;
      case 2: {
        media->die();
        ASSERT_TRUE(loop.until([&] { return !desk->media_connected(); }));
        media->snapshot.run.reset();
        media->listen();
        meet();
        const auto start = media->take<link::BroadcastStart>(loop);
        ASSERT_TRUE(start);
        ASSERT_TRUE(is_on(start->clock.now())) << "media counts another time";
        media->snapshot.run = link::RunState{"m1", ++run_number, start->clock.now()};
        media->say(link::RunStarted{*media->snapshot.run});
        media->say(link::Done{start->id, link::ProgrammeTime{run_number, 0, start->clock.now()}});
        break;
      }
      default:
        if (state().floor) {
          done({{"action", "floor.end"}});
        } else {
          done({{"action", "floor.give"}, {"person", "p1"}});
        }
    }
    ASSERT_TRUE(is_on(desk->surroundings("m1").now));
    ASSERT_TRUE(is_on(desk->surroundings({}).now)) << "what pages are told";
    loop.run_for(milliseconds(2));
    while (media->command()) {
    }
  }
  const auto events = desk->events("m1");
  EXPECT_TRUE(std::is_sorted(events.begin(), events.end(), [](const auto& a, const auto& b) { return a.utc < b.utc; }));
}

TEST_F(Desk, AfterABootTimeIsNotBeforeWhatHasHappened) {
  boot = "first";
  close_desk();
  open_desk();
  meet();
  go_live();
  const Utc before = desk->events("m1").back().utc;
  session_dies();
  boot = "second";
  wall_set_by = -std::chrono::hours(1);
  open_desk();
  meet();
  EXPECT_GE(desk->surroundings({}).now, before);
  EXPECT_LT(desk->surroundings({}).now, before + std::chrono::seconds(5));
}

TEST_F(Desk, FollowsTheWallClockWhenNothingIsOnAir) {
  wall_set_by = std::chrono::hours(2);
  ASSERT_TRUE(loop.until([&] { return desk->surroundings("m1").now > utc_now() + std::chrono::minutes(119); }));
  EXPECT_FALSE(alarm("clock_jumped"));
}

TEST_F(Desk, TimeNeitherGoesBackNorStandsInAMeetingUnderWay) {
  wall_set_by = std::chrono::hours(2);
  ASSERT_TRUE(loop.until([&] { return desk->surroundings("m1").now > utc_now() + std::chrono::minutes(119); }));
  done({{"action", "sitting.open"}});
  wall_set_by = milliseconds(0);
  ASSERT_TRUE(alarm_comes("clock_jumped"));
  const Utc before = desk->surroundings("m1").now;
  loop.run_for(milliseconds(20));
  EXPECT_GE(desk->surroundings("m1").now, before + milliseconds(20));
  done({{"action", "item.open"}, {"item", "a1"}});
  done({{"action", "sitting.close"}});
  EXPECT_TRUE(alarm_goes("clock_jumped"));
  EXPECT_LT(desk->surroundings("m2").now, utc_now() + std::chrono::minutes(1));
  const auto& events = desk->events("m1");
  EXPECT_GE(events.at(2).utc, events.at(1).utc);
}

}  // namespace
}  // namespace tyndau::secretariat
