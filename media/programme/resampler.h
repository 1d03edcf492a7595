#pragma once
#include <cstddef>
#include <memory>

struct SpeexResamplerState_;

namespace tyndau::programme {

/// Plays mono sound a little faster or slower, without a seam where the speed changes. One thread at a time.
class Resampler {
 public:
  Resampler();
  ~Resampler();
  Resampler(const Resampler&) = delete;
  Resampler& operator=(const Resampler&) = delete;

  struct Done {
    std::size_t read = 0, written = 0;
  };
  /// Fills `out` from `in` until either is used up. `speed`: samples read for each that is written, 0.9 to 1.1.
  Done run(const float* in, std::size_t count, float* out, std::size_t room, double speed);
  /// Forgets what came before: the next sample begins something new, at once.
  void begin_anew();

 private:
  std::unique_ptr<SpeexResamplerState_, void (*)(SpeexResamplerState_*)> state_;
};

}  // namespace tyndau::programme
