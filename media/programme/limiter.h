#pragma once
#include <cstddef>
#include <vector>

namespace tyndau::programme {

/// Several voices add up to more than one: the gain that keeps their sum below full scale without a crackle. It goes
/// down ahead of a peak as far as the frame in hand shows it, and comes back so slowly that nobody hears it. One
/// thread.
class Limiter {
 public:
  /// As a factor: -1 dBFS, which leaves a lossy codec its overshoot (EBU Tech 3344; EBU R 128 s2, c).
  static constexpr float kCeiling = 0.891F;

  /// What each sample of the frame is to be multiplied by; good until the next call. `sum`: mono float at
  /// Format::kSampleRate. A peak in a frame's very first millisecond may stand above the ceiling for that millisecond.
  const float* gains(const float* sum, std::size_t samples);

 private:
  float gain_ = 1;  ///< at the end of the last frame
  std::vector<float> edges_, gains_;
};

}  // namespace tyndau::programme
