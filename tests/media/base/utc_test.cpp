#include "media/base/utc.h"

#include <gtest/gtest.h>

namespace tyndau {
namespace {

TEST(Utc, WritesAndReadsTheSame) {
  const auto time = parse_utc("2026-12-10T15:00:00+05:00");
  ASSERT_TRUE(time);
  EXPECT_EQ(format_utc(*time), "2026-12-10T10:00:00.000Z");
  EXPECT_EQ(*parse_utc(format_utc(*time)), *time);
}

TEST(Utc, CutsFinerFractionsToMilliseconds) {
  EXPECT_EQ(format_utc(*parse_utc("2026-12-10T10:00:00.123987654Z")), "2026-12-10T10:00:00.123Z");
  EXPECT_EQ(format_utc(*parse_utc("2026-12-10T10:00:00.5Z")), "2026-12-10T10:00:00.500Z");
}

TEST(Utc, RefusesWhatIsNoMoment) {
  for (const char* text :
       {"", "2026", "2026-02-30T00:00:00Z", "2026-12-10", "2026-12-10T25:00:00Z", "2026-12-10T10:00:00",
        "2026-12-10T10:00:00Zx", "2026-12-10T10:00:00+5:00", "2026-12-10T10:00:00.Z",
        // In UTC these lie in the years -1 and 10000, which cannot be written.
        "0000-01-01T00:00:00+00:01", "9999-12-31T23:59:59-23:59"}) {
    EXPECT_FALSE(parse_utc(text)) << text;
  }
}

}  // namespace
}  // namespace tyndau
