#include <fstream>

#include "media/link/track_index.h"
#include "session/journal/journal.h"
#include "session/secretariat/dossier.h"
#include "session/store/store.h"
#include "tests/session/secretariat/desk.h"

namespace tyndau::secretariat {
namespace {

using std::chrono::milliseconds;
using testing::HasSubstr;
using testing::IsEmpty;

// ---- telling media, and its answers ----

TEST_F(Desk, StartsTheBroadcastWithTheSceneOfTheMoment) {
  const std::int64_t seq = done({{"action", "broadcast.start"}});
  const auto start = media->take<link::BroadcastStart>(loop);
  ASSERT_TRUE(start);
  EXPECT_EQ(start->meeting, "m1");
  EXPECT_EQ(start->scene, scene_of(state()));
  EXPECT_TRUE(start->scene.card.has_value()) << "before the sitting is opened the public sees a card";
  const link::ProgrammeTime when = at(0);
  media->say(link::RunStarted{run()});
  media->say(link::Done{start->id, when});
  ASSERT_TRUE(comes("media.applied"));
  const auto applied = events_of("media.applied").at(0);
  EXPECT_EQ(applied.actor, "media");
  EXPECT_EQ(applied.event.payload, (Json{{"of", seq}, {"run", 1}, {"offset_ms", 0}, {"utc", format_utc(when.utc)}}));
  EXPECT_EQ(events_of("run.started").size(), 1u);
}

TEST_F(Desk, NotesTheProgrammeTimeOfEveryEventOfAnAction) {
  go_live();
  done({{"action", "item.open"}, {"item", "a1"}});
  auto scene = media->take<link::SceneSet>(loop);
  media->say(link::Done{scene->id, at(2000)});
  done({{"action", "floor.give"}, {"person", "p1"}});
  scene = media->take<link::SceneSet>(loop);
  EXPECT_EQ(scene->scene.caption->name.kk, "Мысалбек Сынақов");
  media->say(link::Done{scene->id, at(3000)});
  ASSERT_TRUE(comes("media.applied", 4));
  // Opening the next item ends the turn and closes the item: three events, one picture.
  const std::int64_t last = done({{"action", "item.open"}, {"item", "a2"}});
  scene = media->take<link::SceneSet>(loop);
  const std::int64_t first = desk->events("m1").back().event.payload.at("action").get<std::int64_t>();
  EXPECT_EQ(last - first, 2);
  media->say(link::Done{scene->id, at(4000)});
  ASSERT_TRUE(comes("media.applied", 7));
  std::vector<std::int64_t> of;
  for (const auto& event : events_of("media.applied")) of.push_back(event.event.payload.at("of").get<std::int64_t>());
  EXPECT_EQ((std::vector<std::int64_t>{of.end() - 3, of.end()}),
            (std::vector<std::int64_t>{first, first + 1, first + 2}));
}

TEST_F(Desk, ChaptersCiteWhatThePublicSaw) {
  go_live();
  done({{"action", "item.open"}, {"item", "a1"}});
  const auto scene = media->take<link::SceneSet>(loop);
  const Utc seen = utc_now() + milliseconds(700);
  media->say(link::Done{scene->id, link::ProgrammeTime{1, 2000, seen}});
  ASSERT_TRUE(comes("media.applied", 3));
  bool found = false;
  for (const auto& chapter : desk->chapters("m1")) {
    if (chapter.id != "a1") continue;
    found = true;
    EXPECT_EQ(chapter.start, seen);
  }
  EXPECT_TRUE(found);
}

TEST_F(Desk, SaysNothingToMediaOfAMeetingThatIsNotOnAir) {
  done({{"action", "sitting.open"}});
  done({{"action", "item.open"}, {"item", "a1"}});
  EXPECT_TRUE(media->says_nothing(loop, *desk));
}

TEST_F(Desk, SaysNothingWhenThePictureStays) {
  go_live();
  done({{"action", "item.open"}, {"item", "a1"}});
  media->take<link::SceneSet>(loop);
  done({{"action", "floor.give"}, {"person", "p1"}});
  media->take<link::SceneSet>(loop);
  done({{"action", "floor.extend"}, {"seconds", 60}});
  EXPECT_TRUE(media->says_nothing(loop, *desk));
}

TEST_F(Desk, ShowsACardInARecessAndTheHallAfterAnUndo) {
  go_live();
  done({{"action", "recess.start"}});
  auto scene = media->take<link::SceneSet>(loop);
  EXPECT_TRUE(scene->scene.card.has_value());
  done({{"action", "undo"}});
  scene = media->take<link::SceneSet>(loop);
  EXPECT_FALSE(scene->scene.card.has_value());
  EXPECT_EQ(scene->scene, last_scene);
}

TEST_F(Desk, EndsTheBroadcastAndTheRun) {
  go_live();
  const std::int64_t seq = done({{"action", "broadcast.stop"}});
  const auto stop = media->take<link::BroadcastStop>(loop);
  ASSERT_TRUE(stop);
  media->say(link::RunEnded{"m1", 1, "stopped"});
  media->say(link::Done{stop->id, at(9000)});
  ASSERT_TRUE(comes("media.applied", 3));
  EXPECT_EQ(events_of("media.applied").back().event.payload.at("of"), seq);
  EXPECT_EQ(events_of("run.ended").at(0).event.payload.at("reason"), "stopped");
  EXPECT_TRUE(media->says_nothing(loop, *desk));
}

TEST_F(Desk, ABroadcastThatCannotStartIsNotOnAir) {
  done({{"action", "broadcast.start"}});
  const auto start = media->take<link::BroadcastStart>(loop);
  EXPECT_EQ(state().on_air, meeting::OnAir::kHolding);
  media->say(link::Failed{start->id, "storage", "no space left"});
  ASSERT_TRUE(alarm_comes("broadcast_failed"));
  ASSERT_TRUE(comes("broadcast.ended"));
  EXPECT_EQ(state().on_air, meeting::OnAir::kEnded);
  const auto ended = events_of("broadcast.ended").at(0);
  EXPECT_EQ(ended.actor, "system");
  EXPECT_EQ(ended.event.payload.at("reason"), "failed");
  const auto refused = events_of("media.refused").at(0);
  EXPECT_EQ(refused.event.payload, (Json{{"of", 2}, {"code", "storage"}, {"detail", "no space left"}}));
  EXPECT_TRUE(media->says_nothing(loop, *desk));
  // The secretary frees some space and tries again.
  done({{"action", "broadcast.start"}});
  EXPECT_FALSE(alarm("broadcast_failed"));
  EXPECT_TRUE(media->take<link::BroadcastStart>(loop));
}

TEST_F(Desk, ARefusedSceneIsAnAlarmUntilTheNextOneIsShown) {
  go_live();
  done({{"action", "recess.start"}});
  auto scene = media->take<link::SceneSet>(loop);
  media->say(link::Failed{scene->id, "internal", "no"});
  ASSERT_TRUE(alarm_comes("media_refused"));
  EXPECT_EQ(events_of("media.refused").size(), 1u);
  EXPECT_TRUE(media->says_nothing(loop, *desk)) << "what was refused is not asked for again and again";
  done({{"action", "recess.end"}});
  scene = media->take<link::SceneSet>(loop);
  media->say(link::Done{scene->id, at(5000)});
  EXPECT_TRUE(alarm_goes("media_refused"));
}

TEST_F(Desk, RefusesToGoOnAirWithoutRoomOrMedia) {
  media->say(link::DiskState{"low", 1'000'000, 0.9});
  ASSERT_TRUE(alarm_comes("disk_low"));
  EXPECT_EQ(std::get<meeting::Refusal>(act({{"action", "broadcast.start"}})).code, "disk_space");
  media->die();
  ASSERT_TRUE(alarm_comes("media_lost"));
  EXPECT_FALSE(alarm("disk_low")) << "without media nobody knows";
  EXPECT_EQ(std::get<meeting::Refusal>(act({{"action", "broadcast.start"}})).code, "media_unavailable");
}

TEST_F(Desk, AMachineThatIsTooSlowIsAnAlarmWhileItIs) {
  go_live();
  media->say(link::ProgrammeState{"slow"});
  ASSERT_TRUE(alarm_comes("programme_slow"));
  media->say(link::ProgrammeState{"ok"});
  EXPECT_TRUE(alarm_goes("programme_slow"));
  media->say(link::ProgrammeState{"slow"});
  ASSERT_TRUE(alarm_comes("programme_slow"));
  media->die();
  EXPECT_TRUE(alarm_goes("programme_slow")) << "the next media has not said so";
}

TEST_F(Desk, OneMeetingIsOnAirAtATime) {
  go_live();
  const auto refused = std::get<meeting::Refusal>(act({{"action", "broadcast.start"}}, "m2"));
  EXPECT_EQ(refused.code, "other_meeting_on_air");
  EXPECT_THAT(refused.text.kk, testing::HasSubstr("Ауызсу туралы")) << "a meeting has a title, and nobody knows its id";
  EXPECT_THAT(refused.text.kk, testing::Not(testing::HasSubstr("m1")));
}

// ---- the source ----

TEST_F(Desk, SetsTheSourceWhileLive) {
  go_live();
  done({{"action", "source.set"}, {"uri", "rtsp://user:secret@camera/1"}});
  const auto set = media->take<link::SourceSet>(loop);
  EXPECT_EQ(set->uri, "rtsp://user:secret@camera/1");
  media->say(link::Done{set->id, std::nullopt});
  EXPECT_TRUE(media->says_nothing(loop, *desk));
}

TEST_F(Desk, UndoGivesTheSourceBack) {
  go_live();
  done({{"action", "source.set"}, {"uri", "file:/srv/a.mp4"}});
  media->take<link::SourceSet>(loop);
  done({{"action", "undo"}});
  EXPECT_EQ(media->take<link::SourceSet>(loop)->uri, "test:");
}

TEST_F(Desk, SetsTheSourceThatItsMeetingHadBeforeAnotherSetTheHalls) {
  done({{"action", "source.set"}, {"uri", "rtsp://camera/1"}});
  media->take<link::SourceSet>(loop);
  done({{"action", "source.set"}, {"uri", "srt://:9000"}}, "m2");
  EXPECT_EQ(media->take<link::SourceSet>(loop)->uri, "srt://:9000");
  done({{"action", "source.set"}, {"uri", "rtsp://camera/1"}});
  EXPECT_EQ(media->take<link::SourceSet>(loop)->uri, "rtsp://camera/1") << "of m1 it is the same address";
}

TEST_F(Desk, TriesTheSameSourceAtOnceWhileNothingComesFromIt) {
  const std::string uri = "rtsp://user:geheim@camera/1";
  done({{"action", "source.set"}, {"uri", uri}});
  const auto set = media->take<link::SourceSet>(loop);
  media->say(link::Done{set->id, std::nullopt});
  media->say(link::SourceState{"rtsp://user:***@camera/1", "lost", "401"});
  ASSERT_TRUE(alarm_comes("source_lost"));
  // The password was set right at the camera.
  done({{"action", "source.set"}, {"uri", uri}});
  EXPECT_EQ(media->take<link::SourceSet>(loop)->uri, uri);
  media->say(link::SourceState{"rtsp://user:***@camera/1", "ok", ""});
  ASSERT_TRUE(loop.until([this] { return desk->alarms().empty(); }));
  done({{"action", "source.set"}, {"uri", "rtsp://camera/2"}});
  EXPECT_EQ(media->take<link::SourceSet>(loop)->uri, "rtsp://camera/2");
}

TEST_F(Desk, KeepsAPasswordOutOfTheJournal) {
  go_live();
  const std::string uri = "rtsp://user:geheim@camera/1";
  done({{"action", "source.set"}, {"uri", uri}});
  EXPECT_EQ(media->take<link::SourceSet>(loop)->uri, uri);
  const Json payload = events_of("source.set").at(0).event.payload;
  EXPECT_EQ(payload["uri"], "rtsp://user:***@camera/1");
  EXPECT_FALSE(payload["secret"].get<std::string>().empty());
  EXPECT_EQ(state().source, "rtsp://user:***@camera/1");
  const auto events = *open_journal().events("m1");
  for (const auto& event : events) {
    EXPECT_THAT(event.event.payload.dump(), testing::Not(testing::HasSubstr("geheim")));
  }
  // Another one, taken back: the first is still known, after a restart too.
  done({{"action", "source.set"}, {"uri", "srt://h:9000?passphrase=geheimgeheim"}});
  EXPECT_EQ(media->take<link::SourceSet>(loop)->uri, "srt://h:9000?passphrase=geheimgeheim");
  session_dies();
  media->snapshot.source.uri = "test:";
  media->snapshot.run = run();
  open_desk();
  meet();
  EXPECT_EQ(media->take<link::SourceSet>(loop)->uri, "srt://h:9000?passphrase=geheimgeheim");
  done({{"action", "undo"}});
  EXPECT_EQ(media->take<link::SourceSet>(loop)->uri, uri);
}

TEST_F(Desk, ARefusedSourceLeavesNoPasswordOfTheConfigurationInTheJournal) {
  close_desk();
  config.programme.source = "rtsp://user:geheim@camera/1";
  media->snapshot.source.uri = "rtsp://user:***@camera/1";
  open_desk();
  meet();
  go_live();
  done({{"action", "source.set"}, {"uri", "rtsp://other/1"}});
  const auto set = media->take<link::SourceSet>(loop);
  done({{"action", "item.open"}, {"item", "a1"}});
  media->take<link::SceneSet>(loop);
  media->say(link::Failed{set->id, "bad_uri", ""});
  ASSERT_TRUE(comes("source.set", 2));
  EXPECT_EQ(state().source, "rtsp://user:***@camera/1");
  EXPECT_EQ(events_of("source.set").at(1).event.payload["reason"], "refused");
  EXPECT_TRUE(media->says_nothing(loop, *desk));
}

TEST_F(Desk, ForgetsAPasswordADayAfterItsMeeting) {
  done({{"action", "source.set"}, {"uri", "rtsp://user:geheim@camera/1"}});
  done({{"action", "sitting.open"}});
  done({{"action", "sitting.close"}});
  done({{"action", "source.set"}, {"uri", "rtsp://user:another@camera/2"}}, "m2");
  const auto kept = [&] { return store::Store::open(config.database())->kept_sources()->size(); };
  EXPECT_EQ(kept(), 2u);
  session_dies();
  wall_set_by = std::chrono::hours(25);
  open_desk();
  EXPECT_EQ(kept(), 1u) << "the hall's source is still the second";
}

TEST_F(Desk, UsesTheConfiguredSourceWhereThePasswordIsGone) {
  done({{"action", "source.set"}, {"uri", "rtsp://user:geheim@camera/1"}});
  ASSERT_TRUE(media->take<link::SourceSet>(loop));
  session_dies();
  auto store = store::Store::open(config.database());
  const auto kept = *store->kept_sources();
  for (const auto& [id, uri] : kept) ASSERT_TRUE(store->forget_source(id));
  media->snapshot.source.uri = "rtsp://user:***@camera/1";
  open_desk();
  meet();
  EXPECT_EQ(media->take<link::SourceSet>(loop)->uri, "test:");
}

TEST_F(Desk, WorksOnWithAJournalThatHoldsAPassword) {
  session_dies();
  {
    auto journal = open_journal();
    const Json payload{{"uri", "rtsp://user:geheim@camera/1"}, {"action", 2}};
    ASSERT_TRUE(journal.append("m1", utc_now(), "Хатшы", {{"source.set", payload}}));
  }
  testing::internal::CaptureStderr();
  open_desk();
  EXPECT_THAT(testing::internal::GetCapturedStderr(),
              testing::HasSubstr("journal of m1 holds the password of rtsp://user:***@camera/1"));
  meet();
  EXPECT_EQ(media->take<link::SourceSet>(loop)->uri, "rtsp://user:geheim@camera/1");
  EXPECT_EQ(open_journal().verify("m1")->at(0).broken, "");
  session_dies();
  testing::internal::CaptureStderr();
  open_desk();
  EXPECT_THAT(testing::internal::GetCapturedStderr(), testing::Not(testing::HasSubstr("password"))) << "said once";
}

TEST_F(Desk, KnowsNonsenseWhenItSeesIt) {
  for (const char* uri : {"nonsense:x", "rtsp:", "rtsp://", "http://camera/", "test:x", "file:relative.mp4"}) {
    const Outcome outcome = act({{"action", "source.set"}, {"uri", uri}});
    ASSERT_TRUE(std::holds_alternative<Mistake>(outcome)) << uri;
    EXPECT_EQ(std::get<Mistake>(outcome).status, 422);
    EXPECT_EQ(std::get<Mistake>(outcome).code, "bad_source");
  }
  EXPECT_EQ(state().seq, 1);
}

TEST_F(Desk, TakesBackASourceThatMediaDoesNotUnderstand) {
  go_live();
  done({{"action", "source.set"}, {"uri", "rtsp://camera/1"}});
  const auto set = media->take<link::SourceSet>(loop);
  media->say(link::Failed{set->id, "bad_uri", "the port is a number from 1 to 65535"});
  ASSERT_TRUE(alarm_comes("source_refused"));
  EXPECT_EQ(state().source, "");
  EXPECT_EQ(events_of("action.undone").at(0).actor, "system");
  EXPECT_EQ(events_of("media.refused").size(), 1u);
  EXPECT_TRUE(media->says_nothing(loop, *desk));
  done({{"action", "source.set"}, {"uri", "srt://:9000"}});
  EXPECT_FALSE(alarm("source_refused"));
}

TEST_F(Desk, TakesBackARefusedSourceAlsoAfterAnotherAction) {
  go_live();
  done({{"action", "source.set"}, {"uri", "rtsp://camera/1"}});
  const auto set = media->take<link::SourceSet>(loop);
  done({{"action", "item.open"}, {"item", "a1"}});
  media->take<link::SceneSet>(loop);
  media->say(link::Failed{set->id, "bad_uri", ""});
  ASSERT_TRUE(alarm_comes("source_refused"));
  EXPECT_EQ(state().source, "test:");
  EXPECT_EQ(state().open_item, "a1");
  EXPECT_TRUE(media->says_nothing(loop, *desk));
}

// ---- facts ----

TEST_F(Desk, NotesALostSourceOnceAndItsReturn) {
  go_live();
  for (int i = 0; i < 3; ++i) media->say(link::SourceState{"rtsp://camera", "lost", "timeout"});
  ASSERT_TRUE(alarm_comes("source_lost"));
  media->say(link::SourceState{"rtsp://camera", "starting", ""});
  media->say(link::SourceState{"rtsp://camera", "ok", ""});
  ASSERT_TRUE(alarm_goes("source_lost"));
  ASSERT_TRUE(comes("source.restored"));
  EXPECT_EQ(events_of("source.lost").size(), 1u);
  EXPECT_EQ(events_of("source.lost").at(0).event.payload.at("detail"), "timeout");
}

TEST_F(Desk, SaysHowMuchOfTheSoundIsMissing) {
  media->say(link::SourceState{"srt://:9000", "ok", "", "", 380, 1});
  media->say(link::SourceState{"srt://:9000", "ok", "", "", 380, 62});
  ASSERT_TRUE(alarm_comes("sound_missing"));
  EXPECT_THAT(desk->alarms().back().text.en, HasSubstr("60 %"));
  media->say(link::SourceState{"srt://:9000", "ok", "", "", 380, 1});
  EXPECT_TRUE(alarm_goes("sound_missing"));
  // Of a lost source the other alarm says it.
  media->say(link::SourceState{"srt://:9000", "ok", "", "", 380, 5});
  ASSERT_TRUE(alarm_comes("sound_missing"));
  media->say(link::SourceState{"srt://:9000", "lost", "it ended"});
  EXPECT_TRUE(alarm_goes("sound_missing"));
}

TEST_F(Desk, SaysThatTheCameraRefusesThePassword) {
  media->say(link::SourceState{"rtsp://camera", "lost", "Unauthorized", "refused"});
  ASSERT_TRUE(alarm_comes("source_lost"));
  EXPECT_THAT(desk->alarms().back().text.ru, HasSubstr("пароль"));
  EXPECT_EQ(desk->source()->reason, "refused");
}

TEST_F(Desk, NotesTheMachineOnlyForTheMeetingOnAir) {
  media->say(link::SourceState{"test:", "lost", ""});
  ASSERT_TRUE(alarm_comes("source_lost"));
  EXPECT_EQ(state().seq, 1);
  done({{"action", "broadcast.start"}});
  ASSERT_TRUE(comes("source.lost"));
  EXPECT_TRUE(events_of("source.lost", "m2").empty());
}

TEST_F(Desk, NotesTheDiskAsItFillsAndEmpties) {
  go_live();
  for (const char* disk : {"low", "full", "full", "lost", "ok"}) media->say(link::DiskState{disk, 1, 0.1});
  ASSERT_TRUE(comes("disk.ok"));
  for (const char* kind : {"disk.low", "disk.full", "disk.lost"}) EXPECT_EQ(events_of(kind).size(), 1u) << kind;
  EXPECT_THAT(desk->alarms(), IsEmpty());
  media->say(link::DiskState{"full", 1, 0.1});
  ASSERT_TRUE(alarm_comes("disk_full"));
  EXPECT_EQ(desk->disk()->state, "full");
}

TEST_F(Desk, IgnoresStatesThatNobodyKnows) {
  media->say(link::SourceState{"test:", "dancing", ""});
  media->say(link::DiskState{"purple", 1, 1});
  media->say(link::RunEnded{"m9", 1, "stopped"});
  media->say(link::RunStarted{{"m9", 1, utc_now()}});
  media->say(link::Look{"../../etc"});
  media->say(link::SourceState{"test:", "lost", ""});
  ASSERT_TRUE(alarm_comes("source_lost"));
  EXPECT_EQ(desk->disk()->state, "ok");
}

TEST_F(Desk, HandsLevelsOn) {
  double heard = 0;
  desk->on_levels = [&](const link::Levels& levels) { heard = levels.peak_db; };
  media->say(link::Levels{-12.5, -20, -13});
  ASSERT_TRUE(loop.until([&] { return heard != 0; }));
  EXPECT_EQ(heard, -12.5);
}

TEST_F(Desk, LooksAtTheRecordingWithAndWithoutBeingTold) {
  go_live();
  const auto index = link::index_path(config.media_directory(), "m1", "floor");
  std::filesystem::create_directories(index.parent_path());
  const auto append = [&](const link::IndexLine& line) {
    std::ofstream(index, std::ios::app | std::ios::binary) << link::format_line(line);
  };
  int grown = 0;
  recordings->listen([&](const live::Recording& recording) { grown += recording.meeting == "m1" ? 1 : 0; });
  append(link::RunLine{1, utc_now(), 32000, 700, "mp4a.40.2", 0, 0});
  media->say(link::Look{"m1"});
  ASSERT_TRUE(loop.until([&] { return grown == 1; }));
  append(link::PartLine{0, 0, 0, 100, 0, 5120, true, true});
  ASSERT_TRUE(loop.until([&] { return grown == 2; })) << "a lost look must heal";
  done({{"action", "broadcast.stop"}});
  media->take<link::BroadcastStop>(loop);
  append(link::EndLine{utc_now()});
  ASSERT_TRUE(loop.until([&] { return recordings->find("m1")->ended(); })) << "the end comes after the stop";
}

// ---- losing each other ----

TEST_F(Desk, HasMediaCloseARecordingThatEndedWhileItWasAway) {
  go_live();
  const auto index = link::index_path(config.media_directory(), "m1", "floor");
  std::filesystem::create_directories(index.parent_path());
  std::ofstream(index, std::ios::binary) << link::format_line(
      link::RunLine{1, utc_now(), 32000, 700, "mp4a.40.2", 0, 0});
  media->die();
  ASSERT_TRUE(alarm_comes("media_lost"));
  done({{"action", "broadcast.stop"}});
  media->listen();
  meet();
  const auto close = media->take<link::RecordingClose>(loop);
  ASSERT_TRUE(close);
  EXPECT_EQ(close->meeting, "m1");
  media->say(link::Done{close->id, std::nullopt});
}

TEST_F(Desk, PutsAMeetingBackOnAirAfterMediaDied) {
  go_live();
  media->die();
  ASSERT_TRUE(alarm_comes("media_lost"));
  ASSERT_TRUE(comes("media.lost"));
  media->listen();
  meet();
  EXPECT_FALSE(alarm("media_lost"));
  const auto start = media->take<link::BroadcastStart>(loop);
  ASSERT_TRUE(start);
  EXPECT_EQ(start->meeting, "m1");
  EXPECT_EQ(start->scene, last_scene);
  media->say(link::RunStarted{run(2)});
  media->say(link::Done{start->id, at(0, 2)});
  ASSERT_TRUE(comes("run.started", 2));
  EXPECT_EQ(events_of("media.returned").size(), 1u);
  EXPECT_EQ(events_of("run.ended").at(0).event.payload, (Json{{"run", 1}, {"reason", "lost"}}));
  EXPECT_EQ(events_of("media.applied").size(), 2u) << "nothing new happened in the hall";
  EXPECT_EQ(state().on_air, meeting::OnAir::kLive);
}

TEST_F(Desk, ShowsAfterMediaDiedWhatHappenedMeanwhile) {
  go_live();
  media->die();
  ASSERT_TRUE(alarm_comes("media_lost"));
  const std::int64_t seq = done({{"action", "item.open"}, {"item", "a1"}});
  media->listen();
  meet();
  const auto start = media->take<link::BroadcastStart>(loop);
  ASSERT_TRUE(start);
  EXPECT_EQ(start->scene, scene_of(state()));
  media->say(link::Done{start->id, at(0, 2)});
  ASSERT_TRUE(comes("media.applied", 3));
  EXPECT_EQ(events_of("media.applied").back().event.payload.at("of"), seq);
  EXPECT_EQ(events_of("media.applied").back().event.payload.at("run"), 2);
}

TEST_F(Desk, MediaThatDiesBeforeItAnswersIsAskedAgain) {
  const std::int64_t seq = done({{"action", "broadcast.start"}});
  media->take<link::BroadcastStart>(loop);
  media->die();
  ASSERT_TRUE(alarm_comes("media_lost"));
  EXPECT_EQ(state().on_air, meeting::OnAir::kHolding) << "media's absence is not a refusal";
  media->listen();
  meet();
  const auto start = media->take<link::BroadcastStart>(loop);
  media->say(link::Done{start->id, at(0)});
  ASSERT_TRUE(comes("media.applied"));
  EXPECT_EQ(events_of("media.applied").at(0).event.payload.at("of"), seq);
}

TEST_F(Desk, SessionThatDiedFindsMediaStillOnAirAndSaysNothing) {
  go_live();
  session_dies();
  media->snapshot.run = run();
  media->snapshot.scene = last_scene;
  open_desk();
  meet();
  EXPECT_TRUE(media->says_nothing(loop, *desk));
  EXPECT_EQ(state().on_air, meeting::OnAir::kLive);
  EXPECT_EQ(events_of("run.started").size(), 1u);
  EXPECT_TRUE(events_of("media.lost").empty());
}

TEST_F(Desk, SessionThatDiedBetweenJournalAndMediaHeals) {
  go_live();
  session_dies();
  // What a session killed right after the journal leaves behind.
  const auto seq = open_journal().append("m1", utc_now(), "Хатшы", {{"recess.started", {{"action", 7}}}})->back().seq;
  media->snapshot.run = run();
  media->snapshot.scene = last_scene;
  open_desk();
  meet();
  const auto scene = media->take<link::SceneSet>(loop);
  ASSERT_TRUE(scene);
  EXPECT_TRUE(scene->scene.card.has_value());
  media->say(link::Done{scene->id, at(7000)});
  ASSERT_TRUE(comes("media.applied", 3));
  EXPECT_EQ(events_of("media.applied").back().event.payload.at("of"), seq);
}

TEST_F(Desk, SessionThatDiedBeforeItSaidStartHeals) {
  session_dies();
  ASSERT_TRUE(open_journal().append("m1", utc_now(), "Хатшы", {{"broadcast.started", {{"action", 2}}}}));
  open_desk();
  meet();
  const auto start = media->take<link::BroadcastStart>(loop);
  ASSERT_TRUE(start);
  media->say(link::RunStarted{run()});
  media->say(link::Done{start->id, at(0)});
  ASSERT_TRUE(comes("media.applied"));
  EXPECT_EQ(events_of("media.applied").at(0).event.payload.at("of"), 2);
}

TEST_F(Desk, SessionThatDiedBeforeItSaidStopHeals) {
  go_live();
  session_dies();
  ASSERT_TRUE(open_journal().append("m1", utc_now(), "Хатшы", {{"broadcast.ended", {{"action", 7}}}}));
  media->snapshot.run = run();
  media->snapshot.scene = last_scene;
  open_desk();
  meet();
  ASSERT_TRUE(media->take<link::BroadcastStop>(loop));
  EXPECT_TRUE(media->says_nothing(loop, *desk));
}

TEST_F(Desk, MediaThatRecordsAnotherMeetingIsPutRight) {
  go_live();
  session_dies();
  media->snapshot.run = run(4, "m2");
  open_desk();
  meet();
  ASSERT_TRUE(media->take<link::BroadcastStop>(loop));
  const auto start = media->take<link::BroadcastStart>(loop);
  ASSERT_TRUE(start);
  EXPECT_EQ(start->meeting, "m1");
  EXPECT_TRUE(events_of("run.started", "m2").empty());
}

TEST_F(Desk, GivesMediaThatCameBackTheSourceOfTheDesk) {
  done({{"action", "source.set"}, {"uri", "rtsp://user:secret@camera/1"}});
  media->take<link::SourceSet>(loop);
  media->die();
  ASSERT_TRUE(alarm_comes("media_lost"));
  media->listen();
  meet();
  EXPECT_EQ(media->take<link::SourceSet>(loop)->uri, "rtsp://user:secret@camera/1");
  // Media hides the password in what it tells; that is no other source.
  media->hang_up();
  ASSERT_TRUE(alarm_comes("media_lost"));
  media->snapshot.source.uri = "rtsp://user:***@camera/1";
  meet();
  EXPECT_TRUE(media->says_nothing(loop, *desk));
}

TEST_F(Desk, AlreadyOnAirIsNotAFailedStart) {
  done({{"action", "broadcast.start"}});
  const auto start = media->take<link::BroadcastStart>(loop);
  media->say(link::Failed{start->id, "already_on_air", ""});
  media->say(link::RunStarted{run()});
  ASSERT_TRUE(comes("run.started"));
  EXPECT_EQ(state().on_air, meeting::OnAir::kHolding);
  EXPECT_FALSE(alarm("broadcast_failed"));
}

TEST_F(Desk, ARunThatEndsByItselfIsBegunAgain) {
  go_live();
  media->say(link::RunEnded{"m1", 1, "failed"});
  ASSERT_TRUE(comes("run.ended"));
  const auto start = media->take<link::BroadcastStart>(loop);
  ASSERT_TRUE(start);
  EXPECT_EQ(start->scene, last_scene);
}

TEST_F(Desk, MissesMediaThatNeverAppears) {
  session_dies();
  media->die();
  open_desk();
  EXPECT_FALSE(alarm("media_lost")) << "it may be starting, as we are";
  EXPECT_TRUE(alarm_comes("media_lost"));
}

TEST_F(Desk, NamesAMediaOfAnotherVersion) {
  session_dies();
  media->snapshot.version = link::kProtocolVersion + 1;
  open_desk();
  ASSERT_TRUE(alarm_comes("media_lost"));
  EXPECT_THAT(desk->alarms().at(0).text.en, testing::HasSubstr("another version"));
  EXPECT_FALSE(desk->media_connected());
}

TEST_F(Desk, TheJournalIsWholeAfterAllThat) {
  go_live();
  media->die();
  ASSERT_TRUE(alarm_comes("media_lost"));
  done({{"action", "item.open"}, {"item", "a1"}});
  session_dies();
  media->listen();
  open_desk();
  meet();
  const auto start = media->take<link::BroadcastStart>(loop);
  media->say(link::RunStarted{run(2)});
  media->say(link::Done{start->id, at(0, 2)});
  ASSERT_TRUE(comes("run.started", 2));
  const auto verdicts = open_journal().verify();
  ASSERT_TRUE(verdicts);
  for (const auto& verdict : *verdicts) EXPECT_EQ(verdict.broken, "");
}

}  // namespace
}  // namespace tyndau::secretariat
