#include "session/backup/restore.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <sys/statvfs.h>

#include <algorithm>
#include <cstdio>
#include <map>
#include <set>

#include "media/base/fd.h"
#include "session/backup/disk.h"
#include "session/backup/hashing.h"
#include "session/journal/copy.h"

namespace tyndau::backup {

namespace {

namespace fs = std::filesystem;

constexpr const char* kArriving = ".restoring";

tl::unexpected<Failure> data_already(const fs::path& what) {
  return fail(fmt::format("there is data already: {}. Nothing is written over: move it away first", what.string()),
              EEXIST);
}

/// Whether there is any file in it, however deep: what a process made at its start (empty folders) is no data. A link
/// is some: it leads to where somebody wants it.
Result<bool> has_files(const fs::path& folder) {
  std::error_code error;
  if (fs::is_symlink(folder, error)) return true;
  for (auto it = fs::recursive_directory_iterator(folder, error); !error && it != fs::recursive_directory_iterator();
       it.increment(error)) {
    if (!fs::is_directory(it->symlink_status(error))) return true;
  }
  if (error && error != std::errc::no_such_file_or_directory) {
    return fail(fmt::format("cannot read {}: {}", folder.string(), error.message()), error.value());
  }
  return false;
}

/// Removes a folder that has folders at most. A file in it stays, and so do the folders that it is in.
Result<void> remove_empty(const fs::path& folder) {
  std::error_code error;
  std::vector<fs::path> all{folder};
  for (auto it = fs::recursive_directory_iterator(folder, error); !error && it != fs::recursive_directory_iterator();
       it.increment(error)) {
    all.push_back(it->path());
  }
  for (auto it = all.rbegin(); it != all.rend(); ++it) {  // a folder comes before what is in it
    if (::rmdir(it->c_str()) == 0 || errno == ENOENT) continue;
    if (errno == ENOTEMPTY || errno == EEXIST || errno == ENOTDIR) return data_already(*it);
    return fail_errno("cannot remove " + it->string());
  }
  return {};
}

/// Moves a file or a folder to where nothing is.
Result<void> move_to(const fs::path& from, const fs::path& to) {
  if (::renameat2(AT_FDCWD, from.c_str(), AT_FDCWD, to.c_str(), RENAME_NOREPLACE) == 0) return {};
  if (errno == EINVAL) {
    // A file system that does not know how (NFS, ZFS before 2.2). On any, a folder takes the place of an empty one at
    // most, and another name of a file that of nothing.
    std::error_code error;
    const bool folder = fs::is_directory(from, error);
    if (folder ? ::rename(from.c_str(), to.c_str()) == 0
               : ::link(from.c_str(), to.c_str()) == 0 && ::unlink(from.c_str()) == 0) {
      return {};
    }
  }
  if (errno == EEXIST || errno == ENOTEMPTY) return data_already(to);
  return fail_errno("cannot make " + to.string());
}

/// The hash of a file's first bytes, "" when it is shorter or not there.
Result<std::string> hash_at(const fs::path& file, std::uint64_t bytes, const Tick& tick) {
  const Fd in(::open(file.c_str(), O_RDONLY | O_CLOEXEC));
  if (!in && errno == ENOENT) return std::string();
  struct stat status {};
  if (!in || ::fstat(in.get(), &status) != 0) return fail_errno("cannot read " + file.string());
  if (static_cast<std::uint64_t>(status.st_size) < bytes) return std::string();
  auto hash = hash_and_copy(in.get(), -1, bytes, tick);
  if (!hash) return fail(fmt::format("{}: {}", file.string(), hash.error().what), hash.error().code);
  return hash;
}

class Counter {
 public:
  Counter(const Progress& progress, std::uint64_t all) : progress_(progress), all_(all) {}
  Tick tick() {
    return [this](std::uint64_t bytes) {
      done_ += bytes;
      if (progress_) progress_(done_, all_);
    };
  }

