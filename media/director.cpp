#include "media/director.h"

#include <fmt/format.h>
#include <glib-unix.h>
#include <sys/statvfs.h>

#include <algorithm>
#include <cstdlib>

#include "media/base/log.h"
#include "media/gst/main_thread.h"

namespace tyndau {

namespace {

using gst::post;

/// A meeting's id becomes a folder's name.
bool is_plain(const std::string& meeting) {
  return !meeting.empty() && meeting.size() <= 64 && std::all_of(meeting.begin(), meeting.end(), [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-';
  });
}

constexpr unsigned kLookEvery_ms = 500;
constexpr unsigned kReportEvery = 10;  // looks: 5 s
constexpr unsigned kPaceEvery = 2;     // looks: Pace's second

}  // namespace

Director::Director(const Config& config, programme::Mixer& mixer, sources::HallSource& hall, guests::Guests& guests)
    : config_(config),
      mixer_(mixer),
      hall_(hall),
      guests_(guests),
      disk_(measure_disk()),
      pace_(config.programme.frame_rate) {
  guests_.on_gone = [this](const std::string& peer, const std::string& why) {
    if (server_) server_->send(link::PeerGone{peer, why});
  };
  guests_.on_state = [this](const link::PeerState& state) {
    if (server_) server_->send(state);
  };
  mixer_.take_hall(hall_.remote());
  // Both come from the mixer's thread and may find the main loop gone at the very end; then they are never run.
  mixer_.on_levels = [this](const link::Levels& levels) {
    post([this, levels] {
      if (server_) server_->send(levels);
    });
  };
  mixer_.on_scene = [this](std::int64_t scene, std::int64_t frame) { post([=, this] { shown(scene, frame); }); };
}

Director::~Director() { close(); }

Result<void> Director::open() {
  link::Server::Events events;
  events.on_command = [this](const link::Command& command) { hear(command); };
  events.on_gone = [] { log::info("the session is away"); };
  auto server = link::Server::listen(config_.link_socket(), std::move(events));
  if (!server) return tl::unexpected(server.error());
  server_.emplace(std::move(*server));
  link_watch_ = g_unix_fd_add(
      server_->fd(), G_IO_IN,
      [](gint, GIOCondition, gpointer self) -> gboolean {
        static_cast<Director*>(self)->server_->dispatch();
        return G_SOURCE_CONTINUE;
      },
      this);
  look_timer_ = g_timeout_add(
      kLookEvery_ms,
      [](gpointer self) -> gboolean {
        auto& director = *static_cast<Director*>(self);
        const bool report = ++director.looks_ % kReportEvery == 0;
        director.look_at_disk(report);
        if (director.looks_ % kPaceEvery == 0) director.look_at_pace(report);
        return G_SOURCE_CONTINUE;
      },
      this);
  return {};
}

void Director::close() {
  if (link_watch_ != 0) g_source_remove(std::exchange(link_watch_, 0));
  if (look_timer_ != 0) g_source_remove(std::exchange(look_timer_, 0));
  if (broadcast_) broadcast_->pause();
  broadcast_.reset();
  server_.reset();
}

void Director::source_changed(const link::SourceState& state) {
  if (server_) server_->send(state);
}

void Director::hear(const link::Command& command) {
  std::visit([this](const auto& c) { carry_out(c); }, command);
}

void Director::carry_out(const link::Hello& hello) {
  if (hello.version != link::kProtocolVersion) {
    log::error("the session speaks version {} of the link, we {}", hello.version, link::kProtocolVersion);
  }
  server_->send(link::Snapshot{link::kProtocolVersion, hall_.state(), mixer_.scene(), run_, disk_, guests_.peers()});
  server_->send(link::ProgrammeState{pace_.slow() ? "slow" : "ok"});
}

void Director::carry_out(const link::BroadcastStart& command) {
  if (broadcast_) return server_->send(link::Failed{command.id, "already_on_air", broadcast_->meeting()});
  if (!is_plain(command.meeting)) return server_->send(link::Failed{command.id, "bad_meeting", command.meeting});
  mixer_.set_clock(command.clock);
  mixer_.set_scene(command.scene);

  outlets::Broadcast::Events events;
  events.on_begin = [this](const link::RunState& run, std::int64_t first_frame) {
    post([=, this] { began(run, first_frame); });
  };
  events.on_written = [this, meeting = command.meeting] {
    post([=, this] {
      if (server_) server_->send(link::Look{meeting});
    });
  };
  events.on_error = [](const std::string& what) {
    // The programme's own error: this process is not fit. What is indexed is safe; systemd starts us anew, and the
    // session puts the meeting back on air with a discontinuity.
    log::error("the broadcast failed: {}", what);
    std::_Exit(4);
  };
  starting_ = command.id;
  auto broadcast = outlets::Broadcast::start(config_, mixer_, command.meeting, std::move(events));
  if (!broadcast) {
    starting_ = 0;
    return server_->send(link::Failed{command.id, "storage", broadcast.error().what});
  }
  broadcast_ = std::move(*broadcast);
}

void Director::began(const link::RunState& run, std::int64_t first_frame) {
  if (!broadcast_ || broadcast_->run() != run.run) return;
  run_ = run;
  first_frame_ = first_frame;
  log::info("on air: {} run {}", run.meeting, run.run);
  if (!server_) return;
  server_->send(link::RunStarted{run});
  if (const auto id = std::exchange(starting_, 0); id != 0) server_->send(link::Done{id, programme_time(first_frame)});
}

void Director::carry_out(const link::BroadcastStop& command) {
  if (!broadcast_) return server_->send(link::Failed{command.id, "not_on_air", ""});
  broadcast_->stop();
  const std::string meeting = broadcast_->meeting();
  const int run = broadcast_->run();
  std::optional<link::ProgrammeTime> at;
  if (run_) {
    const Utc now = mixer_.now();
    at = link::ProgrammeTime{run, std::max<std::int64_t>(0, (now - run_->started).count()), now};
  }
  broadcast_.reset();
  run_.reset();
  log::info("off air: {} run {}", meeting, run);
  server_->send(link::Look{meeting});
  server_->send(link::RunEnded{meeting, run, "stopped"});
  server_->send(link::Done{command.id, at});
}

void Director::carry_out(const link::SceneSet& command) {
  scenes_waiting_.emplace_back(mixer_.set_scene(command.scene), command.id);
}

void Director::shown(std::int64_t scene, std::int64_t frame) {
  // Of two scenes set within one frame only the later is shown: both took effect then.
  while (!scenes_waiting_.empty() && scenes_waiting_.front().first <= scene) {
    if (server_) server_->send(link::Done{scenes_waiting_.front().second, programme_time(frame)});
    scenes_waiting_.pop_front();
  }
}

void Director::carry_out(const link::SourceSet& command) {
  const auto set = hall_.set(command.uri);
  if (!set) return server_->send(link::Failed{command.id, "bad_uri", set.error().what});
  mixer_.take_hall(hall_.remote());
  server_->send(link::Done{command.id, std::nullopt});
}

void Director::carry_out(const link::RecordingClose& command) {
  if (broadcast_ && broadcast_->meeting() == command.meeting) {
    return server_->send(link::Failed{command.id, "already_on_air", command.meeting});
  }
  if (!is_plain(command.meeting)) return server_->send(link::Failed{command.id, "bad_meeting", command.meeting});
  auto store = outlets::SegmentStore::open(outlets::Broadcast::places(config_), command.meeting);
  if (!store) return server_->send(link::Failed{command.id, "storage", store.error().what});
  store->close_tracks({command.at});
  log::info("the recording of {} is closed", command.meeting);
  server_->send(link::Look{command.meeting});
  server_->send(link::Done{command.id, std::nullopt});
}

void Director::carry_out(const link::PeerOpen& command) {
  guests_.open(command.peer, command.seat, command.offer, [this, id = command.id](Result<std::string> answer) {
    if (!server_) return;
    if (!answer) return server_->send(link::Failed{id, "bad_offer", answer.error().what});
    server_->send(link::Done{id, std::nullopt, std::move(*answer)});
  });
}

void Director::carry_out(const link::PeerClose& command) {
  if (!guests_.close(command.peer)) return server_->send(link::Failed{command.id, "no_such_peer", command.peer});
  server_->send(link::Done{command.id, std::nullopt});
}

std::optional<link::ProgrammeTime> Director::programme_time(std::int64_t frame) const {
  if (!run_ || frame < first_frame_) return std::nullopt;
  const std::int64_t offset_ms = (frame - first_frame_) * 1000 / config_.programme.frame_rate;
  return link::ProgrammeTime{run_->run, offset_ms, run_->started + std::chrono::milliseconds(offset_ms)};
}

link::DiskState Director::measure_disk() const {
  link::DiskState disk{"ok", 0, 0};
  struct statvfs status {};
  if (::statvfs(config_.data.directory.c_str(), &status) == 0) {
    disk.free_bytes = static_cast<std::int64_t>(status.f_bavail) * static_cast<std::int64_t>(status.f_frsize);
  }
  double kbps = config_.programme.audio_kbps;
  for (const auto& rendition : config_.programme.renditions) kbps += rendition.bitrate_kbps;
  disk.free_hours = static_cast<double>(disk.free_bytes) / (kbps * 1000 / 8 * 3600);
  if (disk.free_hours < 1) disk.state = "low";
  if (broadcast_ && broadcast_->disk() == outlets::SegmentStore::State::kInMemory) disk.state = "full";
  if (broadcast_ && broadcast_->disk() == outlets::SegmentStore::State::kLosing) disk.state = "lost";
  return disk;
}

void Director::look_at_disk(bool even_if_unchanged) {
  const link::DiskState now = measure_disk();
  const bool changed = now.state != disk_.state;
  disk_ = now;
  if (server_ && (changed || even_if_unchanged)) server_->send(disk_);
}

void Director::look_at_pace(bool even_if_unchanged) {
  const std::int64_t repeated = mixer_.repeated() + (broadcast_ ? broadcast_->repeated() : 0);
  const bool before = pace_.slow();
  // A broadcast's count begins with it.
  const bool slow = pace_.add(std::max(INT64_C(0), repeated - std::exchange(repeated_, repeated)));
  if (slow && !before) log::warning("this machine is too slow: pictures of the programme are repeated");
  if (server_ && (slow != before || even_if_unchanged)) server_->send(link::ProgrammeState{slow ? "slow" : "ok"});
}

}  // namespace tyndau
