#include "session/web/ice.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace tyndau::web {
namespace {

using testing::HasSubstr;
using testing::MatchesRegex;
using testing::StartsWith;

const Utc kNow{std::chrono::milliseconds(1'796'896'800'000)};

Config::Webrtc far() {
  Config::Webrtc config;
  config.stun = "stun:a:3478";
  config.turn = "turn:a:3478?transport=udp  turns:a:443?transport=tcp";
  config.turn_secret = "north";
  config.turn_lifetime_s = 3600;
  return config;
}

TEST(IceServers, AreNoneInsideOneNetwork) {
  EXPECT_EQ(ice_servers({}, kNow), Json::array());
  EXPECT_TRUE(ice_links({}, kNow).empty());
}

TEST(IceServers, ComeWithCredentialsThatEnd) {
  const Json servers = ice_servers(far(), kNow);
  ASSERT_EQ(servers.size(), 2U);
  EXPECT_EQ(servers[0], (Json{{"urls", {"stun:a:3478"}}}));
  EXPECT_EQ(servers[1]["urls"], (Json{"turn:a:3478?transport=udp", "turns:a:443?transport=tcp"}));
  EXPECT_THAT(servers[1]["username"].get<std::string>(), MatchesRegex("1796900400:[0-9a-f]{8}"));
  EXPECT_THAT(servers[1]["credential"].get<std::string>(), MatchesRegex("[A-Za-z0-9+/]{27}="));
  EXPECT_NE(ice_servers(far(), kNow)[1]["username"], servers[1]["username"]) << "each guest has his own quota";
}

/// As coturn computes it: base64(HMAC-SHA1(secret, username)). RFC 2202 has the vector.
TEST(IceServers, HaveTheCredentialThatTheRelayExpects) {
  EXPECT_EQ(turn_credential("Jefe", "what do ya want for nothing?"), "7/zfauXrL6LSdBbV8YTfnCWafHk=");
}

TEST(IceServers, AreLinksForEncoders) {
  const auto links = ice_links(far(), kNow);
  ASSERT_EQ(links.size(), 3U);
  EXPECT_EQ(links[0], "<stun:a:3478>; rel=\"ice-server\"");
  EXPECT_THAT(links[1], StartsWith("<turn:a:3478?transport=udp>; rel=\"ice-server\"; username=\"1796900400:"));
  EXPECT_THAT(links[2], HasSubstr("; credential-type=\"password\""));
}

}  // namespace
}  // namespace tyndau::web
