#include "session/studio/studio.h"

#include "tests/fakes/fake_media.h"

namespace tyndau::studio {
namespace {

using fakes::FakeMedia;

struct StudioTest : testing::Test {
  fakes::TemporaryDirectory directory;
  fakes::Loop loop;
  std::vector<link::Fact> facts;
  std::vector<bool> connections;
  std::vector<std::string> order;
  std::unique_ptr<Studio> studio =
      std::make_unique<Studio>(loop, directory / "media.sock",
                               Studio::Events{[this](const link::Fact& fact) {
                                                facts.push_back(fact);
                                                order.push_back("fact");
                                              },
                                              [this](bool connected) {
                                                connections.push_back(connected);
                                                order.push_back(connected ? "connected" : "gone");
                                              }});

  void TearDown() override { studio->close(); }

  bool meet(FakeMedia& media) {
    studio->connect();
    return loop.until([&] {
      media.pump();
      return studio->connected();
    });
  }
  Studio::Answer keep(std::vector<std::string>& answers) {
    return [this, &answers](const std::variant<link::Done, link::Failed>& answer) {
      order.push_back("answer");
      const auto* failed = std::get_if<link::Failed>(&answer);
      answers.push_back(failed != nullptr ? failed->code : "done " + std::to_string(std::get<link::Done>(answer).id));
    };
  }
};

TEST_F(StudioTest, SaysHelloAndHearsTheSnapshotFirst) {
  FakeMedia media(directory / "media.sock");
  ASSERT_TRUE(meet(media));
  EXPECT_EQ(media.hellos, 1);
  EXPECT_EQ(order, (std::vector<std::string>{"connected", "fact"}));
  EXPECT_EQ(std::get<link::Snapshot>(facts.at(0)).source.uri, "test:");
}

TEST_F(StudioTest, FindsMediaThatStartsLater) {
  studio->connect();
  loop.run_for(std::chrono::milliseconds(150));
  EXPECT_FALSE(studio->connected());
  FakeMedia media(directory / "media.sock");
  EXPECT_TRUE(loop.until([&] {
    media.pump();
    return studio->connected();
  }));
}

TEST_F(StudioTest, ConnectsAgainAfterMediaDied) {
  FakeMedia media(directory / "media.sock");
  ASSERT_TRUE(meet(media));
  media.die();
  ASSERT_TRUE(loop.until([&] { return connections.size() == 2; }));
  EXPECT_FALSE(connections.back());
  media.listen();
  EXPECT_TRUE(loop.until([&] {
    media.pump();
    return connections.size() == 3;
  }));
  EXPECT_TRUE(connections.back());
  EXPECT_EQ(media.hellos, 2);
}

TEST_F(StudioTest, GivesEachAnswerToItsCommand) {
  FakeMedia media(directory / "media.sock");
  ASSERT_TRUE(meet(media));
  std::vector<std::string> first, second;
  studio->send(link::SceneSet{}, keep(first));
  studio->send(link::SourceSet{0, "nonsense"}, keep(second));
  const auto scene = media.take<link::SceneSet>(loop);
  const auto source = media.take<link::SourceSet>(loop);
  ASSERT_TRUE(scene && source);
  EXPECT_NE(scene->id, source->id);
  media.say(link::Failed{source->id, "bad_uri", "not a source"});
  media.say(link::Done{scene->id, std::nullopt});
  ASSERT_TRUE(loop.until([&] { return !first.empty() && !second.empty(); }));
  EXPECT_EQ(first, std::vector<std::string>{"done " + std::to_string(scene->id)});
  EXPECT_EQ(second, std::vector<std::string>{"bad_uri"});
}

TEST_F(StudioTest, AnswersForMediaThatWentAwayAfterSayingThatItDid) {
  FakeMedia media(directory / "media.sock");
  ASSERT_TRUE(meet(media));
  std::vector<std::string> answers;
  studio->send(link::BroadcastStop{}, keep(answers));
  ASSERT_TRUE(media.take<link::BroadcastStop>(loop));
  order.clear();
  media.die();
  ASSERT_TRUE(loop.until([&] { return !answers.empty(); }));
  EXPECT_EQ(answers, std::vector<std::string>{"media_gone"});
  EXPECT_EQ(order, (std::vector<std::string>{"gone", "answer"}));
}

TEST_F(StudioTest, NeverAnswersFromInsideTheCall) {
  std::vector<std::string> answers;
  studio->send(link::BroadcastStop{}, keep(answers));
  EXPECT_TRUE(answers.empty());
  ASSERT_TRUE(loop.until([&] { return !answers.empty(); }));
  EXPECT_EQ(answers, std::vector<std::string>{"media_gone"});
}

TEST_F(StudioTest, DropsWhatIsNotInTheProtocolAndStaysConnected) {
  FakeMedia media(directory / "media.sock");
  ASSERT_TRUE(meet(media));
  facts.clear();
  for (const std::string packet : {"{", "[]", "{\"type\":\"nothing\"}", "{\"type\":\"look\",\"meeting\":7}", "\xff\xfe",
                                   "{\"type\":\"done\",\"id\":99}"}) {
    EXPECT_TRUE(media.say_bytes(packet));
  }
  EXPECT_TRUE(media.say_bytes(std::string(link::kMaxPacketBytes + 1, ' ')));
  EXPECT_TRUE(media.say(link::Look{"m1"}));
  ASSERT_TRUE(loop.until([&] { return !facts.empty(); }));
  EXPECT_EQ(std::get<link::Look>(facts.at(0)).meeting, "m1");
  EXPECT_TRUE(studio->connected());
}

TEST_F(StudioTest, TakesNoFactBeforeTheSnapshot) {
  FakeMedia media(directory / "media.sock");
  media.greets = false;
  studio->connect();
  ASSERT_TRUE(loop.until([&] {
    media.pump();
    return media.hellos == 1;
  }));
  media.say(link::Look{"m1"});
  media.say(media.snapshot);
  ASSERT_TRUE(loop.until([&] { return studio->connected(); }));
  EXPECT_EQ(facts.size(), 1u);
}

TEST_F(StudioTest, TellsOfAnotherVersionButDoesNotWorkWithIt) {
  FakeMedia media(directory / "media.sock");
  media.snapshot.version = link::kProtocolVersion + 1;
  studio->connect();
  ASSERT_TRUE(loop.until([&] {
    media.pump();
    return !facts.empty();
  }));
  EXPECT_EQ(std::get<link::Snapshot>(facts.at(0)).version, link::kProtocolVersion + 1);
  EXPECT_FALSE(studio->connected());
  EXPECT_TRUE(connections.empty());
}

TEST_F(StudioTest, MayBeClosedFromItsOwnCallback) {
  FakeMedia media(directory / "media.sock");
  Studio* other = nullptr;
  int heard = 0;
  Studio closing(loop, directory / "media.sock",
                 {[&](const link::Fact&) {
                    ++heard;
                    other->close();
                  },
                  {}});
  other = &closing;
  closing.connect();
  ASSERT_TRUE(loop.until([&] {
    media.pump();
    return heard == 1;
  }));
  media.say(link::Look{"m1"});
  EXPECT_TRUE(loop.until([&] { return !media.pump(); })) << "it has not hung up";  // after which nothing can follow
  EXPECT_EQ(heard, 1);
  EXPECT_FALSE(closing.connected());
}

TEST_F(StudioTest, GivesUpAMediaThatReadsNothing) {
  FakeMedia media(directory / "media.sock");
  ASSERT_TRUE(meet(media));
  std::vector<std::string> answers;
  link::Scene scene;
  scene.card = link::Card{{std::string(20'000, 'a'), ""}, {}};
  for (int i = 0; i < 600; ++i) studio->send(link::SceneSet{0, scene}, keep(answers));
  ASSERT_TRUE(loop.until([&] { return !connections.back(); }));
  EXPECT_EQ(answers.size(), 600u);
}

}  // namespace
}  // namespace tyndau::studio
