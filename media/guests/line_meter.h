#pragma once
#include <gst/gst.h>

#include <atomic>
#include <chrono>
#include <cstdint>
#include <deque>
#include <optional>
#include <string>

#include "media/programme/slots.h"

namespace tyndau::guests {

/// How one connection is doing. packet() on GStreamer's threads, the rest on the main thread.
class LineMeter {
 public:
  /// A packet came out of the connection: SRTP or SRTCP (RFC 7983, 7).
  void packet(GstBuffer* packet);

  struct Line {
    std::string state = "connecting";  ///< "connecting", "ok", "silent": as in link::PeerState
    double kbps = 0, loss_percent = 0;
    std::optional<double> rtt_ms;
  };
  /// What is known now. `session` is the connection's RTP session (its "stats"), or null before there is one.
  Line look(GObject* session, programme::SteadyTime now);
  /// When the last packet came; nothing before the first.
  std::optional<programme::SteadyTime> heard() const;

 private:
  bool is_silent(programme::SteadyTime now) const;

  std::atomic<programme::SteadyTime::rep> heard_{0}, media_{0};  ///< last packet, last packet with media
  std::atomic<std::uint64_t> bytes_{0};

  struct Count {
    programme::SteadyTime at;
    std::uint64_t bytes = 0;
    std::int64_t received = 0, lost = 0;
  };
  std::deque<Count> counts_;  ///< of about the last second
  std::optional<double> rtt_ms_;
};

}  // namespace tyndau::guests
