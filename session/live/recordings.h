#pragma once
#include <cstdint>
#include <filesystem>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "session/live/track.h"

namespace tyndau::live {

/// All tracks of one meeting, tailed from the indexes on disk (and, after them, in memory while the disk is full).
struct Recording {
  std::string meeting;
  std::map<std::string, Track> tracks;  ///< by track name: "720p", "360p", "floor"
  std::uint64_t version() const;        ///< sum over the tracks
  bool ended() const;                   ///< every track has its end
  const Track* sound() const;           ///< "floor"
  /// The track whose timeline is the recording's: the sound, the first picture where there is none. Has tracks.
  const Track& timeline() const;
  /// The name of the track with the largest picture, "" when there is sound only.
  std::string best_picture() const;
};

/// A stretch of a file that holds parts of a segment.
struct FileStretch {
  std::filesystem::path path;
  std::uint64_t offset = 0, bytes = 0;
};

/// Whether a name from a URL can be the name of a meeting or a track: [a-z0-9-]{1,64}.
bool is_name(std::string_view name);

/// Knows the recordings on disk and tells who waits when one grows. Loop thread only; reading is a few hundred bytes
/// per part.
class Recordings {
 public:
  Recordings(std::filesystem::path media, std::filesystem::path memory);
  ~Recordings();

  /// The meeting's recording as last read, or nullptr when it has none. Reads it first when it was never asked for.
  /// Valid until the next call: recordings that ended and that nobody watches are forgotten when there are many.
  const Recording* find(const std::string& meeting);
  /// Whether a track of it has no end: by the last line of each index alone, nothing is kept in memory.
  bool lacks_its_end(const std::string& meeting) const;
  /// Reads what was appended since; calls the listeners when that was anything. Called on link::Look and every 200 ms
  /// while live (a lost Look heals there).
  void look(const std::string& meeting);
  /// Called after a recording grew or ended. Returns a ticket for forget().
  using Listener = std::function<void(const Recording&)>;
  int listen(Listener listener);
  void forget(int ticket);

  /// The file that holds these bytes now: the memory directory's while the disk is full, else the disk's.
  std::filesystem::path segment_file(const std::string& meeting, const std::string& track,
                                     const Track::Segment& segment) const;
  std::filesystem::path init_file(const std::string& meeting, const std::string& track, int run) const;
  /// Where the bytes of `count` parts from `first` on are now, in order: one stretch as a rule; more when the disk
  /// filled up within the segment.
  std::vector<FileStretch> stretches(const std::string& meeting, const std::string& track,
                                     const Track::Segment& segment, std::size_t first, std::size_t count) const;

 private:
  struct Tail;
  bool read(Tail& tail);
  void forget_old(const std::string& keep);
  std::filesystem::path media_, memory_;
  std::map<std::string, std::shared_ptr<Tail>> tails_;
  std::map<int, Listener> listeners_;
  int next_ticket_ = 1;
  std::uint64_t uses_ = 0;
};

}  // namespace tyndau::live
