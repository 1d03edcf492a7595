#include "session/web/media_routes.h"

#include <fmt/format.h>

#include <charconv>
#include <chrono>
#include <ctime>
#include <memory>
#include <optional>
#include <utility>
#include <variant>

#include "media/base/log.h"
#include "session/archive/chapters_vtt.h"
#include "session/archive/film_shelf.h"
#include "session/live/playlist.h"
#include "session/live/renderings.h"
#include "session/live/waiting.h"

namespace tyndau::web {

namespace {

using live::Awaited;
using live::Recording;
using live::Track;
using live::View;
using projections::Chapter;
using Steady = std::chrono::steady_clock;

constexpr std::chrono::milliseconds kExpiryTick{250};

/// Bytes under a name that never changes: parts, segments and init segments are written once.
constexpr const char* kForever = "public, max-age=31536000, immutable";
/// What a blocked playlist said stays true, and every viewer asks for the same one.
constexpr const char* kBlocked = "public, max-age=6";
constexpr const char* kNow = "public, max-age=1";
/// What is about to become playable: to be asked for again at once.
constexpr const char* kNotYet = "no-cache";
/// For good: the broadcast is over and cannot go on.
constexpr const char* kFinished = "public, max-age=60";

constexpr const char* kPlaylistType = "application/vnd.apple.mpegurl";

template <class Number>
std::optional<Number> read_number(std::string_view text) {
  Number value{};
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  const bool whole = error == std::errc() && end == text.data() + text.size() && !text.empty() && text.size() <= 12;
  if (!whole || text.starts_with('-')) return std::nullopt;
  return value;
}

void mix(std::uint64_t& hash, std::string_view text) {
  for (const char c : text) hash = (hash ^ static_cast<unsigned char>(c)) * 0x100000001b3;  // FNV-1a
  hash = (hash ^ 0xff) * 0x100000001b3;
}

/// Names a state of the chapters, so that renderings know when they are old.
std::uint64_t fingerprint(const std::vector<Chapter>& chapters) {
  std::uint64_t hash = 0xcbf29ce484222325;
  for (const Chapter& chapter : chapters) {
    const std::int64_t times[] = {chapter.start.time_since_epoch().count(),
                                  chapter.end ? chapter.end->time_since_epoch().count() : -1};
    mix(hash, chapter.id);
    mix(hash, chapter.title.kk);
    mix(hash, chapter.title.ru);
    mix(hash, std::string_view(reinterpret_cast<const char*>(times), sizeof times));
  }
  return hash;
}

Response open_to_all(Response response) { return std::move(response.with("Access-Control-Allow-Origin", "*")); }

Response error(int status, const std::string& code, const std::string& detail) {
  return open_to_all(Response::error(status, code, detail));
}

Response not_found(const std::string& detail) { return error(404, "not_found", detail); }

/// RFC 8187: everything but letters and digits is percent-encoded.
std::string percent_encoded(std::string_view text) {
  std::string out;
  for (const char c : text) {
    const bool plain =
        (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' || c == '.';
    out += plain ? std::string(1, c) : fmt::format("%{:02X}", static_cast<unsigned char>(c));
  }
  return out;
}

/// A name that every file system takes: no separators, and not longer than 255 bytes once it has the date and ".mp4".
std::string file_name(const std::string& meeting, const std::string& title) {
  constexpr std::size_t kMostNameBytes = 180;
  std::string name;
  for (const char c : title) {
    const bool forbidden =
        static_cast<unsigned char>(c) < 0x20 || std::string_view("/\\:*?\"<>|").find(c) != std::string::npos;
    name += forbidden ? ' ' : c;
  }
  if (name.size() > kMostNameBytes) {
    name.resize(kMostNameBytes);
    name.resize(name.rfind(' ') == std::string::npos ? 0 : name.rfind(' '));  // at a word, so never within a character
  }
  return meeting.substr(0, 10) +
         (name.empty() ? meeting.substr(std::min<std::size_t>(10, meeting.size())) : " " + name) + ".mp4";
}

std::string http_date(Utc time) {
  const std::time_t seconds = std::chrono::duration_cast<std::chrono::seconds>(time.time_since_epoch()).count();
  std::tm parts{};
  gmtime_r(&seconds, &parts);
  static constexpr const char* kDays[] = {"Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"};
  static constexpr const char* kMonths[] = {"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                            "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
  return fmt::format("{}, {:02} {} {} {:02}:{:02}:{:02} GMT", kDays[parts.tm_wday], parts.tm_mday,
                     kMonths[parts.tm_mon], parts.tm_year + 1900, parts.tm_hour, parts.tm_min, parts.tm_sec);
}

/// What a request for a media playlist asks for beside its name: _HLS_msn, _HLS_part, _HLS_skip (6.2.5).
struct Directives {
  std::optional<std::int64_t> segment;
  std::optional<int> part;
  bool skip = false;
};

/// The directives, or why they make no sense.
std::variant<Directives, std::string> read_directives(const Request& request) {
  Directives directives;
  if (const auto text = request.query_value("_HLS_msn")) {
    directives.segment = read_number<std::int64_t>(*text);
    if (!directives.segment) return "_HLS_msn is not a number";
  }
  if (const auto text = request.query_value("_HLS_part")) {
    directives.part = read_number<int>(*text);
    if (!directives.part) return "_HLS_part is not a number";
    if (!directives.segment) return "_HLS_part without _HLS_msn";
  }
  if (const auto text = request.query_value("_HLS_skip")) {
    if (*text != "YES" && *text != "v2") return "_HLS_skip is neither YES nor v2";
    directives.skip = true;
  }
  return directives;
}

}  // namespace

namespace {

/// The state behind the routes; they share it.
class MediaDesk : public std::enable_shared_from_this<MediaDesk> {
 public:
  explicit MediaDesk(MediaRoutes context);
  ~MediaDesk();

  void multivariant(const Request& request, const Reply& reply, View view);
  void playlist(const Request& request, const Reply& reply, View view);
  void init(const Request& request, const Reply& reply);
  void segment(const Request& request, const Reply& reply);
  void part(const Request& request, const Reply& reply);
  void film(const Request& request, const Reply& reply);
  void chapters(const Request& request, const Reply& reply, bool vtt);

 private:
  /// A track that exists, or nothing after having answered 404.
  struct Place {
    const Recording* recording = nullptr;
    std::string meeting, name;
    const Track* track = nullptr;
  };
  std::optional<Place> place(const Request& request, const Reply& reply);
  std::optional<std::string> language(const Request& request, const Reply& reply);
  const std::vector<Chapter>& chapters_of(const std::string& meeting);

  using Respond = std::function<Response()>;
  void wait(const Request& request, const Reply& reply, const Place& place, Awaited awaited, Respond ready);
  bool wait_for_end(const std::string& client, const Reply& reply, const Place& place, live::Waiting::Wake then);
  bool wait_for_next_run(const std::string& client, const Reply& reply, const Place& place, live::Waiting::Wake then);
  void park(const std::string& client, const Reply& reply, const Place& place, Awaited awaited,
            std::chrono::milliseconds longest, live::Waiting::Wake wake);
  void film(const std::string& client, const std::string& meeting, const std::string& language, const Reply& reply);
  Response playlist_response(const std::string& meeting, const std::string& name, View view,
                             const Directives& directives, bool gzip);
  Response part_response(const std::string& meeting, const std::string& name, std::int64_t segment, int part);
  Response files(const std::vector<live::FileStretch>& stretches, const Track& track);
  Response rendered(const std::string& name, std::uint64_t version, bool gzip, const char* type,
                    const std::function<std::string()>& render);

  MediaRoutes context_;
  live::Waiting waiting_;
  live::Renderings renderings_;
  archive::FilmShelf films_;
  int ticket_ = 0;
  uv_timer_t* timer_ = nullptr;
};

MediaDesk::MediaDesk(MediaRoutes context) : context_(std::move(context)), films_(context_.loop) {
  ticket_ = context_.recordings.listen([this](const Recording& recording) { waiting_.grew(recording); });
  timer_ = new uv_timer_t;
  uv_timer_init(context_.loop, timer_);
  timer_->data = this;
  const auto tick = [](uv_timer_t* timer) { static_cast<MediaDesk*>(timer->data)->waiting_.expire(Steady::now()); };
  uv_timer_start(timer_, tick, kExpiryTick.count(), kExpiryTick.count());
  uv_unref(reinterpret_cast<uv_handle_t*>(timer_));  // it alone keeps no loop running
}

MediaDesk::~MediaDesk() {
  context_.recordings.forget(ticket_);
  uv_close(reinterpret_cast<uv_handle_t*>(timer_),
           [](uv_handle_t* handle) { delete reinterpret_cast<uv_timer_t*>(handle); });
}

const std::vector<Chapter>& MediaDesk::chapters_of(const std::string& meeting) {
  static const std::vector<Chapter> none;
  const auto* chapters = context_.chapters(meeting);
  return chapters != nullptr ? *chapters : none;
}

std::optional<MediaDesk::Place> MediaDesk::place(const Request& request, const Reply& reply) {
  Place place;
  place.meeting = request.captures.at("meeting");
  place.name = request.captures.at("track");
  place.recording = context_.recordings.find(place.meeting);
  if (place.recording != nullptr) {
    const auto found = place.recording->tracks.find(place.name);
    if (found != place.recording->tracks.end()) place.track = &found->second;
  }
  if (place.track == nullptr) {
    reply(not_found("there is no such recording or track"));
    return std::nullopt;
  }
  return place;
}

std::optional<std::string> MediaDesk::language(const Request& request, const Reply& reply) {
  const std::string language = request.query_value("lang").value_or("kk");
  if (language == "kk" || language == "ru" || language == "en") return language;
  reply(error(400, "unknown_language", "lang is kk, ru or en"));
  return std::nullopt;
}

/// Parks the request until `awaited` is settled; `wake` says what then, unless the client has gone.
void MediaDesk::park(const std::string& client, const Reply& reply, const Place& place, Awaited awaited,
                     std::chrono::milliseconds longest, live::Waiting::Wake wake) {
  auto seat = context_.waiting.enter(client);
  if (!seat) {
    reply(error(429, "too_many_waiting", "this address has too many requests waiting").with("Retry-After", "1"));
    return;
  }
  const auto unless_gone = [reply, seat, wake = std::move(wake)](live::Waiting::Why why) {
    if (!reply.gone()) wake(why);
  };
  const auto ticket = waiting_.add(place.meeting, place.name, awaited, Steady::now() + longest, unless_gone);
  reply.on_gone([weak = weak_from_this(), ticket] {
    if (const auto self = weak.lock()) self->waiting_.remove(ticket);
  });
}

/// `ready` makes the answer when `awaited` is settled, looking everything up anew.
void MediaDesk::wait(const Request& request, const Reply& reply, const Place& place, Awaited awaited, Respond ready) {
  const auto wake = [reply, ready = std::move(ready)](live::Waiting::Why why) {
    if (why == live::Waiting::Why::kSettled) return reply(ready());
    reply(error(503, "nothing_new", "the broadcast has not gone on in time").with("Retry-After", "1"));
  };
  park(request.client, reply, place, awaited, context_.longest_wait, wake);
}

/// Between the end of the broadcast and the end of its recording: whether `then` will be called, when that has come or
/// is overdue.
bool MediaDesk::wait_for_end(const std::string& client, const Reply& reply, const Place& place,
                             live::Waiting::Wake then) {
  if (place.track->ended() || !context_.over(place.meeting)) return false;
  park(client, reply, place, {.what = Awaited::What::kEnd}, context_.longest_ending, std::move(then));
  return true;
}

/// The same between a broadcast's going on after an end and its recording's: players take the end that is still written
/// there for the last word and ask no more, and the tracks do not begin in the same moment.
bool MediaDesk::wait_for_next_run(const std::string& client, const Reply& reply, const Place& place,
                                  live::Waiting::Wake then) {
  if (!place.track->ended() || !context_.on_air(place.meeting)) return false;
  park(client, reply, place, {.what = Awaited::What::kNextRun}, context_.longest_beginning, std::move(then));
  return true;
}

Response MediaDesk::rendered(const std::string& name, std::uint64_t version, bool gzip, const char* type,
                             const std::function<std::string()>& render) {
  const auto text = gzip ? renderings_.zipped(name, version, render) : renderings_.plain(name, version, render);
  Response response;
  response.body.push_back(MemoryPiece{text, 0, text->size()});
  response.with("Content-Type", type).with("Vary", "Accept-Encoding");
  if (gzip) response.with("Content-Encoding", "gzip");
  return open_to_all(std::move(response));
}

void MediaDesk::multivariant(const Request& request, const Reply& reply, View view) {
  const std::string& meeting = request.captures.at("meeting");
  const Recording* recording = context_.recordings.find(meeting);
  bool ready = recording != nullptr;
  // A rendition that is named must be there: the tracks' first parts come within a tenth of a second of each other.
  if (ready) {
    for (const auto& [name, track] : recording->tracks) ready = ready && !track.segments().empty();
  }
  if (!ready) return reply(not_found("this meeting has not been on air yet"));
  const bool live = view == View::kLive;
  auto response =
      rendered(fmt::format("{}/{}", meeting, live ? "index" : "start"), recording->version(), request.takes_gzip(),
               kPlaylistType, [&] { return live::multivariant_playlist(*recording, view, context_.frame_rate); });
  reply(std::move(response.with("Cache-Control", recording->ended() && context_.final(meeting) ? kFinished : kNow)));
}

Response MediaDesk::playlist_response(const std::string& meeting, const std::string& name, View view,
                                      const Directives& directives, bool gzip) {
  const Recording* recording = context_.recordings.find(meeting);
  if (recording == nullptr || !recording->tracks.contains(name)) return not_found("the recording has gone");
  const Track& track = recording->tracks.at(name);
  if (track.segments().empty()) return not_found("the broadcast ended before it began");
  const auto& chapters = chapters_of(meeting);
  const live::PlaylistWanted wanted{view, directives.skip, directives.segment.has_value()};
  // "From the start" lists whole segments only, so most parts change nothing in it.
  const bool whole_segments = view == View::kStart && !track.ended();
  const std::uint64_t version = (whole_segments ? track.complete_segments() : track.version()) ^ fingerprint(chapters);
  const auto key =
      fmt::format("{}/{}/{}{}{}{}", meeting, name, view == View::kLive ? "live" : "start", wanted.skip ? "/skip" : "",
                  wanted.following ? "/following" : "", track.ended() ? "/ended" : "");
  auto response = rendered(key, version, gzip, kPlaylistType,
                           [&] { return live::media_playlist(*recording, name, wanted, chapters); });
  const char* caching = kNow;
  if (track.ended()) {
    caching = context_.final(meeting) ? kFinished : kNow;
  } else if (directives.segment) {
    caching = kBlocked;
  } else if (track.complete_segments() == 0) {
    caching = kNotYet;
  }
  return std::move(response.with("Cache-Control", caching));
}

void MediaDesk::playlist(const Request& request, const Reply& reply, View view) {
  const auto found = place(request, reply);
  if (!found) return;
  const auto read = read_directives(request);
  if (const auto* wrong = std::get_if<std::string>(&read)) return reply(error(400, "bad_directive", *wrong));
  const auto directives = std::get<Directives>(read);

  auto respond = [this, meeting = found->meeting, name = found->name, view, directives, gzip = request.takes_gzip()] {
    return playlist_response(meeting, name, view, directives, gzip);
  };
  const auto answer = [reply, respond](auto) { reply(respond()); };
  if (wait_for_end(request.client, reply, *found, answer)) return;
  if (wait_for_next_run(request.client, reply, *found, answer)) return;
  Awaited awaited;
  awaited.what = view == View::kLive ? Awaited::What::kFirstPart : Awaited::What::kFirstSegment;
  if (directives.segment) {
    // The playlist from the start has no parts: there a part stands for its whole segment.
    const bool parts = directives.part && view == View::kLive;
    awaited = {parts ? Awaited::What::kPart : Awaited::What::kSegment, *directives.segment,
               directives.part.value_or(0)};
    if (!found->track->ended()) {
      if (const auto wrong = live::too_far(*found->track, awaited)) return reply(error(400, "bad_directive", *wrong));
    }
  }
  if (live::settled(*found->track, awaited)) return reply(respond());
  wait(request, reply, *found, awaited, std::move(respond));
}

Response MediaDesk::files(const std::vector<live::FileStretch>& stretches, const Track& track) {
  Response response;
  for (const auto& stretch : stretches) response.body.push_back(FilePiece{stretch.path, stretch.offset, stretch.bytes});
  response.ranges = true;
  response.with("Content-Type", track.has_picture() ? "video/mp4" : "audio/mp4").with("Cache-Control", kForever);
  return open_to_all(std::move(response));
}

void MediaDesk::init(const Request& request, const Reply& reply) {
  const auto found = place(request, reply);
  if (!found) return;
  const auto number = read_number<int>(request.captures.at("run"));
  for (const link::RunLine& run : found->track->runs()) {
    if (!number || run.run != *number) continue;
    const auto path = context_.recordings.init_file(found->meeting, found->name, run.run);
    return reply(files({{path, 0, run.init_bytes}}, *found->track));
  }
  reply(not_found("there is no such run"));
}

void MediaDesk::segment(const Request& request, const Reply& reply) {
  const auto found = place(request, reply);
  if (!found) return;
  const auto number = read_number<std::int64_t>(request.captures.at("segment"));
  const Track::Segment* segment = number ? found->track->find(*number) : nullptr;
  if (segment == nullptr || !segment->complete)
    return reply(not_found("there is no such segment, or it is not complete"));
  reply(files(context_.recordings.stretches(found->meeting, found->name, *segment, 0, segment->parts.size()),
              *found->track));
}

Response MediaDesk::part_response(const std::string& meeting, const std::string& name, std::int64_t number, int part) {
  const Recording* recording = context_.recordings.find(meeting);
  if (recording == nullptr || !recording->tracks.contains(name)) return not_found("the recording has gone");
  const Track& track = recording->tracks.at(name);
  const Track::Segment* segment = track.find(number);
  if (segment == nullptr || part >= static_cast<int>(segment->parts.size())) return not_found("there is no such part");
  return files(context_.recordings.stretches(meeting, name, *segment, static_cast<std::size_t>(part), 1), track);
}

void MediaDesk::part(const Request& request, const Reply& reply) {
  const auto found = place(request, reply);
  if (!found) return;
  const auto number = read_number<std::int64_t>(request.captures.at("segment"));
  const auto part = read_number<int>(request.captures.at("part"));
  if (!number || !part) return reply(not_found("there is no such part"));
  auto respond = [this, meeting = found->meeting, name = found->name, number = *number, part = *part] {
    return part_response(meeting, name, number, part);
  };
  // 6.2.6: what a preload hint names may be asked for before it is there.
  if (!live::is_next_part(*found->track, *number, *part)) return reply(respond());
  wait(request, reply, *found, {Awaited::What::kPartFile, *number, *part}, std::move(respond));
}

void MediaDesk::film(const Request& request, const Reply& reply) {
  const auto wanted_language = language(request, reply);
  if (wanted_language) film(request.client, request.captures.at("meeting"), *wanted_language, reply);
}

void MediaDesk::film(const std::string& client, const std::string& meeting, const std::string& language,
                     const Reply& reply) {
  const Recording* recording = context_.recordings.find(meeting);
  const bool any = recording != nullptr && !recording->tracks.empty();
  if (!any) return reply(not_found("there is no such recording"));
  const auto not_ended = [reply] {
    reply(error(404, "not_ended", "the recording can be downloaded when the broadcast has ended"));
  };
  for (const auto& [name, track] : recording->tracks) {
    const auto then = [this, client, meeting, language, reply, not_ended](live::Waiting::Why why) {
      if (why == live::Waiting::Why::kTooLate) return not_ended();
      film(client, meeting, language, reply);
    };
    if (wait_for_end(client, reply, {recording, meeting, name, &track}, then)) return;
  }
  if (!recording->ended() || context_.on_air(meeting)) return not_ended();
  const auto& chapters = chapters_of(meeting);
  const std::string name = file_name(meeting, context_.title(meeting).in(language));
  const std::string ascii = meeting + ".mp4";
  const auto answer = [reply, name, ascii, final = context_.final(meeting)](const archive::FilmShelf::Taken& taken) {
    if (!taken) {
      log::error("recording.mp4 of {}: {}", ascii, taken.error().what);
      return reply(error(500, "unreadable", "the recording cannot be read"));
    }
    const archive::Film& film = **taken;
    Response response;
    response.body.reserve(film.media.size() + 1);
    response.body.push_back(MemoryPiece{film.head, 0, film.head->size()});
    for (const auto& stretch : film.media)
      response.body.push_back(FilePiece{stretch.path, stretch.offset, stretch.bytes});
    response.ranges = true;
    response.with("Content-Type", "video/mp4")
        .with("ETag", film.etag)
        .with("Last-Modified", http_date(film.ended))
        .with("Cache-Control", final ? kFinished : kNow)
        // RFC 6266: a name for every client, and the readable one for those that know RFC 8187.
        .with("Content-Disposition",
              fmt::format("attachment; filename=\"{}\"; filename*=UTF-8''{}", ascii, percent_encoded(name)));
    reply(open_to_all(std::move(response)));
  };
  const std::string shelved = meeting + "/" + language;
  const std::uint64_t version = recording->version() ^ fingerprint(chapters);
  if (films_.is_busy(shelved, version)) {
    return reply(error(503, "busy", "other recordings are being made ready just now").with("Retry-After", "3"));
  }
  films_.take(
      shelved, version, [&] { return archive::film_source(context_.recordings, *recording, chapters, language); },
      answer);
}

void MediaDesk::chapters(const Request& request, const Reply& reply, bool vtt) {
  const std::string& meeting = request.captures.at("meeting");
  const auto wanted_language = language(request, reply);
  if (!wanted_language) return;
  const Recording* recording = context_.recordings.find(meeting);
  if (recording == nullptr || context_.chapters(meeting) == nullptr)
    return reply(not_found("there is no such recording"));
  const auto cues = archive::cues(chapters_of(meeting), live::RecordingClock(recording->timeline()), *wanted_language);
  auto response = vtt ? Response::text(200, "text/vtt; charset=utf-8", archive::chapters_vtt(cues))
                      : Response::json(200, archive::chapters_json(cues));
  reply(open_to_all(
      std::move(response.with("Cache-Control", recording->ended() && context_.final(meeting) ? kFinished : kNow))));
}

}  // namespace

std::vector<Route> media_routes(MediaRoutes context) {
  const auto desk = std::make_shared<MediaDesk>(std::move(context));
  const auto get = [](std::string pattern, Handler handler) {
    return Route{"GET", "/media/{meeting}/" + pattern, handler};
  };
  return {
      get("index.m3u8", [desk](const Request& q, const Reply& r) { desk->multivariant(q, r, View::kLive); }),
      get("start.m3u8", [desk](const Request& q, const Reply& r) { desk->multivariant(q, r, View::kStart); }),
      get("recording.mp4", [desk](const Request& q, const Reply& r) { desk->film(q, r); }),
      get("chapters.vtt", [desk](const Request& q, const Reply& r) { desk->chapters(q, r, true); }),
      get("chapters.json", [desk](const Request& q, const Reply& r) { desk->chapters(q, r, false); }),
      get("{track}/live.m3u8", [desk](const Request& q, const Reply& r) { desk->playlist(q, r, View::kLive); }),
      get("{track}/start.m3u8", [desk](const Request& q, const Reply& r) { desk->playlist(q, r, View::kStart); }),
      get("{track}/init-{run}.mp4", [desk](const Request& q, const Reply& r) { desk->init(q, r); }),
      get("{track}/{segment}.m4s", [desk](const Request& q, const Reply& r) { desk->segment(q, r); }),
      get("{track}/{segment}.{part}.m4s", [desk](const Request& q, const Reply& r) { desk->part(q, r); }),
  };
}

}  // namespace tyndau::web
