#include "session/web/whep.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/session/web/site.h"

namespace tyndau::web {
namespace {

using testing::HasSubstr;
using testing::StartsWith;

constexpr const char* kOffer = "v=0\r\no=- 1 2 IN IP4 127.0.0.1\r\n";

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
  EXPECT_TRUE(media->silent(loop));
}

}  // namespace
}  // namespace tyndau::web
