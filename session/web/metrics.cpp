#include "session/web/metrics.h"

#include <fmt/format.h>
#include <sys/resource.h>
#include <unistd.h>

#include <algorithm>
#include <fstream>

#include "session/secretariat/alarms.h"

namespace tyndau::web {
namespace {

double cpu_seconds() {
  rusage usage{};
  ::getrusage(RUSAGE_SELF, &usage);
  auto seconds = [](const timeval& time) {
    return static_cast<double>(time.tv_sec) + static_cast<double>(time.tv_usec) / 1e6;
  };
  return seconds(usage.ru_utime) + seconds(usage.ru_stime);
}

long resident_bytes() {
  std::ifstream statm("/proc/self/statm");
  long total = 0, resident = 0;
  statm >> total >> resident;
  return resident * ::sysconf(_SC_PAGESIZE);
}

/// Label values escape backslash, quote and line break.
std::string label(std::string_view text) {
  std::string result;
  for (char c : text) {
    if (c == '\\' || c == '"') result += '\\';
    if (c == '\n') {
      result += "\\n";
    } else {
      result += c;
    }
  }
  return result;
}

/// Prometheus text exposition, 0.0.4.
class Exposition {
 public:
  void family(std::string_view name, std::string_view type, std::string_view help) {
    fmt::format_to(std::back_inserter(text_), "# HELP {} {}\n# TYPE {} {}\n", name, help, name, type);
  }
  template <class Value>
  void line(std::string_view name, const Value& value, std::string_view labels = "") {
    fmt::format_to(std::back_inserter(text_), "{}{} {}\n", name, labels, value);
  }
  template <class Value>
  void single(std::string_view name, std::string_view type, std::string_view help, const Value& value) {
    family(name, type, help);
    line(name, value);
  }
  std::string take() { return std::move(text_); }

 private:
  std::string text_;
};

}  // namespace

std::string metrics_text(const secretariat::Secretariat& secretariat, const HttpServer& server, std::size_t sockets,
                         std::size_t viewers) {
  Exposition text;
  text.family("tyndau_alarm", "gauge", "1 while the desk shows this alarm.");
  auto rings = [&](const std::string& code) {
    const auto& alarms = secretariat.alarms();
    return std::any_of(alarms.begin(), alarms.end(), [&](const auto& alarm) { return alarm.code == code; });
  };
  // A line for each, 0 or 1, so that a rule can be written before the first one rings.
  for (const std::string& code : secretariat::alarm_codes()) {
    text.line("tyndau_alarm", rings(code) ? 1 : 0, fmt::format("{{code=\"{}\"}}", code));
  }
  text.family("tyndau_guests", "gauge", "Remote participants by where they stand, over all meetings.");
  for (const char* stage : {"invited", "lobby", "admitted", "declined", "removed", "left"}) {
    int count = 0;
    for (const std::string& meeting : secretariat.meetings()) {
      for (const auto& [person, guest] : secretariat.state(meeting)->guests) {
        if (meeting::name(guest.stage) == stage) ++count;
      }
    }
    text.line("tyndau_guests", count, fmt::format("{{stage=\"{}\"}}", stage));
  }
  int on_air = 0;
  std::int64_t events = 0;
  for (const std::string& id : secretariat.meetings()) {
    const meeting::State* state = secretariat.state(id);
    if (!state) continue;
    on_air += meeting::is_on_air(*state) ? 1 : 0;
    events += state->seq;
  }
  text.single("tyndau_on_air", "gauge", "Meetings that are on air.", on_air);
  text.single("tyndau_journal_events", "gauge", "Events in the journals of all meetings.", events);
  text.single("tyndau_media_connected", "gauge", "1 while the media process is there.",
              secretariat.media_connected() ? 1 : 0);
  if (const auto& disk = secretariat.disk()) {
    text.single("tyndau_disk_free_bytes", "gauge", "Free space for recordings.", disk->free_bytes);
    text.single("tyndau_disk_free_hours", "gauge", "The same in hours of recording.", disk->free_hours);
  }
  text.single("tyndau_viewers", "gauge", "Clients that asked for a state or playlist in the last 15 seconds.", viewers);
  text.single("tyndau_waiting_requests", "gauge", "Requests that wait for news.", server.waiting());
  text.single("tyndau_connections", "gauge", "Open HTTP connections.", server.connections());
  text.single("tyndau_sockets", "gauge", "Open WebSockets.", sockets);
  text.single("tyndau_peers", "gauge", "WebRTC connections.", secretariat.peers());
  text.single("tyndau_sent_bytes_total", "counter", "Bytes sent in answer to HTTP requests.", server.bytes_sent());
  text.family("tyndau_requests_total", "counter", "Requests answered, by route and status.");
  for (const auto& [key, count] : server.answered()) {
    text.line("tyndau_requests_total", count,
              fmt::format("{{route=\"{}\",status=\"{}\"}}", label(key.first), key.second));
  }
  text.single("process_cpu_seconds_total", "counter", "CPU time of this process.", cpu_seconds());
  text.single("process_resident_memory_bytes", "gauge", "Memory of this process.", resident_bytes());
  return text.take();
}

}  // namespace tyndau::web
