#include "media/link/messages.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace tyndau::link {
namespace {

using testing::HasSubstr;

const Utc kTime = parse_utc("2026-12-10T10:00:30.250Z").value();

Scene full_scene() {
  Scene scene;
  scene.card = Card{{"Үзіліс", "Перерыв"}, {"15:30-ға дейін", "до 15:30"}};
  scene.caption = Caption{{"Әсел Құрманова", "Асель Курманова"}, {"төраға", "председатель"}, {"Ауызсу", "Вода"}};
  scene.layout = "grid";
  scene.tiles = {{"m/p11", {"Жоспар Демоұлы", "Жоспар Демоулы"}}, {"m/p12", {"Бота", "Бота"}}};
  scene.microphones = {"m/p12"};
  return scene;
}

/// What another process would have after the packet: compared as it would be sent on.
template <class Message, class Decode>
void expect_survives(const Message& message, Decode decode) {
  const std::string packet = encode(message);
  const auto read = decode(packet);
  ASSERT_TRUE(read) << packet << "\n" << read.error().what;
  EXPECT_EQ(read->index(), message.index());
  EXPECT_EQ(encode(*read), packet);
}

std::vector<Command> commands() {
  return {Hello{},
          BroadcastStart{1, "2026-12-10-auyzsu", full_scene(), {kTime, std::chrono::milliseconds(90'250)}},
          BroadcastStop{2},
          SceneSet{3, Scene{}},
          RecordingClose{4, "2026-12-10-auyzsu", kTime},
          SourceSet{4, "rtsp://camera/stream?a=1&b=\"2\""},
          PeerOpen{5, "0a1b", "v=0\r\n"},
          PeerOpen{6, "0a1c", "v=0\r\n", "meeting-1/p04"},
          PeerClose{6, "0a1b"}};
}

std::vector<Fact> facts() {
  Snapshot snapshot;
  snapshot.source = {"test:", "ok", ""};
  snapshot.scene = full_scene();
  snapshot.run = RunState{"2026-12-10-auyzsu", 4, kTime};
  snapshot.disk = {"low", INT64_C(1) << 40, 0.75};
  snapshot.peers = {{"0a1b", "m/p12"}, {"0a1c", ""}};
  return {snapshot,
          SourceState{"srt://:9000", "lost", "no packet for 1 s", "refused", 380, 12, "one_channel", "unknown_coding"},
          DiskState{"full", 0, 0},
          ProgrammeState{"slow"},
          Done{5, ProgrammeTime{4, 123456, kTime}},
          Failed{6, "bad_uri", "what is 'gopher:'?"},
          Levels{-3.5, -18.25, -100},
          Look{"2026-12-10-auyzsu"},
          RunStarted{{"2026-12-10-auyzsu", 4, kTime}},
          RunEnded{"2026-12-10-auyzsu", 4, "stopped"},
          Done{7, std::nullopt, "v=0\r\na=candidate:1 1 UDP 1 192.0.2.1 9 typ host\r\n"},
          PeerGone{"0a1b", "nothing has been heard"},
          PeerState{"0a1b", "m/p12", "ok", 640, 360, true, -18.5, 512.25, 1.5, 23.5},
          PeerState{"0a1b", "m/p12", "silent"}};
}

TEST(LinkMessages, SurviveTheWire) {
  for (const Command& command : commands()) expect_survives(command, decode_command);
  for (const Fact& fact : facts()) expect_survives(fact, decode_fact);
}

TEST(LinkMessages, CarryTheirValues) {
  const auto start = std::get<BroadcastStart>(*decode_command(encode(commands()[1])));
  EXPECT_EQ(start.id, 1);
  EXPECT_EQ(start.meeting, "2026-12-10-auyzsu");
  EXPECT_EQ(start.scene, full_scene());
  EXPECT_EQ(start.clock, (ClockAnchor{kTime, std::chrono::milliseconds(90'250)}));
  const auto snapshot = std::get<Snapshot>(*decode_fact(encode(facts()[0])));
  EXPECT_EQ(snapshot.run, (RunState{"2026-12-10-auyzsu", 4, kTime}));
  EXPECT_EQ(snapshot.disk, (DiskState{"low", INT64_C(1) << 40, 0.75}));
  EXPECT_EQ(snapshot.peers, (std::vector<PeerName>{{"0a1b", "m/p12"}, {"0a1c", ""}}));
  const PeerState state{"0a1b", "m/p12", "ok", 640, 360, true, -18.5, 512.25, 1.5, 23.5};
  EXPECT_EQ(std::get<PeerState>(*decode_fact(encode(Fact(state)))), state);
  EXPECT_EQ(std::get<PeerOpen>(*decode_command(encode(commands()[7]))).seat, "meeting-1/p04");
  EXPECT_EQ(
      std::get<SourceState>(*decode_fact(encode(facts()[1]))),
      (SourceState{"srt://:9000", "lost", "no packet for 1 s", "refused", 380, 12, "one_channel", "unknown_coding"}));
  EXPECT_EQ(std::get<ProgrammeState>(*decode_fact(encode(facts()[3]))).pace, "slow");
  const auto done = std::get<Done>(*decode_fact(encode(facts()[4])));
  EXPECT_EQ(done.at, (ProgrammeTime{4, 123456, kTime}));
}

TEST(LinkMessages, LeaveOutWhatThereIsNot) {
  EXPECT_EQ(std::get<Done>(*decode_fact(encode(Fact(Done{7, std::nullopt})))).at, std::nullopt);
  const auto scene = std::get<SceneSet>(*decode_command(encode(Command(SceneSet{1, Scene{}})))).scene;
  EXPECT_FALSE(scene.card);
  EXPECT_FALSE(scene.caption);
  EXPECT_EQ(scene, Scene{});
  EXPECT_EQ(to_json(scene), Json::object()) << "scenes stand in the journal";
}

TEST(LinkMessages, HaveTheTypesTheyList) {
  ASSERT_EQ(command_types().size(), std::variant_size_v<Command>);
  ASSERT_EQ(fact_types().size(), std::variant_size_v<Fact>);
  for (const Command& command : commands()) {
    EXPECT_EQ(parse_json(encode(command))->at("type"), command_types()[command.index()]);
  }
  for (const Fact& fact : facts()) EXPECT_EQ(parse_json(encode(fact))->at("type"), fact_types()[fact.index()]);
}

TEST(LinkMessages, FitIntoAPacketWithTextsOfTheGreatestLength) {
  const std::string longest(4096, 'x');
  Scene scene;
  scene.card = Card{{longest, longest}, {longest, longest}};
  scene.caption = Caption{{longest, longest}, {longest, longest}, {longest, longest}};
  scene.layout = "grid";
  const std::string name(kMostNameBytes, 'x');
  for (std::size_t i = 0; i < kMostSeats; ++i) {
    scene.tiles.push_back({std::string(160, 's'), {name, name}});
    scene.microphones.push_back(std::string(160, 's'));
  }
  const std::string packet = encode(Command(SceneSet{1, scene}));
  EXPECT_LE(packet.size(), kMaxPacketBytes);
  EXPECT_TRUE(decode_command(packet));
}

TEST(LinkMessages, AreReadStrictly) {
  for (const char* packet : {"",
                             "{}",
                             "[]",
                             "null",
                             R"({"type": "explode"})",
                             R"({"type": 7})",
                             R"({"type": "hello"})",
                             R"({"type": "hello", "version": "1"})",
                             R"({"type": "hello", "version": 1.5})",
                             R"({"type": "hello", "version": 1, "colour": "red"})",
                             R"({"type": "broadcast.stop", "id": -1})",
                             R"({"type": "broadcast.stop", "id": true})",
                             R"({"type": "hello", "version": 1, "version": 1})",
                             R"({"type": "scene.set", "id": 1})",
                             R"({"type": "scene.set", "id": 1, "scene": []})",
                             R"({"type": "scene.set", "id": 1, "scene": {"card": {"title": {"kk": "a", "ru": "b"}}}})",
                             R"({"type": "scene.set", "id": 1, "scene": {"hat": {}}})",
                             R"({"type": "scene.set", "id": 1, "scene": {"tiles": [{"seat": "m/p"}]}})",
                             R"({"type": "scene.set", "id": 1, "scene": {"microphones": [1]}})",
                             R"({"type": "scene.set", "id": 1, "scene": {"microphones": "m/p"}})",
                             R"({"type": "look", "meeting": "m"})"}) {
    EXPECT_FALSE(decode_command(packet)) << packet;
  }
  for (const char* packet :
       {R"({"type": "hello", "version": 1})", R"({"type": "look"})", R"({"type": "done", "id": 1, "at": {"run": 1}})",
        R"({"type": "run.started", "meeting": "m", "run": 1, "started": "noon"})",
        R"({"type": "levels", "peak_db": "loud", "rms_db": 0, "source_peak_db": 0})",
        R"({"type": "snapshot", "version": 1})"}) {
    EXPECT_FALSE(decode_fact(packet)) << packet;
  }
}

TEST(LinkMessages, AreRefusedWhenTheyAreLargerThanAPacket) {
  const std::string packet = R"({"type": "look", "meeting": ")" + std::string(kMaxPacketBytes, 'm') + R"("})";
  EXPECT_FALSE(decode_fact(packet));
}

TEST(LinkMessages, HaveNoMoreGuestsThanSeats) {
  Scene scene;
  for (std::size_t i = 0; i <= kMostSeats; ++i) scene.microphones.push_back("m/p");
  EXPECT_FALSE(decode_command(encode(Command(SceneSet{1, scene}))));
  scene.microphones.clear();
  for (std::size_t i = 0; i <= kMostSeats; ++i) scene.tiles.push_back({"m/p", {}});
  EXPECT_FALSE(decode_command(encode(Command(SceneSet{1, scene}))));
}

TEST(LinkMessages, SayWhatIsWrong) {
  const auto read = decode_command(R"({"type": "source.set", "id": 1})");
  ASSERT_FALSE(read);
  EXPECT_THAT(read.error().what, HasSubstr("source.set"));
  EXPECT_THAT(read.error().what, HasSubstr("'uri' is missing"));
}

TEST(LinkMessages, LeaveTheHouseEvenWithBytesThatAreNotText) {
  const auto read = decode_fact(encode(Fact(SourceState{"test:", "lost", "device said \xff\xfe"})));
  ASSERT_TRUE(read);
  EXPECT_THAT(std::get<SourceState>(*read).detail, HasSubstr("device said"));
}

}  // namespace
}  // namespace tyndau::link
