#include "session/access/throttle.h"

#include <gtest/gtest.h>

#include "session/web/viewers.h"
#include "session/web/waiting.h"

namespace tyndau::web {
namespace {

using namespace std::chrono_literals;
const Utc kNow{1'796'896'800'000ms};

TEST(Throttle, LetsAFewMistakesPassAndThenDoublesTheWait) {
  Throttle throttle(3, 60s);
  Utc now = kNow;
  for (int i = 0; i < 3; ++i) {
    EXPECT_EQ(throttle.wait("a", now), 0ms);
    throttle.trying("a", now);
  }
  EXPECT_EQ(throttle.wait("a", now), 1s);
  EXPECT_EQ(throttle.wait("a", now + 400ms), 600ms);
  for (auto expected : {2s, 4s, 8s, 16s, 32s, 60s, 60s}) {
    now += throttle.wait("a", now);
    EXPECT_EQ(throttle.wait("a", now), 0ms);
    throttle.trying("a", now);
    EXPECT_EQ(throttle.wait("a", now), expected);
  }
  EXPECT_EQ(throttle.wait("b", now), 0ms);
}

TEST(Throttle, ForgivesSuccessAndAnHourOfPeace) {
  Throttle throttle(1, 60s);
  throttle.trying("a", kNow);
  throttle.trying("a", kNow);
  EXPECT_EQ(throttle.wait("a", kNow), 2s);
  throttle.succeeded("a");
  EXPECT_EQ(throttle.wait("a", kNow), 0ms);
  throttle.trying("a", kNow);
  throttle.trying("a", kNow + 2h);
  EXPECT_EQ(throttle.wait("a", kNow + 2h), 1s);
}

TEST(Throttle, StaysSmallUnderManyNames) {
  Throttle throttle(1, 60s);
  throttle.trying("first", kNow);
  for (int i = 0; i < 20'000; ++i) throttle.trying(std::to_string(i), kNow + 1ms * i);
  EXPECT_EQ(throttle.wait("first", kNow), 0ms) << "the oldest is forgotten";
  EXPECT_GT(throttle.wait("19999", kNow), 0ms);
}

TEST(Throttle, HoldsNobodyLongerWhenTheClockIsSetBack) {
  Throttle throttle(1, 60s);
  throttle.trying("a", kNow);
  EXPECT_EQ(throttle.wait("a", kNow - 24h), 1s);
  Throttle free(2, 60s);
  free.trying("a", kNow);
  EXPECT_EQ(free.wait("a", kNow - 24h), 0ms);
}

TEST(Throttle, CountsAnIpv6NetworkAsOneClient) {
  EXPECT_EQ(client_group("2001:db8:1:2:3:4:5:6"), client_group("2001:db8:1:2::1"));
  EXPECT_NE(client_group("2001:db8:1:2::1"), client_group("2001:db8:1:3::1"));
  EXPECT_EQ(client_group("192.0.2.1"), "192.0.2.1");
}

TEST(WaitingRoom, HasSoManySeatsForEachClient) {
  WaitingRoom room(2);
  auto a = room.enter("a"), b = room.enter("a");
  ASSERT_TRUE(a && b);
  EXPECT_FALSE(room.enter("a"));
  EXPECT_TRUE(room.enter("b"));
  EXPECT_EQ(room.count(), 2);
  a.reset();
  EXPECT_TRUE(room.enter("a"));
  EXPECT_EQ(room.count(), 1);
}

TEST(Viewers, AreThoseSeenInTheLastQuarterOfAMinute) {
  Viewers viewers;
  viewers.saw("m1", "a", kNow);
  viewers.saw("m1", "a", kNow + 1s);
  viewers.saw("m1", "b", kNow + 10s);
  viewers.saw("m2", "a", kNow + 10s);
  EXPECT_EQ(viewers.count("m1", kNow + 10s), 2u);
  EXPECT_EQ(viewers.count(kNow + 10s), 3u);
  EXPECT_EQ(viewers.count("m1", kNow + 17s), 1u);
  EXPECT_EQ(viewers.count("m1", kNow + 60s), 0u);
  EXPECT_EQ(viewers.count("m3", kNow), 0u);
}

}  // namespace
}  // namespace tyndau::web
