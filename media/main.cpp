#include <glib-unix.h>
#include <gst/gst.h>
#include <malloc.h>
#include <sys/stat.h>
#include <systemd/sd-daemon.h>

#include <CLI/CLI.hpp>

#include "media/base/config.h"
#include "media/base/log.h"
#include "media/director.h"
#include "media/guests/guests.h"
#include "media/outlets/preview.h"
#include "media/programme/mixer.h"
#include "media/sources/hall_source.h"

/// tyndau-media: sees and hears. Table of contents: configuration, programme, hall, guests, link, loop. Exit codes: 0
/// asked to stop, 1 cannot start, 2 wrong command line, 3 and 4 ill while running (systemd starts it anew).
namespace {

using namespace tyndau;

int complain(const std::string& what) {
  log::error("{}", what);
  return 1;
}

gboolean quit(gpointer loop) {
  g_main_loop_quit(static_cast<GMainLoop*>(loop));
  return G_SOURCE_CONTINUE;
}

/// The watchdog is fed by the main loop, and only while the programme runs: if either hangs, systemd starts us anew.
gboolean feed_watchdog(gpointer mixer) {
  const auto idle = std::chrono::steady_clock::now() - static_cast<programme::Mixer*>(mixer)->last_tick();
  if (idle < std::chrono::seconds(1)) sd_notify(0, "WATCHDOG=1");
  return G_SOURCE_CONTINUE;
}

Result<void> prepare(const Config& config) {
  ::umask(0027);
  for (const auto& directory : {config.media_directory(), config.memory_directory()}) {
    std::error_code error;
    std::filesystem::create_directories(directory, error);
    if (error) return fail("cannot make " + directory.string() + ": " + error.message());
  }
  return outlets::Encoders::check(config.programme);
}

guests::Network network_of(const Config& config) {
  guests::Network network{config.webrtc.port_min, config.webrtc.port_max, config.webrtc.stun};
  // The configuration has the address as browsers take it (RFC 7064), webrtcbin wants slashes.
  if (network.stun.starts_with("stun:") && !network.stun.starts_with("stun://")) network.stun.insert(5, "//");
  return network;
}

int run(const Config& config, const std::filesystem::path& share) {
  if (auto prepared = prepare(config); !prepared) return complain(prepared.error().what);
  const programme::Format format{config.programme.width, config.programme.height, config.programme.frame_rate};
  const auto playhead = std::make_shared<programme::Playhead>();
  programme::PictureSlot picture(playhead);
  programme::SoundSlot sound(playhead);
  programme::HallSeats hall_seats;
  programme::Mixer mixer(format, picture, sound);
  auto preview = outlets::Preview::create(format, config.preview_file());
  if (!preview) return complain(preview.error().what);
  mixer.add(*preview);

  Director* told = nullptr;
  const auto tell = [&told](const link::SourceState& state) {
    if (told != nullptr) told->source_changed(state);
  };
  sources::HallSource hall(format, picture, sound, hall_seats, tell, share / "speech");
  if (auto set = hall.set(config.programme.source); !set) return complain("programme.source: " + set.error().what);
  guests::Guests guests(mixer, {network_of(config), config.stills_directory(), &hall_seats});
  Director director(config, mixer, hall, guests);
  told = &director;
  if (auto opened = director.open(); !opened) return complain(opened.error().what);
  mixer.start();
  guests.rehearse();

  GMainLoop* loop = g_main_loop_new(nullptr, FALSE);
  g_unix_signal_add(SIGTERM, quit, loop);
  g_unix_signal_add(SIGINT, quit, loop);
  g_timeout_add(500, feed_watchdog, &mixer);
  sd_notify(0, "READY=1");
  log::info("tyndau-media is ready, link {}", config.link_socket().string());
  g_main_loop_run(loop);

  sd_notify(0, "STOPPING=1");
  director.close();
  mixer.stop();
  told = nullptr;
  g_main_loop_unref(loop);
  return 0;
}

}  // namespace

int main(int argc, char** argv) {
  CLI::App app("tyndau-media: the programme, its encoders and its files");
  std::string config_file = "/etc/tyndau/tyndau.toml";
  // bin/ and share/ are neighbours, installed and in the build tree.
  std::string share =
      (std::filesystem::canonical("/proc/self/exe").parent_path() / "../share/tyndau").lexically_normal();
  app.add_option("--config", config_file, "configuration file");
  app.add_option("--share", share, "directory of the installed data (speech of the synthetic chamber)");
  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& wrong) {
    return app.exit(wrong) == 0 ? 0 : 2;
  }

  // Guests come and go with a dozen threads each. With an arena for every few of them, what one guest leaves is seldom
  // what the next one gets, and 500 joins took 250 MB for good; with two it stays level.
  mallopt(M_ARENA_MAX, 2);
  gst_init(nullptr, nullptr);
  auto config = tyndau::load_config(config_file);
  if (!config) return complain(config.error().what);
  return run(*config, share);
}
