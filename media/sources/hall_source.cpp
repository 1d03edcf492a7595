#include "media/sources/hall_source.h"

#include <fmt/format.h>

#include <chrono>
#include <cmath>
#include <cstdlib>
#include <optional>
#include <utility>

#include "media/base/log.h"
#include "media/gst/timer.h"
#include "media/programme/painter.h"
#include "media/sources/chamber.h"
#include "media/sources/player.h"

namespace tyndau::sources {

namespace {

using namespace std::chrono_literals;
using std::chrono::steady_clock;
using SteadyTime = programme::SteadyTime;
using Kind = SourceUri::Kind;

constexpr auto kWatch = 100ms;
constexpr auto kRetry = 1s;
/// One that refuses our password is asked again only by the secretary, or after this: cameras lock out who tries often.
constexpr auto kRefused = 5min;
/// Silent this long after its start, a source is called lost, though the attempt goes on...
constexpr auto kPatience = 3s;
/// ...until here. A sender may need a few seconds until its next keyframe.
constexpr auto kLongestStart = 10s;
/// Sound but not even the announcement of a picture: then it is a source of sound alone.
constexpr auto kNoPictureAnnounced = 1s;
/// An attempt with fewer pictures says nothing of how often they come.
constexpr int kFewPictures = 25;
/// A source that is heard and not seen is asked anew after so long, which costs its sound; each time after twice that.
constexpr std::chrono::seconds kPictureAway{30}, kLongestAway{600};
/// Stopped pipelines that hang in a driver or a network; beyond this many no new attempt is made.
constexpr int kMostHanging = 3;

}  // namespace

struct HallSource::Inner {
  Inner(programme::Format shape, programme::PictureSlot& picture_slot, programme::SoundSlot& sound_slot,
        programme::HallSeats& hall_seats, OnState tell, std::filesystem::path speech)
      : format(shape),
        picture(picture_slot),
        sound(sound_slot),
        seats(hall_seats),
        on_state(std::move(tell)),
        speech_directory(std::move(speech)) {}

  programme::Format format;
  programme::PictureSlot& picture;
  programme::SoundSlot& sound;
  programme::HallSeats& seats;
  std::shared_ptr<programme::Seat> remote;  ///< of whip:
  OnState on_state;
  std::filesystem::path speech_directory;

  link::SourceState state{"", "lost", "no source is set"};
  gst::PipelineThreads threads;
  std::optional<SourceUri> source;

  // One attempt: intake is there while it runs, and either a player or the chamber.
  std::shared_ptr<Intake> intake;
  std::unique_ptr<Player> player;
  std::unique_ptr<Chamber> chamber;
  SteadyTime started{};
  int attempt = 0;                                   // which way to try, where there are several
  std::chrono::milliseconds patience{0};             // more than other sources get; learnt from attempts that ended
  std::chrono::seconds picture_away = kPictureAway;  // of one that is heard, until it is asked anew
  SteadyTime retry_at{};
  SteadyTime measured{};
  int reserve_ms = 0, missing = 0;  // as measured
  std::string channels, coding;     // the same, of sound and picture
  gst::Buffer sound_only_card;
  std::optional<SteadyTime> seen, heard_since;  // of whip: the last picture, and sound while there is none

  gst::Timer timer;  // last: ends first

