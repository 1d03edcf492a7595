#include "session/pages/calendar.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <sstream>

namespace tyndau::web {
namespace {

using testing::HasSubstr;

CalendarEntry entry() {
  return {.uid = "m1@tyndau",
          .title = "Жол жөндеу; бюджет, 2027",
          .place = "Көкдала, мәжіліс залы",
          .note = "Осы сілтемемен кіріңіз:\nhttps://example.kz/join/abc",
          .url = "https://example.kz/join/abc",
          .starts = *parse_utc("2026-11-30T15:00:00+05:00"),
          .ends = *parse_utc("2026-11-30T17:00:00+05:00"),
          .made = *parse_utc("2026-11-29T12:00:00Z")};
}

TEST(Calendar, SaysWhenInUtc) {
  const std::string text = calendar(entry());
  EXPECT_THAT(text, HasSubstr("BEGIN:VCALENDAR\r\n"));
  EXPECT_THAT(text, HasSubstr("DTSTART:20261130T100000Z\r\n"));
  EXPECT_THAT(text, HasSubstr("DTEND:20261130T120000Z\r\n"));
  EXPECT_THAT(text, HasSubstr("UID:m1@tyndau\r\n"));
  EXPECT_THAT(text, HasSubstr("TRIGGER:-PT30M\r\n"));
}

TEST(Calendar, EscapesAndFoldsAsRfc5545Asks) {
  const std::string text = calendar(entry());
  std::string unfolded;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text.compare(i, 3, "\r\n ") == 0) {
      i += 2;
    } else {
      unfolded += text[i];
    }
  }
  EXPECT_THAT(unfolded, HasSubstr("SUMMARY:Жол жөндеу\\; бюджет\\, 2027\r\n"));
  EXPECT_THAT(unfolded, HasSubstr("кіріңіз:\\nhttps://example.kz/join/abc\r\n"));
  std::istringstream lines(text);
  for (std::string line; std::getline(lines, line);) EXPECT_LE(line.size(), 76U) << line;  // 75 octets and the CR
}

}  // namespace
}  // namespace tyndau::web
