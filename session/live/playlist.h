#pragma once
#include <string>
#include <vector>

#include "session/live/recordings.h"
#include "session/projections/chapters.h"

/// HLS playlists of a recording, as draft-pantos-hls-rfc8216bis wants them; clause numbers below and in playlist.cpp
/// are that draft's. Pure: the same recording and chapters give the same text.
namespace tyndau::live {

/// Where a player begins, and so what the playlists list.
enum class View {
  kLive,   ///< a window at the live edge, with parts; everything once the broadcast has ended
  kStart,  ///< every complete segment from the first: "watch from the start"
};

struct PlaylistWanted {
  View view = View::kLive;
  /// _HLS_skip: leave out what is older than the skip boundary (6.2.5.1).
  bool skip = false;
  /// The request came with _HLS_msn from a player that follows the live edge: after the end it gets the window with
  /// ENDLIST, not hours of segments that it would have to read at the worst moment.
  bool following = false;
};

/// The playlist of {track}. Precondition: the recording has the track and the track has a segment.
std::string media_playlist(const Recording& recording, const std::string& track, PlaylistWanted wanted,
                           const std::vector<projections::Chapter>& chapters);

/// The list of renditions, best first: hls.js starts with the first. `frame_rate`: of the programme.
std::string multivariant_playlist(const Recording& recording, View view, double frame_rate);

/// "000012.m4s" and "000012.3.m4s", as the playlists name them.
std::string segment_name(std::int64_t segment);
std::string part_name(std::int64_t segment, std::size_t part);

}  // namespace tyndau::live
