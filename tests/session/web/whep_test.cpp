#include "session/web/whep.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <set>

#include "session/web/live_socket.h"
#include "tests/session/web/site.h"

namespace tyndau::web {
namespace {

using testing::HasSubstr;
using testing::StartsWith;

class WhepTest : public Site {
 protected:
  /// Asks, and has media answer with `answer`.
  Answer open(const std::string& answer = "v=0\r\nanswer\r\n") {
    Client one = client();
    one.post("/api/v1/whep", kOffer, credentials(), "application/sdp");
    const auto command = media->take<link::PeerOpen>(loop);
    if (!command) return {};
    peer = command->peer;
    EXPECT_EQ(command->offer, kOffer);
    media->say(link::Done{command->id, std::nullopt, answer});
    return one.answer().value_or(Answer{});
  }
  Answer remove(const std::string& location) {
    Client one = client();
    one.get(location, credentials(), "DELETE");
    return one.answer().value_or(Answer{});
  }
  std::string peer;
};

TEST_F(WhepTest, RelaysTheOfferAndTheAnswer) {
  enter();
  const Answer answer = open();
  EXPECT_EQ(answer.status, 201);
  EXPECT_EQ(answer.header("content-type"), "application/sdp");
  EXPECT_EQ(answer.body, "v=0\r\nanswer\r\n");
  EXPECT_EQ(answer.header("location"), "/api/v1/whep/" + peer);
  EXPECT_EQ(peer.size(), 32U);
  EXPECT_THAT(get("/metrics").body, HasSubstr("tyndau_peers 1\n"));
}

TEST_F(WhepTest, EndsTheConnectionOnce) {
  enter();
  const std::string location = open().header("location");
  EXPECT_EQ(remove(location).status, 200);
  const auto closed = media->take<link::PeerClose>(loop);
  ASSERT_TRUE(closed);
  EXPECT_EQ(closed->peer, peer);
  EXPECT_EQ(remove(location).status, 404);
}

TEST_F(WhepTest, EndsItWithTheLogin) {
  enter();
  open();
  EXPECT_EQ(post("/api/v1/logout", "", credentials()).status, 200);
  EXPECT_TRUE(media->take<link::PeerClose>(loop));
  EXPECT_THAT(get("/metrics").body, HasSubstr("tyndau_peers 0\n"));
}

TEST_F(WhepTest, ForgetsWhoHasGone) {
  enter();
  const std::string location = open().header("location");
  media->say(link::PeerGone{peer, "closed"});
  ASSERT_TRUE(loop.until([this] { return secretariat->peers() == 0; }));
  EXPECT_EQ(remove(location).status, 404);
}

TEST_F(WhepTest, SaysWhatMediaDoesNotTake) {
  enter();
  Client one = client();
  one.post("/api/v1/whep", kOffer, credentials(), "application/sdp");
  const auto command = media->take<link::PeerOpen>(loop);
  ASSERT_TRUE(command);
  media->say(link::Failed{command->id, "bad_offer", "m-line 0 of the offer has no fingerprint"});
  const auto answer = one.answer();
  ASSERT_TRUE(answer);
  EXPECT_EQ(answer->status, 400);
  EXPECT_THAT(answer->body, HasSubstr("no fingerprint"));
}

TEST_F(WhepTest, LosesAllWithMediaAndSaysSo) {
  enter();
  open();
  media->die();
  ASSERT_TRUE(loop.until([this] { return !secretariat->media_connected(); }));
  EXPECT_EQ(secretariat->peers(), 0U);
  EXPECT_EQ(post("/api/v1/whep", kOffer, credentials(), "application/sdp").status, 503);
}

TEST_F(WhepTest, OpensToNobodyElse) {
  EXPECT_EQ(post("/api/v1/whep", kOffer, "", "application/sdp").status, 401);
  enter();
  EXPECT_EQ(post("/api/v1/whep", kOffer, "Cookie: " + cookie + "\r\n", "application/sdp").status, 403);
  EXPECT_EQ(
      post("/api/v1/whep", kOffer, credentials() + "Origin: http://elsewhere.example\r\n", "application/sdp").status,
      403);
  EXPECT_EQ(post("/api/v1/whep", kOffer, credentials()).status, 415);
  EXPECT_EQ(post("/api/v1/whep", "", credentials(), "application/sdp").status, 400);
  EXPECT_EQ(post("/api/v1/whep", "v=0\r\n\x01", credentials(), "application/sdp").status, 400);
  EXPECT_EQ(post("/api/v1/whep", std::string(33000, 'a'), credentials(), "application/sdp").status, 413);
  EXPECT_TRUE(media->says_nothing(loop, *secretariat));
}

// ---- guests ----

class WhipTest : public WhepTest {
 protected:
  void SetUp() override {
    WhepTest::SetUp();
    enter();
    token = invite()["token"];
  }
  /// Offers, and has media answer.
  Answer connect(const std::string& path = "/api/v1/whip", const std::string& with = "") {
    Client one = client();
    one.post(path, kOffer, bearer(with.empty() ? token : with), "application/sdp");
    const auto command = media->take<link::PeerOpen>(loop);
    if (!command) return {};
    peer = command->peer;
    seat = command->seat;
    media->say(link::Done{command->id, std::nullopt, "v=0\r\nanswer\r\n"});
    return one.answer().value_or(Answer{});
  }
  Answer offer(const std::string& path, const std::string& with, const std::string& type = "application/sdp") {
    return post(path, kOffer, bearer(with), type);
  }
  Answer remove(const std::string& location, const std::string& with) {
    Client one = client();
    one.get(location, bearer(with), "DELETE");
    return one.answer().value_or(Answer{});
  }
  std::string token, seat;
};

TEST_F(WhipTest, AnEncoderSendsAndSoArrives) {
  const Answer answer = connect();
  EXPECT_EQ(answer.status, 201);
  EXPECT_EQ(answer.header("content-type"), "application/sdp");
  EXPECT_EQ(answer.body, "v=0\r\nanswer\r\n");
  EXPECT_EQ(answer.header("location"), "/api/v1/whip/" + peer);
  EXPECT_EQ(seat, "m1/p1");
  EXPECT_EQ(stage(), "lobby");
  EXPECT_EQ(answer.header("link"), "");
  EXPECT_THAT(answer.body, testing::Not(HasSubstr(token)));
}

TEST_F(WhipTest, APlayerGetsTheFeedOfItsSeat) {
  const Answer answer = connect("/api/v1/whep");
  EXPECT_EQ(answer.status, 201);
  EXPECT_EQ(answer.header("location"), "/api/v1/whep/" + peer);
  EXPECT_EQ(seat, "m1/p1");
}

TEST_F(WhipTest, BothMayBeThereAtOnce) {
  connect("/api/v1/whep");
  connect();
  EXPECT_EQ(secretariat->peers(), 2U);
}

TEST_F(WhipTest, ASecondEncoderIsInsteadOfTheFirst) {
  const Answer first = connect();
  const std::string its = peer;
  EXPECT_EQ(connect().status, 201);
  const auto closed = media->take<link::PeerClose>(loop);
  ASSERT_TRUE(closed);
  EXPECT_EQ(closed->peer, its);
  EXPECT_EQ(remove(first.header("location"), token).status, 404);
}

TEST_F(WhipTest, TheNewerOfferStaysThoughItIsAnsweredFirst) {
  Client first = client(), second = client();
  first.post("/api/v1/whip", kOffer, bearer(token), "application/sdp");
  const auto older = media->take<link::PeerOpen>(loop);
  second.post("/api/v1/whip", kOffer, bearer(token), "application/sdp");
  const auto newer = media->take<link::PeerOpen>(loop);
  ASSERT_TRUE(older && newer);
  media->say(link::Done{newer->id, std::nullopt, "v=0\r\nanswer\r\n"});
  ASSERT_EQ(second.answer()->status, 201);
  media->say(link::Done{older->id, std::nullopt, "v=0\r\nanswer\r\n"});
  ASSERT_EQ(first.answer()->status, 201);
  // The late answer does not end the newer connection: that would be said before what comes now.
  EXPECT_EQ(secretariat->peers(), 2U);
  connect();
  EXPECT_EQ((std::set{media->take<link::PeerClose>(loop)->peer, media->take<link::PeerClose>(loop)->peer}),
            (std::set{older->peer, newer->peer}));
}

TEST_F(WhipTest, IsEndedByItsGuestAndByNobodyElse) {
  const std::string location = connect().header("location");
  const std::string other = invite("p2")["token"];
  const std::string elsewhere = invite("p1", "m2")["token"];
  EXPECT_EQ(remove(location, other).status, 404);
  EXPECT_EQ(remove(location, elsewhere).status, 404);
  EXPECT_EQ(remove(location, "x").status, 401);
  EXPECT_EQ(WhepTest::remove(location).status, 401) << "a desk's login is no guest's token";
  EXPECT_EQ(WhepTest::remove("/api/v1/whep/" + peer).status, 404);
  EXPECT_TRUE(media->says_nothing(loop, *secretariat));
  EXPECT_EQ(remove(location, token).status, 200);
  EXPECT_EQ(media->take<link::PeerClose>(loop)->peer, peer);
  EXPECT_EQ(remove(location, token).status, 404);
}

TEST_F(WhipTest, BeforeItsDayNobodyArrives) {
  const std::string elsewhere = invite("p1", "m2")["token"];
  const Answer answer = post("/api/v1/whip", kOffer, bearer(elsewhere), "application/sdp");
  EXPECT_EQ(answer.status, 409) << answer.body;
  EXPECT_THAT(answer.body, HasSubstr("not_yet"));
  EXPECT_EQ(answer.header("retry-after"), "60");
  EXPECT_EQ(stage("p1", "m2"), "invited") << "an encoder that tries and tries writes nothing into the journal";
}

TEST_F(WhipTest, ADesksConnectionIsNoGuests) {
  const std::string location = open().header("location");
  EXPECT_EQ(remove(location, token).status, 404);
}

TEST_F(WhipTest, OpensToNobodyElse) {
  EXPECT_EQ(offer("/api/v1/whip", "x").status, 401);
  EXPECT_EQ(offer("/api/v1/whip", std::string(22, 'A')).status, 401);
  EXPECT_EQ(offer("/api/v1/whep", "x").status, 401);
  EXPECT_EQ(post("/api/v1/whip", kOffer, credentials(), "application/sdp").status, 401);
  EXPECT_EQ(offer("/api/v1/whip", token, "application/json").status, 415);
  EXPECT_EQ(post("/api/v1/whip", "", bearer(token), "application/sdp").status, 400);
  EXPECT_EQ(post("/api/v1/whip", std::string(33'000, 'a'), bearer(token), "application/sdp").status, 413);
  EXPECT_EQ(post("/api/v1/whip", std::string(1'000'000, 'a'), bearer(token), "application/sdp").status, 413);
  ASSERT_EQ(act({{"action", "guest.revoke"}, {"person", "p1"}}).status, 200);
  EXPECT_EQ(offer("/api/v1/whip", token).status, 401);
  EXPECT_TRUE(media->says_nothing(loop, *secretariat));
}

TEST_F(WhipTest, TakesTheSchemeAndTheTypeInEitherCase) {
  for (const std::string type : {"Application/SDP", "application/sdp ; charset=utf-8"}) {
    Client one = client();
    one.post("/api/v1/whip", kOffer, "authorization: bearer " + token + "\r\n", type);
    const auto command = media->take<link::PeerOpen>(loop);
    ASSERT_TRUE(command) << type;
    media->say(link::Done{command->id, std::nullopt, "v=0\r\nanswer\r\n"});
    EXPECT_EQ(one.answer()->status, 201);
  }
}

TEST_F(WhipTest, LetsAPageOfAnotherSiteReadItsRefusals) {
  EXPECT_EQ(offer("/api/v1/whip", "x").header("access-control-allow-origin"), "*");
  EXPECT_EQ(offer("/api/v1/whip", token, "text/plain").header("access-control-allow-origin"), "*");
  EXPECT_EQ(remove("/api/v1/whip/nothing", token).header("access-control-allow-origin"), "*");
  EXPECT_EQ(post("/api/v1/whep", kOffer, credentials(), "text/plain").header("access-control-allow-origin"), "");
}

TEST_F(WhipTest, ADeclinedEncoderDoesNotComeBackByTrying) {
  connect();
  ASSERT_EQ(act({{"action", "guest.decline"}, {"person", "p1"}}).status, 200);
  EXPECT_EQ(media->take<link::PeerClose>(loop)->peer, peer);
  EXPECT_EQ(offer("/api/v1/whip", token).status, 403);
  EXPECT_EQ(stage(), "declined");
}

TEST_F(WhipTest, SaysWhatMediaDoesNotTake) {
  Client one = client();
  one.post("/api/v1/whip", kOffer, bearer(token), "application/sdp");
  const auto command = media->take<link::PeerOpen>(loop);
  ASSERT_TRUE(command);
  media->say(link::Failed{command->id, "bad_offer", "no fingerprint"});
  EXPECT_EQ(one.answer()->status, 400);
  media->die();
  ASSERT_TRUE(loop.until([this] { return !secretariat->media_connected(); }));
  EXPECT_EQ(offer("/api/v1/whip", token).status, 503);
}

TEST_F(WhipTest, AGuestHasFewConnections) {
  for (int i = 0; i < 6; ++i) EXPECT_EQ(connect("/api/v1/whep").status, 201);
  EXPECT_EQ(offer("/api/v1/whep", token).status, 429);
  EXPECT_EQ(offer("/api/v1/whip", token).status, 429);
  const std::string location = "/api/v1/whep/" + peer;
  EXPECT_EQ(remove(location, token).status, 200);
  EXPECT_TRUE(media->take<link::PeerClose>(loop));
  EXPECT_EQ(connect().status, 201);
}

// ---- the hall's encoder ----

class HallTest : public WhipTest {
 protected:
  void SetUp() override {
    WhipTest::SetUp();
    key = make_key();
  }
  std::string make_key(const std::string& meeting = "m1") {
    const Answer answer = act({{"action", "source.invite"}}, "", meeting);
    EXPECT_EQ(answer.status, 200) << answer.body;
    result = answer.json()["result"];
    return result["token"];
  }
  Json result;
  std::string key;
};

TEST_F(HallTest, SendsForTheHallAndHearsWhatTheHallDoesNotSay) {
  EXPECT_THAT(result["url"].get<std::string>(), testing::EndsWith("/api/v1/whip"));
  EXPECT_EQ(key.size(), 22U);
  EXPECT_EQ(connect("/api/v1/whip", key).status, 201);
  EXPECT_EQ(seat, link::hall_seat("m1"));
  EXPECT_EQ(connect("/api/v1/whep", key).status, 201);
  EXPECT_EQ(seat, link::hall_seat("m1"));
  EXPECT_EQ(remove("/api/v1/whep/" + peer, token).status, 404) << "somebody else's";
  EXPECT_EQ(remove("/api/v1/whep/" + peer, key).status, 200);
}

TEST_F(HallTest, IsNobodyElse) {
  // Its key is no person's: it may do nothing but send and receive.
  for (const char* action : {"guest.arrive", "hand.lower", "sitting.open", "broadcast.start", "source.revoke"}) {
    EXPECT_EQ(post("/api/v1/meetings/m1/actions", Json{{"action", action}}.dump(), bearer(key)).status, 401) << action;
  }
  EXPECT_EQ(post("/api/v1/guest/probe", "x", bearer(key)).status, 401);
  EXPECT_EQ(get("/join/" + key).status, 410);
  EXPECT_EQ(secretariat->state("m1")->phase, meeting::Phase::kAnnounced);
}

TEST_F(HallTest, EndsWithItsKey) {
  connect("/api/v1/whip", key);
  const std::string old = peer;
  const std::string fresh = make_key();
  EXPECT_EQ(media->take<link::PeerClose>(loop)->peer, old) << "a new key is instead of the old one";
  EXPECT_EQ(offer("/api/v1/whip", key).status, 401);
  connect("/api/v1/whip", fresh);
  ASSERT_EQ(act({{"action", "source.revoke"}}).status, 200);
  EXPECT_EQ(media->take<link::PeerClose>(loop)->peer, peer);
  EXPECT_EQ(offer("/api/v1/whip", fresh).status, 401);
  EXPECT_EQ(act({{"action", "source.revoke"}}).status, 409);
  ASSERT_EQ(act({{"action", "undo"}}).status, 200);
  EXPECT_EQ(connect("/api/v1/whip", fresh).status, 201) << "the revoking was undone";
}

TEST_F(HallTest, ASecondEncoderWaitsUntilTheFirstIsSilent) {
  connect("/api/v1/whip", key);
  const std::string first = peer;
  link::PeerState state{peer, link::hall_seat("m1"), "ok", 1280, 720};
  media->say(state);
  ASSERT_TRUE(loop.until([&] { return secretariat->line("m1", "").has_value(); }));
  EXPECT_EQ(offer("/api/v1/whip", key).status, 409);
  EXPECT_EQ(connect("/api/v1/whep", key).status, 201) << "listening disturbs nobody";
  state.line = "silent";
  media->say(state);
  ASSERT_TRUE(loop.until([&] { return secretariat->line("m1", "")->line == "silent"; }));
  EXPECT_EQ(connect("/api/v1/whip", key).status, 201);
  EXPECT_EQ(media->take<link::PeerClose>(loop)->peer, first);
}

TEST_F(HallTest, IsOfOneMeeting) {
  const std::string other = make_key("m2");
  connect("/api/v1/whip", key);
  EXPECT_EQ(seat, link::hall_seat("m1"));
  connect("/api/v1/whip", other);
  EXPECT_EQ(seat, link::hall_seat("m2"));
  EXPECT_TRUE(media->says_nothing(loop, *secretariat)) << "neither ends the other";
  media->say(link::PeerState{peer, link::hall_seat("m2"), "ok", 640, 360});
  ASSERT_TRUE(loop.until([&] { return secretariat->line("m2", "").has_value(); }));
  EXPECT_FALSE(secretariat->line("m1", ""));
  EXPECT_EQ(act({{"action", "source.set"}, {"uri", "whip:m2"}}).status, 422);
  EXPECT_EQ(act({{"action", "source.set"}, {"uri", "whip:m1"}}).status, 200);
  EXPECT_EQ(media->take<link::SourceSet>(loop)->uri, "whip:m1");
}

TEST_F(HallTest, AKeyThatIsReplacedAfterARestartOfTheSessionEndsItsEncoder) {
  connect("/api/v1/whip", key);
  media->snapshot.peers = {
      {peer, link::hall_seat("m1")}, {"a", link::hall_seat("m2")}, {"b", std::string(link::kLoudspeakers)}};
  reopen();
  ASSERT_TRUE(loop.until([this] {
    media->pump();
    return secretariat->media_connected();
  }));
  std::set<std::string> closed;
  while (closed.size() < 2) closed.insert(media->take<link::PeerClose>(loop)->peer);
  EXPECT_EQ(closed, (std::set<std::string>{"a", "b"})) << "no key of m2, and a desk's that asks again";
  EXPECT_TRUE(media->says_nothing(loop, *secretariat)) << "the hall goes on";
  make_key();
  EXPECT_EQ(media->take<link::PeerClose>(loop)->peer, peer);
}

TEST_F(HallTest, EndsWithTheMeeting) {
  ASSERT_EQ(act({{"action", "source.set"}, {"uri", "whip:m1"}}).status, 200);
  ASSERT_TRUE(media->take<link::SourceSet>(loop));
  ASSERT_EQ(act({{"action", "sitting.open"}}).status, 200);
  ASSERT_EQ(act({{"action", "sitting.close"}}).status, 200);
  EXPECT_EQ(offer("/api/v1/whip", key).status, 401);
  EXPECT_EQ(act({{"action", "source.invite"}}).status, 409);
  EXPECT_EQ(media->take<link::SourceSet>(loop)->uri, config.programme.source)
      << "the hall's own source for the next one";
}

TEST_F(HallTest, TheDeskSeesWhetherItSends) {
  connect("/api/v1/whip", key);
  EXPECT_FALSE(secretariat->line("m1", ""));
  int told = 0;
  const int ticket = secretariat->listen([&](const std::string& meeting) { told += meeting == "m1" ? 1 : 0; });
  link::PeerState state{peer, link::hall_seat("m1"), "ok", 1280, 720};
  media->say(state);
  ASSERT_TRUE(loop.until([&] { return told == 1; }));
  EXPECT_EQ(secretariat->line("m1", "")->width, 1280);
  const Json view = desk_view(*secretariat, "m1", 0, {}, {});
  EXPECT_EQ(view["encoder"]["invited"], true);
  EXPECT_EQ(view["encoder"]["line"]["width"], 1280);
  // No screen is drawn anew four times a second for it.
  media->say(state);
  media->say(link::PeerGone{peer, "closed"});
  ASSERT_TRUE(loop.until([&] { return told == 2; }));
  EXPECT_EQ(desk_view(*secretariat, "m1", 0, {}, {})["encoder"]["line"], Json());
  EXPECT_EQ(stage(""), "");
  secretariat->forget(ticket);
}

TEST_F(HallTest, ADeskHearsWhatTheHallsLoudspeakersMayPlay) {
  const auto open_with = [this](const std::string& query) {
    Client one = client();
    one.post("/api/v1/whep" + query, kOffer, credentials(), "application/sdp");
    const auto command = media->take<link::PeerOpen>(loop);
    if (!command) return std::string("none");
    media->say(link::Done{command->id, std::nullopt, "v=0\r\nanswer\r\n"});
    peer = command->peer;
    EXPECT_EQ(one.answer()->status, 201);
    return command->seat;
  };
  EXPECT_EQ(open_with(""), "");
  EXPECT_EQ(open_with("?sound=programme"), "");
  EXPECT_EQ(open_with("?sound=hall"), link::kLoudspeakers);
  EXPECT_EQ(post("/api/v1/whep?sound=hell", kOffer, credentials(), "application/sdp").status, 400);
  EXPECT_EQ(remove("/api/v1/whep/" + peer, key).status, 404) << "the encoder ends no desk's";
  EXPECT_EQ(WhepTest::remove("/api/v1/whep/" + peer).status, 200);
}

TEST_F(WhipTest, TricklesNothing) {
  const std::string location = connect().header("location");
  for (const char* method : {"PATCH", "GET", "PUT", "POST"}) {
    Client one = client();
    one.get(location, bearer(token), method);
    const auto answer = one.answer();
    ASSERT_TRUE(answer);
    EXPECT_EQ(answer->status, 405) << method;
    EXPECT_EQ(answer->header("allow"), "DELETE, OPTIONS");
  }
  EXPECT_EQ(get("/api/v1/whip").status, 405);
}

TEST_F(WhipTest, PagesOfOtherSitesMayComeWithATokenAndNotWithALogin) {
  Client one = client();
  one.get("/api/v1/whip", "Origin: https://studio.example\r\nAccess-Control-Request-Method: POST\r\n", "OPTIONS");
  const auto answer = one.answer();
  ASSERT_TRUE(answer);
  EXPECT_EQ(answer->status, 200);
  EXPECT_EQ(answer->header("accept-post"), "application/sdp");
  EXPECT_EQ(answer->header("access-control-allow-origin"), "*");
  EXPECT_THAT(answer->header("access-control-allow-headers"), HasSubstr("Authorization"));
  EXPECT_EQ(answer->header("access-control-allow-credentials"), "");
  EXPECT_EQ(connect().header("access-control-allow-origin"), "*");
  EXPECT_EQ(open().header("access-control-allow-origin"), "");
}

class FarWhipTest : public WhipTest {
 protected:
  FarWhipTest() {
    config.webrtc.turn = "turns:a:443?transport=tcp";
    config.webrtc.turn_secret = "s";
  }
};

TEST_F(FarWhipTest, SaysByWhichServersItIsReached) {
  EXPECT_THAT(connect().header("link"), StartsWith("<turns:a:443?transport=tcp>; rel=\"ice-server\"; username=\""));
}

}  // namespace
}  // namespace tyndau::web
