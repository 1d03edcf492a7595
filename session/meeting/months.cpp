#include "session/meeting/months.h"

#include <fmt/format.h>

#include <array>
#include <charconv>
#include <optional>

namespace tyndau::meeting {

namespace {

using namespace std::chrono;

struct MonthNames {
  std::string_view kk;
  /// Kazakh endings by the harmony and the last sound of the word: in (жатыс), to (барыс), from (шығыс септігі).
  std::array<std::string_view, 3> kk_endings;
  std::string_view ru;  ///< as in a date: genitive
  std::string_view en;
};

constexpr std::array<MonthNames, 12> kMonths = {{
    {"қаңтар", {"да", "ға", "дан"}, "января", "January"},
    {"ақпан", {"да", "ға", "нан"}, "февраля", "February"},
    {"наурыз", {"да", "ға", "дан"}, "марта", "March"},
    {"сәуір", {"де", "ге", "ден"}, "апреля", "April"},
    {"мамыр", {"да", "ға", "дан"}, "мая", "May"},
    {"маусым", {"да", "ға", "нан"}, "июня", "June"},
    {"шілде", {"де", "ге", "ден"}, "июля", "July"},
    {"тамыз", {"да", "ға", "дан"}, "августа", "August"},
    {"қыркүйек", {"те", "ке", "тен"}, "сентября", "September"},
    {"қазан", {"да", "ға", "нан"}, "октября", "October"},
    {"қараша", {"да", "ға", "дан"}, "ноября", "November"},
    {"желтоқсан", {"да", "ға", "нан"}, "декабря", "December"},
}};

/// A date in words at the start of a text, and how many bytes it takes there.
struct Found {
  sys_days day{};
  std::size_t bytes = 0;
};

bool take(std::string_view& text, std::string_view expected) {
  if (!text.starts_with(expected)) return false;
  text.remove_prefix(expected.size());
  return true;
}

std::optional<int> take_number(std::string_view& text) {
  int number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc() || number < 1 || number > 9999) return std::nullopt;
  text.remove_prefix(static_cast<std::size_t>(end - text.data()));
  return number;
}

std::optional<unsigned> take_month(std::string_view& text, std::string_view MonthNames::*name) {
  for (unsigned i = 0; i < kMonths.size(); ++i) {
    if (take(text, kMonths[i].*name)) return i;
  }
  return std::nullopt;
}

std::optional<Found> found(std::string_view whole, std::string_view rest, int year_no, unsigned month_index,
                           int day_no) {
  const year_month_day date{year{year_no}, month{month_index + 1}, day{static_cast<unsigned>(day_no)}};
  if (!date.ok()) return std::nullopt;
  return Found{sys_days{date}, whole.size() - rest.size()};
}

/// A letter of Cyrillic goes on behind the ending, so it was none: "тамыздағы".
bool at_word_end(std::string_view text) {
  return text.empty() || (static_cast<unsigned char>(text.front()) & 0xf0) != 0xd0;
}

/// "2026 жылғы 10 желтоқсанда"
std::optional<std::pair<Found, std::string>> kazakh(std::string_view text, days shift) {
  std::string_view rest = text;
  const auto year_no = take_number(rest);
  if (!year_no || !take(rest, " жылғы ")) return std::nullopt;
  const auto day_no = take_number(rest);
  if (!day_no || !take(rest, " ")) return std::nullopt;
  const auto month_index = take_month(rest, &MonthNames::kk);
  if (!month_index) return std::nullopt;
  std::optional<std::size_t> ending;
  for (std::size_t i = 0; i < 3; ++i) {
    std::string_view behind = rest;
    if (take(behind, kMonths[*month_index].kk_endings[i]) && at_word_end(behind)) ending = i;
  }
  if (ending) rest.remove_prefix(kMonths[*month_index].kk_endings[*ending].size());
  const auto date = found(text, rest, *year_no, *month_index, *day_no);
  if (!date) return std::nullopt;
  const year_month_day moved{date->day + shift};
  const MonthNames& names = kMonths[static_cast<unsigned>(moved.month()) - 1];
  return std::pair(*date,
                   fmt::format("{} жылғы {} {}{}", static_cast<int>(moved.year()), static_cast<unsigned>(moved.day()),
                               names.kk, ending ? names.kk_endings[*ending] : std::string_view()));
}

/// "10 декабря 2026"; what follows ("года", "г.") stays.
std::optional<std::pair<Found, std::string>> russian(std::string_view text, days shift) {
  std::string_view rest = text;
  const auto day_no = take_number(rest);
  if (!day_no || !take(rest, " ")) return std::nullopt;
  const auto month_index = take_month(rest, &MonthNames::ru);
  if (!month_index || !take(rest, " ")) return std::nullopt;
  const auto year_no = take_number(rest);
  if (!year_no) return std::nullopt;
  const auto date = found(text, rest, *year_no, *month_index, *day_no);
  if (!date) return std::nullopt;
  const year_month_day moved{date->day + shift};
  return std::pair(*date,
                   fmt::format("{} {} {}", static_cast<unsigned>(moved.day()),
                               kMonths[static_cast<unsigned>(moved.month()) - 1].ru, static_cast<int>(moved.year())));
}

bool is_digit(char c) { return c >= '0' && c <= '9'; }

}  // namespace

std::string_view month_name(month month, std::string_view language) {
  const MonthNames& names = kMonths.at(static_cast<unsigned>(month) - 1);
  if (language == "ru") return names.ru;
  return language == "en" ? names.en : names.kk;
}

std::string shift_dates_in_words(std::string_view text, days shift, sys_days around, days near) {
  std::string moved;
  while (!text.empty()) {
    const bool number_starts = is_digit(text.front()) && (moved.empty() || !is_digit(moved.back()));
    auto date = number_starts ? kazakh(text, shift) : std::nullopt;
    if (number_starts && !date) date = russian(text, shift);
    if (date && date->first.day >= around - near && date->first.day <= around + near) {
      moved += date->second;
      text.remove_prefix(date->first.bytes);
    } else {
      moved += text.front();
      text.remove_prefix(1);
    }
  }
  return moved;
}

}  // namespace tyndau::meeting
