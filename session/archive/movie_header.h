#pragma once
#include <cstdint>
#include <string>
#include <vector>

/// The head of an MP4 file (ftyp, moov, and the beginning of mdat) for media that lies elsewhere. Pure.
namespace tyndau::archive {

/// One track as stbl describes it (ISO/IEC 14496-12, 8.5 to 8.7).
struct SampleTable {
  bool picture = false;
  std::uint16_t width = 0, height = 0;
  std::uint32_t timescale = 0;
  std::vector<std::string> entries;  ///< sample entries; several when runs were encoded differently
  std::vector<std::int64_t> times;   ///< decode times on the movie's timeline, strictly rising, from >= 0
  std::vector<std::uint32_t> sizes;
  std::vector<std::int32_t> compositions;
  std::vector<bool> sync;
  std::uint32_t last_duration = 0;  ///< of the last sample; the others last until the next
  struct Chunk {
    std::uint64_t offset = 0;  ///< from the beginning of the media
    std::uint32_t samples = 0;
    std::uint32_t entry = 0;  ///< index into entries
  };
  std::vector<Chunk> chunks;

  double end_s() const;
};

struct MovieChapter {
  double start_s = 0;
  std::string title;  ///< UTF-8
};

struct Movie {
  std::vector<SampleTable> tracks;     ///< none empty
  std::vector<MovieChapter> chapters;  ///< each lasts until the next
  std::string language = "und";        ///< of the chapters' titles, ISO 639-2/T
  std::uint64_t media_bytes = 0;
};

/// Everything in front of the media. Offsets are 64 bits; chapters stand both in a text track (QuickTime:
/// `tref`/`chap`) and in `chpl` (Nero), because players know one or the other.
std::string movie_head(const Movie& movie);

}  // namespace tyndau::archive
