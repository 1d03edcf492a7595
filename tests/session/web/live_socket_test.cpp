#include <set>

#include "tests/session/web/site.h"

namespace tyndau::web {
namespace {

using testing::HasSubstr;

/// The WebSocket's client side, as far as the desk needs it: reads whole text frames.
class Screen {
 public:
  Screen(fakes::Loop& loop, Client client) : loop_(loop), client_(std::move(client)) {}

  void knock(const std::string& headers, const std::string& meeting = "m1", const std::string& more = "") {
    client_.get("/api/v1/live?meeting=" + meeting,
                "Connection: keep-alive, Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\n"
                "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n" +
                    headers,
                "GET");
    if (!more.empty()) client_.send(more);
  }
  std::optional<Answer> answer() { return client_.answer(); }

  /// The next message of this type; others are passed over. Null when none comes.
  Json next(const std::string& type) {
    Json message;
    loop_.until([&] {
      while (auto frame = read_frame()) {
        if (frame->first == 8)
          closed_with_ = frame->second.size() >= 2 ? static_cast<unsigned char>(frame->second[0]) * 256 +
                                                         static_cast<unsigned char>(frame->second[1])
                                                   : 0;
        if (frame->first != 1) continue;
        Json json = Json::parse(frame->second, nullptr, false);
        if (json.value("type", "") == type) {
          message = json;
          return true;
        }
      }
      return closed_with_.has_value();
    });
    return message;
  }
  int closed_with() {
    next("nothing");
    return closed_with_.value_or(-1);
  }
  Client& client() { return client_; }

 private:
  std::optional<std::pair<int, std::string>> read_frame() {
    client_.pump();
    bytes_ += client_.take_received();
    if (bytes_.size() < 2) return std::nullopt;
    auto byte = [this](std::size_t i) { return static_cast<std::size_t>(static_cast<unsigned char>(bytes_[i])); };
    std::size_t length = byte(1) & 127, head = 2;
    if (length == 126) head = 4;
    if (length == 127) head = 10;
    if (bytes_.size() < head) return std::nullopt;
    if (length >= 126) {
      length = 0;
      for (std::size_t i = 2; i < head; ++i) length = length * 256 + byte(i);
    }
    if (bytes_.size() < head + length) return std::nullopt;
    std::pair<int, std::string> frame{byte(0) & 15, bytes_.substr(head, length)};
    bytes_.erase(0, head + length);
    return frame;
  }

  fakes::Loop& loop_;
  Client client_;
  std::string bytes_;
  std::optional<int> closed_with_;
};

struct Live : Site {
  Screen screen(const std::string& headers, const std::string& meeting = "m1") {
    Screen one(loop, client());
    one.knock(headers, meeting);
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
  EXPECT_EQ(sockets->count(), 1u);
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
  EXPECT_EQ(view["source"]["uri"], "rtsp://camera/1");
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
  slow.knock(credentials());
  ASSERT_EQ(slow.answer()->status, 101);
  for (int i = 0; i < 30'000; ++i) {
    sockets->send_levels({-static_cast<double>(i % 90), -1, -1});
    if (i % 10 == 0) uv_run(loop, UV_RUN_NOWAIT);
  }
  ASSERT_EQ(act({{"action", "sitting.open"}}).status, 200);
  Json view;
  do {
    view = slow.next("view");
  } while (!view.is_null() && view["view"]["meeting"]["state"] != "in_session");
  EXPECT_FALSE(view.is_null());
}

TEST_F(Live, LetsInOnlyThoseWhoAreLoggedInAndComeFromHere) {
  enter();
  EXPECT_EQ(screen("").answer()->status, 401);
  EXPECT_EQ(screen("Cookie: tyndau=forged\r\n").answer()->status, 401);
  EXPECT_EQ(screen(credentials() + "Origin: https://evil.example\r\n").answer()->status, 403);
  EXPECT_EQ(screen(credentials(), "none").answer()->status, 404);
  EXPECT_EQ(sockets->count(), 0u);
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

TEST_F(Live, EndsWithTheSession) {
  enter();
  Screen one = desk();
  ASSERT_EQ(post("/api/v1/logout", "", credentials()).status, 200);
  EXPECT_EQ(one.closed_with(), LiveSocket::kSessionEnded);
  EXPECT_TRUE(loop.until([this] { return sockets->count() == 0; }));
}

TEST_F(Live, ForgetsAScreenThatLeft) {
  enter();
  {
    Screen one = desk();
    EXPECT_EQ(sockets->count(), 1u);
  }
  EXPECT_TRUE(loop.until([this] { return sockets->count() == 0; }));
}

TEST_F(Live, SurvivesNonsenseFromAScreen) {
  enter();
  Screen one = desk();
  one.client().send(std::string("\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff", 10));
  one.client().send(std::string(5000, 'x'));
  EXPECT_TRUE(loop.until([this] { return sockets->count() == 0; }));
  EXPECT_EQ(get("/healthz").status, 200);
  Screen two = desk();
  EXPECT_EQ(sockets->count(), 1u);
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

TEST(SafeUri, HasNoSecrets) {
  EXPECT_EQ(safe_uri("rtsp://user:p@ss@camera/1@2"), "rtsp://camera/1@2");
  EXPECT_EQ(safe_uri("srt://encoder:9000?passphrase=secret&latency=20"),
            "srt://encoder:9000?passphrase=...&latency=20");
  EXPECT_EQ(safe_uri("test:"), "test:");
  EXPECT_EQ(safe_uri("v4l2:/dev/video0?audio=alsa:hw:1"), "v4l2:/dev/video0?audio=alsa:hw:1");
}

}  // namespace
}  // namespace tyndau::web
