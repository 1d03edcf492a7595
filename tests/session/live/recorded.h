#pragma once
#include <chrono>
#include <string>

#include "session/live/recordings.h"

/// Recordings without files: index lines as the packager would write them, 160 ms at a time.
namespace tyndau::live::test {

inline const Utc kStart = parse_utc("2026-12-10T10:00:00.000Z").value();

inline link::RunLine picture_run(int run, Utc started = kStart, int width = 1280, int height = 720) {
  return {run, started, 90000, 800, "avc1.64001f", width, height};
}
inline link::RunLine sound_run(int run, Utc started = kStart) { return {run, started, 32000, 700, "mp4a.40.2", 0, 0}; }

/// Part `part` of segment `segment`, which is the `since`-th of its run (segments are 12 parts).
inline link::PartLine part_line(const Track& track, std::int64_t segment, int part, std::int64_t since) {
  const std::uint32_t duration = track.runs().back().timescale * 16 / 100;
  const std::uint64_t index = static_cast<std::uint64_t>(since * link::kPartsPerSegment + part);
  const std::uint32_t bytes = track.has_picture() ? 40000 : 1280;
  return {segment,          part,     static_cast<std::uint64_t>(part) * bytes, bytes,
          index * duration, duration, !track.has_picture() || part == 0,        part + 1 == link::kPartsPerSegment};
}

/// Adds whole segments [from, to] and then `parts` of the next, all of the newest run, which began with segment
/// `first`.
inline void add_segments(Track& track, std::int64_t from, std::int64_t to, int parts, std::int64_t first) {
  for (std::int64_t segment = from; segment <= to; ++segment) {
    for (int part = 0; part < link::kPartsPerSegment; ++part)
      track.add(part_line(track, segment, part, segment - first));
  }
  for (int part = 0; part < parts; ++part) track.add(part_line(track, to + 1, part, to + 1 - first));
}

/// "720p" and "floor", on air since kStart with `segments` whole ones and `parts` of the next.
inline Recording recording_of(std::int64_t segments, int parts) {
  Recording recording;
  recording.meeting = "sitting";
  recording.tracks["720p"].add(picture_run(1));
  recording.tracks["floor"].add(sound_run(1));
  for (auto& [name, track] : recording.tracks) add_segments(track, 0, segments - 1, parts, 0);
  return recording;
}

inline void end(Recording& recording, Utc at) {
  for (auto& [name, track] : recording.tracks) track.add(link::EndLine{at});
}

}  // namespace tyndau::live::test
