#include "session/backup/backup.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <sys/statvfs.h>

#include <algorithm>
#include <fstream>
#include <iterator>
#include <set>
#include <unordered_map>

#include "media/base/fd.h"
#include "session/backup/disk.h"
#include "session/backup/hashing.h"
#include "session/journal/copy.h"

namespace tyndau::backup {

namespace {

namespace fs = std::filesystem;

constexpr const char* kUnfinished = ".unfinished";
constexpr const char* kProgress = "progress";  // what of the unfinished backup is on the disk for sure
constexpr const char* kRemoved = ".removed-";

/// So many files are made durable together, by one sync of the place's file system: each by itself would wait for the
/// disk as often.
constexpr std::size_t kBatchFiles = 1024;
constexpr std::uint64_t kBatchBytes = std::uint64_t{256} << 20;
/// Beside the recordings: database, indexes, folders.
constexpr std::uint64_t kSlack = std::uint64_t{64} << 20;

using Known = std::unordered_map<std::string, Entry>;

std::string name_of(Utc utc) {
  std::string name = format_utc(utc);  // 2026-12-10T10:00:30.250Z
  std::erase_if(name, [](char c) { return c == '-' || c == ':'; });
  return name;
}
bool is_name(const std::string& name) { return name.size() == 20 && name[8] == 'T' && name[19] == 'Z'; }

/// Names of the backups in the place, oldest first: only whole ones have such a name.
std::vector<std::string> names_in(const fs::path& place) {
  std::vector<std::string> names;
  std::error_code error;
  for (auto it = fs::directory_iterator(place, error); !error && it != fs::directory_iterator(); it.increment(error)) {
    if (const std::string name = it->path().filename(); is_name(name)) names.push_back(name);
  }
  std::sort(names.begin(), names.end());
  return names;
}

bool is_within(const fs::path& inner, const fs::path& outer) {
  const auto [mismatch, ignored] = std::mismatch(outer.begin(), outer.end(), inner.begin(), inner.end());
  return mismatch == outer.end();
}

class Making {
 public:
  Making(const Places& places, fs::path place, const Options& options, Utc now)
      : places_(places), place_(std::move(place)), tree_(place_ / kUnfinished), options_(options) {
    made_.manifest.made = now;
  }

  Result<Made> run() {
    if (auto opened = open_place(); !opened) return tl::unexpected(opened.error());
    auto done = fill();
    if (done) done = finish();
    if (!done) {
      // What a full disk is full of must not be us.
      std::error_code ignored;
      if (done.error().code == ENOSPC) fs::remove_all(tree_, ignored);
      return tl::unexpected(done.error());
    }
    return std::move(made_);
  }

 private:
  Result<void> open_place() {
    std::error_code error;
    if (!fs::exists(places_.data / kDatabaseName, error)) {
      return fail(fmt::format("there is no journal in {}: nothing to back up", places_.data.string()));
    }
    if (is_within(fs::weakly_canonical(place_), fs::weakly_canonical(places_.data)) ||
        is_within(fs::weakly_canonical(places_.data), fs::weakly_canonical(place_))) {
      return fail(fmt::format("{} and the data directory {} must not lie in each other", place_.string(),
                              places_.data.string()));
    }
    if (::mkdir(place_.c_str(), 0700) != 0 && errno != EEXIST) return fail_errno("cannot make " + place_.string());
    lock_ = Fd(::open((place_ / ".lock").c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600));
    if (!lock_) return fail_errno("cannot write in " + place_.string());
    if (::flock(lock_.get(), LOCK_EX | LOCK_NB) != 0) {
      return fail(fmt::format("another backup is being made in {}", place_.string()), EBUSY);
    }
    remove_removed();
    if (::mkdir(tree_.c_str(), 0700) != 0 && errno != EEXIST) return fail_errno("cannot make " + tree_.string());
    return {};
  }

  /// The rest of backups whose removal was interrupted.
  void remove_removed() {
    std::error_code ignored;
    std::vector<fs::path> removed;
    for (const auto& entry : fs::directory_iterator(place_, ignored)) {
      if (entry.path().filename().string().starts_with(kRemoved)) removed.push_back(entry.path());
    }
    for (const fs::path& path : removed) fs::remove_all(path, ignored);
  }

