#pragma once
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "media/outlets/encoders.h"
#include "media/outlets/fragmenter.h"
#include "media/outlets/writer.h"

namespace tyndau::outlets {

/// Cuts one track's frames into parts and segments on the grid of link/track_index.h. A part is closed by what it
/// holds, not by the next frame's coming. One thread: the track's encoder's.
class TrackPackager {
 public:
  using Post = std::function<void(Writer::Job)>;
  TrackPackager(int run, std::int64_t first_segment, Post post);

  /// `started`: wall time of the run's first frame.
  Result<void> add(const TrackFormat& format, const EncodedFrame& frame, Utc started);
  /// Closes the part in hand, however short, and with `end` the index. Not before the last add() has returned.
  Result<void> finish(std::optional<Utc> end);

 private:
  Result<void> begin(const TrackFormat& format, Utc started);
  Result<void> cut(bool last);

  const int run_;
  const std::int64_t first_segment_;
  const Post post_;
  std::optional<Fragmenter> fragmenter_;
  std::string track_;
  std::uint64_t part_length_ = 0;  // in the track's timescale
  link::PartLine part_;            // the one in hand
  std::uint64_t part_number_ = 0;  // since the run began
  bool part_begun_ = false;
};

}  // namespace tyndau::outlets