 private:
  const Progress& progress_;
  std::uint64_t done_ = 0, all_;
};

class Restoring {
 public:
  Restoring(fs::path from, fs::path data, const Manifest& manifest, const Progress& progress)
      : from_(std::move(from)),
        data_(std::move(data)),
        arriving_(data_ / kArriving),
        manifest_(manifest),
        counter_(progress, manifest.bytes()) {}

  Result<void> run() {
    std::error_code error;
    fs::create_directories(data_, error);
    if (error) return fail(fmt::format("cannot make {}: {}", data_.string(), error.message()), error.value());
    lock_ = Fd(::open(data_.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
    if (!lock_) return fail_errno("cannot read " + data_.string());
    if (::flock(lock_.get(), LOCK_EX | LOCK_NB) != 0)
      return fail("another restore is at work in " + data_.string(), EBUSY);
    read_owners();  // before recordings of an interrupted restore go, and their owner with them
    if (auto clean = clean_up(); !clean) return clean;
    if (auto empty = refuse_data(); !empty) return empty;
    if (auto enough = check_room(); !enough) return enough;
    auto copied = copy_all();
    // That may have taken hours, and somebody may have started the services.
    if (copied) copied = refuse_data();
    if (!copied) {
      fs::remove_all(arriving_, error);
      return copied;
    }
    return put_in_place();
  }

 private:
  /// What an interrupted restore left. Its recordings may have reached their place already, with the database still
  /// waiting: they are ours as long as no database is beside them and all of them is in the backup. Otherwise the
  /// services have gone on from them.
  Result<void> clean_up() {
    std::error_code error;
    if (!fs::exists(arriving_, error)) return {};
    if (fs::exists(arriving_ / kDatabaseName, error) && !fs::exists(arriving_ / "media", error) &&
        fs::exists(arriving_ / "moving", error) && database().empty() && has_recordings_of_backup()) {
      if (auto moved = move_to(data_ / "media", arriving_ / "media"); !moved) return moved;
    }
    fs::remove_all(arriving_, error);
    if (error) return fail(fmt::format("cannot remove {}: {}", arriving_.string(), error.message()), error.value());
    return {};
  }

  /// Whether the recordings at their place are the backup's, and have nothing that it does not have.
  bool has_recordings_of_backup() const {
    std::map<std::string, std::uint64_t> sizes;
    for (const Entry& entry : manifest_.files) sizes.emplace(entry.path, entry.bytes);
    std::error_code error;
    for (auto it = fs::recursive_directory_iterator(data_ / "media", error);
         !error && it != fs::recursive_directory_iterator(); it.increment(error)) {
      const auto status = it->symlink_status(error);
      if (fs::is_directory(status)) continue;
      const auto known = sizes.find(it->path().lexically_relative(data_).string());
      if (!fs::is_regular_file(status) || known == sizes.end() || it->file_size(error) != known->second) return false;
    }
    return !error;
  }

  /// The database, or what SQLite has beside one; empty when there is none.
  fs::path database() const {
    std::error_code error;
    for (const char* name : {"tyndau.db", "tyndau.db-wal", "tyndau.db-journal", "tyndau.db-shm"}) {
      if (fs::exists(fs::symlink_status(data_ / name, error))) return data_ / name;
    }
    return {};
  }

  Result<void> refuse_data() const {
    if (const fs::path there = database(); !there.empty()) return data_already(there);
    const auto recordings = has_files(data_ / "media");
    if (!recordings) return tl::unexpected(recordings.error());
    if (*recordings) return data_already(data_ / "media");
    return {};
  }

  Result<void> check_room() const {
    struct statvfs room {};
    if (::statvfs(data_.c_str(), &room) != 0) return fail_errno("cannot read " + data_.string());
    const std::uint64_t free = static_cast<std::uint64_t>(room.f_bavail) * room.f_frsize;
    if (free >= manifest_.bytes()) return {};
    return fail(fmt::format("the disk of {} has {} MB free, and {} MB are needed", data_.string(), free / 1'000'000,
                            manifest_.bytes() / 1'000'000),
                ENOSPC);
  }

  void read_owners() {
    ::stat(data_.c_str(), &data_owner_);
    if (::stat((data_ / "media").c_str(), &media_owner_) != 0) media_owner_ = data_owner_;
  }

  /// An operator's command must not lock the services out.
  Result<void> give_away(const Fd& file, bool recording, mode_t mode) const {
    const struct stat& owner = recording ? media_owner_ : data_owner_;
    if (::geteuid() == 0 && ::fchown(file.get(), owner.st_uid, owner.st_gid) != 0)
      return fail_errno("cannot give away a file");
    if (::fchmod(file.get(), mode) != 0) return fail_errno("cannot set the rights of a file");
    return {};
  }

  Result<void> make_folder(const fs::path& folder) {
    if (!folders_.insert(folder.string()).second) return {};
    if (folder != arriving_) {
      if (auto above = make_folder(folder.parent_path()); !above) return above;
    }
    if (::mkdir(folder.c_str(), 0700) != 0 && errno != EEXIST) return fail_errno("cannot make " + folder.string());
    if (folder == arriving_) return {};
    const Fd fd(::open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
    if (!fd) return fail_errno("cannot open " + folder.string());
    return give_away(fd, true, 0750 | (media_owner_.st_mode & S_ISGID));
  }

  Result<void> copy_all() {
    for (const Entry& entry : manifest_.files) {
      const fs::path target = arriving_ / entry.path;
      if (auto folder = make_folder(target.parent_path()); !folder) return folder;
      if (auto copied = copy_one(entry, target); !copied) {
        return fail(fmt::format("{}: {}", (from_ / entry.path).string(), copied.error().what), copied.error().code);
      }
    }
    // Once for all: each file by itself would wait for the disk as often.
    if (::syncfs(lock_.get()) != 0) return fail_errno("cannot write to " + data_.string());
    return {};
  }

  Result<void> copy_one(const Entry& entry, const fs::path& target) {
    const Fd in(::open((from_ / entry.path).c_str(), O_RDONLY | O_CLOEXEC));
    if (!in) return fail_errno("cannot read");
    const bool recording = entry.path != kDatabaseName;
    const Fd out(::open(target.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600));
    if (!out) return fail_errno("cannot create " + target.string());
    const auto hash = hash_and_copy(in.get(), out.get(), entry.bytes, counter_.tick());
    if (!hash) return tl::unexpected(hash.error());
    if (*hash != entry.hash) return fail("it is damaged: its hash is not the one in the manifest");
    if (auto given = give_away(out, recording, recording ? 0640 : 0600); !given) return given;
    if (recording) set_time(out, entry.modified_ns);
    ::sync_file_range(out.get(), 0, 0, SYNC_FILE_RANGE_WRITE);
    return {};
  }

  Result<void> put_in_place() {
    if (folders_.contains((arriving_ / "media").string())) {
      // From here on recordings at their place are ours.
      if (auto wrote = write_durably(arriving_ / "moving", ""); !wrote) return wrote;
      if (auto synced = sync_folder(arriving_); !synced) return synced;
      counter_.tick()(0);  // nothing more to read, but a point at which it can be stopped
      if (auto removed = remove_empty(data_ / "media"); !removed) return removed;
      if (auto moved = move("media"); !moved) return moved;
    }
    counter_.tick()(0);
    if (auto moved = move(kDatabaseName); !moved) return moved;
    std::error_code error;
    fs::remove_all(arriving_, error);
    return {};
  }

  Result<void> move(const char* name) {
    if (auto moved = move_to(arriving_ / name, data_ / name); !moved) return moved;
    return sync_folder(data_);
  }

  fs::path from_, data_, arriving_;
  const Manifest& manifest_;
  Counter counter_;
  struct stat data_owner_ {
  }, media_owner_{};
  std::set<std::string> folders_;
  Fd lock_;
};

Result<void> compare_chain(journal::Journal& journal, const Manifest& manifest, const Head& head, Compared& compared) {
  const auto events = journal.count(head.meeting);
  if (!events) return tl::unexpected(events.error());
  const std::string made = format_utc(manifest.made);
  if (*events < head.events) {
    compared.wrong.push_back(
        fmt::format("{}: OLDER than the backup of {}: {} of its {} events", head.meeting, made, *events, head.events));
    return {};
  }
  const auto hash = journal.hash_at(head.meeting, head.events);
  if (!hash) return tl::unexpected(hash.error());
  if (head.events > 0 && *hash != head.hash) {
    compared.wrong.push_back(
        fmt::format("{}: ANOTHER history than in the backup of {}: event {} differs", head.meeting, made, head.events));
  }
  compared.newer_events += *events - head.events;
  return {};
}

}  // namespace

Result<Restored> restore(const fs::path& from, const fs::path& data, const Progress& progress) {
  const auto backup = newest(from);
  if (!backup) return tl::unexpected(backup.error());
  auto manifest = read_manifest(*backup);
  if (!manifest) return tl::unexpected(manifest.error());
  if (auto done = Restoring(*backup, data, *manifest, progress).run(); !done) return tl::unexpected(done.error());
  return Restored{*backup, std::move(*manifest)};
}

Result<std::vector<std::string>> check(const fs::path& backup, const Manifest& manifest, const Progress& progress) {
  std::vector<std::string> wrong;
  Counter counter(progress, manifest.bytes());
  for (const Entry& entry : manifest.files) {
    const fs::path file = backup / entry.path;
    std::error_code error;
    const auto hash = hash_at(file, entry.bytes, counter.tick());
    if (!hash) return tl::unexpected(hash.error());
    if (*hash != entry.hash || fs::file_size(file, error) != entry.bytes) {
      wrong.push_back(
          fmt::format("{}: {}", file.string(), hash->empty() ? "it is missing or too short" : "it is damaged"));
    }
  }
  const auto verdicts = journal::verify_copy(backup / kDatabaseName);
  if (!verdicts) {
    wrong.push_back(verdicts.error().what);
    return wrong;
  }
  for (const auto& verdict : *verdicts) {
    if (!verdict.broken.empty()) wrong.push_back(fmt::format("{}: BROKEN: {}", verdict.meeting, verdict.broken));
  }
  return wrong;
}

Result<Compared> compare(const Places& places, const Manifest& manifest, bool hashes, const Progress& progress) {
  Compared compared;
  auto journal = journal::Journal::open(places.data / kDatabaseName);
  if (!journal) return tl::unexpected(journal.error());
  for (const Head& head : manifest.heads) {
    if (auto done = compare_chain(*journal, manifest, head, compared); !done) return tl::unexpected(done.error());
  }
  Counter counter(progress, manifest.bytes());
  for (const Entry& entry : manifest.files) {
    if (entry.path == kDatabaseName) continue;
    fs::path file = places.data / entry.path;
    std::error_code error;
    auto size = fs::file_size(file, error);
    if ((error || size < entry.bytes) && !places.memory.empty()) {
      // A full disk: the recording goes on in memory.
      const fs::path memory = places.memory / fs::path(entry.path).lexically_relative("media");
      if (fs::exists(memory, error)) size = fs::file_size(file = memory, error);
    }
    if (error || size < entry.bytes) {
      compared.wrong.push_back(
          fmt::format("{}: {}", file.string(), error ? "it is missing" : "it is shorter than in the backup"));
      continue;
    }
    if (!hashes) continue;
    const auto hash = hash_at(file, entry.bytes, counter.tick());
    if (!hash) return tl::unexpected(hash.error());
    if (*hash != entry.hash) compared.wrong.push_back(fmt::format("{}: it is not what the backup has", file.string()));
  }
  return compared;
}

}  // namespace tyndau::backup
