#pragma once
#include <cstddef>

#include "media/link/messages.h"

namespace tyndau::programme {

/// Gathers sound for a tenth of a second and gives its levels. Pure; one thread.
class LevelMeter {
 public:
  /// `programme`: what goes out; `source`: what the hall gave, heard or not. Both mono, `count` samples.
  void add(const float* programme, const float* source, std::size_t count);
  /// True when a tenth of a second has been gathered.
  bool ready() const { return count_ >= kWindow; }
  /// The levels of what was gathered, in dBFS, -100 for silence; begins anew.
  link::Levels take();

 private:
  static constexpr std::size_t kWindow = 3200;  // 100 ms at 32 kHz
  std::size_t count_ = 0;
  float peak_ = 0, source_peak_ = 0;
  double squares_ = 0;
};

}  // namespace tyndau::programme
