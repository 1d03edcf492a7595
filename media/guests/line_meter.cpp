#include "media/guests/line_meter.h"

#include <algorithm>
#include <array>

namespace tyndau::guests {

namespace {

using programme::SteadyTime;
using std::chrono::steady_clock;

constexpr std::chrono::milliseconds kSilentMedia{1500};
/// Who sends nothing but reports of what it receives sends them every second or two (RFC 3550, 6.2).
constexpr std::chrono::milliseconds kSilentReports{4000};
constexpr std::chrono::milliseconds kWindow{1000};
constexpr double kRoundTripUnit_ms = 1000.0 / 65536;  // RFC 3550, 6.4.1: 1/65536 s

struct Totals {
  std::int64_t received = 0, lost = 0;
  std::optional<double> rtt_ms;
};

void read_source(const GstStructure* source, Totals& totals) {
  gboolean internal = FALSE, have_report = FALSE;
  gst_structure_get_boolean(source, "internal", &internal);
  if (internal == FALSE) {
    guint64 received = 0;
    gint lost = 0;
    if (gst_structure_get_uint64(source, "packets-received", &received) == TRUE) {
      totals.received += static_cast<std::int64_t>(received);
    }
    if (gst_structure_get_int(source, "packets-lost", &lost) == TRUE) totals.lost += std::max(0, lost);
  }
  guint round_trip = 0;
  gst_structure_get_boolean(source, "have-rb", &have_report);
  if (have_report == FALSE || gst_structure_get_uint(source, "rb-round-trip", &round_trip) == FALSE) return;
  const double ms = round_trip * kRoundTripUnit_ms;
  if (round_trip > 0) totals.rtt_ms = totals.rtt_ms ? std::min(*totals.rtt_ms, ms) : ms;
}

Totals read(GObject* session) {
  Totals totals;
  GstStructure* stats = nullptr;
  if (session != nullptr) g_object_get(session, "stats", &stats, nullptr);
  if (stats == nullptr) return totals;
  G_GNUC_BEGIN_IGNORE_DEPRECATIONS
  const GValue* value = gst_structure_get_value(stats, "source-stats");
  const auto* sources = value != nullptr ? static_cast<const GValueArray*>(g_value_get_boxed(value)) : nullptr;
  for (guint i = 0; sources != nullptr && i < sources->n_values; ++i) {
    const GstStructure* source = gst_value_get_structure(g_value_array_get_nth(const_cast<GValueArray*>(sources), i));
    if (source != nullptr) read_source(source, totals);
  }
  G_GNUC_END_IGNORE_DEPRECATIONS
  gst_structure_free(stats);
  return totals;
}

SteadyTime time_of(SteadyTime::rep ticks) { return SteadyTime(SteadyTime::duration(ticks)); }

}  // namespace

void LineMeter::packet(GstBuffer* packet) {
  bytes_ += gst_buffer_get_size(packet);
  const auto now = steady_clock::now().time_since_epoch().count();
  heard_ = now;
  std::array<std::uint8_t, 2> head{};
  if (gst_buffer_extract(packet, 0, head.data(), head.size()) < head.size()) return;
  const bool rtp = head[0] >= 128 && head[0] < 192, rtcp = head[1] >= 192 && head[1] < 224;  // RFC 5761, 4
  if (rtp && !rtcp) media_ = now;
}

std::optional<SteadyTime> LineMeter::heard() const {
  const SteadyTime::rep ticks = heard_;
  return ticks == 0 ? std::nullopt : std::optional(time_of(ticks));
}

bool LineMeter::is_silent(SteadyTime now) const {
  const SteadyTime heard = time_of(heard_), media = time_of(media_);
  const bool sent_media = media_ != 0 && media > heard - kWindow;
  return now - heard > (sent_media ? kSilentMedia : kSilentReports);
}

LineMeter::Line LineMeter::look(GObject* session, SteadyTime now) {
  Line line;
  if (!heard()) return line;
  line.state = is_silent(now) ? "silent" : "ok";
  const Totals totals = read(session);
  if (totals.rtt_ms) rtt_ms_ = totals.rtt_ms;
  line.rtt_ms = rtt_ms_;
  counts_.push_back({now, bytes_, totals.received, totals.lost});
  while (counts_.size() > 2 && now - counts_[1].at >= kWindow) counts_.pop_front();
  const Count& first = counts_.front();
  const Count& last = counts_.back();
  const double seconds = std::chrono::duration<double>(last.at - first.at).count();
  if (seconds <= 0) return line;
  line.kbps = static_cast<double>(last.bytes - first.bytes) * 8 / 1000 / seconds;
  const auto lost = static_cast<double>(std::max<std::int64_t>(0, last.lost - first.lost));
  const auto received = static_cast<double>(std::max<std::int64_t>(0, last.received - first.received));
  if (lost + received > 0) line.loss_percent = 100 * lost / (lost + received);
  return line;
}

}  // namespace tyndau::guests
