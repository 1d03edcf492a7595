#include "session/web/guest_socket.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/session/http/websocket.h"
#include "tests/session/web/site.h"

namespace tyndau::web {
namespace {

using std::chrono::milliseconds;
using testing::HasSubstr;

constexpr int kBadToken = 4001, kTakenOver = 4002, kSentAway = 4003, kDenied = 4005, kBadMessage = 4006;

struct GuestPageTest : Site {
  void SetUp() override {
    Site::SetUp();
    enter();
    token = invite()["token"];
  }

  WebSocket open(const std::string& headers = "") {
    WebSocket one(loop, client());
    one.knock("/api/v1/guest/live", headers);
    EXPECT_EQ(one.answer()->status, 101);
    return one;
  }
  /// A page that has said who it is.
  WebSocket page(const std::string& with, const Json& peer = nullptr) {
    WebSocket one = open();
    one.say(peer.is_null() ? Json{{"type", "hello"}, {"token", with}}
                           : Json{{"type", "hello"}, {"token", with}, {"peer", peer}});
    return one;
  }
  /// A page that is welcome.
  WebSocket welcome() {
    WebSocket one = page(token);
    EXPECT_EQ(one.next("welcome")["type"], "welcome");
    return one;
  }
  WebSocket in_the_lobby() {
    WebSocket one = welcome();
    one.say({{"type", "arrive"}});
    EXPECT_EQ(until(one, [](const Json& view) { return view["me"]["stage"] == "lobby"; })["me"]["stage"], "lobby");
    return one;
  }
  WebSocket admitted() {
    WebSocket one = in_the_lobby();
    EXPECT_EQ(act({{"action", "guest.admit"}, {"person", "p1"}}).status, 200);
    until(one, [](const Json& view) { return view["me"]["stage"] == "admitted"; });
    return one;
  }
  void begin() {
    ASSERT_EQ(act({{"action", "sitting.open"}}).status, 200);
    ASSERT_EQ(act({{"action", "item.open"}, {"item", "a2"}}).status, 200);
  }
  /// The next view of which this is true; null when none comes.
  static Json until(WebSocket& page, const std::function<bool(const Json&)>& condition) {
    for (Json message = page.next("view"); !message.is_null(); message = page.next("view")) {
      if (condition(message["view"])) return message["view"];
    }
    return nullptr;
  }
  /// Offers, and has media answer. The connection's name.
  std::string connect(WebSocket& page) {
    page.say({{"type", "offer"}, {"sdp", kOffer}});
    const auto command = media->take<link::PeerOpen>(loop);
    if (!command) return "";
    EXPECT_EQ(command->offer, kOffer);
    EXPECT_EQ(command->seat, "m1/p1");
    media->say(link::Done{command->id, std::nullopt, "v=0\r\nanswer\r\n"});
    const Json answer = page.next("answer");
    EXPECT_EQ(answer["sdp"], "v=0\r\nanswer\r\n");
    EXPECT_EQ(answer["peer"], command->peer);
    return command->peer;
  }

