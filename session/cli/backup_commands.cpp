#include <fmt/format.h>
#include <fmt/ostream.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <chrono>
#include <iostream>

#include "media/base/config.h"
#include "session/backup/backup.h"
#include "session/backup/restore.h"
#include "session/cli/commands.h"

namespace tyndau::cli {

namespace {

int failure(const Streams& streams, const Failure& failure) {
  fmt::print(streams.error, "tyndau: {}\n", failure.what);
  return kFailure;
}

Result<backup::Places> places_of(const Place& place) {
  if (place.config.empty()) return backup::Places{place.data, {}};
  const auto config = load_config(place.config);
  if (!config) return tl::unexpected(config.error());
  return backup::Places{config->data.directory, config->memory_directory()};
}

/// A hall may be on air on the same machine: whatever else wants processor or disk goes first.
void give_way() {
  // ioprio_set(2). Its constants are said here because linux/ioprio.h of Debian's later kernels is not C++: it names a
  // parameter "class".
  constexpr int kWhoProcess = 1, kBestEffort = 2, kClassShift = 13, kLast = 7;
  (void)::setpriority(PRIO_PROCESS, 0, 10);
  (void)::syscall(SYS_ioprio_set, kWhoProcess, 0, kBestEffort << kClassShift | kLast);
}

std::string megabytes(std::uint64_t bytes) { return fmt::format("{:.1f} MB", static_cast<double>(bytes) / 1e6); }

/// How far it is, on the error stream: one line that changes on a terminal, a line now and then in a log.
class Told {
 public:
  explicit Told(const Streams& streams)
      : streams_(streams), terminal_(&streams.error == &std::cerr && ::isatty(STDERR_FILENO) != 0) {}
  ~Told() {
    if (shown_ && terminal_) fmt::print(streams_.error, "\r\033[K");
  }
  Told(const Told&) = delete;
  Told& operator=(const Told&) = delete;

  backup::Progress progress() {
    return [this](std::uint64_t done, std::uint64_t all) {
      const auto now = std::chrono::steady_clock::now();
      if (now - last_ < (terminal_ ? std::chrono::milliseconds(250) : std::chrono::seconds(10))) return;
      last_ = now;
      shown_ = true;
      const std::string line =
          fmt::format("{} of {}, {} %", megabytes(done), megabytes(all), all > 0 ? 100 * done / all : 100);
      fmt::print(streams_.error, "{}{}{}", terminal_ ? "\r\033[K" : "", line, terminal_ ? "" : "\n");
      streams_.error.flush();
    };
  }

 private:
  const Streams& streams_;
  bool terminal_, shown_ = false;
  std::chrono::steady_clock::time_point last_ = std::chrono::steady_clock::now();
};

std::string counted(const backup::Manifest& manifest) {
  std::int64_t events = 0;
  for (const auto& head : manifest.heads) events += head.events;
  return fmt::format("{} meetings, {} events, {} files, {}", manifest.heads.size(), events, manifest.files.size(),
                     megabytes(manifest.bytes()));
}

}  // namespace

int make_backup(const Place& place, const std::filesystem::path& to, int keep, Streams streams) {
  const auto places = places_of(place);
  if (!places) return failure(streams, places.error());
  give_way();
  const auto made = [&] {
    Told told(streams);
    return backup::make(*places, to, {keep, told.progress()}, utc_now());
  }();
  if (!made) return failure(streams, made.error());
  fmt::print(streams.out, "{}: {}\n", made->where.string(), counted(made->manifest));
  fmt::print(streams.out, "{} files as before, {} by another name, {} copied ({})\n", made->as_before, made->linked,
             made->copied, megabytes(made->copied_bytes));
  if (!made->lost.empty()) {
    fmt::print(streams.error, "tyndau: {} files that an index names are not there, the first is {}\n",
               made->lost.size(), made->lost.front());
  }
  bool whole = true;
  for (const auto& verdict : made->verdicts) {
    if (verdict.broken.empty()) continue;
    whole = false;
    fmt::print(streams.error,
               "tyndau: the journal is BROKEN, and so is this copy of it: {}. No older backup was removed\n",
               verdict.broken);
  }
  return whole ? kDone : kNot;
}

int restore_backup(const Place& place, const std::filesystem::path& from, Streams streams) {
  const auto places = places_of(place);
  if (!places) return failure(streams, places.error());
  const auto restored = [&] {
    Told told(streams);
    return backup::restore(from, places->data, told.progress());
  }();
  if (!restored) {
    failure(streams, restored.error());
    return restored.error().code == EEXIST ? kNot : kFailure;
  }
  fmt::print(streams.out, "{} is as it was in {}: {}\n", places->data.string(), restored->from.string(),
             counted(restored->manifest));
  return kDone;
}

int verify_against(const Place& place, const std::filesystem::path& backup, bool quick, Streams streams) {
  const int journal = verify(place, "", streams);
  if (journal == kFailure) return kFailure;
  const auto places = places_of(place);
  if (!places) return failure(streams, places.error());
  const auto newest = backup::newest(backup);
  if (!newest) return failure(streams, newest.error());
  const auto manifest = backup::read_manifest(*newest);
  if (!manifest) return failure(streams, manifest.error());
  const auto compared = [&] {
    Told told(streams);
    return backup::compare(*places, *manifest, !quick, told.progress());
  }();
  if (!compared) return failure(streams, compared.error());
  for (const std::string& wrong : compared->wrong) fmt::print(streams.out, "{}\n", wrong);
  if (compared->wrong.empty()) {
    fmt::print(streams.out, "{}: all of it is here, and {} events since\n", newest->string(), compared->newer_events);
  }
  return compared->wrong.empty() ? journal : kNot;
}

int verify_backup(const std::filesystem::path& backup, Streams streams) {
  const auto newest = backup::newest(backup);
  if (!newest) return failure(streams, newest.error());
  const auto manifest = backup::read_manifest(*newest);
  if (!manifest) return failure(streams, manifest.error());
  const auto wrong = [&] {
    Told told(streams);
    return backup::check(*newest, *manifest, told.progress());
  }();
  if (!wrong) return failure(streams, wrong.error());
  for (const std::string& what : *wrong) fmt::print(streams.out, "{}\n", what);
  if (!wrong->empty()) return kNot;
  fmt::print(streams.out, "{}: whole, of {}: {}\n", newest->string(), format_utc(manifest->made), counted(*manifest));
  for (const auto& head : manifest->heads) {
    fmt::print(streams.out, "{}: {} events, head {}\n", head.meeting, head.events, head.hash);
  }
  return kDone;
}

}  // namespace tyndau::cli
