#pragma once
#include <gmock/gmock.h>

#include <memory>
#include <string>
#include <vector>

#include "session/meeting/rules.h"
#include "session/secretariat/secretariat.h"
#include "tests/fakes/fake_media.h"
#include "tests/fakes/hearing.h"

namespace tyndau::secretariat {

/// A secretariat with a real journal in a directory of its own, real time that can be set, and media's fake at the
/// other end of a real socket. Two meetings, m1 and m2.
struct Desk : testing::Test {
  using Clock = AnchoredClock::Sources;

  fakes::TemporaryDirectory directory;
  fakes::Loop loop;
  Config config;
  std::unique_ptr<live::Recordings> recordings;
  std::unique_ptr<fakes::FakeMedia> media;
  std::unique_ptr<Secretariat> desk;
  std::vector<std::string> told;
  std::chrono::milliseconds wall_set_by{0};
  std::string boot = "this boot";

  void SetUp() override {
    config.data.directory = directory.path();
    config.data.runtime_directory = directory.path();
    config.data.reserve_hours = 4;
    config.programme.source = "test:";
    {
      auto journal = open_journal();
      const Utc past = fakes::began_today(utc_now());
      ASSERT_TRUE(journal.append("m1", past, "system", {fakes::imported("m1", past)}));
      ASSERT_TRUE(journal.append("m2", past, "system", {fakes::imported("m2", past + std::chrono::hours(24))}));
    }
    media = std::make_unique<fakes::FakeMedia>(config.link_socket());
    open_desk();
    meet();
  }
  void TearDown() override { close_desk(); }

  journal::Journal open_journal() { return std::move(*journal::Journal::open(config.database())); }

  void open_desk() {
    recordings = std::make_unique<live::Recordings>(config.media_directory(), config.memory_directory());
    Clock clock;
    clock.wall = [this] { return utc_now() + wall_set_by; };
    clock.boot = [this] { return boot; };
    desk = std::make_unique<Secretariat>(loop, config, open_journal(), *recordings, clock);
    desk->listen([this](const std::string& meeting) { told.push_back(meeting); });
    const auto started = desk->start();
    ASSERT_TRUE(started) << started.error().what;
  }
  void close_desk() {
    if (desk) desk->close();
    loop.run_for(std::chrono::milliseconds(5));
    desk.reset();
  }
  /// As kill -9: nothing more is said or written. (The journal has what it has; media sees the connection end.)
  void session_dies() {
    close_desk();
    loop.until([this] { return !media->pump(); });
  }
  void meet() {
    ASSERT_TRUE(loop.until([this] {
      media->pump();
      return desk->media_connected();
    }));
  }

  meeting::Action action(Json json) {
    auto read = meeting::read_action(json);
    EXPECT_TRUE(read) << (read ? "" : read.error().what);
    return *read;
  }
  Outcome act(Json json, const std::string& meeting = "m1", const std::string& key = "",
              const std::string& digest = "d") {
    return desk->act(meeting, "Хатшы", action(std::move(json)), key, digest);
  }
  /// The action's seq; a refusal fails the test.
  std::int64_t done(Json json, const std::string& meeting = "m1") {
    const Outcome outcome = act(json, meeting);
    if (const auto* accepted = std::get_if<Accepted>(&outcome)) return accepted->seq;
    if (const auto* refusal = std::get_if<meeting::Refusal>(&outcome)) ADD_FAILURE() << json << ": " << refusal->code;
    if (const auto* mistake = std::get_if<Mistake>(&outcome)) ADD_FAILURE() << json << ": " << mistake->detail;
    return 0;
  }
  const meeting::State& state(const std::string& meeting = "m1") { return *desk->state(meeting); }

  std::vector<meeting::StoredEvent> events_of(const std::string& kind, const std::string& meeting = "m1") {
    std::vector<meeting::StoredEvent> found;
    for (const auto& event : desk->events(meeting)) {
      if (event.event.kind == kind) found.push_back(event);
    }
    return found;
  }
  bool comes(const std::string& kind, std::size_t count = 1, const std::string& meeting = "m1") {
    return loop.until([&] {
      media->pump();
      return events_of(kind, meeting).size() >= count;
    });
  }
  bool alarm(const std::string& code) {
    for (const Alarm& alarm : desk->alarms()) {
      if (alarm.code == code) return true;
    }
    return false;
  }
  bool alarm_comes(const std::string& code) {
    return loop.until([&] {
      media->pump();
      return alarm(code);
    });
  }
  bool alarm_goes(const std::string& code) {
    return loop.until([&] {
      media->pump();
      return !alarm(code);
    });
  }

  link::ProgrammeTime at(std::int64_t offset_ms, int run = 1) {
    return {run, offset_ms, utc_now() + std::chrono::milliseconds(200)};
  }
  link::RunState run(int number = 1, const std::string& meeting = "m1") { return {meeting, number, utc_now()}; }

  /// On air with the sitting open, media having answered everything.
  void go_live() {
    done({{"action", "broadcast.start"}});
    const auto start = media->take<link::BroadcastStart>(loop);
    ASSERT_TRUE(start);
    media->say(link::RunStarted{run()});
    media->say(link::Done{start->id, at(0)});
    ASSERT_TRUE(comes("media.applied"));
    done({{"action", "sitting.open"}});
    const auto scene = media->take<link::SceneSet>(loop);
    ASSERT_TRUE(scene);
    media->say(link::Done{scene->id, at(1000)});
    ASSERT_TRUE(comes("media.applied", 2));
    last_scene = scene->scene;
  }
  link::Scene last_scene;
};

}  // namespace tyndau::secretariat
