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
  /// Whoever may not do so is answered, which shows that the page lives, and that what was to be said before it has
  /// been said.
  static void raise_hand(WebSocket& page) { page.say({{"type", "hand.raise"}, {"kind", "debate"}}); }
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

TEST_F(GuestPageTest, CannotFillTheJournal) {
  WebSocket one = page(token);
  one.next("welcome");
  clock_stands = utc_now();
  const auto press = [this](int i) {
    const Json action{{"action", i % 2 == 0 ? "guest.arrive" : "guest.leave"}};
    return post("/api/v1/meetings/m1/actions", action.dump(), bearer(token));
  };
  for (int i = 0; i < Presses::kAtOnce; ++i) ASSERT_EQ(press(i).status, 200) << i;
  const auto full = seq();
  const Answer refused = press(0);
  EXPECT_EQ(refused.status, 429);
  EXPECT_EQ(refused.header("retry-after"), "2");
  one.say({{"type", "arrive"}});
  EXPECT_EQ(one.next("refusal")["code"], "too_hasty") << "by the page it is the same guest";
  EXPECT_EQ(seq(), full);
  *clock_stands += Presses::kEvery;
  EXPECT_EQ(press(0).status, 200);
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
  EXPECT_TRUE(other.next("welcome").at("peer").is_null());
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
  // A "reconnect" would be said in the same turn, and go before the view.
  Json next = one.first_of({"reconnect", "view"});
  ASSERT_EQ(next["type"], "view") << "whoever was declined need not come back";
  EXPECT_EQ(next["view"]["me"]["stage"], "declined");
  EXPECT_TRUE(media->take<link::PeerClose>(loop));
  one.say({{"type", "arrive"}});
  EXPECT_FALSE(until(one, [](const Json& view) { return view["me"]["stage"] == "lobby"; }).is_null())
      << "its socket was closed";
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
  WebSocket other = page(invite("p1", "m2")["token"]);
  EXPECT_FALSE(other.next("view").is_null());
  WebSocket one = welcome();
  EXPECT_FALSE(one.next("view").is_null());
  ASSERT_EQ(act({{"action", "sitting.open"}}, "", "m2").status, 200);
  EXPECT_EQ(other.next("view")["view"]["meeting"]["state"], "in_session");
  ASSERT_EQ(act({{"action", "sitting.open"}}).status, 200);
  // Had it been told of the other meeting, that view would come first.
  Json view = one.next("view")["view"];
  EXPECT_EQ(view["meeting"]["state"], "in_session");
  EXPECT_EQ(view["seq"], seq());
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
  one.say({{"type", "offer"}, {"sdp", "v=0\r\ntoo early\r\n"}});
  EXPECT_EQ(one.next("refused")["code"], "not_here");
  one.say({{"type", "arrive"}});
  EXPECT_EQ(connect(one).size(), 32U);  // media gets this offer and not that one
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
  EXPECT_TRUE(media->says_nothing(loop, *secretariat));
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
  EXPECT_TRUE(page(token, peer).next("welcome").at("peer").is_null());
}

TEST_F(GuestPageTest, HasNoConnectionOfAnother) {
  const std::string other = invite("p2")["token"];
  WebSocket one = in_the_lobby();
  const std::string peer = connect(one);
  EXPECT_TRUE(page(other, peer).next("welcome").at("peer").is_null());
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
  raise_hand(other);
  EXPECT_EQ(other.first_of({"answer", "refusal"})["type"], "refusal") << "it heard another page's answer";
}

// ---- two pages, one seat ----

TEST_F(GuestPageTest, GivesItsSeatToASecondThatItAllows) {
  WebSocket first = admitted();
  begin();
  WebSocket second = page(token);
  EXPECT_EQ(second.next("occupied")["type"], "occupied");
  EXPECT_EQ(first.next("takeover_asked")["type"], "takeover_asked");
  raise_hand(second);
  // Heard before this, which is answered.
  first.say({{"type", "offer"}, {"sdp", "v=0\r\n\x01"}});
  EXPECT_EQ(first.next("refused")["code"], "bad_offer");
  first.say({{"type", "takeover"}, {"yes", true}});
  EXPECT_EQ(second.first_of({"view", "refusal", "welcome"})["type"], "welcome")
      << "it sees nothing before it has the seat";
  EXPECT_EQ(first.closed_with(), kTakenOver);
  EXPECT_TRUE(second.next("view").at("view").at("me").at("hand").is_null()) << "nor does it say anything";
  raise_hand(second);
  EXPECT_FALSE(until(second, [](const Json& view) { return view["me"]["hand"].is_object(); }).is_null());
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
  raise_hand(first);
  EXPECT_EQ(first.next("refusal")["type"], "refusal") << "nobody waits any more: it has its seat, and is answered";
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
  old.client().close();
  raise_hand(fresh);
  EXPECT_EQ(fresh.first_of({"reconnect", "refusal"})["type"], "refusal");
  EXPECT_TRUE(media->says_nothing(loop, *secretariat)) << "the connection lives on";
}

