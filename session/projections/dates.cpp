#include "session/projections/dates.h"

#include <date/tz.h>
#include <fmt/format.h>

#include <stdexcept>

#include "session/meeting/months.h"

namespace tyndau::projections {

namespace {

using namespace std::chrono;

struct Local {
  year_month_day date;
  int hour = 0, minute = 0;
  std::string_view mark;  ///< " UTC" when the zone is not known here
};

Local local(Utc time, std::string_view zone) {
  milliseconds since_epoch = time.time_since_epoch();
  std::string_view mark;
  try {
    since_epoch += date::locate_zone(std::string(zone))->get_info(floor<seconds>(time)).offset;
  } catch (const std::runtime_error&) {  // the library's way to say that there is no such zone, or no zoneinfo at all
    mark = " UTC";
  }
  const auto day = floor<days>(since_epoch);
  const auto clock = floor<minutes>(since_epoch - day);
  return {year_month_day{sys_days{day}}, static_cast<int>(clock.count() / 60), static_cast<int>(clock.count() % 60),
          mark};
}

std::string date_in_words(const Local& local, std::string_view language) {
  const auto year_no = static_cast<int>(local.date.year());
  const auto day_no = static_cast<unsigned>(local.date.day());
  const auto month = meeting::month_name(local.date.month(), language);
  if (language == "ru") return fmt::format("{} {} {} года", day_no, month, year_no);
  if (language == "en") return fmt::format("{} {} {}", day_no, month, year_no);
  return fmt::format("{} жылғы {} {}", year_no, day_no, month);
}

struct Units {
  std::string_view hour, minute, second;
};

Units units(std::string_view language) {
  if (language == "ru") return {"ч", "мин", "с"};
  if (language == "en") return {"h", "min", "s"};
  return {"сағ", "мин", "сек"};
}

}  // namespace

std::string date_and_time(Utc time, std::string_view zone, std::string_view language) {
  const Local at = local(time, zone);
  const std::string_view hour_word = language == "ru" || language == "en" ? "" : "сағат ";
  return fmt::format("{}, {}{:02}:{:02}{}", date_in_words(at, language), hour_word, at.hour, at.minute, at.mark);
}

std::string date_only(Utc time, std::string_view zone, std::string_view language) {
  return date_in_words(local(time, zone), language);
}

std::string time_of_day(Utc time, std::string_view zone) {
  const Local at = local(time, zone);
  return fmt::format("{:02}:{:02}{}", at.hour, at.minute, at.mark);
}

std::string day_and_time(Utc time, Utc today, std::string_view zone, std::string_view language) {
  if (iso_date(time, zone) == iso_date(today, zone)) return time_of_day(time, zone);
  return date_and_time(time, zone, language);
}

std::string iso_date(Utc time, std::string_view zone) {
  const year_month_day date = local(time, zone).date;
  return fmt::format("{:04}-{:02}-{:02}", static_cast<int>(date.year()), static_cast<unsigned>(date.month()),
                     static_cast<unsigned>(date.day()));
}

std::string duration(milliseconds length, std::string_view language) {
  const Units unit = units(language);
  const auto whole = abs(duration_cast<seconds>(length)).count();
  const auto hour = whole / 3600, minute = whole / 60 % 60, second = whole % 60;
  std::string words = length < milliseconds{0} && whole > 0 ? "−" : "";
  if (hour > 0) {
    words += fmt::format("{} {} {:02} {}", hour, unit.hour, minute, unit.minute);
  } else if (minute > 0) {
    words += fmt::format("{} {}", minute, unit.minute);
  }
  if (whole < 60) {
    words += fmt::format("{} {}", second, unit.second);
  } else if (second > 0) {
    words += fmt::format(" {:02} {}", second, unit.second);
  }
  return words;
}

}  // namespace tyndau::projections
