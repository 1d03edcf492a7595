#pragma once
#include <chrono>
#include <string>
#include <string_view>

namespace tyndau::meeting {

/// The month's name as it stands in a date: "желтоқсан", "декабря", "December". `language` is "kk", "ru" or "en".
std::string_view month_name(std::chrono::month month, std::string_view language);

/// Moves the dates that `text` gives in words by whole days: "2026 жылғы 10 желтоқсанда", "10 декабря 2026 года". Only
/// dates within `near` of `around` are moved: an announcement also cites acts, and those keep their dates.
std::string shift_dates_in_words(std::string_view text, std::chrono::days shift, std::chrono::sys_days around,
                                 std::chrono::days near = std::chrono::days{60});

}  // namespace tyndau::meeting