/// The session was started anew, and the page is faster than media.
TEST_F(GuestPageTest, IsLetInWhenMediaHasSaidWhoIsConnected) {
  std::string peer;
  {
    WebSocket old = in_the_lobby();
    peer = connect(old);
  }
  media->greets = false;
  guest_patience.media = 60'000;
  reopen();
  WebSocket back = page(token, peer);
  // Welcomed too early it would hear of no connection.
  ASSERT_TRUE(loop.until([this] { return guests->page_of({"m1", "p1"}).open; }));
  ASSERT_TRUE(loop.until([this] { return media->pump(); }));
  media->greets = true;
  media->snapshot.peers = {{peer, "m1/p1"}};
  media->snapshot.disk.state = "low";  // screens are told of an alarm before all else
  media->say(media->snapshot);
  EXPECT_EQ(back.next("welcome")["peer"], peer) << "the connection lives on";
  EXPECT_FALSE(back.next("view").is_null());
}

TEST_F(GuestPageTest, IsLetInAfterAMomentWhenMediaIsAway) {
  const std::string other = invite("p2")["token"];
  std::string peer;
  {
    WebSocket old = in_the_lobby();
    peer = connect(old);
  }
  media->die();
  guest_patience.media = 3000;  // what is done here meanwhile takes some hundredths of it
  reopen();
  WebSocket back = page(token, peer);
  ASSERT_TRUE(loop.until([this] { return guests->page_of({"m1", "p1"}).open; }));
  WebSocket new_page = page(other);
  EXPECT_EQ(new_page.next("welcome")["type"], "welcome") << "it has nothing to be asked for";
  // Whoever was let in together with it has heard so before this is answered.
  raise_hand(back);
  EXPECT_EQ(back.first_of({"welcome", "refusal"})["type"], "refusal");
  EXPECT_TRUE(back.next("welcome").at("peer").is_null());
}

// ---- silence ----

struct ImpatientGuestPageTest : GuestPageTest {
  ImpatientGuestPageTest() {
    guest_patience = {.hello = 100, .ping = 40, .silence = 250, .takeover = 200, .away = 500};
  }
  /// Another guest leaves the lobby without a word, and is not waited for any more: nor would be whoever did before.
  void another_leaves() {
    ASSERT_TRUE(loop.until([this] { return !guests->page_of({"m1", "p1"}).open; }));
    {
      WebSocket other = page(invite("p2")["token"]);
      other.say({{"type", "arrive"}});
      ASSERT_TRUE(loop.until([this] { return stage("p2") == "lobby"; }));
    }
    ASSERT_TRUE(loop.until([this] { return stage("p2") == "left"; }));
  }
};

TEST_F(ImpatientGuestPageTest, MustSayWhoItIs) { EXPECT_EQ(open().closed_with(), kBadToken); }

TEST_F(ImpatientGuestPageTest, IsPingedAndDroppedWhenItDoesNotAnswer) {
  WebSocket one = welcome();
  EXPECT_EQ(one.next("ping")["type"], "ping");
  // For longer than a silence may last.
  for (int i = 0; i < 8; ++i) EXPECT_EQ(one.next("ping")["type"], "ping") << "it answers";
  one.answers_pings = false;
  EXPECT_EQ(one.closed_with(), 1001);
}

TEST_F(ImpatientGuestPageTest, KeepsItsSeatWhenItIsSilent) {
  WebSocket first = in_the_lobby();
  WebSocket second = page(token);
  second.next("occupied");
  // Both answer their pings.
  EXPECT_TRUE(loop.until([&] {
    first.next("ping", milliseconds(0));
    return second.closed_with(milliseconds(0)) == kDenied;
  }));
  raise_hand(first);
  EXPECT_EQ(first.next("refusal")["type"], "refusal");
}

TEST_F(ImpatientGuestPageTest, LeavesTheLobbyWhenItIsGoneForLong) {
  { WebSocket one = in_the_lobby(); }
  ASSERT_TRUE(loop.until([this] { return !guests->page_of({"m1", "p1"}).open; }));
  {
    WebSocket anew = welcome();
    EXPECT_EQ(stage(), "lobby") << "a page that is loaded anew";
  }
  const Utc gone = utc_now();
  EXPECT_TRUE(loop.until([this] { return stage() == "left"; }));
  const meeting::StoredEvent& left = secretariat->events("m1").back();
  EXPECT_EQ(left.event.kind, "guest.left");
  EXPECT_GE(left.utc - gone, milliseconds(guest_patience.away));
}

TEST_F(ImpatientGuestPageTest, StaysInTheLobbyAsLongAsItsConnectionLives) {
  std::string peer;
  {
    WebSocket one = in_the_lobby();
    peer = connect(one);
  }
  another_leaves();
  EXPECT_EQ(stage(), "lobby");
  media->say(link::PeerGone{peer, "failed"});
  EXPECT_TRUE(loop.until([this] { return stage() == "left"; }));
}

TEST_F(ImpatientGuestPageTest, KeepsTheSeatOfWhoeverWasAdmitted) {
  { WebSocket one = admitted(); }
  another_leaves();
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
