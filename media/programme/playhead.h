#pragma once
#include <array>
#include <chrono>
#include <deque>
#include <mutex>
#include <optional>

namespace tyndau::programme {

using SteadyTime = std::chrono::steady_clock::time_point;

/// Where a source is played: by its own timestamps, later than they say by as much as it takes that what arrives in
/// lumps or late is there when it is due, and no more than that. Sound and picture of one source share one, so that
/// they stay together. How late is learnt from what arrived in the last kMemory. It follows what is needed by playing
/// faster or slower, at most kSlew, which is not heard; only where there is nothing to play anyhow it waits at once,
/// and so nothing is cut off. Any thread; it may be asked and told in any order.
///
/// A *place* is a time on this machine's steady clock: about when the thing would have arrived, had nothing held it up.
class Playhead {
 public:
  /// The most that a source is played later than its fastest arrives, for the sake of its slowest.
  static constexpr std::chrono::milliseconds kMost{2000};
  static constexpr std::chrono::seconds kMemory{20};
  static constexpr double kSlew = 0.01;
  /// What one frame of the programme takes at a time.
  static constexpr std::chrono::milliseconds kTick{40};
  /// So long after its first arrival, or a jump of its timestamps, a source may be moved at once.
  static constexpr std::chrono::seconds kSettling{2};

  enum class Track { kPicture = 0, kSound = 1 };
  /// The place of something with this timestamp (ns, of any beginning; the same for both tracks). One that jumps, by
  /// seconds forth or half a second back, is taken for a new beginning, and placed as if it came in time.
  SteadyTime place(Track track, std::chrono::nanoseconds stamp, SteadyTime arrived);
  /// Something that has this place arrived. `dry`: there was nothing left to play.
  void note(Track track, SteadyTime place, SteadyTime arrived, bool dry);

  /// The place that is played at this tick. A later tick moves it.
  SteadyTime at(SteadyTime tick);
  /// How long the fastest waits now, without the programme's own tick.
  std::chrono::milliseconds reserve() const;
  void reset();

 private:
  using Time = std::chrono::nanoseconds;
  struct Bucket {
    SteadyTime begin;
    Time least, most;  ///< of what arrived: how much later than its place
  };
  Time least() const;
  Time needed(SteadyTime now) const;
  bool fits(Track track, SteadyTime place, SteadyTime arrived) const;

  mutable std::mutex mutex_;
  // All guarded by mutex_.
  std::deque<Bucket> buckets_;
  std::array<std::optional<Time>, 2> shift_;  // from a timestamp to its place: the same for both, but around a jump
  std::array<std::optional<SteadyTime>, 2> last_;
  std::optional<SteadyTime> sound_;  // when some arrived
  std::optional<SteadyTime> tick_;
  SteadyTime settled_{};
  Time offset_{kTick + kMargin};
  static constexpr std::chrono::milliseconds kMargin{10};
};

}  // namespace tyndau::programme
