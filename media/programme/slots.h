#pragma once
#include <chrono>
#include <mutex>
#include <optional>
#include <vector>

#include "media/gst/handles.h"

/// Where sources and guests leave what they have, and the mixer takes what it needs. Any thread; the mixer never waits.
namespace tyndau::programme {

using SteadyTime = std::chrono::steady_clock::time_point;

/// The programme's fixed shape: pictures are I420 (BT.709, limited) of this size, sound is mono float at 32 kHz.
struct Format {
  int width = 1280, height = 720, frame_rate = 25;
  static constexpr int kSampleRate = 32000;
  std::size_t picture_bytes() const { return static_cast<std::size_t>(width) * height * 3 / 2; }
  int samples_per_frame() const { return kSampleRate / frame_rate; }
};

/// The newest picture of one source. Pictures are read-only once they are in here.
class PictureSlot {
 public:
  struct Picture {
    gst::Buffer buffer;  ///< tightly packed I420; one memory
    SteadyTime arrived;
    int width = 0, height = 0;  ///< even; 0 stands for the programme's
  };
  /// `width` and `height`: even; the programme's unless told.
  void put(gst::Buffer picture, SteadyTime now, int width = 0, int height = 0);
  void clear();
  std::optional<Picture> newest() const;

 private:
  mutable std::mutex mutex_;
  std::optional<Picture> picture_;  // guarded by mutex_
};

/// A ring of sound between a source's clock and the mixer's. Holds about 60 ms; what runs dry is silence, what piles up
/// beyond 200 ms is cut back, so a source whose clock drifts costs a click a minute and never a growing delay.
class SoundSlot {
 public:
  /// `samples`: mono float at Format::kSampleRate.
  void put(const float* samples, std::size_t count, SteadyTime now);
  /// Fills all of `out`; gives how many samples were real.
  std::size_t take(float* out, std::size_t count);
  void clear();
  /// When sound last arrived.
  std::optional<SteadyTime> arrived() const;

 private:
  mutable std::mutex mutex_;
  void drop(std::size_t count);  // the oldest; with mutex_ held

  std::vector<float> ring_;            // guarded by mutex_
  std::size_t head_ = 0, size_ = 0;    // guarded by mutex_: oldest sample, and how many
  bool primed_ = false;                // guarded by mutex_: false until the ring holds its cushion
  std::optional<SteadyTime> arrived_;  // guarded by mutex_
};

}  // namespace tyndau::programme
