#pragma once
#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

#include "media/base/result.h"

/// What exists of the recordings: what the track indexes name (media/link/INDEX.md), and nothing else. Media may be
/// writing them at the same time.
namespace tyndau::backup {

struct Places {
  std::filesystem::path data;    ///< the data directory
  std::filesystem::path memory;  ///< where media writes while the disk is full (Config::memory_directory); may be empty
};

/// One file of a recording.
struct Piece {
  std::string path;              ///< relative to the data directory
  std::filesystem::path source;  ///< where it is; an index that goes on in memory is made of two, see `text`
  std::string text;              ///< what it has, where that is not in one file
  std::uint64_t bytes = 0;       ///< that exist: the file may have more, of a part that is being written
  std::int64_t modified_ns = 0;
  /// Nothing is ever written to it again, and it has just these bytes: another name for it is as good as a copy.
  bool finished = false;
};

struct Inventory {
  std::vector<Piece> pieces;      ///< in order of path
  std::vector<std::string> lost;  ///< paths that an index names and that are not there: playlists say GAP for them
};

/// Makes the indexes durable as well: media never writes again into a segment that a durable line names.
Result<Inventory> take_inventory(const Places& places);

}  // namespace tyndau::backup
