#pragma once
#include <chrono>
#include <string>
#include <string_view>

#include "media/base/utc.h"

/// Dates, times and durations in words. Formatted here and not in browsers, many of which have no Kazakh month names.
/// `zone` is a name of the system's zoneinfo ("Asia/Almaty"); with an unknown one UTC is written, and "UTC" behind it.
/// `language` is "kk", "ru" or "en".
namespace tyndau::projections {

/// «2026 жылғы 10 желтоқсан, сағат 15:00», «10 декабря 2026 года, 15:00», "10 December 2026, 15:00".
std::string date_and_time(Utc time, std::string_view zone, std::string_view language);

/// «2026 жылғы 10 желтоқсан», «10 декабря 2026 года», "10 December 2026".
std::string date_only(Utc time, std::string_view zone, std::string_view language);

/// "15:00", the same in every language.
std::string time_of_day(Utc time, std::string_view zone);

/// "15:00" when that is the same day in the zone as `today`, else date_and_time.
std::string day_and_time(Utc time, Utc today, std::string_view zone, std::string_view language);

/// "2026-12-10" in the zone: for sorting, grouping and machine-readable attributes.
std::string iso_date(Utc time, std::string_view zone);

/// «1 сағ 05 мин», «1 ч 05 мин», "1 h 05 min"; «5 мин», "5 min"; below a minute «40 сек», «40 с», "40 s". Seconds stand
/// where there are some: «1 мин 30 с», "1 h 05 min 09 s". Cut to whole seconds; a minus in front of a negative one.
/// Units are abbreviations, which have no plural in any of the three languages. durationText of web-assets/lib/words.js
/// writes the same; the units there are `unit_*` of the locales.
std::string duration(std::chrono::milliseconds length, std::string_view language);

}  // namespace tyndau::projections
