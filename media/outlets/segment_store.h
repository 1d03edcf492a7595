#pragma once
#include <cstdint>
#include <filesystem>
#include <map>
#include <string>
#include <vector>

#include "media/base/fd.h"
#include "media/base/result.h"
#include "media/link/track_index.h"

namespace tyndau::outlets {

/// The files of one meeting's recording: a growing file per segment and an append-only index per track (link/INDEX.md).
/// While the disk cannot take more they go to a directory in memory with the same layout, and back when it can. Nothing
/// that an index names is ever damaged by a write that fails. One thread (the writer's).
class SegmentStore {
 public:
  struct Places {
    std::filesystem::path disk, memory;      ///< {media} of link/INDEX.md, on the disk and in a tmpfs
    std::uint64_t memory_bytes = 256 << 20;  ///< most that may lie in memory; then the oldest segments go
    /// Kept free on the disk for the journal, which must go on when the picture cannot.
    std::uint64_t reserved_bytes = 64 << 20;
  };
  enum class State { kOk, kInMemory, kLosing };

  /// Opens what an earlier process left behind: a torn index line and bytes that no line names are cut off, segments
  /// that were waiting in memory are brought to the disk.
  static Result<SegmentStore> open(Places places, std::string meeting);

  /// One more than in any track so far; the same for all tracks.
  int next_run() const { return next_run_; }
  std::int64_t next_segment() const { return next_segment_; }

  /// `line.init_bytes` must be init.size().
  void write_run(const std::string& track, const link::RunLine& line, const std::string& init);
  /// Appends the part to its segment's file and then its line to the index; `line.offset` and `line.bytes` are set
  /// here.
  void write_part(const std::string& track, link::PartLine line, const std::string& bytes);
  void write_end(const std::string& track, const link::EndLine& line);
  /// write_end() for every track whose index does not end with one.
  void close_tracks(const link::EndLine& line);
  /// Another try to bring to the disk what lies in memory.
  void settle();

  State state() const;
  std::uint64_t bytes_in_memory() const { return in_memory_bytes_; }

  /// A segment that has just been finished on disk, to be synced by somebody who has time; empty descriptor when there
  /// is none.
  Fd take_finished();

 private:
  struct TrackFiles {
    std::string name;
    bool in_memory = false;
    bool ended = false;         // its index had an end when it was opened
    std::int64_t segment = -1;  // the one being written
    std::uint64_t offset = 0;   // its indexed bytes
    Fd file, index;             // in whichever place the track is
    std::uint64_t index_bytes = 0;
  };
  SegmentStore(Places places, std::string meeting);
  TrackFiles& track(const std::string& name);
  const std::filesystem::path& root(const TrackFiles& files) const {
    return files.in_memory ? places_.memory : places_.disk;
  }
  Result<void> recover(const std::string& name);
  Result<void> open_index(TrackFiles& files);
  Result<void> begin_segment(TrackFiles& files, std::int64_t segment);
  Result<void> append_line(TrackFiles& files, const std::string& line);
  Result<void> try_part(TrackFiles& files, link::PartLine& line, const std::string& bytes);
  Result<void> try_run(TrackFiles& files, const link::RunLine& line, const std::string& init);
  Result<void> go_to_memory(TrackFiles& files, const std::string& why);
  Result<void> return_to_disk(TrackFiles& files);
  Result<void> bring_home(const std::string& track);
  bool disk_has_room(std::uint64_t bytes) const;
  void make_room_in_memory();
  template <class Try>
  void persist(TrackFiles& files, const char* what, Try attempt);

  Places places_;
  std::string meeting_;
  std::map<std::string, TrackFiles> tracks_;
  int next_run_ = 1;
  /// From 1: with 0 as its newest segment hls.js 1.6 takes the playlist for one that cannot be waited for.
  std::int64_t next_segment_ = 1;
  std::uint64_t in_memory_bytes_ = 0;
  bool losing_ = false;
  std::vector<Fd> finished_;
};

}  // namespace tyndau::outlets
