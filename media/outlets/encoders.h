#pragma once
#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "media/base/config.h"
#include "media/base/result.h"
#include "media/programme/mixer.h"

namespace tyndau::outlets {

/// What a track carries; known with its first frame.
struct TrackFormat {
  std::string name;  ///< "720p", "floor"
  bool picture = false;
  int width = 0, height = 0;               ///< pictures
  std::uint32_t timescale = 0;             ///< units per second of EncodedFrame's times
  std::vector<std::uint8_t> private_data;  ///< avcC or AudioSpecificConfig
};

/// One access unit (H.264, AVC format) or one AAC frame, on the run's timeline: 0 is the run's first frame.
struct EncodedFrame {
  std::int64_t time = 0;  ///< decode = presentation time, in the track's timescale
  std::uint32_t duration = 0;
  bool keyframe = true;
  std::vector<std::uint8_t> data;
};

/// Encodes the programme into its renditions and its sound for the time of one run. Frames come out on the encoders'
/// own threads, one per track, in order; all renditions have their keyframes at the same frames, every kSegmentMs.
///
/// An encoder that is kMostWaiting behind gets the picture again that it had, which costs it little, until it has
/// caught up; a new one only for a new scene, and once a second. Every frame comes out, and the sound is as it was. One
/// that is kTooLate behind is an error.
///
/// Life: create() → frame()s from the mixer → finish(), after which every frame put in has come out, or never will.
class Encoders : public programme::Outlet {
 public:
  static constexpr std::chrono::milliseconds kMostWaiting{1000};
  static constexpr std::chrono::seconds kTooLate{10};
  static constexpr std::chrono::seconds kDrain{5};

  struct Events {
    /// Track `index` (renditions in order, then the sound) has a frame.
    std::function<void(std::size_t index, const TrackFormat&, EncodedFrame)> on_frame;
    /// The first frame of the run was put in: its index in the programme and its wall time. Mixer's thread, before any
    /// on_frame.
    std::function<void(std::int64_t first_frame, Utc)> on_begin;
    /// The encoders are ill, or too far behind; the run cannot go on. A GStreamer thread, or the mixer's.
    std::function<void(const std::string&)> on_error;
  };

  static Result<std::shared_ptr<Encoders>> create(const Config::Programme& config, Events events);
  ~Encoders() override;

  void frame(const programme::Frame& frame) override;
  /// How many frames had a picture of their own and got the one before. Any thread.
  std::int64_t repeated() const;
  /// No more frames: waits until the last has come out (some 50 ms). Encoders that need more than kDrain for what they
  /// have are stopped, and the log says so. No on_frame comes after it. Not on the mixer's thread.
  void finish();

  /// Whether the configured encoder works on this machine; a failure says what is missing.
  static Result<void> check(const Config::Programme& config);

 private:
  struct Inner;
  explicit Encoders(std::unique_ptr<Inner> inner);
  std::unique_ptr<Inner> inner_;
};

}  // namespace tyndau::outlets
