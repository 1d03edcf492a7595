#include "session/projections/dates.h"

#include <gtest/gtest.h>

namespace tyndau::projections {
namespace {

using namespace std::chrono_literals;

const Utc kStart = *parse_utc("2026-12-10T15:00:00+05:00");
constexpr char kAlmaty[] = "Asia/Almaty";

TEST(Dates, AreInWordsOfTheLanguage) {
  EXPECT_EQ(date_and_time(kStart, kAlmaty, "kk"), "2026 жылғы 10 желтоқсан, сағат 15:00");
  EXPECT_EQ(date_and_time(kStart, kAlmaty, "ru"), "10 декабря 2026 года, 15:00");
  EXPECT_EQ(date_and_time(kStart, kAlmaty, "en"), "10 December 2026, 15:00");
  EXPECT_EQ(date_only(kStart, kAlmaty, "kk"), "2026 жылғы 10 желтоқсан");
  EXPECT_EQ(date_only(kStart, kAlmaty, "ru"), "10 декабря 2026 года");
  EXPECT_EQ(date_only(kStart, kAlmaty, "en"), "10 December 2026");
  EXPECT_EQ(time_of_day(kStart, kAlmaty), "15:00");
}

TEST(Dates, AreTheZonesAndNotGreenwichs) {
  const Utc late = *parse_utc("2026-12-31T19:30:00Z");
  EXPECT_EQ(date_and_time(late, kAlmaty, "ru"), "1 января 2027 года, 00:30");
  EXPECT_EQ(iso_date(late, kAlmaty), "2027-01-01");
  EXPECT_EQ(iso_date(late, "UTC"), "2026-12-31");
}

// All of Kazakhstan is UTC+05 since 1 March 2024; it was +06 in Almaty before.
TEST(Dates, KnowThatAlmatyChangedItsTime) {
  EXPECT_EQ(time_of_day(*parse_utc("2024-02-01T09:00:00Z"), kAlmaty), "15:00");
  EXPECT_EQ(time_of_day(*parse_utc("2024-03-02T10:00:00Z"), kAlmaty), "15:00");
}

TEST(Dates, AreMarkedWhenTheZoneIsUnknown) {
  EXPECT_EQ(date_and_time(kStart, "Asia/Kokdala", "ru"), "10 декабря 2026 года, 10:00 UTC");
  EXPECT_EQ(time_of_day(kStart, ""), "10:00 UTC");
}

TEST(Dates, SayTheDayWhereItIsAnother) {
  const Utc until = *parse_utc("2026-12-11T10:07:00+05:00");
  EXPECT_EQ(day_and_time(until, *parse_utc("2026-12-11T00:30:00+05:00"), kAlmaty, "ru"), "10:07");
  EXPECT_EQ(day_and_time(until, kStart, kAlmaty, "ru"), "11 декабря 2026 года, 10:07");
  EXPECT_EQ(day_and_time(until, kStart, kAlmaty, "kk"), "2026 жылғы 11 желтоқсан, сағат 10:07");
  // 23:30 in Almaty, 18:30 in Greenwich: the day is the zone's.
  EXPECT_EQ(day_and_time(*parse_utc("2026-12-10T19:30:00Z"), *parse_utc("2026-12-10T18:30:00Z"), kAlmaty, "en"),
            "11 December 2026, 00:30");
}

TEST(Dates, AreRightBeforeTheYear1970) {
  EXPECT_EQ(date_and_time(*parse_utc("1969-12-31T23:59:59.999Z"), "UTC", "en"), "31 December 1969, 23:59");
}

TEST(Durations, AreInWordsOfTheLanguage) {
  EXPECT_EQ(duration(1h + 5min + 59s, "kk"), "1 сағ 05 мин 59 сек");
  EXPECT_EQ(duration(1h + 9s, "en"), "1 h 00 min 09 s");
  EXPECT_EQ(duration(1h + 5min, "ru"), "1 ч 05 мин");
  EXPECT_EQ(duration(1h + 5min, "en"), "1 h 05 min");
  EXPECT_EQ(duration(26h, "en"), "26 h 00 min");
  EXPECT_EQ(duration(5min + 999ms, "ru"), "5 мин");
  EXPECT_EQ(duration(90s, "kk"), "1 мин 30 сек");
  EXPECT_EQ(duration(90s, "ru"), "1 мин 30 с");
  EXPECT_EQ(duration(61s, "en"), "1 min 01 s");
  EXPECT_EQ(duration(59s + 999ms, "kk"), "59 сек");
  EXPECT_EQ(duration(40s, "ru"), "40 с");
  EXPECT_EQ(duration(0s, "en"), "0 s");
  EXPECT_EQ(duration(-90s, "en"), "−1 min 30 s");
  EXPECT_EQ(duration(-1ms, "en"), "0 s");
}

}  // namespace
}  // namespace tyndau::projections
