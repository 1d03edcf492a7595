#pragma once
#include <gst/gst.h>

#include <algorithm>

namespace tyndau::sources {

/// Decides by timestamps which pictures of a faster source to let go, before anything is spent on scaling them.
/// Pictures are dropped and never made up; of a source that is no faster on average, none is, however unevenly they are
/// stamped within kBurst. One streaming thread.
class FrameDropper {
 public:
  /// So many may come at once: cameras and RTP timestamps jitter by more than a picture is long.
  static constexpr double kBurst = 3;

  explicit FrameDropper(int frames_per_second) : rate_(frames_per_second) {}

  bool keep(GstClockTime timestamp) {
    if (!GST_CLOCK_TIME_IS_VALID(timestamp)) return true;
    const auto passed = static_cast<double>(GST_CLOCK_DIFF(last_, timestamp)) / GST_SECOND;
    // Back by more than they jitter: it begins anew, as a film that is played in a loop does, however short it is.
    const bool jumped = passed * rate_ < -kBurst || passed > 1;
    due_ = jumped ? kBurst : std::min(kBurst, due_ + passed * rate_);
    last_ = timestamp;
    if (due_ < 1) return false;
    due_ -= 1;
    return true;
  }

 private:
  const double rate_;
  double due_ = kBurst;  // how many the programme has room for
  GstClockTime last_ = 0;
};

}  // namespace tyndau::sources
