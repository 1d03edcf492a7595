#pragma once
#include <array>
#include <atomic>
#include <chrono>
#include <memory>
#include <mutex>
#include <vector>

#include "media/base/result.h"
#include "media/programme/mixer.h"

namespace tyndau::guests {

/// How pictures of the return feed are encoded: constrained baseline, which everybody has, or what is left to a Firefox
/// that may not fetch its H.264.
enum class Codec { kH264, kVp8 };

/// Whoever gets the programme back over WebRTC. Both are called on other threads and must not block.
class Listener {
 public:
  virtual ~Listener() = default;
  /// One access unit (of H.264 as a byte stream) and its place in the programme. Encoder's thread.
  virtual void picture(const gst::Buffer& unit, bool keyframe, GstClockTime programme) = 0;
  /// One frame's sound. Mixer's thread.
  virtual void sound(const programme::Frame& frame, std::size_t samples) = 0;
};

/// The programme for people who answer: one encoder for all of a codec, with nothing that waits. It runs while somebody
/// listens.
class ReturnFeed {
 public:
  static constexpr int kHeight = 540;
  static constexpr int kBitrateKbps = 900;

  /// The mixer outlives it.
  explicit ReturnFeed(programme::Mixer& mixer);
  ~ReturnFeed();

  /// Main thread. The listener's first picture is a keyframe.
  Result<void> add(std::shared_ptr<Listener> listener, Codec codec);
  void remove(const std::shared_ptr<Listener>& listener);

  /// A picture was lost on the way to somebody: soon a keyframe for all, at most one each second. Main thread.
  void ask_for_keyframe();

 private:
  class Encoder;
  programme::Mixer& mixer_;
  std::array<std::shared_ptr<Encoder>, 2> encoders_;  // by Codec; main thread
};

}  // namespace tyndau::guests
