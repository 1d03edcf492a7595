#include "media/base/log.h"

#include <systemd/sd-journal.h>
#include <unistd.h>

#include <cstdlib>

namespace tyndau::log {

std::string one_line(std::string_view text) {
  std::string out;
  out.reserve(text.size());
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    if (c == '\n') {
      out += "\\n";
    } else if (c == '\t') {
      out += "\\t";
    } else if (byte < 0x20 || byte == 0x7f) {
      out += fmt::format("\\x{:02x}", byte);
    } else {
      out += c;
    }
  }
  return out;
}

void write(Level level, std::string_view text) {
  // systemd sets JOURNAL_STREAM for a unit whose output goes to the journal.
  static const bool under_systemd = std::getenv("JOURNAL_STREAM") != nullptr;
  const std::string line = one_line(text);
  if (under_systemd) {
    sd_journal_send("MESSAGE=%s", line.c_str(), "PRIORITY=%d", static_cast<int>(level), nullptr);
    return;
  }
  const char* mark = level == Level::kError ? "error: " : level == Level::kWarning ? "warning: " : "";
  const std::string whole = mark + line + "\n";
  // One write, so that lines of two threads never mix. A log that cannot be written is nobody's failure.
  [[maybe_unused]] const auto written = ::write(STDERR_FILENO, whole.data(), whole.size());
}

}  // namespace tyndau::log
