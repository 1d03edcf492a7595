#pragma once
#include <deque>
#include <functional>
#include <memory>
#include <optional>
#include <string>

#include "media/base/config.h"
#include "media/guests/guests.h"
#include "media/link/server.h"
#include "media/outlets/broadcast.h"
#include "media/programme/mixer.h"
#include "media/programme/pace.h"
#include "media/sources/hall_source.h"

namespace tyndau {

/// Hears the session's commands, has the rooms carry them out, and answers with facts. Main thread (GLib's default
/// context); what other threads have to say is posted to it.
class Director {
 public:
  Director(const Config& config, programme::Mixer& mixer, sources::HallSource& hall, guests::Guests& guests);
  ~Director();

  /// Opens the link. From then on commands are carried out.
  Result<void> open();
  void source_changed(const link::SourceState& state);
  /// Ends a running broadcast properly, as broadcast.stop does not: the recording stays open, so that the meeting goes
  /// on air again when media comes back.
  void close();

 private:
  void hear(const link::Command& command);
  void carry_out(const link::Hello&);
  void carry_out(const link::BroadcastStart& command);
  void carry_out(const link::BroadcastStop& command);
  void carry_out(const link::SceneSet& command);
  void carry_out(const link::SourceSet& command);
  void carry_out(const link::RecordingClose& command);
  void carry_out(const link::PeerOpen& command);
  void carry_out(const link::PeerClose& command);

  void began(const link::RunState& run, std::int64_t first_frame);
  void shown(std::int64_t scene, std::int64_t frame);
  std::optional<link::ProgrammeTime> programme_time(std::int64_t frame) const;
  void look_at_disk(bool even_if_unchanged);
  void look_at_pace(bool even_if_unchanged);
  link::DiskState measure_disk() const;

  const Config& config_;
  programme::Mixer& mixer_;
  sources::HallSource& hall_;
  guests::Guests& guests_;
  std::optional<link::Server> server_;
  std::unique_ptr<outlets::Broadcast> broadcast_;
  std::optional<link::RunState> run_;
  std::int64_t first_frame_ = 0;
  std::int64_t starting_ = 0;                                         // id of a broadcast.start without its first frame
  std::deque<std::pair<std::int64_t, std::int64_t>> scenes_waiting_;  // generation, command id
  link::DiskState disk_;
  programme::Pace pace_;
  std::int64_t repeated_ = 0;  // frames, when the pace was looked at
  unsigned link_watch_ = 0, look_timer_ = 0, looks_ = 0;
};

}  // namespace tyndau