  Result<void> fill() {
    if (auto copied = copy_database(); !copied) return copied;
    auto inventory = take_inventory(places_);
    if (!inventory) return tl::unexpected(inventory.error());
    made_.lost = std::move(inventory->lost);
    read_known();
    if (auto enough = check_room(inventory->pieces); !enough) return enough;
    progress_ = Fd(::open((tree_ / kProgress).c_str(), O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600));
    if (!progress_) return fail_errno("cannot write in " + tree_.string());
    for (const Piece& piece : inventory->pieces) {
      if (auto put = put_piece(piece); !put) return put;
      if (batch_files_ < kBatchFiles && batch_bytes_ < kBatchBytes) continue;
      if (auto settled = settle(); !settled) return settled;
    }
    return settle();
  }

  Result<void> copy_database() {
    const fs::path copy = tree_ / kDatabaseName;
    std::error_code ignored;
    for (const char* suffix : {"", "-journal", "-wal", "-shm"}) fs::remove(copy.string() + suffix, ignored);
    if (auto copied = journal::copy_database(places_.data / kDatabaseName, copy); !copied) return copied;
    auto verdicts = journal::verify_copy(copy);
    if (!verdicts) return tl::unexpected(verdicts.error());
    for (const auto& verdict : *verdicts)
      made_.manifest.heads.push_back({verdict.meeting, verdict.events, verdict.head});
    made_.verdicts = std::move(*verdicts);
    const Fd file(::open(copy.c_str(), O_RDONLY | O_CLOEXEC));
    struct stat status {};
    if (!file || ::fstat(file.get(), &status) != 0) return fail_errno("cannot read " + copy.string());
    const auto bytes = static_cast<std::uint64_t>(status.st_size);
    const auto hash = hash_and_copy(file.get(), -1, bytes, {});
    if (!hash) return fail(fmt::format("{}: {}", copy.string(), hash.error().what), hash.error().code);
    if (::fsync(file.get()) != 0) return fail_errno("cannot write " + copy.string());
    made_.manifest.files.push_back({kDatabaseName, bytes, 0, *hash});
    return {};
  }

  /// What older backups and the beginning of this one have.
  void read_known() {
    auto names = names_in(place_);
    for (auto name = names.rbegin(); name != names.rend() && older_.empty(); ++name) {
      auto manifest = read_manifest(place_ / *name);
      if (!manifest) continue;  // a damaged one is no help, and stays for a person to look at
      older_ = place_ / *name;
      for (Entry& entry : manifest->files) {
        std::string path = entry.path;
        known_.emplace(std::move(path), std::move(entry));
      }
    }
    std::ifstream lines(tree_ / kProgress);
    for (std::string line; std::getline(lines, line);) {
      if (auto entry = parse_entry(line); entry && !lines.eof()) begun_[entry->path] = std::move(*entry);
    }
  }

  static const Entry* same(const Known& known, const Piece& piece) {
    const auto found = known.find(piece.path);
    if (found == known.end()) return nullptr;
    const Entry& entry = found->second;
    return entry.bytes == piece.bytes && entry.modified_ns == piece.modified_ns ? &entry : nullptr;
  }

  /// Before anything is written, whether it will fit; and how much there is to read.
  Result<void> check_room(const std::vector<Piece>& pieces) {
    struct stat here {};
    if (::stat(place_.c_str(), &here) != 0) return fail_errno("cannot read " + place_.string());
    std::uint64_t needed = kSlack;
    for (const Piece& piece : pieces) {
      if (same(begun_, piece) != nullptr || same(known_, piece) != nullptr) continue;
      to_read_ += piece.bytes;
      struct stat there {};
      const bool link = piece.finished && ::stat(piece.source.c_str(), &there) == 0 && there.st_dev == here.st_dev;
      if (!link) needed += piece.bytes;
    }
    struct statvfs room {};
    if (::statvfs(place_.c_str(), &room) != 0) return fail_errno("cannot read " + place_.string());
    const std::uint64_t free = static_cast<std::uint64_t>(room.f_bavail) * room.f_frsize;
    if (free >= needed) return {};
    return fail(fmt::format("the disk of {} has {} MB free, and {} MB are needed", place_.string(), free / 1'000'000,
                            needed / 1'000'000),
                ENOSPC);
  }

