#pragma once
#include <uv.h>

#include <chrono>
#include <functional>
#include <string>
#include <vector>

#include "session/http/http.h"
#include "session/live/recordings.h"
#include "session/meeting/types.h"
#include "session/projections/chapters.h"
#include "session/web/waiting.h"

namespace tyndau::web {

/// What the media handlers need of the house. Everything outlives the routes; loop thread only.
struct MediaRoutes {
  live::Recordings& recordings;
  /// The meeting's chapters, or nullptr when there is no such meeting. Read at once, never kept.
  std::function<const std::vector<projections::Chapter>*(const std::string& meeting)> chapters;
  /// The meeting's title, for the name of a downloaded film.
  std::function<meeting::Text(const std::string& meeting)> title;
  /// Whether the meeting is on air. When that begins again after an end, the recording goes on a moment later.
  std::function<bool(const std::string& meeting)> on_air;
  /// Whether the meeting's broadcast has been ended. The recording says so a moment later, when media has written it.
  std::function<bool(const std::string& meeting)> over;
  /// Whether it cannot go on air again (the sitting is closed, too): until then the end of its recording can be taken
  /// back, and no cache may keep it as the last word.
  std::function<bool(const std::string& meeting)> final;
  /// Counts the blocked requests of an address; shared with the other routes that block.
  WaitingRoom waiting;
  /// Of the programme, for FRAME-RATE.
  double frame_rate = 25;
  /// A blocked request is given up after three target durations, with 503 (draft-pantos-hls-rfc8216bis 6.2.5.2).
  std::chrono::milliseconds longest_wait{6000};
  /// From the end of a broadcast to the end of its recording, and from its going on to the recording's: what asks in
  /// between waits, and is answered in any case.
  std::chrono::milliseconds longest_ending{1000}, longest_beginning{6000};
  /// Where requests time out and films are prepared. The routes must be gone before the loop is closed, and the loop
  /// run once more after that.
  uv_loop_t* loop = nullptr;
};

/// Everything below /media/{meeting}/: playlists, segments, the film, chapters.
///
///     index.m3u8  start.m3u8           multivariant: the live edge; the same from the start
///     {track}/live.m3u8  start.m3u8    media playlists; blocking reload, delta updates
///     {track}/init-{run}.mp4  {segment}.m4s  {segment}.{part}.m4s
///     recording.mp4[?lang=kk|ru|en]    when ended: one MP4 with chapters, byte ranges
///     chapters.vtt[?lang=]  chapters.json[?lang=]
///
/// Public: readable from any origin, no login. Names are looked up in what exists and never become paths unchecked.
std::vector<Route> media_routes(MediaRoutes context);

}  // namespace tyndau::web