  void change(const std::string& new_state, const std::string& detail, const std::string& reason = {});
  void measure(SteadyTime now);
  void start(SteadyTime now);
  void end_attempt();
  void fail(const Player::Failure& failure);
  void lose(const std::string& detail);
  void watch();
  void watch_remote(SteadyTime now);
  bool may_start(SteadyTime now);
  void watch_attempt(SteadyTime now);
  void watch_start(SteadyTime now);
  void miss_picture(SteadyTime now, const Intake::Track& track);
  bool is_heard(SteadyTime now) const;
  bool is_sound_alone(SteadyTime now) const;
  void show_sound_alone();
  const gst::Buffer& sound_only();
  void hold_last_picture(SteadyTime now);
};

void HallSource::Inner::change(const std::string& new_state, const std::string& detail, const std::string& reason) {
  const bool ok = new_state == "ok";
  link::SourceState next{source->safe(),      new_state,        source->hide(detail), reason,
                         ok ? reserve_ms : 0, ok ? missing : 0, ok ? channels : "",   ok ? coding : ""};
  if (next == state) return;
  if (next.state == state.state && next.detail == state.detail && next.uri == state.uri) {
    // Only its figures changed.
  } else if (next.state == "lost") {
    log::warning("source {} is lost: {}", next.uri, next.detail);
  } else {
    log::info("source {} is {}", next.uri, next.state);
  }
  state = std::move(next);
  on_state(state);
}

/// How it arrives, once a second. What is missing in a file is the file's, and where it begins anew.
void HallSource::Inner::measure(SteadyTime now) {
  if (now - measured < 1s) return;
  measured = now;
  const auto reserve = remote ? 0 : static_cast<int>(sound.reserve().count());
  if (std::abs(reserve - reserve_ms) >= 20) reserve_ms = reserve / 10 * 10;
  const auto finding = intake ? intake->finding.load() : Downmix::Finding::kNothing;
  channels = finding == Downmix::Finding::kOneChannel      ? "one_channel"
             : finding == Downmix::Finding::kOppositePhase ? "opposite_phase"
                                                           : "";
  coding = intake && intake->unknown_coding ? "unknown_coding" : "";
  missing = source->kind == Kind::kFile
                ? 0
                : static_cast<int>(std::ceil((remote ? remote->sound.missing() : sound.missing()) * 100));
}

void HallSource::Inner::start(SteadyTime now) {
  intake = std::make_shared<Intake>(format, picture, sound);
  started = now;
  if (source->kind == Kind::kTest) {
    chamber = std::make_unique<Chamber>(intake, speech_directory);
    return;
  }
  auto made =
      Player::start(*source, attempt, intake, threads, [this](const Player::Failure& failure) { fail(failure); });
  if (!made) return fail({made.error().what});
  player = std::move(*made);
}

void HallSource::Inner::end_attempt() {
  if (intake) intake->close();
  chamber.reset();
  player.reset();
  intake.reset();
}

/// The attempt ended by itself. A camera that refuses one transport says so at once; it gets the other next time.
void HallSource::Inner::fail(const Player::Failure& failure) {
  // Whoever calls us and is refused does not close our port to the others.
  if (failure.refused && !source->listener) {
    end_attempt();
    retry_at = steady_clock::now() + kRefused;
    return change("lost", failure.what, "refused");
  }
  if (source->kind == Kind::kRtsp && intake && !intake->picture().last) ++attempt;
  lose(failure.what);
}

void HallSource::Inner::lose(const std::string& detail) {
  end_attempt();
  // Listening costs nobody anything, and a sender that comes back may try only once.
  retry_at = steady_clock::now() + (source->listener ? 0ms : kRetry);
  change("lost", detail);
}

void HallSource::Inner::watch() {
  if (!source) return;
  const auto now = steady_clock::now();
  measure(now);
  if (source->kind == Kind::kWhip) {
    watch_remote(now);
  } else if (intake) {
    watch_attempt(now);
  } else if (now >= retry_at && may_start(now)) {
    start(now);
  }
}

/// Who connects, and when, is the guests' room's business.
void HallSource::Inner::watch_remote(SteadyTime now) {
  const auto fresh = [now](const std::optional<SteadyTime>& arrived) {
    return arrived && now - *arrived <= kRemoteStall;
  };
  const auto newest = remote->picture.newest();
  const bool shows = newest && newest->buffer.get() != sound_only_card.get();
  if (shows) seen = newest->arrived;
  if (shows && fresh(seen)) return change("ok", "");
  if (!fresh(remote->sound.arrived())) {
    seen.reset();
    heard_since.reset();
    return change("lost", "waiting for an encoder to connect by WHIP");
  }
  if (seen) return change("lost", "the encoder sends no picture any more");
  // Sound alone, though a picture may be on its way.
  if (!heard_since) heard_since = now;
  if (now - *heard_since < kNoPictureAnnounced) return;
  remote->picture.put(sound_only(), now);
  change("ok", "");
}

/// A camera or a port that the last attempt has not given back yet would only refuse the next one.
bool HallSource::Inner::may_start(SteadyTime now) {
  const bool exclusive = source->kind == Kind::kV4l2 || source->listener;
  const int hanging = threads.unfinished();
  if (hanging == 0) return true;
  if (exclusive && now - retry_at < kPatience) return false;
  if (hanging < kMostHanging) return true;
  change("lost", "earlier attempts still hang in the driver or the network; waiting for them");
  return false;
}

void HallSource::Inner::watch_attempt(SteadyTime now) {
  if (is_sound_alone(now)) show_sound_alone();
  if (source->kind == Kind::kFile) hold_last_picture(now);
  const Intake::Track track = intake->picture();
  if (!track.last || !picture.shows(now)) return watch_start(now);
  if (now - *track.last > patience_for(track) + patience) return miss_picture(now, track);
  picture_away = kPictureAway;
  if (chamber && !chamber->complaint().empty()) return change("lost", chamber->complaint());
  change("ok", "");
}

void HallSource::Inner::watch_start(SteadyTime now) {
  if (now - started < kPatience) return;
  if (source->listener && !is_heard(now)) {
    return change("lost", fmt::format("waiting for a sender on port {}", source->port));
  }
  if (is_heard(now) && now - started < kLongestStart) return;
  if (now - started > kLongestStart) {
    ++attempt;
    return lose("the source gave no picture within 10 seconds");
  }
  change("lost", intake->unknown_coding ? "the source's pictures are coded in a way that nothing here decodes"
                                        : "the source gives no picture yet");
}

/// Sound goes on where a picture rests: the attempt is not given up while it does, for that would cost the sound.
void HallSource::Inner::miss_picture(SteadyTime now, const Intake::Track& track) {
  if (!is_heard(now)) {
    // Few pictures and then none may be a source that gives one every few seconds and does not say so.
    patience =
        track.count >= kFewPictures ? 0ms : std::clamp<std::chrono::milliseconds>(2 * patience, kStall, kLongestStart);
    return lose("the source gives no picture any more");
  }
  // Both stopped: it is not known yet whether the sound will go on.
  if (*intake->sound().last - *track.last < kStall / 2) return;
  if (now - *track.last > picture_away) {
    picture_away = std::min(2 * picture_away, kLongestAway);
    return lose("the source gives no picture any more, and is asked anew");
  }
  change("lost", "the source gives no picture any more; its sound goes on");
}

bool HallSource::Inner::is_heard(SteadyTime now) const {
  const Intake::Track track = intake->sound();
  return track.last && now - *track.last < patience_for(track);
}

bool HallSource::Inner::is_sound_alone(SteadyTime now) const {
  if (intake->has_video) return false;
  const auto first = intake->sound().first;
  return first && now - *first > kNoPictureAnnounced && is_heard(now);
}

void HallSource::Inner::show_sound_alone() { intake->put_picture(sound_only()); }

const gst::Buffer& HallSource::Inner::sound_only() {
  if (!sound_only_card) {
    sound_only_card = programme::paint_card(format, {.title = {.kk = "Тек дыбыс", .ru = "Только звук"}, .detail = {}});
  }
  return sound_only_card;
}

/// A film may end before its sound does, and not every demuxer tells before the file's end: its last picture stays.
void HallSource::Inner::hold_last_picture(SteadyTime now) {
  const auto last_picture = intake->picture().last, last_sound = intake->sound().last;
  if (!last_picture || !last_sound || now - *last_picture < kStall / 2 || now - *last_sound > kStall / 2) return;
  if (const auto newest = picture.newest()) intake->put_picture(newest->buffer);
}

HallSource::HallSource(programme::Format format, programme::PictureSlot& picture, programme::SoundSlot& sound,
                       programme::HallSeats& seats, OnState on_state, std::filesystem::path speech_directory)
    : inner_(new Inner(format, picture, sound, seats, std::move(on_state), std::move(speech_directory))) {
  inner_->timer = gst::Timer(kWatch, [inner = inner_.get()] { inner->watch(); });
}

HallSource::~HallSource() {
  inner_->timer = {};
  inner_->end_attempt();
}

Result<void> HallSource::set(const std::string& uri) {
  auto source = link::parse_source_uri(uri);
  if (!source) return tl::unexpected(source.error());
  inner_->end_attempt();
  inner_->source = std::move(*source);
  const bool is_remote = inner_->source->kind == Kind::kWhip;
  inner_->remote = is_remote ? inner_->seats.at(link::hall_seat(inner_->source->location)) : nullptr;
  inner_->attempt = 0;
  inner_->patience = 0ms;
  inner_->reserve_ms = inner_->missing = 0;
  inner_->channels.clear();
  inner_->coding.clear();
  inner_->picture_away = kPictureAway;
  inner_->seen.reset();
  inner_->heard_since.reset();
  inner_->change("starting", "");
  inner_->retry_at = steady_clock::now();
  inner_->watch();
  return {};
}

const link::SourceState& HallSource::state() const { return inner_->state; }

std::shared_ptr<programme::Seat> HallSource::remote() const { return inner_->remote; }

}  // namespace tyndau::sources
