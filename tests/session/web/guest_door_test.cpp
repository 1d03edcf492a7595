#include "session/access/guest_door.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <chrono>
#include <filesystem>
#include <fstream>

#include "tests/session/web/site.h"

namespace tyndau::web {
namespace {

using testing::HasSubstr;
using testing::MatchesRegex;
using testing::Not;
using testing::StartsWith;

struct DoorTest : Site {
  void SetUp() override {
    Site::SetUp();
    enter();
    token = invite()["token"];
  }
  Answer act_as(const std::string& with, const Json& action, const std::string& meeting = "m1") {
    return post("/api/v1/meetings/" + meeting + "/actions", action.dump(), bearer(with));
  }
  static std::string code(const Answer& answer) { return answer.json()["error"]["code"]; }
  static std::string refused(const Answer& answer) { return answer.json()["refusal"]["code"]; }
  std::string token;
};

// ---- the invitation ----

TEST_F(DoorTest, AnInvitationIsALink) {
  const Json result = invite("p2");
  EXPECT_THAT(result["token"].get<std::string>(), MatchesRegex("[A-Za-z0-9_-]{22}"));
  EXPECT_EQ(result["url"], "http://localhost/join/" + result["token"].get<std::string>());
  const auto expires = parse_utc(result["expires"].get<std::string>());
  ASSERT_TRUE(expires);
  const auto left = *expires - utc_now();
  EXPECT_GT(left, std::chrono::hours(23));
  EXPECT_LE(left, std::chrono::hours(24));
  EXPECT_EQ(result.size(), 3U);
}

TEST_F(DoorTest, AnInvitationToALaterMeetingLastsLonger) {
  const auto expires = parse_utc(invite("p1", "m2")["expires"].get<std::string>());
  EXPECT_EQ(*expires, secretariat->state("m2")->record.starts_at + std::chrono::hours(24));
}

TEST_F(DoorTest, AnInvitationToAMeetingThatHasNotBegunExpires) {
  clock_ahead = std::chrono::hours(25);
  EXPECT_EQ(code(act_as(token, {{"action", "guest.arrive"}})), "bad_token");
}

TEST_F(DoorTest, NoInvitationExpiresWhileTheMeetingIsUnderWay) {
  ASSERT_EQ(act({{"action", "sitting.open"}}).status, 200);
  ASSERT_EQ(act({{"action", "recess.start"}}).status, 200);
  clock_ahead = std::chrono::days(15);
  EXPECT_EQ(act_as(token, {{"action", "guest.arrive"}}).status, 200) << "a session may break for fifteen days";
  clock_ahead = std::chrono::days(32);
  EXPECT_EQ(code(act_as(token, {{"action", "guest.leave"}})), "bad_token") << "nobody closed it";
}

TEST_F(DoorTest, AnExpiredInvitationEndsWithTheMeeting) {
  ASSERT_EQ(act({{"action", "sitting.open"}}).status, 200);
  ASSERT_EQ(act({{"action", "sitting.close"}}).status, 200);
  clock_ahead = std::chrono::hours(25);
  EXPECT_EQ(code(act_as(token, {{"action", "guest.arrive"}})), "bad_token");
}

TEST_F(DoorTest, ALinkLeadsToThePublicAddress) {
  config.web.public_url = "https://hearings.example.kz/";
  reopen();
  enter();
  EXPECT_THAT(invite()["url"].get<std::string>(), StartsWith("https://hearings.example.kz/join/"));
}

TEST_F(DoorTest, ARepeatedRequestGetsAnotherLinkToTheSameInvitation) {
  const std::string key = "Idempotency-Key: k1\r\n";
  const Json action = {{"action", "guest.invite"}, {"person", "p2"}};
  const Json first = act(action, key).json();
  const Json second = act(action, key).json();
  EXPECT_EQ(first["seq"], second["seq"]);
  EXPECT_NE(first["result"]["token"], second["result"]["token"]);
  for (const Json& one : {first, second}) {
    EXPECT_EQ(act_as(one["result"]["token"], {{"action", "guest.arrive"}}).status, 200);
  }
  EXPECT_EQ(act({{"action", "guest.invite"}, {"person", "p1"}}, key).status, 422);
}

TEST_F(DoorTest, TheTokenIsNotInTheJournalAndNotInTheDatabase) {
  for (const auto& event : secretariat->events("m1")) {
    EXPECT_THAT(event.event.payload.dump(), Not(HasSubstr(token)));
  }
  for (const auto& entry : std::filesystem::directory_iterator(directory.path())) {
    if (!entry.is_regular_file()) continue;
    std::ifstream file(entry.path(), std::ios::binary);
    const std::string bytes{std::istreambuf_iterator<char>(file), {}};
    EXPECT_THAT(bytes, Not(HasSubstr(token))) << entry.path();
  }
}

TEST_F(DoorTest, NobodyIsInvitedWhoIsNotThere) {
  EXPECT_EQ(refused(act({{"action", "guest.invite"}, {"person", "p9"}})), "person_unknown");
}

// ---- acting by a token ----

TEST_F(DoorTest, AGuestActsForHimself) {
  const Answer arrived = act_as(token, {{"action", "guest.arrive"}});
  ASSERT_EQ(arrived.status, 200) << arrived.body;
  EXPECT_EQ(stage(), "lobby");
  EXPECT_EQ(secretariat->events("m1").back().actor, "guest:p1");
  ASSERT_EQ(act({{"action", "guest.admit"}, {"person", "p1"}}).status, 200);
  ASSERT_EQ(act({{"action", "sitting.open"}}).status, 200);
  ASSERT_EQ(act({{"action", "item.open"}, {"item", "a2"}}).status, 200);
  EXPECT_EQ(act_as(token, {{"action", "hand.raise"}, {"kind", "debate"}}).status, 200);
  EXPECT_EQ(act_as(token, {{"action", "hand.lower"}}).status, 200);
}

TEST_F(DoorTest, AGuestIsNotTheSecretary) {
  ASSERT_EQ(act_as(token, {{"action", "guest.arrive"}}).status, 200);
  for (const Json& action :
       {Json{{"action", "floor.give"}, {"person", "p1"}}, Json{{"action", "sitting.open"}},
        Json{{"action", "broadcast.start"}}, Json{{"action", "undo"}},
        Json{{"action", "guest.admit"}, {"person", "p1"}}, Json{{"action", "guest.invite"}, {"person", "p2"}},
        Json{{"action", "hand.raise"}, {"kind", "debate"}, {"person", "p2"}}}) {
    const Answer answer = act_as(token, action);
    EXPECT_EQ(answer.status, 409) << action;
    EXPECT_EQ(refused(answer), "not_yours") << action;
  }
  EXPECT_EQ(stage(), "lobby");
}

/// A cookie beside the token does not make more of it.
TEST_F(DoorTest, TheTokenCountsWhereBothCome) {
  const Answer answer =
      post("/api/v1/meetings/m1/actions", Json{{"action", "sitting.open"}}.dump(), bearer(token) + credentials());
  EXPECT_EQ(refused(answer), "not_yours");
  EXPECT_EQ(
      post("/api/v1/meetings/m1/actions", Json{{"action", "sitting.open"}}.dump(), bearer("nonsense") + credentials())
          .status,
      401);
}

TEST_F(DoorTest, AGuestActsInHisMeetingOnly) {
  const Answer answer = act_as(token, {{"action", "guest.arrive"}}, "m2");
  EXPECT_EQ(answer.status, 403);
  EXPECT_EQ(code(answer), "token_of_another_meeting");
  EXPECT_EQ(stage("p1", "m2"), "");
}

TEST_F(DoorTest, ABadTokenIsNobodys) {
  for (const std::string& bad : {std::string(22, 'A'), std::string("x"), token + "A", token.substr(1)}) {
    const Answer answer = act_as(bad, {{"action", "guest.arrive"}});
    EXPECT_EQ(answer.status, 401) << bad;
    EXPECT_EQ(code(answer), "bad_token");
    EXPECT_EQ(answer.header("www-authenticate"), "Bearer");
    EXPECT_THAT(answer.body, Not(HasSubstr(bad + "\"")));
  }
  EXPECT_EQ(post("/api/v1/meetings/m1/actions", Json{{"action", "guest.arrive"}}.dump(),
                 "Authorization: Basic " + token + "\r\n")
                .status,
            401);
}

TEST_F(DoorTest, ATokenEnds) {
  clock_ahead = std::chrono::hours(25);
  EXPECT_EQ(act_as(token, {{"action", "guest.arrive"}}).status, 401) << "expired";
  clock_ahead = {};
  EXPECT_EQ(act_as(token, {{"action", "guest.arrive"}}).status, 200);
  const std::string fresh = invite()["token"];
  EXPECT_EQ(act_as(token, {{"action", "hand.lower"}}).status, 401) << "replaced";
  ASSERT_EQ(act({{"action", "guest.revoke"}, {"person", "p1"}}).status, 200);
  EXPECT_EQ(act_as(fresh, {{"action", "guest.arrive"}}).status, 401) << "revoked";
  ASSERT_EQ(act({{"action", "undo"}}).status, 200);
  EXPECT_EQ(act_as(fresh, {{"action", "guest.arrive"}}).status, 200) << "the revoking was undone";
}

TEST_F(DoorTest, GuessingIsSlowedDown) {
  for (int i = 0; i < 20; ++i) {
    EXPECT_EQ(act_as(std::string(21, 'A') + static_cast<char>('A' + i), {{"action", "guest.arrive"}}).status, 401);
  }
  const Answer answer = act_as(token, {{"action", "guest.arrive"}});
  EXPECT_EQ(answer.status, 429);
  EXPECT_THAT(answer.header("retry-after"), MatchesRegex("[1-9][0-9]*"));
  EXPECT_EQ(get("/join/" + token).status, 429);
  clock_ahead = std::chrono::seconds(3);
  EXPECT_EQ(act_as(token, {{"action", "guest.arrive"}}).status, 200);
}

TEST_F(DoorTest, WhatCannotBeATokenIsNoGuess) {
  for (int i = 0; i < 40; ++i) EXPECT_EQ(act_as("nonsense", {{"action", "guest.arrive"}}).status, 401);
  EXPECT_EQ(act_as(token, {{"action", "guest.arrive"}}).status, 200);
}

// ---- the page ----

TEST_F(DoorTest, TheLinkOpensThePageInTheReadersLanguage) {
  for (const char* language : {"kk", "ru", "en"}) {
    const Answer answer = get("/join/" + token + "?lang=" + language);
    ASSERT_EQ(answer.status, 200);
    EXPECT_THAT(answer.body, HasSubstr(std::string("<html lang=\"") + language));
    EXPECT_THAT(answer.body, HasSubstr("id=\"guest\""));
    EXPECT_THAT(answer.body, HasSubstr("guest/guest.js"));
    EXPECT_THAT(answer.body, HasSubstr("&quot;token&quot;:&quot;" + token + "&quot;"));
    EXPECT_THAT(answer.body, HasSubstr("&quot;person&quot;:&quot;p1&quot;"));
    EXPECT_THAT(answer.body, HasSubstr("&quot;guest_title&quot;"));
    EXPECT_THAT(answer.body, Not(HasSubstr("&quot;desk_")));
    EXPECT_THAT(answer.header("set-cookie"), StartsWith(std::string("lang=") + language));
  }
  EXPECT_EQ(stage(), "invited");
}

TEST_F(DoorTest, ThePageTellsNobodyItsAddress) {
  const Answer answer = get("/join/" + token);
  EXPECT_EQ(answer.headers.count("referrer-policy"), 1U);
  EXPECT_EQ(answer.header("referrer-policy"), "no-referrer");
  EXPECT_EQ(answer.header("cache-control"), "no-store");
  EXPECT_EQ(answer.header("permissions-policy"), "camera=(self), microphone=(self), display-capture=(self)");
  EXPECT_THAT(answer.header("content-security-policy"), HasSubstr("frame-ancestors 'none'"));
  EXPECT_THAT(answer.header("content-security-policy"), HasSubstr("script-src 'self';"));
}

TEST_F(DoorTest, ALinkThatIsNotValidSaysWhatToDo) {
  ASSERT_EQ(act({{"action", "guest.revoke"}, {"person", "p1"}}).status, 200);
  for (const std::string& bad : {token, std::string(22, 'A'), std::string("x")}) {
    const Answer answer = get("/join/" + bad, "Accept-Language: ru\r\n");
    EXPECT_EQ(answer.status, 410);
    EXPECT_THAT(answer.body, HasSubstr("<html lang=\"ru"));
    EXPECT_THAT(answer.body, HasSubstr("секретаря"));
    EXPECT_THAT(answer.body, Not(HasSubstr("data-page")));
    EXPECT_THAT(answer.body, Not(HasSubstr(bad + "\"")));
    EXPECT_EQ(answer.header("referrer-policy"), "no-referrer");
    EXPECT_EQ(answer.header("cache-control"), "no-store");
  }
  EXPECT_EQ(get("/join/").status, 404);
}

// ---- the line test and the faces ----

TEST_F(DoorTest, TheProbeTakesAndForgets) {
  const std::string body(64 * 1024, 'x');
  const Answer answer = post("/api/v1/guest/probe", body, bearer(token), "application/octet-stream");
  EXPECT_EQ(answer.status, 204);
  EXPECT_EQ(answer.body, "");
  EXPECT_EQ(post("/api/v1/guest/probe", body, bearer("x"), "application/octet-stream").status, 401);
  EXPECT_EQ(post("/api/v1/guest/probe", body, credentials(), "application/octet-stream").status, 401);
  EXPECT_EQ(post("/api/v1/guest/probe", body + "x", bearer(token), "application/octet-stream").status, 413);
}

TEST_F(DoorTest, AFaceIsShownToTheDeskWhileItIsFresh) {
  const std::string path = "/desk/guests/p1.jpg?meeting=m1";
  EXPECT_EQ(get(path, credentials()).status, 404);
  std::filesystem::create_directories(config.stills_directory() / "m1");
  const auto file = config.stills_directory() / "m1" / "p1.jpg";
  std::ofstream(file) << "face";
  const Answer answer = get(path, credentials());
  EXPECT_EQ(answer.status, 200);
  EXPECT_EQ(answer.body, "face");
  EXPECT_EQ(answer.header("content-type"), "image/jpeg");
  EXPECT_EQ(answer.header("cache-control"), "no-store");

  EXPECT_EQ(get(path).status, 401);
  EXPECT_EQ(get(path, bearer(token)).status, 401) << "a guest does not see the others";
  EXPECT_EQ(get("/desk/guests/p2.jpg?meeting=m1", credentials()).status, 404);
  EXPECT_EQ(get("/desk/guests/p1.jpg?meeting=m2", credentials()).status, 404);
  EXPECT_EQ(get("/desk/guests/p1.jpg?meeting=..", credentials()).status, 404);
  EXPECT_EQ(get("/desk/guests/p1.jpg", credentials()).status, 404);
  std::filesystem::last_write_time(file, std::filesystem::file_time_type::clock::now() - std::chrono::seconds(7));
  EXPECT_EQ(get(path, credentials()).status, 404);
}

TEST_F(DoorTest, GuestsAreCounted) {
  EXPECT_THAT(get("/metrics").body, HasSubstr("tyndau_guests{stage=\"invited\"} 1\n"));
  ASSERT_EQ(act_as(token, {{"action", "guest.arrive"}}).status, 200);
  const std::string metrics = get("/metrics").body;
  EXPECT_THAT(metrics, HasSubstr("tyndau_guests{stage=\"invited\"} 0\n"));
  EXPECT_THAT(metrics, HasSubstr("tyndau_guests{stage=\"lobby\"} 1\n"));
  EXPECT_THAT(metrics, Not(HasSubstr(token)));
}

}  // namespace
}  // namespace tyndau::web
