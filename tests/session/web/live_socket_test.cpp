#include <set>

#include "tests/session/http/websocket.h"
#include "tests/session/web/site.h"

namespace tyndau::web {
namespace {

using testing::HasSubstr;

using Screen = WebSocket;

struct Live : Site {
  Screen screen(const std::string& headers, const std::string& meeting = "m1") {
    Screen one(loop, client());
    one.knock("/api/v1/live?meeting=" + meeting, headers);
    return one;
  }
  /// A screen that was let in and has seen its first view.
  Screen desk() {
    Screen one = screen(credentials());
    auto answer = one.answer();
    EXPECT_TRUE(answer && answer->status == 101);
    EXPECT_EQ(answer->header("sec-websocket-accept"), "s3pPLMBiTxaQ9kYGzzhZRbK+xOo=");  // RFC 6455, 1.3
    EXPECT_EQ(one.next("view")["view"]["seq"], seq());
    return one;
  }
};

TEST_F(Live, ShowsTheDeskWhatItNeeds) {
  enter();
  Screen one = screen(credentials() + "Origin: http://localhost\r\n");
  ASSERT_EQ(one.answer()->status, 101);
  const Json view = one.next("view")["view"];
  EXPECT_EQ(view["meeting"]["id"], "m1");
  EXPECT_EQ(view["media_connected"], true);
  EXPECT_EQ(view["alarms"], Json::array());
  EXPECT_TRUE(view["undo"].is_null());
  EXPECT_EQ(view["disk"]["state"], "ok");
  EXPECT_TRUE(view["source"]["uri"].is_string());
  EXPECT_FALSE(view["refused"]["item.open"]["kk"].get<std::string>().empty());
  EXPECT_FALSE(view["refused"].contains("sitting.open"));
  EXPECT_FALSE(view["journal"].empty());
  EXPECT_EQ(desks->count(), 1u);
}

TEST_F(Live, TellsEveryScreenOfAnAction) {
  enter();
  Screen one = desk(), two = desk();
  ASSERT_EQ(act({{"action", "sitting.open"}}).status, 200);
  for (Screen* screen : {&one, &two}) {
    const Json view = screen->next("view")["view"];
    EXPECT_EQ(view["meeting"]["state"], "in_session");
    EXPECT_EQ(view["undo"]["kind"], "sitting.open");
  }
}

TEST_F(Live, TellsOfAlarms) {
  enter();
  Screen one = desk();
  media->say(link::SourceState{"rtsp://admin:secret@camera/1", "lost", "no answer"});
  Json view;
  do {
    view = one.next("view")["view"];
  } while (!view.is_null() && view["alarms"].empty());
  ASSERT_FALSE(view.is_null());
  EXPECT_EQ(view["alarms"][0]["code"], "source_lost");
  EXPECT_EQ(view["source"]["uri"], "rtsp://admin:***@camera/1");
}

TEST_F(Live, SendsLevels) {
  enter();
  Screen one = desk();
  media->say(link::Levels{-6.04, -20, -100});
  const Json levels = one.next("levels");
  EXPECT_EQ(levels["peak_db"], -6.0);
  EXPECT_EQ(levels["source_peak_db"], -100.0);
}

TEST_F(Live, DropsLevelsThatASlowScreenDoesNotTakeButNotItsView) {
  enter();
  Screen slow(loop, client());
  slow.client().connect(server->port(), 2048);
  slow.knock("/api/v1/live?meeting=m1", credentials());
  ASSERT_EQ(slow.answer()->status, 101);
  for (int i = 0; i < 30'000; ++i) {
    desks->send_levels({-static_cast<double>(i % 90), -1, -1});
    if (i % 10 == 0) uv_run(loop, UV_RUN_NOWAIT);
  }
  ASSERT_EQ(act({{"action", "sitting.open"}}).status, 200);
  const auto next = [&slow] { return slow.first_of({"levels", "view"}); };
  int levels = 0;
  Json message = next();
  for (; !message.is_null(); message = next()) {
    if (message["type"] == "levels") {
      ++levels;
    } else if (message["view"]["meeting"]["state"] == "in_session") {
      break;
    }
  }
  EXPECT_FALSE(message.is_null());
  EXPECT_LT(levels, 30'000);
}

TEST_F(Live, LetsInOnlyThoseWhoAreLoggedInAndComeFromHere) {
  enter();
  EXPECT_EQ(screen("").answer()->status, 401);
  EXPECT_EQ(screen("Cookie: tyndau=forged\r\n").answer()->status, 401);
  EXPECT_EQ(screen(credentials() + "Origin: https://evil.example\r\n").answer()->status, 403);
  EXPECT_EQ(screen(credentials(), "none").answer()->status, 404);
  EXPECT_EQ(desks->count(), 0u);
}

TEST_F(Live, RefusesOtherHandshakes) {
  enter();
  EXPECT_EQ(get("/api/v1/live?meeting=m1", credentials()).status, 426);
  EXPECT_EQ(get("/api/v1/live?meeting=m1", credentials() + "Connection: Upgrade\r\nUpgrade: h2c\r\n").status, 400);
  EXPECT_EQ(get("/api/v1/live?meeting=m1", credentials() + "Upgrade: websocket\r\n").status, 400);
  EXPECT_EQ(get("/api/v1/live?meeting=m1",
                credentials() + "Connection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 8\r\n"
                                "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n")
                .status,
            426);
  EXPECT_EQ(get("/api/v1/live?meeting=m1",
                credentials() + "Connection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\n"
                                "Sec-WebSocket-Key: short\r\n")
                .status,
            400);
  // An upgrade elsewhere is just a request (RFC 9110, 7.8: a server may ignore it).
  EXPECT_EQ(get("/healthz", "Connection: Upgrade\r\nUpgrade: h2c\r\n").status, 200);
}

/// Desks of before said nothing either, but some proxy may.
TEST_F(Live, ReadsNothing) {
  enter();
  Screen one = desk();
  one.say({{"type", "hello"}});
  one.frame(Screen::kBinary, std::string(100'000, 'x'));
  ASSERT_EQ(act({{"action", "sitting.open"}}).status, 200);
  EXPECT_EQ(one.next("view")["view"]["meeting"]["state"], "in_session");
}

TEST_F(Live, ShowsTheGuestsAndHowTheyAre) {
  enter();
  const std::string token = invite()["token"];
  Screen one = desk();
  ASSERT_EQ(post("/api/v1/meetings/m1/actions", Json{{"action", "guest.arrive"}}.dump(), bearer(token)).status, 200);
  const Json shown = one.next("view")["view"]["guests"][0];
  EXPECT_EQ(shown["person"], "p1");
  EXPECT_EQ(shown["stage"], "lobby");
  EXPECT_TRUE(shown["site"].is_null()) << "he is of the hall";
  EXPECT_TRUE(shown["line"].is_null());
  EXPECT_TRUE(shown["measured"].is_null());
  EXPECT_EQ(shown["page"], false);

  media->say(link::PeerState{"none", "m1/p1", "ok"});
  secretariat->open_peer("a", "m1/p1", "v=0", [](const auto&) {});
  const auto command = media->take<link::PeerOpen>(loop);
  ASSERT_TRUE(command);
  EXPECT_EQ(command->seat, "m1/p1");
  media->say(link::Done{command->id, std::nullopt, "v=0"});
  media->say(link::PeerState{"a", "m1/p1", "ok", 640, 360, false, -20.04, 812.4, 0.26, 41.6});
  const Json message = one.next("guest");
  EXPECT_EQ(message["person"], "p1");
  EXPECT_EQ(message["line"], (Json{{"line", "ok"},
                                   {"width", 640},
                                   {"height", 360},
                                   {"presentation", false},
                                   {"level_db", -20.0},
                                   {"kbps", 812.0},
                                   {"loss_percent", 0.3},
                                   {"rtt_ms", 42.0}}));
  EXPECT_TRUE(message["measured"].is_null());
}

TEST_F(Live, TellsOfAGuestOnlyTheDesksOfHisMeeting) {
  enter();
  Screen its = desk(), other = screen(credentials(), "m2");
  ASSERT_EQ(other.answer()->status, 101);
  ASSERT_FALSE(other.next("view").is_null());
  // Of several guests p1 would be told of first.
  desks->send_guest("m1", "p1", link::PeerState{"a", "m1/p1", "ok"});
  desks->send_guest("m2", "p2", link::PeerState{"b", "m2/p2", "ok"});
  EXPECT_EQ(its.next("guest")["person"], "p1");
  EXPECT_EQ(other.next("guest")["person"], "p2");
}

TEST_F(Live, EndsWithTheSession) {
  enter();
  Screen one = desk();
  ASSERT_EQ(post("/api/v1/logout", "", credentials()).status, 200);
  EXPECT_EQ(one.closed_with(), LiveSocket::kSessionEnded);
  EXPECT_TRUE(loop.until([this] { return desks->count() == 0; }));
}

TEST_F(Live, ForgetsAScreenThatLeft) {
  enter();
  {
    Screen one = desk();
    EXPECT_EQ(desks->count(), 1u);
  }
  EXPECT_TRUE(loop.until([this] { return desks->count() == 0; }));
}

TEST_F(Live, SurvivesNonsenseFromAScreen) {
  enter();
  Screen one = desk();
  one.client().send(std::string("\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff", 10));
  one.client().send(std::string(5000, 'x'));
  EXPECT_TRUE(loop.until([this] { return desks->count() == 0; }));
  EXPECT_EQ(get("/healthz").status, 200);
  Screen two = desk();
  EXPECT_EQ(desks->count(), 1u);
}

TEST_F(Live, WorksBesideManyConnections) {
  enter();
  std::vector<Client> citizens;
  for (int i = 0; i < 400; ++i) citizens.push_back(client());
  ASSERT_TRUE(loop.until([&] { return server->connections() >= 400; }));
  Screen one = desk(), two = desk();
  ASSERT_EQ(act({{"action", "sitting.open"}}).status, 200);
  EXPECT_EQ(one.next("view")["view"]["meeting"]["state"], "in_session");
  EXPECT_EQ(two.next("view")["view"]["meeting"]["state"], "in_session");
}

TEST_F(Live, PingsAndCountsViewersEveryFiveSeconds) {
  enter();
  Screen one = desk();
  viewers.saw("m1", "somebody", utc_now());
  const auto begin = std::chrono::steady_clock::now();
  Json view, ping;
  while (view.is_null() && std::chrono::steady_clock::now() - begin < std::chrono::seconds(8)) view = one.next("view");
  EXPECT_EQ(view["view"]["viewers"], 1);
  ping = one.next("ping");
  EXPECT_EQ(ping["type"], "ping");
}

}  // namespace
}  // namespace tyndau::web
