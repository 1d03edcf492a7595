#pragma once
#include <cstdint>
#include <filesystem>
#include <string>
#include <string_view>
#include <variant>

#include "media/base/result.h"
#include "media/base/utc.h"

/// The append-only index of one track of one recording: {media}/{meeting}/{track}/index. It is the truth about what
/// exists: a part is there when its line is. INDEX.md is the format. Media writes it, session tails it.
namespace tyndau::link {

/// The grid: 160 ms is exactly 4 frames at 25 fps and 5 AAC frames at 32 kHz.
inline constexpr int kPartMs = 160;
inline constexpr int kPartsPerSegment = 12;
inline constexpr int kSegmentMs = kPartMs * kPartsPerSegment;

/// "run": a new init segment (init-{run}.mp4) and a new timeline; decode times count from 0 at `started`.
struct RunLine {
  int run = 0;
  Utc started{};
  std::uint32_t timescale = 0;  ///< decode-time units per second
  std::uint32_t init_bytes = 0;
  std::string codec;          ///< RFC 6381, e.g. "avc1.64001f" or "mp4a.40.2"
  int width = 0, height = 0;  ///< 0 for sound
  bool operator==(const RunLine&) const = default;
};
/// "part": bytes of {segment:06}.m4s that may be read from now on.
struct PartLine {
  std::int64_t segment = 0;  ///< media sequence number; same for all tracks, never reused
  int part = 0;              ///< from 0
  std::uint64_t offset = 0;  ///< in the segment's file
  std::uint32_t bytes = 0;
  std::uint64_t decode_time = 0;  ///< of its first frame, in the run's timescale
  std::uint32_t duration = 0;     ///< in the run's timescale
  bool independent = false;       ///< begins with a keyframe
  bool last = false;              ///< ends its segment
  bool operator==(const PartLine&) const = default;
};
/// "end": the broadcast was ended; nothing follows unless it is put on air again.
struct EndLine {
  Utc at{};
  bool operator==(const EndLine&) const = default;
};
using IndexLine = std::variant<RunLine, PartLine, EndLine>;

/// One line with its newline.
std::string format_line(const IndexLine& line);
/// Reads one line without its newline. Strict: anything else in it (a torn or overwritten line) is a failure.
Result<IndexLine> parse_line(std::string_view line);

std::filesystem::path index_path(const std::filesystem::path& media, std::string_view meeting, std::string_view track);
std::filesystem::path init_path(const std::filesystem::path& media, std::string_view meeting, std::string_view track,
                                int run);
std::filesystem::path segment_path(const std::filesystem::path& media, std::string_view meeting, std::string_view track,
                                   std::int64_t segment);

}  // namespace tyndau::link
