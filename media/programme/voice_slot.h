#pragma once
#include <mutex>
#include <optional>
#include <vector>

#include "media/programme/slots.h"

namespace tyndau::programme {

/// A ring of sound between somebody remote and the mixer: a conversation, where a moment less of delay is worth more
/// than a moment of sound. Their own line's jitter buffer lies before it, so it holds about 60 ms; what runs dry is
/// silence, what piles up beyond 200 ms is cut back, so a clock that drifts costs a click a minute and never a growing
/// delay. (A source of the programme has a SoundSlot, which follows timestamps.) Any thread; the mixer never waits.
class VoiceSlot {
 public:
  /// `samples`: mono float at Format::kSampleRate.
  void put(const float* samples, std::size_t count, SteadyTime now);
  /// Fills all of `out`; gives how many samples were real.
  std::size_t take(float* out, std::size_t count);
  void clear();
  /// When sound last arrived.
  std::optional<SteadyTime> arrived() const;
  /// See SoundTally::missing().
  double missing() const;

 private:
  void drop(std::size_t count);  // the oldest; with mutex_ held

  mutable std::mutex mutex_;
  std::vector<float> ring_;            // guarded by mutex_
  std::size_t head_ = 0, size_ = 0;    // guarded by mutex_: oldest sample, and how many
  bool primed_ = false;                // guarded by mutex_: false until the ring holds its cushion
  SoundTally tally_;                   // guarded by mutex_
  std::optional<SteadyTime> arrived_;  // guarded by mutex_
};

}  // namespace tyndau::programme