  Result<void> put_piece(const Piece& piece) {
    const fs::path target = tree_ / piece.path;
    if (auto folder = make_folder(target.parent_path()); !folder) return folder;
    struct stat status {};
    if (const Entry* entry = same(begun_, piece); entry != nullptr && ::stat(target.c_str(), &status) == 0 &&
                                                  static_cast<std::uint64_t>(status.st_size) == entry->bytes) {
      return take(*entry, made_.as_before);
    }
    if (::unlink(target.c_str()) != 0 && errno != ENOENT) return fail_errno("cannot remove " + target.string());
    if (const Entry* entry = same(known_, piece);
        entry != nullptr && ::link((older_ / piece.path).c_str(), target.c_str()) == 0) {
      return take(*entry, made_.as_before);
    }
    return read_piece(piece, target);
  }

  Result<void> read_piece(const Piece& piece, const fs::path& target) {
    Entry entry{piece.path, piece.bytes, piece.modified_ns, {}};
    Fd in(::open(piece.source.c_str(), O_RDONLY | O_CLOEXEC));
    // What media had in memory may have gone home to the disk meanwhile.
    if (!in && errno == ENOENT) in = Fd(::open((places_.data / piece.path).c_str(), O_RDONLY | O_CLOEXEC));
    if (!in && errno == ENOENT) return made_.lost.push_back(piece.path), Result<void>();
    if (!in) return fail_errno("cannot read " + piece.source.string());
    if (piece.finished && ::link(piece.source.c_str(), target.c_str()) == 0) {
      auto hash = hash_and_copy(in.get(), -1, piece.bytes, [this](std::uint64_t bytes) { tick(bytes); });
      if (!hash) return fail(fmt::format("{}: {}", piece.source.string(), hash.error().what), hash.error().code);
      entry.hash = *hash;
      return take(entry, made_.linked);
    }
    const Fd out(::open(target.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600));
    if (!out) return fail_errno("cannot create " + target.string());
    if (!piece.text.empty()) {
      auto wrote = write_text(out, piece.text);
      if (!wrote) return fail(fmt::format("{}: {}", target.string(), wrote.error().what), wrote.error().code);
      entry.hash = hash_of(piece.text);
      tick(piece.bytes);
    } else {
      auto hash = hash_and_copy(in.get(), out.get(), piece.bytes, [this](std::uint64_t bytes) { tick(bytes); });
      if (!hash) {
        return fail(fmt::format("{} to {}: {}", piece.source.string(), target.string(), hash.error().what),
                    hash.error().code);
      }
      entry.hash = *hash;
    }
    set_time(out, piece.modified_ns);
    // The disk begins with it now; settle() waits for it.
    ::sync_file_range(out.get(), 0, 0, SYNC_FILE_RANGE_WRITE);
    batch_bytes_ += piece.bytes;
    made_.copied_bytes += piece.bytes;
    return take(entry, made_.copied);
  }

  Result<void> take(const Entry& entry, std::size_t& count) {
    ++count;
    ++batch_files_;
    made_.manifest.files.push_back(entry);
    lines_ += format_entry(entry);
    return {};
  }

  void tick(std::uint64_t bytes) {
    read_ += bytes;
    if (options_.progress) options_.progress(read_, std::max(read_, to_read_));
  }

  Result<void> make_folder(const fs::path& folder) {
    if (!folders_.insert(folder.string()).second) return {};
    if (folder != tree_) {
      if (auto above = make_folder(folder.parent_path()); !above) return above;
    }
    if (::mkdir(folder.c_str(), 0700) != 0 && errno != EEXIST) return fail_errno("cannot make " + folder.string());
    return {};
  }

