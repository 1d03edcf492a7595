#pragma once
#include <fmt/format.h>

#include <string>
#include <string_view>

namespace tyndau::log {

enum class Level { kError = 3, kWarning = 4, kInfo = 6, kDebug = 7 };  // syslog priorities

/// Writes one record: to the journal under systemd, as one line on standard error otherwise. Control characters in
/// `text` are escaped, so that a name with a newline in it cannot forge a record. Any thread.
void write(Level level, std::string_view text);

template <class... Args>
void error(fmt::format_string<Args...> format, Args&&... args) {
  write(Level::kError, fmt::format(format, std::forward<Args>(args)...));
}
template <class... Args>
void warning(fmt::format_string<Args...> format, Args&&... args) {
  write(Level::kWarning, fmt::format(format, std::forward<Args>(args)...));
}
template <class... Args>
void info(fmt::format_string<Args...> format, Args&&... args) {
  write(Level::kInfo, fmt::format(format, std::forward<Args>(args)...));
}

/// `text` on one line: control characters as \n, \t or \xNN. Used by write(); here for tests.
std::string one_line(std::string_view text);

}  // namespace tyndau::log
