#pragma once
#include <chrono>
#include <cstdint>
#include <string>
#include <vector>

#include "media/link/track_index.h"

namespace tyndau::live {

/// What one track's index says, as the playlists need it. Pure: fed line by line. A line for a part that is known
/// already changes nothing (the index in memory is copied to disk after a full disk).
class Track {
 public:
  struct Part {
    std::uint64_t offset = 0;
    std::uint32_t bytes = 0;
    std::uint64_t decode_time = 0;
    std::uint32_t duration = 0;
    bool independent = false;
  };
  struct Segment {
    std::int64_t number = 0;  ///< media sequence number
    std::size_t run = 0;      ///< index into runs()
    bool complete = false;    ///< no part will be added
    std::vector<Part> parts;
    std::uint64_t bytes() const;
    double seconds(const link::RunLine& its_run) const;
  };

  void add(const link::IndexLine& line);

  const std::vector<link::RunLine>& runs() const { return runs_; }
  const std::vector<Segment>& segments() const { return segments_; }
  bool ended() const { return ended_; }
  /// When the broadcast ended; meaningless unless ended().
  Utc ended_at() const { return ended_at_; }
  /// Grows with every change; names a rendering of the playlist.
  std::uint64_t version() const { return version_; }
  const Segment* find(std::int64_t number) const;
  /// Segments to which nothing will be added: all of them, or all but the last.
  std::size_t complete_segments() const;

  /// Wall time of a segment's or part's first frame.
  Utc start_of(const Segment& segment) const;
  Utc start_of(const Segment& segment, const Part& part) const;
  Utc end_of(const Segment& segment) const;
  bool has_picture() const;

 private:
  void add_run(const link::RunLine& line);
  void add_part(const link::PartLine& line);
  void add_end(const link::EndLine& line);

  std::vector<link::RunLine> runs_;
  std::vector<Segment> segments_;
  bool ended_ = false;
  Utc ended_at_{};
  std::vector<Utc> ends_;  // as the lines say
  std::uint64_t version_ = 0;
};

/// The recording's timeline: holes (crashes, time off air) cut out. Built from one track (the sound, which is always
/// there).
class RecordingClock {
 public:
  /// A piece of the recording without holes. `start` is exact (milliseconds since 1970 with fractions).
  struct Stretch {
    int run = 0;          ///< of the track it was built from
    double start_ms = 0;  ///< wall time
    double offset = 0;    ///< seconds of recording before it
    double seconds = 0;
    double end_ms() const { return start_ms + seconds * 1000; }
  };

  explicit RecordingClock(const Track& track);
  /// Seconds from the start of the recording to what was on air at `utc`; a moment in a hole is the hole's end.
  double offset_of(Utc utc) const;
  double length() const;
  const std::vector<Stretch>& stretches() const { return stretches_; }

 private:
  std::vector<Stretch> stretches_;
};

}  // namespace tyndau::live
