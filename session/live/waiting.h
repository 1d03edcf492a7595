#pragma once
#include <chrono>
#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <string>

#include "session/live/recordings.h"

namespace tyndau::live {

/// What a request waits for in a track. Blocking reload: draft-pantos-hls-rfc8216bis 6.2.5.2.
struct Awaited {
  enum class What {
    kFirstPart,     ///< anything at all
    kFirstSegment,  ///< one complete segment
    kSegment,       ///< `segment` complete (_HLS_msn)
    kPart,          ///< `part` of `segment` (_HLS_part); past the end of a finished segment: part 0 of the next
    kEnd,           ///< the track's end
    kNextRun,       ///< a first part after the track's end
    kPartFile,      ///< the bytes of `part` of `segment`, or the certainty that there will be none
  };
  What what = What::kFirstPart;
  std::int64_t segment = 0;
  int part = 0;
};

/// Whether there is nothing to wait for (any more). Always when the track has ended, but for kNextRun.
bool settled(const Track& track, const Awaited& awaited);

/// What is wrong with asking for this, if anything (HTTP 400): more than two segments ahead, or more parts ahead than
/// the Advance Part Limit of 6.2.5.2.
std::optional<std::string> too_far(const Track& track, const Awaited& awaited);

/// Whether this part is the very next one, which is worth waiting for (it is the one that EXT-X-PRELOAD-HINT names).
bool is_next_part(const Track& track, std::int64_t segment, int part);

/// The requests that wait. Pure: told when a recording grew and what time it is. One thread.
class Waiting {
 public:
  using Steady = std::chrono::steady_clock::time_point;
  enum class Why { kSettled, kTooLate };
  using Wake = std::function<void(Why)>;
  using Ticket = std::uint64_t;

  /// `wake` is called once, from grew() or expire(), unless remove() comes first.
  Ticket add(const std::string& meeting, const std::string& track, Awaited awaited, Steady until, Wake wake);
  void remove(Ticket ticket);
  /// Wakes who waited for what is there now, in the order they came.
  void grew(const Recording& recording);
  void expire(Steady now);
  std::size_t size() const { return entries_.size(); }

 private:
  struct Entry {
    std::string meeting, track;
    Awaited awaited;
    Steady until;
    Wake wake;
  };
  template <class Chosen>
  void wake_if(Why why, Chosen chosen);
  std::map<Ticket, Entry> entries_;
  Ticket next_ = 1;
};

}  // namespace tyndau::live
