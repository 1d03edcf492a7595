#include <systemd/sd-daemon.h>
#include <uv.h>

#include <CLI/CLI.hpp>
#include <csignal>
#include <cstdio>
#include <filesystem>
#include <system_error>

#include "media/base/config.h"
#include "media/base/log.h"
#include "session/journal/journal.h"
#include "session/live/recordings.h"
#include "session/secretariat/secretariat.h"
#include "session/store/store.h"
#include "session/web/house.h"

/// tyndau-session: remembers and tells. Exit codes: 0 stopped as asked, 1 a failure (one line says which), 2 wrong
/// usage.
namespace {

namespace fs = std::filesystem;
using namespace tyndau;

/// share/tyndau beside the bin directory that this binary is in; in a build tree, share itself.
fs::path default_assets() {
  std::error_code error;
  const fs::path prefix = fs::read_symlink("/proc/self/exe", error).parent_path().parent_path();
  const fs::path installed = prefix / "share" / "tyndau";
  return fs::is_directory(installed, error) ? installed : prefix / "share";
}

/// The runtime directory is media's: until that has made it, media is away.
Result<void> make_directory(const fs::path& directory) {
  std::error_code error;
  fs::create_directories(directory, error);
  if (error) return fail("cannot make the directory " + directory.string() + ": " + error.message(), error.value());
  return {};
}

/// SIGTERM and SIGINT stop the loop; systemd's watchdog is told that it turns.
class Supervision {
 public:
  explicit Supervision(uv_loop_t* loop) {
    int i = 0;
    for (int number : {SIGTERM, SIGINT}) {
      uv_signal_t* signal = &signals_[i++];
      uv_signal_init(loop, signal);
      uv_signal_start(
          signal, [](uv_signal_t* handle, int) { uv_stop(handle->loop); }, number);
      uv_unref(reinterpret_cast<uv_handle_t*>(signal));
    }
    uv_timer_init(loop, &watchdog_);
    uv_unref(reinterpret_cast<uv_handle_t*>(&watchdog_));
    std::uint64_t microseconds = 0;
    if (sd_watchdog_enabled(0, &microseconds) <= 0) return;
    const std::uint64_t every = std::max<std::uint64_t>(microseconds / 3000, 1);  // a third of the patience, in ms
    uv_timer_start(
        &watchdog_, [](uv_timer_t*) { sd_notify(0, "WATCHDOG=1"); }, every, every);
  }
  void close() {
    for (uv_signal_t& signal : signals_) uv_close(reinterpret_cast<uv_handle_t*>(&signal), nullptr);
    uv_close(reinterpret_cast<uv_handle_t*>(&watchdog_), nullptr);
  }

 private:
  uv_signal_t signals_[2]{};
  uv_timer_t watchdog_{};
};

Result<void> run(const fs::path& config_file, fs::path assets) {
  auto config = load_config(config_file);
  if (!config) return tl::unexpected(config.error());
  if (auto loaded = load_secrets(config_file, *config); !loaded) return loaded;
  if (auto made = make_directory(config->data.directory); !made) return made;
  if (assets.empty()) assets = default_assets();
  if (!fs::is_directory(assets / "templates")) {
    return fail("no page templates in " + assets.string() + " (--assets names the directory)");
  }
  auto journal = journal::Journal::open(config->database());
  if (!journal) return tl::unexpected(journal.error());
  auto store = store::Store::open(config->database());
  if (!store) return tl::unexpected(store.error());
  live::Recordings recordings(config->media_directory(), config->memory_directory());

  uv_loop_t loop;
  uv_loop_init(&loop);
  Result<void> outcome;
  {
    Supervision supervision(&loop);
    secretariat::Secretariat secretariat(&loop, *config, std::move(*journal), recordings);
    auto house = web::House::open(&loop, *config, secretariat, *store, recordings, assets);
    if (!house) outcome = tl::unexpected(house.error());
    if (outcome) outcome = secretariat.start();
    if (outcome) {
      (*house)->keep_tidy();
      sd_notify(0, "READY=1");
      std::printf("tyndau-session listens on %s\n", (*house)->address().c_str());
      std::fflush(stdout);
      uv_run(&loop, UV_RUN_DEFAULT);
      sd_notify(0, "STOPPING=1");
    }
    if (house) house->reset();
    secretariat.close();
    supervision.close();
    uv_run(&loop, UV_RUN_DEFAULT);  // until the last handle is closed
  }
  uv_loop_close(&loop);
  return outcome;
}

}  // namespace

int main(int argc, char** argv) {
  CLI::App app("tyndau-session: the journal, the website and the desk of a hearing");
  std::string config_file = "/etc/tyndau/tyndau.toml", assets;
  app.add_option("--config", config_file, "tyndau.toml")->capture_default_str();
  app.add_option("--assets", assets, "where pages, scripts and texts are (default: beside the installed program)");
  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& wrong) {
    return app.exit(wrong) == 0 ? 0 : 2;
  }
  try {
    if (auto outcome = run(config_file, assets); !outcome) {
      std::fprintf(stderr, "tyndau-session: %s\n", log::one_line(outcome.error().what).c_str());
      return 1;
    }
  } catch (const std::exception& problem) {
    std::fprintf(stderr, "tyndau-session: %s\n", log::one_line(problem.what()).c_str());
    return 1;
  }
  return 0;
}