  std::string token;
};

// ---- who may come in ----

TEST_F(GuestPageTest, IsWelcomeWithItsToken) {
  WebSocket one = page(token);
  const Json message = one.next("welcome");
  EXPECT_EQ(message["ice_servers"], Json::array());
  EXPECT_TRUE(message["peer"].is_null());
  const Json view = one.next("view")["view"];
  EXPECT_EQ(view["me"]["person"], "p1");
  EXPECT_EQ(view["me"]["stage"], "invited");
  EXPECT_EQ(view["seq"], seq());
  EXPECT_FALSE(view["refused"]["hand.raise"]["kk"].get<std::string>().empty());
  EXPECT_EQ(stage(), "invited") << "to look at the page is not to agree";
}

TEST_F(GuestPageTest, BeforeItsDayGetsNoPictureAndGivesNone) {
  WebSocket one = page(invite("p1", "m2")["token"]);
  EXPECT_EQ(one.next("welcome")["type"], "welcome");
  EXPECT_EQ(one.next("view")["view"]["me"]["waits"], "day");
  one.say({{"type", "arrive"}});
  EXPECT_EQ(one.next("refused")["code"], "not_yet");
  EXPECT_EQ(secretariat->state("m2")->guest("p1")->stage, meeting::Stage::kInvited);
  one.say({{"type", "offer"}, {"sdp", kOffer}});
  EXPECT_EQ(one.next("refused")["code"], "not_here");
}

TEST_F(GuestPageTest, LosesTheProgrammeWhenItBecomesAnotherMeetings) {
  WebSocket one = in_the_lobby();
  const std::string peer = connect(one);
  ASSERT_EQ(act({{"action", "broadcast.start"}}, "", "m2").status, 200);
  // First nobody of the other meeting is heard or seen any more, then the programme becomes another's.
  const auto closed = media->take<link::PeerClose>(loop);
  ASSERT_TRUE(closed);
  EXPECT_EQ(closed->peer, peer);
  EXPECT_TRUE(media->take<link::BroadcastStart>(loop));
  EXPECT_EQ(until(one, [](const Json& view) { return view["me"]["waits"] == "other"; })["me"]["stage"], "lobby");
  one.say({{"type", "offer"}, {"sdp", kOffer}});
  EXPECT_EQ(one.next("refused")["code"], "not_yet");
  ASSERT_EQ(act({{"action", "broadcast.stop"}}, "", "m2").status, 200);
  EXPECT_TRUE(media->take<link::BroadcastStop>(loop));
  EXPECT_TRUE(until(one, [](const Json& view) { return view["me"]["waits"].is_null(); })["me"].is_object());
  EXPECT_FALSE(connect(one).empty());
}

TEST_F(GuestPageTest, IsNotWithoutAGoodToken) {
  for (const std::string& bad : {std::string(22, 'A'), std::string("short"), std::string(), token + "x"}) {
    EXPECT_EQ(page(bad).closed_with(), kBadToken) << bad;
  }
  clock_ahead = std::chrono::hours(200);
  EXPECT_EQ(page(token).closed_with(), kBadToken) << "it has expired";
}

TEST_F(GuestPageTest, IsNotByALinkThatWasReplaced) {
  WebSocket old = welcome();
  const std::string fresh = invite()["token"];
  EXPECT_EQ(old.closed_with(), kSentAway);
  EXPECT_EQ(page(token).closed_with(), kBadToken);
  WebSocket one = page(fresh);
  EXPECT_EQ(one.next("welcome")["type"], "welcome");
  ASSERT_EQ(act({{"action", "undo"}}).status, 200);
  EXPECT_EQ(one.closed_with(), kSentAway);
  EXPECT_EQ(page(token).next("welcome")["type"], "welcome") << "the invitation before it is the valid one again";
}

/// Whoever had the link that leaked is not only not let in again.
TEST_F(GuestPageTest, LosesItsConnectionWithItsLink) {
  WebSocket one = admitted();
  const std::string peer = connect(one);
  const std::string fresh = invite()["token"];
  const auto closed = media->take<link::PeerClose>(loop);
  ASSERT_TRUE(closed);
  EXPECT_EQ(closed->peer, peer);
  EXPECT_EQ(stage(), "admitted") << "the seat is kept";
  WebSocket other = page(fresh, peer);
  EXPECT_TRUE(other.next("welcome")["peer"].is_null());
}

TEST_F(GuestPageTest, IsSentAwayWhenItsInvitationIsRevoked) {
  WebSocket one = welcome();
  ASSERT_EQ(act({{"action", "guest.revoke"}, {"person", "p1"}}).status, 200);
  EXPECT_EQ(one.closed_with(), kSentAway);
  EXPECT_EQ(page(token).closed_with(), kBadToken);
}

TEST_F(GuestPageTest, IsSentAwayWhenItsGuestIsRemoved) {
  WebSocket one = admitted();
  const std::string peer = connect(one);
  ASSERT_EQ(act({{"action", "guest.remove"}, {"person", "p1"}}).status, 200);
  EXPECT_EQ(one.closed_with(), kSentAway);
  const auto closed = media->take<link::PeerClose>(loop);
  ASSERT_TRUE(closed);
  EXPECT_EQ(closed->peer, peer);
}

TEST_F(GuestPageTest, StaysWhenItsGuestIsDeclinedAndSaysSo) {
  WebSocket one = in_the_lobby();
  connect(one);
  ASSERT_EQ(act({{"action", "guest.decline"}, {"person", "p1"}}).status, 200);
  EXPECT_FALSE(until(one, [](const Json& view) { return view["me"]["stage"] == "declined"; }).is_null());
  EXPECT_TRUE(media->take<link::PeerClose>(loop));
  EXPECT_TRUE(one.next("reconnect", milliseconds(50)).is_null()) << "whoever was declined need not come back";
  EXPECT_EQ(one.closed_with(milliseconds(50)), -1);
}

TEST_F(GuestPageTest, ComesFromThisSiteOnly) {
  WebSocket one(loop, client());
  one.knock("/api/v1/guest/live", "Origin: https://evil.example\r\n");
  EXPECT_EQ(one.answer()->status, 403);
  WebSocket two = open("Origin: http://localhost\r\n");
  EXPECT_EQ(get("/api/v1/guest/live").status, 426);
}

TEST_F(GuestPageTest, ThatDoesNotSayWhoItIsWaitsBesideFewOthers) {
  std::vector<WebSocket> strangers;
  for (int i = 0; i < 16; ++i) strangers.push_back(open());
  WebSocket one(loop, client());
  one.knock("/api/v1/guest/live");
  const auto answer = one.answer();
  EXPECT_EQ(answer->status, 503);
  EXPECT_EQ(answer->header("retry-after"), "5");
  strangers.back().say({{"type", "hello"}, {"token", token}});
  EXPECT_EQ(strangers.back().next("welcome")["type"], "welcome");
  open();
}

TEST_F(GuestPageTest, ThatGuessesIsToldToComeLater) {
  for (int i = 0; i < 20; ++i) page(std::string(21, 'A') + static_cast<char>('A' + i)).closed_with();
  EXPECT_EQ(page(std::string(22, 'B')).closed_with(), 1013);
  clock_ahead = std::chrono::minutes(2);
  EXPECT_EQ(page(token).next("welcome")["type"], "welcome");
}

// ---- what is no message ----

TEST_F(GuestPageTest, SaysHelloFirst) {
  WebSocket one = open();
  one.say({{"type", "arrive"}});
  EXPECT_EQ(one.closed_with(), kBadMessage);
  EXPECT_EQ(stage(), "invited");
}

TEST_F(GuestPageTest, EndsWithWhatIsNoMessage) {
  const std::vector<std::string> bad = {"",
                                        "hello",
                                        "[]",
                                        "{}",
                                        "{\"type\": 1}",
                                        "{\"type\": \"floor.give\", \"person\": \"p1\"}",
                                        "{\"type\": \"hand.raise\"}",
                                        "{\"type\": \"hand.raise\", \"kind\": \"veto\"}",
                                        "{\"type\": \"hand.raise\", \"kind\": \"debate\", \"person\": \"p2\"}",
                                        "{\"type\": \"offer\"}",
                                        "{\"type\": \"line\", \"uplink_kbps\": \"much\"}",
                                        "{\"type\": \"takeover\"}",
                                        "{\"type\": \"hello\", \"token\": \"" + token + "\"}",
                                        "{\"type\": \"arrive\", \"type\": \"leave\"}",
                                        std::string("{\"type\": \"\xff\"}")};
  for (const std::string& text : bad) {
    WebSocket one = welcome();
    one.frame(WebSocket::kText, text);
    EXPECT_EQ(one.closed_with(), kBadMessage) << text;
  }
}

TEST_F(GuestPageTest, EndsWithWhatIsNoText) {
  WebSocket one = welcome();
  one.frame(WebSocket::kBinary, Json{{"type", "arrive"}}.dump());
  EXPECT_EQ(one.closed_with(), kBadMessage);
}

TEST_F(GuestPageTest, EndsWithWhatIsTooLong) {
  WebSocket one = welcome();
  one.frame(WebSocket::kText, Json{{"type", "offer"}, {"sdp", std::string(41'000, 'a')}}.dump());
  EXPECT_EQ(one.closed_with(), kBadMessage);

  WebSocket two = welcome();
  two.frame(WebSocket::kText, "{\"type\": \"offer\", \"sdp\": \"", false);
  for (int i = 0; i < 5; ++i) two.frame(WebSocket::kContinuation, std::string(10'000, 'a'), false);
  EXPECT_EQ(two.closed_with(), kBadMessage) << "pieces are counted together";
}

TEST_F(GuestPageTest, EndsWhenItTalksTooMuch) {
  WebSocket one = welcome();
  for (int i = 0; i < 100; ++i) one.say({{"type", "hand.lower"}});
  EXPECT_EQ(one.closed_with(), kBadMessage);
}

TEST_F(GuestPageTest, MaySpeakInPieces) {
  WebSocket one = welcome();
  one.frame(WebSocket::kText, "{\"type\":", false);
  one.frame(WebSocket::kContinuation, " \"arr", false);
  one.frame(WebSocket::kContinuation, "ive\"}");
  EXPECT_TRUE(loop.until([this] { return stage() == "lobby"; }));
}

// ---- the lobby and the seat ----

TEST_F(GuestPageTest, ArrivesIsAdmittedAndRaisesAHand) {
  WebSocket one = in_the_lobby();
  EXPECT_EQ(secretariat->events("m1").back().actor, "guest:p1");
  begin();
  one.say({{"type", "hand.raise"}, {"kind", "question"}});
  const Json refusal = one.next("refusal");
  EXPECT_EQ(refusal["code"], "guest_wait_for_admission");
  for (const char* language : {"kk", "ru", "en"}) EXPECT_FALSE(refusal["text"][language].get<std::string>().empty());

  ASSERT_EQ(act({{"action", "guest.admit"}, {"person", "p1"}}).status, 200);
  one.say({{"type", "hand.raise"}, {"kind", "question"}});
  const Json raised = until(one, [](const Json& view) { return view["me"]["hand"].is_object(); });
  EXPECT_EQ(raised["me"]["hand"]["kind"], "question");
  EXPECT_EQ(raised["me"]["hand"]["place"], 1);
  one.say({{"type", "hand.lower"}});
  EXPECT_TRUE(until(one, [](const Json& view) { return view["me"]["hand"].is_null(); }).is_object());
}

TEST_F(GuestPageTest, LeavesAndComesBack) {
  WebSocket one = in_the_lobby();
  one.say({{"type", "leave"}});
  EXPECT_TRUE(until(one, [](const Json& view) { return view["me"]["stage"] == "left"; }).is_object());
  one.say({{"type", "arrive"}});
  EXPECT_TRUE(until(one, [](const Json& view) { return view["me"]["stage"] == "lobby"; }).is_object());
}

TEST_F(GuestPageTest, HearsOfItsOwnMeetingOnly) {
  WebSocket one = welcome();
  one.next("view");
  ASSERT_EQ(act({{"action", "sitting.open"}}, "", "m2").status, 200);
  EXPECT_TRUE(one.next("view", milliseconds(50)).is_null());
  ASSERT_EQ(act({{"action", "sitting.open"}}).status, 200);
  EXPECT_TRUE(one.next("view").is_object());
}

TEST_F(GuestPageTest, TellsTheDeskWhatItMeasured) {
  WebSocket desk(loop, client());
  desk.knock("/api/v1/live?meeting=m1", credentials());
  ASSERT_EQ(desk.answer()->status, 101);
  WebSocket one = in_the_lobby();
  one.say({{"type", "line"}, {"uplink_kbps", 812.5}, {"rtt_ms", 40}, {"loss_percent", nullptr}});
  connect(one);
  const auto state = secretariat->line("m1", "p1");
  ASSERT_TRUE(state);
  media->say(link::PeerState{state->peer, "m1/p1", "ok", 640, 360});
  const Json message = desk.next("guest");
  EXPECT_EQ(message["measured"], (Json{{"uplink_kbps", 812.5}, {"rtt_ms", 40.0}, {"loss_percent", nullptr}}));
  const GuestPage said = guests->page_of({"m1", "p1"});
  EXPECT_TRUE(said.open);
  one.client().close();
  EXPECT_TRUE(loop.until([this] { return !guests->page_of({"m1", "p1"}).open; }));
  EXPECT_TRUE(guests->page_of({"m1", "p1"}).measured.is_null());
}

// ---- the media connection ----

TEST_F(GuestPageTest, OffersInTheLobbyAndGetsTheAnswer) {
  WebSocket one = welcome();
  one.say({{"type", "offer"}, {"sdp", kOffer}});
  EXPECT_EQ(one.next("refused")["code"], "not_here");
  EXPECT_TRUE(media->silent(loop));
  one.say({{"type", "arrive"}});
  EXPECT_EQ(connect(one).size(), 32U);
}

TEST_F(GuestPageTest, HearsWhatMediaDoesNotTake) {
  WebSocket one = in_the_lobby();
  one.say({{"type", "offer"}, {"sdp", "garbage"}});
  const auto command = media->take<link::PeerOpen>(loop);
  ASSERT_TRUE(command);
  EXPECT_EQ(command->offer, "garbage") << "only media knows SDP";
  media->say(link::Failed{command->id, "bad_offer", "no fingerprint"});
  const Json refused = one.next("refused");
  EXPECT_EQ(refused["code"], "bad_offer");
  EXPECT_EQ(refused["detail"], "no fingerprint");

  one.say({{"type", "offer"}, {"sdp", "v=0\r\n\x01"}});
  EXPECT_EQ(one.next("refused")["code"], "bad_offer");
  one.say({{"type", "offer"}, {"sdp", std::string(33'000, 'a')}});
  EXPECT_EQ(one.next("refused")["code"], "too_large");
  EXPECT_TRUE(media->silent(loop));
}

TEST_F(GuestPageTest, ReplacesItsConnectionByANewOne) {
  WebSocket one = in_the_lobby();
  const std::string first = connect(one);
  const std::string second = connect(one);
  const auto closed = media->take<link::PeerClose>(loop);
  ASSERT_TRUE(closed);
  EXPECT_EQ(closed->peer, first);
  EXPECT_NE(first, second);
  EXPECT_EQ(secretariat->peers(), 1U);
}

TEST_F(GuestPageTest, IsToldWhenItsConnectionIsGone) {
  WebSocket one = in_the_lobby();
  media->say(link::PeerGone{connect(one), "failed"});
  EXPECT_EQ(one.next("reconnect")["type"], "reconnect");
}

TEST_F(GuestPageTest, IsToldWhenMediaIsGoneAndComesBackByItself) {
  WebSocket one = admitted();
  connect(one);
  media->die();
  EXPECT_EQ(one.next("reconnect")["type"], "reconnect");
  one.say({{"type", "offer"}, {"sdp", kOffer}});
  EXPECT_EQ(one.next("refused")["code"], "media_away");
  media->listen();
  ASSERT_TRUE(loop.until([this] { return media->pump() && secretariat->media_connected(); }));
  EXPECT_EQ(connect(one).size(), 32U);
}

TEST_F(GuestPageTest, KeepsItsConnectionWhenItsSocketBreaks) {
  std::string peer;
  {
    WebSocket one = in_the_lobby();
    peer = connect(one);
  }
  ASSERT_TRUE(loop.until([this] { return !guests->page_of({"m1", "p1"}).open; }));
  WebSocket again = page(token, peer);
  EXPECT_EQ(again.next("welcome")["peer"], peer);
  again.client().close();
  ASSERT_TRUE(loop.until([this] { return !guests->page_of({"m1", "p1"}).open; }));
  media->say(link::PeerGone{peer, "failed"});
  ASSERT_TRUE(loop.until([this] { return secretariat->peers() == 0; }));
  EXPECT_TRUE(page(token, peer).next("welcome")["peer"].is_null());
}

TEST_F(GuestPageTest, HasNoConnectionOfAnother) {
  const std::string other = invite("p2")["token"];
  WebSocket one = in_the_lobby();
  const std::string peer = connect(one);
  EXPECT_TRUE(page(other, peer).next("welcome")["peer"].is_null());
}

TEST_F(GuestPageTest, KeepsItsConnectionWhenThisProcessBeginsAnew) {
  WebSocket one = in_the_lobby();
  const std::string peer = connect(one);
  close_site();
  media->snapshot.peers = {{peer, "m1/p1"}};
  open_site();
  ASSERT_TRUE(loop.until([this] { return media->pump() && secretariat->media_connected(); }));
  ASSERT_TRUE(loop.until([&] { return secretariat->has_peer(peer, "m1/p1"); }));
  WebSocket again = page(token, peer);
  EXPECT_EQ(again.next("welcome")["peer"], peer);
  media->say(link::PeerGone{peer, "failed"});
  EXPECT_EQ(again.next("reconnect")["type"], "reconnect");
}

TEST_F(GuestPageTest, ThatWentWhileMediaThoughtLeavesNothingBehind) {
  WebSocket one = in_the_lobby();
  one.say({{"type", "offer"}, {"sdp", kOffer}});
  const auto command = media->take<link::PeerOpen>(loop);
  ASSERT_TRUE(command);
  one.client().close();
  ASSERT_TRUE(loop.until([this] { return !guests->page_of({"m1", "p1"}).open; }));
  WebSocket other = welcome();
  media->say(link::Done{command->id, std::nullopt, "v=0"});
  const auto closed = media->take<link::PeerClose>(loop);
  ASSERT_TRUE(closed);
  EXPECT_EQ(closed->peer, command->peer);
  EXPECT_TRUE(other.next("answer", milliseconds(50)).is_null());
}

// ---- two pages, one seat ----

TEST_F(GuestPageTest, GivesItsSeatToASecondThatItAllows) {
  WebSocket first = in_the_lobby();
  WebSocket second = page(token);
  EXPECT_EQ(second.next("occupied")["type"], "occupied");
  EXPECT_EQ(first.next("takeover_asked")["type"], "takeover_asked");
  second.say({{"type", "hand.raise"}, {"kind", "debate"}});
  EXPECT_TRUE(second.next("view", milliseconds(50)).is_null()) << "it sees nothing before it has the seat";
  first.say({{"type", "takeover"}, {"yes", true}});
  EXPECT_EQ(second.next("welcome")["type"], "welcome");
  EXPECT_EQ(first.closed_with(), kTakenOver);
  EXPECT_TRUE(second.next("view").is_object());
  EXPECT_TRUE(guests->page_of({"m1", "p1"}).open);
}

TEST_F(GuestPageTest, KeepsItsSeatWhenItSaysNo) {
  WebSocket first = in_the_lobby();
  WebSocket second = page(token);
  first.next("takeover_asked");
  first.say({{"type", "takeover"}, {"yes", false}});
  EXPECT_EQ(second.next("takeover_denied")["type"], "takeover_denied");
  EXPECT_EQ(second.closed_with(), kDenied);
  begin();
  EXPECT_TRUE(until(first, [](const Json& view) { return view["meeting"]["state"] == "in_session"; }).is_object());
  first.say({{"type", "takeover"}, {"yes", true}});
  EXPECT_EQ(first.closed_with(milliseconds(50)), -1) << "nobody waits any more";
}

TEST_F(GuestPageTest, LeavesItsSeatToASecondThatWaits) {
  WebSocket first = in_the_lobby();
  WebSocket second = page(token);
  second.next("occupied");
  first.client().close();
  EXPECT_EQ(second.next("welcome")["type"], "welcome");
}

TEST_F(GuestPageTest, IsAskedForTheThirdWhenTheSecondWaits) {
  WebSocket first = in_the_lobby();
  WebSocket second = page(token);
  second.next("occupied");
  WebSocket third = page(token);
  EXPECT_EQ(second.closed_with(), kDenied);
  third.next("occupied");
  first.say({{"type", "takeover"}, {"yes", true}});
  EXPECT_EQ(third.next("welcome")["type"], "welcome");
}

/// The line was cut, the page is back, and its old socket does not know yet.
TEST_F(GuestPageTest, ComesBackByTheNameOfItsConnection) {
  WebSocket old = in_the_lobby();
  const std::string peer = connect(old);
  WebSocket fresh = page(token, peer);
  EXPECT_EQ(fresh.next("welcome")["peer"], peer);
  EXPECT_EQ(old.closed_with(), kTakenOver);
  EXPECT_TRUE(media->silent(loop)) << "the connection lives on";
}

/// The session was started anew, and the page is faster than media.
TEST_F(GuestPageTest, IsLetInWhenMediaHasSaidWhoIsConnected) {
  std::string peer;
  {
    WebSocket old = in_the_lobby();
    peer = connect(old);
  }
  media->greets = false;
  reopen();
  WebSocket back = page(token, peer);
  EXPECT_TRUE(back.next("welcome", milliseconds(100)).is_null());
  ASSERT_TRUE(loop.until([this] { return media->pump(); }));
  media->greets = true;
  media->snapshot.peers = {{peer, "m1/p1"}};
  media->snapshot.disk.state = "low";  // screens are told of an alarm before all else
  media->say(media->snapshot);
  EXPECT_EQ(back.next("welcome")["peer"], peer) << "the connection lives on";
  EXPECT_FALSE(back.next("view").is_null());
}

TEST_F(GuestPageTest, IsLetInAfterAMomentWhenMediaIsAway) {
  std::string peer;
  {
    WebSocket old = in_the_lobby();
    peer = connect(old);
  }
  media->die();
  reopen();
  WebSocket back = page(token, peer);
  EXPECT_TRUE(back.next("welcome", milliseconds(100)).is_null());
  EXPECT_TRUE(back.next("welcome")["peer"].is_null());
  WebSocket new_page = page(invite("p2")["token"]);
  EXPECT_FALSE(new_page.next("welcome", milliseconds(100)).is_null()) << "it has nothing to be asked for";
}

// ---- silence ----

struct ImpatientGuestPageTest : GuestPageTest {
  ImpatientGuestPageTest() {
    guest_patience = {.hello = 100, .ping = 40, .silence = 250, .takeover = 200, .away = 150};
  }
};

TEST_F(ImpatientGuestPageTest, MustSayWhoItIs) { EXPECT_EQ(open().closed_with(), kBadToken); }

TEST_F(ImpatientGuestPageTest, IsPingedAndDroppedWhenItDoesNotAnswer) {
  WebSocket one = welcome();
  EXPECT_EQ(one.next("ping")["type"], "ping");
  EXPECT_EQ(one.closed_with(milliseconds(600)), -1) << "it answers";
  one.answers_pings = false;
  EXPECT_EQ(one.closed_with(), 1001);
}

TEST_F(ImpatientGuestPageTest, KeepsItsSeatWhenItIsSilent) {
  WebSocket first = in_the_lobby();
  WebSocket second = page(token);
  second.next("occupied");
  while (!second.next("ping", milliseconds(60)).is_null() && second.closed_with(milliseconds(1)) == -1) {
    first.next("ping", milliseconds(60));
  }
  EXPECT_EQ(second.closed_with(), kDenied);
  EXPECT_EQ(first.closed_with(milliseconds(50)), -1);
}

TEST_F(ImpatientGuestPageTest, LeavesTheLobbyWhenItIsGoneForLong) {
  { WebSocket one = in_the_lobby(); }
  loop.run_for(milliseconds(50));
  EXPECT_EQ(stage(), "lobby") << "a page that is loaded anew";
  EXPECT_TRUE(loop.until([this] { return stage() == "left"; }));
}

TEST_F(ImpatientGuestPageTest, StaysInTheLobbyAsLongAsItsConnectionLives) {
  std::string peer;
  {
    WebSocket one = in_the_lobby();
    peer = connect(one);
  }
  loop.run_for(milliseconds(300));
  EXPECT_EQ(stage(), "lobby");
  media->say(link::PeerGone{peer, "failed"});
  EXPECT_TRUE(loop.until([this] { return stage() == "left"; }));
}

TEST_F(ImpatientGuestPageTest, KeepsTheSeatOfWhoeverWasAdmitted) {
  { WebSocket one = admitted(); }
  loop.run_for(milliseconds(400));
  EXPECT_EQ(stage(), "admitted");
}

// ---- how to reach us ----

struct FarGuestPageTest : GuestPageTest {
  FarGuestPageTest() {
    config.webrtc.stun = "stun:a:3478";
    config.webrtc.turn = "turn:a:3478?transport=udp turns:a:443?transport=tcp";
    config.webrtc.turn_secret = "s";
  }
};

TEST_F(FarGuestPageTest, GetsTheServersWithItsWelcome) {
  const Json servers = page(token).next("welcome")["ice_servers"];
  ASSERT_EQ(servers.size(), 2U);
  EXPECT_EQ(servers[0]["urls"], Json::array({"stun:a:3478"}));
  EXPECT_EQ(servers[1]["urls"].size(), 2U);
  EXPECT_THAT(servers[1]["username"].get<std::string>(), testing::MatchesRegex("[0-9]{10}:[0-9a-f]{8}"));
}

}  // namespace
}  // namespace tyndau::web