  /// Makes durable what was put since last time, and then notes that it is.
  Result<void> settle() {
    if (batch_files_ == 0) return {};
    if (::syncfs(lock_.get()) != 0) return fail_errno("cannot write to " + place_.string());
    batch_files_ = 0;
    batch_bytes_ = 0;
    auto wrote = write_text(progress_, lines_);
    lines_.clear();
    if (!wrote)
      return fail(fmt::format("{}: {}", (tree_ / kProgress).string(), wrote.error().what), wrote.error().code);
    if (::fdatasync(progress_.get()) != 0) return fail_errno("cannot write to " + place_.string());
    return {};
  }

  Result<void> finish() {
    sweep();
    progress_.reset();
    if (auto wrote = write_durably(tree_ / kManifestName, format_manifest(made_.manifest)); !wrote) return wrote;
    std::error_code error;
    fs::remove(tree_ / kProgress, error);
    if (::syncfs(lock_.get()) != 0) return fail_errno("cannot write to " + place_.string());
    // Two in one millisecond, or a clock that was set back: names tell which is newer, so this one is.
    Utc at = made_.manifest.made;
    const auto names = names_in(place_);
    std::string name = name_of(at);
    while (!names.empty() && name <= names.back()) {
      at = std::max(at, parse_name(names.back())) + std::chrono::milliseconds(1);
      name = name_of(at);
    }
    made_.where = place_ / name;
    fs::rename(tree_, made_.where, error);
    if (error) return fail(fmt::format("cannot rename {}: {}", tree_.string(), error.message()), error.value());
    if (auto synced = sync_folder(place_); !synced) return synced;
    const bool whole = std::all_of(made_.verdicts.begin(), made_.verdicts.end(),
                                   [](const auto& verdict) { return verdict.broken.empty(); });
    if (whole) remove_old();
    return {};
  }

  static Utc parse_name(const std::string& name) {
    const auto text = fmt::format("{}-{}-{}:{}:{}", name.substr(0, 4), name.substr(4, 2), name.substr(6, 5),
                                  name.substr(11, 2), name.substr(13));
    return parse_utc(text).value_or(Utc{});
  }

  /// Files that an interrupted beginning has and this backup has not.
  void sweep() {
    std::set<std::string> wanted{(tree_ / kProgress).string()};
    for (const Entry& entry : made_.manifest.files) wanted.insert((tree_ / entry.path).string());
    std::vector<fs::path> strangers;
    std::error_code error;
    for (auto it = fs::recursive_directory_iterator(tree_, error); !error && it != fs::recursive_directory_iterator();
         it.increment(error)) {
      if (!it->is_directory(error) && !wanted.contains(it->path().string())) strangers.push_back(it->path());
    }
    for (const fs::path& path : strangers) fs::remove(path, error);
  }

  /// Renamed first: half a backup never has a backup's name.
  void remove_old() {
    auto names = names_in(place_);
    for (std::size_t i = 0; i + static_cast<std::size_t>(options_.keep) < names.size(); ++i) {
      std::error_code error;
      fs::rename(place_ / names[i], place_ / (kRemoved + names[i]), error);
      if (!error) fs::remove_all(place_ / (kRemoved + names[i]), error);
    }
  }

  const Places& places_;
  fs::path place_, tree_;
  const Options& options_;
  Made made_;
  Fd lock_, progress_;
  fs::path older_;  ///< the newest whole backup
  Known known_;     ///< of that one
  Known begun_;     ///< of the unfinished one
  std::size_t batch_files_ = 0;
  std::uint64_t batch_bytes_ = 0, read_ = 0, to_read_ = 0;
  std::string lines_;
  std::set<std::string> folders_;
};

}  // namespace

Result<Made> make(const Places& places, const fs::path& place, const Options& options, Utc now) {
  return Making(places, place, options, now).run();
}

Result<fs::path> newest(const fs::path& place) {
  std::error_code error;
  if (fs::exists(place / kManifestName, error)) return place;
  const auto names = names_in(place);
  if (!names.empty()) return place / names.back();
  if (!fs::exists(place, error)) return fail(fmt::format("{} does not exist", place.string()), ENOENT);
  return fail(fmt::format("there is no backup in {}", place.string()), ENOENT);
}

}  // namespace tyndau::backup
