#include "media/base/utc.h"

#include <fmt/format.h>

#include <cctype>

namespace tyndau {

std::string format_utc(Utc time) {
  using namespace std::chrono;
  const auto day = floor<days>(time);
  const year_month_day date{day};
  const hh_mm_ss clock{time - day};
  return fmt::format("{:04}-{:02}-{:02}T{:02}:{:02}:{:02}.{:03}Z", static_cast<int>(date.year()),
                     static_cast<unsigned>(date.month()), static_cast<unsigned>(date.day()), clock.hours().count(),
                     clock.minutes().count(), clock.seconds().count(), clock.subseconds().count());
}

namespace {

/// Reads exactly `digits` decimal digits off the front; -1 when they are not there.
int take_number(std::string_view& text, std::size_t digits) {
  if (text.size() < digits) return -1;
  int value = 0;
  for (std::size_t i = 0; i < digits; ++i) {
    if (std::isdigit(static_cast<unsigned char>(text[i])) == 0) return -1;
    value = value * 10 + (text[i] - '0');
  }
  text.remove_prefix(digits);
  return value;
}

bool take(std::string_view& text, char c) {
  if (text.empty() || text.front() != c) return false;
  text.remove_prefix(1);
  return true;
}

}  // namespace

Result<Utc> parse_utc(std::string_view whole) {
  using namespace std::chrono;
  const auto bad = [&] { return fail(fmt::format("'{}' is not a time as in 2026-12-10T15:00:00+05:00", whole)); };
  std::string_view text = whole;
  const int year_number = take_number(text, 4);
  if (year_number < 0 || !take(text, '-')) return bad();
  const int month_number = take_number(text, 2);
  if (month_number < 0 || !take(text, '-')) return bad();
  const int day_number = take_number(text, 2);
  if (day_number < 0 || !(take(text, 'T') || take(text, 't') || take(text, ' '))) return bad();
  const int hour = take_number(text, 2);
  if (hour < 0 || hour > 23 || !take(text, ':')) return bad();
  const int minute = take_number(text, 2);
  if (minute < 0 || minute > 59 || !take(text, ':')) return bad();
  const int second = take_number(text, 2);
  if (second < 0 || second > 59) return bad();
  int fraction_ms = 0;
  if (take(text, '.')) {
    int scale = 100;
    if (text.empty() || std::isdigit(static_cast<unsigned char>(text.front())) == 0) return bad();
    while (!text.empty() && std::isdigit(static_cast<unsigned char>(text.front())) != 0) {
      fraction_ms += (text.front() - '0') * scale;
      scale /= 10;
      text.remove_prefix(1);
    }
  }
  minutes offset{0};
  if (!take(text, 'Z') && !take(text, 'z')) {
    if (text.empty()) return bad();
    const bool west = text.front() == '-';
    if (!take(text, '+') && !take(text, '-')) return bad();
    const int offset_hours = take_number(text, 2);
    if (offset_hours < 0 || offset_hours > 23 || !take(text, ':')) return bad();
    const int offset_minutes = take_number(text, 2);
    if (offset_minutes < 0 || offset_minutes > 59) return bad();
    offset = hours{offset_hours} + minutes{offset_minutes};
    if (west) offset = -offset;
  }
  const year_month_day date{year{year_number}, month{static_cast<unsigned>(month_number)},
                            day{static_cast<unsigned>(day_number)}};
  if (!text.empty() || !date.ok()) return bad();
  const Utc time =
      sys_days{date} + hours{hour} + minutes{minute} + seconds{second} + milliseconds{fraction_ms} - offset;
  // The offset may lead out of the years of four digits, in which RFC 3339 can say it.
  if (time < sys_days{year{0} / 1 / 1} || time >= sys_days{year{10000} / 1 / 1}) return bad();
  return time;
}

Utc utc_now() { return std::chrono::floor<std::chrono::milliseconds>(std::chrono::system_clock::now()); }

}  // namespace tyndau
