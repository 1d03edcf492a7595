#pragma once
#include <gst/gst.h>

namespace tyndau::sources {

/// Decides by timestamps which pictures of a faster source to let go, before anything is spent on scaling them.
/// Pictures are dropped and never made up. One streaming thread.
class FrameDropper {
 public:
  explicit FrameDropper(int frames_per_second) : interval_(GST_SECOND / static_cast<GstClockTime>(frames_per_second)) {}

  bool keep(GstClockTime timestamp) {
    if (!GST_CLOCK_TIME_IS_VALID(timestamp)) return true;
    const bool jumped = timestamp + GST_SECOND < due_ || timestamp > due_ + GST_SECOND;
    // A quarter of a frame early still counts as due: cameras and RTP timestamps jitter.
    if (!jumped && timestamp + interval_ / 4 < due_) return false;
    // Counting on from when it was due keeps the average exact; a gap starts the count anew.
    due_ = (jumped || timestamp > due_ + interval_ ? timestamp : due_) + interval_;
    return true;
  }

 private:
  const GstClockTime interval_;
  GstClockTime due_ = 0;
};

}  // namespace tyndau::sources
