#include <gmock/gmock.h>

#include "session/secretariat/alarms.h"
#include "session/secretariat/anchored_clock.h"
#include "session/secretariat/orders.h"

namespace tyndau::secretariat {
namespace {

using std::chrono::hours;
using std::chrono::milliseconds;
using std::chrono::seconds;

struct AnchoredClockTest : testing::Test {
  Utc wall{hours(500'000)};
  std::chrono::nanoseconds steady{0};
  AnchoredClock clock{{[this] { return wall; }, [this] { return steady; }}};

  void pass(milliseconds time) {
    wall += time;
    steady += time;
  }
};

TEST_F(AnchoredClockTest, GoesAsTimePasses) {
  const Utc start = clock.now();
  pass(seconds(90));
  EXPECT_EQ(clock.now(), start + seconds(90));
  EXPECT_FALSE(clock.check(false));
}

TEST_F(AnchoredClockTest, DoesNotJumpWithTheWallClock) {
  const Utc start = clock.now();
  pass(seconds(1));
  for (const auto jump : {hours(3), hours(-7)}) {
    wall += jump;
    EXPECT_EQ(clock.now(), start + seconds(1));
    EXPECT_TRUE(clock.check(false));
  }
}

TEST_F(AnchoredClockTest, CallsTwoSecondsAJump) {
  wall += milliseconds(2000);
  EXPECT_FALSE(clock.check(false));
  wall += milliseconds(1);
  EXPECT_TRUE(clock.check(false));
  wall -= milliseconds(4002);
  EXPECT_TRUE(clock.check(false));
}

TEST_F(AnchoredClockTest, FollowsOnlyWhenItMay) {
  wall += hours(1);
  EXPECT_TRUE(clock.check(false));
  EXPECT_NE(clock.now(), wall);
  EXPECT_FALSE(clock.check(true));
  EXPECT_EQ(clock.now(), wall);
}

TEST(Alarms, KeepTheirFirstTime) {
  Alarms alarms;
  const Utc first{hours(1)}, later{hours(2)};
  EXPECT_TRUE(alarms.raise("disk_low", first));
  EXPECT_FALSE(alarms.raise("disk_low", later));
  ASSERT_EQ(alarms.all().size(), 1u);
  EXPECT_EQ(alarms.all().at(0).since, first);
  EXPECT_TRUE(alarms.clear("disk_low"));
  EXPECT_FALSE(alarms.clear("disk_low"));
}

TEST(Alarms, HaveWordsInThreeLanguages) {
  Alarms alarms;
  for (const std::string& code : alarm_codes()) {
    EXPECT_TRUE(alarms.raise(code, {}));
    const auto& text = alarms.all().back().text;
    EXPECT_FALSE(text.kk.empty() || text.ru.empty() || text.en.empty()) << code;
  }
  EXPECT_TRUE(alarms.raise("media_lost", {}, "version")) << "other words are a change";
}

TEST(Orders, SayNothingWhenAllIsRight) { EXPECT_TRUE(orders({"m1", {}, "test:"}, {"m1", {}, "test:"}).empty()); }

TEST(Orders, SetTheSourceBeforeTheyStart) {
  const auto commands = orders({"", {}, "test:"}, {"m1", {}, "file:/a"});
  ASSERT_EQ(commands.size(), 2u);
  EXPECT_TRUE(std::holds_alternative<link::SourceSet>(commands[0]));
  EXPECT_TRUE(std::holds_alternative<link::BroadcastStart>(commands[1]));
}

TEST(Orders, DoNotCareForTheSceneOffAir) {
  EXPECT_TRUE(orders({"", {link::Card{}, {}}, "test:"}, {"", {}, "test:"}).empty());
}

TEST(Sources, AreTheSameBehindHiddenSecrets) {
  EXPECT_TRUE(may_be_source("rtsp://u:***@cam/1", "rtsp://u:secret@cam/1"));
  EXPECT_TRUE(
      may_be_source("srt://h:9000?passphrase=***&mode=caller", "srt://h:9000?passphrase=0123456789&mode=caller"));
  EXPECT_TRUE(may_be_source("rtsp://u:***@cam/1?token=***", "rtsp://u:x@cam/1?token=y"));
  EXPECT_TRUE(may_be_source("test:", "test:"));
  EXPECT_FALSE(may_be_source("rtsp://u:***@cam/1", "rtsp://u:secret@cam/2"));
  EXPECT_FALSE(may_be_source("rtsp://u:***@cam/1", "rtsp://v:secret@cam/1"));
  EXPECT_FALSE(may_be_source("rtsp://cam/1", "rtsp://u:secret@cam/1"));
  EXPECT_FALSE(may_be_source("", "test:"));
}

}  // namespace
}  // namespace tyndau::secretariat
