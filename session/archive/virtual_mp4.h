#pragma once
#include <filesystem>
#include <memory>
#include <string>
#include <vector>

#include "media/base/result.h"
#include "session/archive/chapters_vtt.h"
#include "session/live/recordings.h"

/// The film of a hearing: one MP4 that is nowhere on the disk. Its head is made of the moofs in the segment files, its
/// mdat is those files as they lie there, moofs included (nothing points at them).
namespace tyndau::archive {

/// What a film is made of; a copy, so that it can be read on another thread.
struct FilmSource {
  struct Segment {
    std::int64_t number = 0;
    std::size_t run = 0;
    std::vector<live::FileStretch> stretches;
  };
  struct Track {
    std::vector<link::RunLine> runs;
    std::vector<std::filesystem::path> inits;  ///< of each run
    std::vector<Segment> segments;
  };
  std::vector<Track> tracks;  ///< best picture, then sound
  std::vector<live::RecordingClock::Stretch> timeline;
  std::vector<Cue> chapters;
  std::string language = "kk";  ///< of the chapters
  Utc ended{};
};

/// Loop thread. Precondition: the recording has ended and has a segment.
FilmSource film_source(const live::Recordings& recordings, const live::Recording& recording,
                       const std::vector<projections::Chapter>& chapters, const std::string& language);

struct Film {
  std::shared_ptr<const std::string> head;
  std::vector<live::FileStretch> media;  ///< follow the head
  std::uint64_t bytes = 0;               ///< of all of it
  std::string etag;                      ///< quoted; the same after a restart
  Utc ended{};
};

/// Reads the moofs: about a tenth of a second for an hour. Any thread. A segment whose bytes are not there any more is
/// left out and the picture stands still for its time; sound and picture stay together. Fails when nothing can be read.
Result<Film> make_film(const FilmSource& source);

}  // namespace tyndau::archive
