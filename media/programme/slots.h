#pragma once
#include <chrono>
#include <deque>
#include <memory>
#include <mutex>
#include <optional>
#include <vector>

#include "media/gst/handles.h"
#include "media/programme/playhead.h"
#include "media/programme/resampler.h"

/// Where sources and guests leave what they have, and the mixer takes what it needs. Any thread; the mixer never waits.
namespace tyndau::programme {

/// The programme's fixed shape: pictures are I420 (BT.709, limited) of this size, sound is mono float at 32 kHz.
struct Format {
  int width = 1280, height = 720, frame_rate = 25;
  static constexpr int kSampleRate = 32000;
  std::size_t picture_bytes() const { return static_cast<std::size_t>(width) * height * 3 / 2; }
  int samples_per_frame() const { return kSampleRate / frame_rate; }
};

/// The picture of one source that is to be seen now. Pictures are read-only once they are in here.
class PictureSlot {
 public:
  struct Picture {
    gst::Buffer buffer;         ///< tightly packed I420; one memory
    SteadyTime arrived;         ///< when it was first to be seen
    int width = 0, height = 0;  ///< even; 0 stands for the programme's
    /// How long it may be shown without another; 0 for as long as the programme shows any.
    std::chrono::milliseconds life{0};
  };
  /// What is put with a timestamp is seen when `playhead` comes to it.
  explicit PictureSlot(std::shared_ptr<Playhead> playhead = std::make_shared<Playhead>());

  /// Seen from now on. `width` and `height`: even; the programme's unless told.
  void put(gst::Buffer picture, SteadyTime now, int width = 0, int height = 0);
  /// Seen when it is due. Each is for a tick of the programme at least, however unevenly they are stamped.
  void put(Picture picture, std::chrono::nanoseconds stamp);
  void clear();
  /// What is to be seen at this tick. Asked for each tick by whoever shows it; others may ask at any time.
  std::optional<Picture> newest(SteadyTime tick = std::chrono::steady_clock::now()) const;
  /// Whether newest() would give one; takes none from whoever shows them.
  bool shows(SteadyTime now) const;

 private:
  struct Waiting {
    Picture picture;
    SteadyTime place;
  };
  void advance(SteadyTime tick) const;  // with mutex_ held

  const std::shared_ptr<Playhead> playhead_;
  mutable std::mutex mutex_;
  mutable std::optional<Picture> picture_;            // guarded by mutex_
  mutable std::deque<Waiting> waiting_;               // guarded by mutex_
  mutable std::chrono::nanoseconds least_behind_{0};  // guarded by mutex_: of the pictures shown lately
  mutable int shown_ = 0;                             // guarded by mutex_: of those pictures
};

/// How much of a source's sound was there when it was due. Not thread-safe.
class SoundTally {
 public:
  /// Over which missing() counts.
  static constexpr std::chrono::seconds kWindow{10};
  /// Samples that were due, and how many of them were not there. Counted from behind the first that was.
  void count(std::size_t due, std::size_t missing);
  /// Of what was due in the last kWindow, the share (0 to 1) that was not there.
  double missing() const;

 private:
  struct Second {
    std::size_t due = 0, missing = 0;
  };
  std::deque<Second> seconds_;
  bool begun_ = false;
};

/// The sound of one source between its clock and the mixer's. It is played where `playhead` is, a little faster or
/// slower where the two clocks or the reserve want it, so that nothing is cut and nothing grows. What is not there in
/// time is silence, and counted.
class SoundSlot {
 public:
  explicit SoundSlot(std::shared_ptr<Playhead> playhead = std::make_shared<Playhead>());

  /// `samples`: mono float at Format::kSampleRate, from its `stamp` on; without one, where the last ended.
  void put(const float* samples, std::size_t count, SteadyTime now, std::optional<std::chrono::nanoseconds> stamp = {});
  /// Fills all of `out` with what is to be heard from this tick on; gives how many samples were real. Each tick once.
  std::size_t take(float* out, std::size_t count, SteadyTime tick);
  void clear();
  /// When sound last arrived.
  std::optional<SteadyTime> arrived() const;
  /// See SoundTally::missing().
  double missing() const;
  /// See Playhead.
  std::chrono::milliseconds reserve() const { return playhead_->reserve(); }

 private:
  // All with mutex_ held.
  std::size_t size() const { return samples_.size() - head_; }
  SteadyTime head_place() const;
  void drop(std::size_t count);  // the oldest
  void append(const float* samples, std::size_t count);
  std::size_t go_on(std::size_t count, SteadyTime place);
  void stop(float* out, std::size_t real, std::size_t count);

  const std::shared_ptr<Playhead> playhead_;
  mutable std::mutex mutex_;
  // All guarded by mutex_.
  std::vector<float> samples_;
  std::size_t head_ = 0;                          // the oldest that is left
  SteadyTime end_{};                              // the place behind the newest
  std::optional<std::chrono::nanoseconds> next_;  // the timestamp behind it
  bool running_ = false;                          // whether the last that was taken was real
  Resampler resampler_;
  SoundTally tally_;
  std::optional<SteadyTime> arrived_;
};

}  // namespace tyndau::programme
