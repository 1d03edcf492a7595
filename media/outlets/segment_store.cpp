#include "media/outlets/segment_store.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <sys/statvfs.h>

#include <algorithm>
#include <fstream>
#include <utility>

#include "media/base/log.h"

namespace tyndau::outlets {

namespace fs = std::filesystem;

namespace {

Result<Fd> open_file(const fs::path& path, int flags) {
  Fd fd(::open(path.c_str(), flags | O_CLOEXEC, 0644));
  if (!fd) return fail_errno("cannot open " + path.string());
  return fd;
}

/// Writes all of it at `offset`; on failure the file is cut back to `offset`, as if nothing had been tried.
Result<void> write_at(const Fd& fd, std::uint64_t offset, const std::string& bytes) {
  std::size_t done = 0;
  while (done < bytes.size()) {
    const auto wrote = ::pwrite(fd.get(), bytes.data() + done, bytes.size() - done, static_cast<off_t>(offset + done));
    if (wrote < 0 && errno == EINTR) continue;
    if (wrote <= 0) {
      const int error = wrote == 0 ? ENOSPC : errno;
      if (::ftruncate(fd.get(), static_cast<off_t>(offset)) != 0) log::warning("cannot cut back a torn write");
      return fail_errno("cannot write", error);
    }
    done += static_cast<std::size_t>(wrote);
  }
  return {};
}

Result<std::string> read_file(const fs::path& path) {
  std::ifstream in(path, std::ios::binary);
  if (!in) return fail("cannot read " + path.string());
  std::string content((std::istreambuf_iterator<char>(in)), std::istreambuf_iterator<char>());
  if (in.bad()) return fail("cannot read " + path.string());
  return content;
}

Result<void> make_directory(const fs::path& path) {
  std::error_code error;
  fs::create_directories(path, error);
  if (error) return fail("cannot make " + path.string() + ": " + error.message(), error.value());
  return {};
}

Result<void> cut_file(const fs::path& path, std::uint64_t bytes) {
  std::error_code error;
  if (!fs::exists(path, error) || fs::file_size(path, error) <= bytes) return {};
  fs::resize_file(path, bytes, error);
  if (error) return fail("cannot cut " + path.string() + ": " + error.message(), error.value());
  return {};
}

struct IndexContent {
  std::vector<link::IndexLine> lines;
  std::uint64_t whole_bytes = 0;  // up to the end of the last good line
};

/// Bad lines in the middle (a damaged disk) are passed over; what follows the last good line is what a crash tore.
IndexContent read_index(const std::string& content) {
  IndexContent index;
  std::size_t begin = 0;
  while (begin < content.size()) {
    const auto end = content.find('\n', begin);
    if (end == std::string::npos) break;
    if (auto line = link::parse_line(std::string_view(content).substr(begin, end - begin))) {
      index.lines.push_back(std::move(*line));
      index.whole_bytes = end + 1;
    }
    begin = end + 1;
  }
  return index;
}

}  // namespace

SegmentStore::SegmentStore(Places places, std::string meeting)
    : places_(std::move(places)), meeting_(std::move(meeting)) {}

Result<SegmentStore> SegmentStore::open(Places places, std::string meeting) {
  SegmentStore store(std::move(places), std::move(meeting));
  std::vector<std::string> names;
  for (const auto& root : {store.places_.memory, store.places_.disk}) {
    std::error_code ignored;
    for (const auto& entry : fs::directory_iterator(root / store.meeting_, ignored)) {
      const std::string name = entry.path().filename().string();
      if (entry.is_directory() && std::find(names.begin(), names.end(), name) == names.end()) names.push_back(name);
    }
  }
  for (const auto& name : names) {
    if (auto recovered = store.recover(name); !recovered) return tl::unexpected(recovered.error());
  }
  return store;
}

Result<void> SegmentStore::recover(const std::string& name) {
  std::error_code ignored;
  bool waiting = fs::exists(link::index_path(places_.memory, meeting_, name), ignored);
  if (waiting && disk_has_room(places_.reserved_bytes)) waiting = !bring_home(name).has_value();

  for (const auto& root : {places_.disk, places_.memory}) {
    const fs::path path = link::index_path(root, meeting_, name);
    if (!fs::exists(path, ignored)) continue;
    auto content = read_file(path);
    if (!content) return tl::unexpected(content.error());
    const IndexContent index = read_index(*content);
    if (index.whole_bytes < content->size()) {
      log::warning("{}: {} torn bytes cut off", path.string(), content->size() - index.whole_bytes);
      if (auto cut = cut_file(path, index.whole_bytes); !cut) return cut;
    }
    if (!index.lines.empty()) track(name).ended = std::holds_alternative<link::EndLine>(index.lines.back());
    const link::PartLine* last = nullptr;
    for (const auto& line : index.lines) {
      if (const auto* run = std::get_if<link::RunLine>(&line)) next_run_ = std::max(next_run_, run->run + 1);
      if (const auto* part = std::get_if<link::PartLine>(&line)) {
        next_segment_ = std::max(next_segment_, part->segment + 1);
        last = part;
      }
    }
    if (last != nullptr) {
      const auto file = link::segment_path(root, meeting_, name, last->segment);
      if (auto cut = cut_file(file, last->offset + last->bytes); !cut) return cut;
    }
  }
  track(name).in_memory = waiting;
  return {};
}

SegmentStore::TrackFiles& SegmentStore::track(const std::string& name) {
  auto [it, fresh] = tracks_.try_emplace(name);
  if (fresh) it->second.name = name;
  return it->second;
}

Result<void> SegmentStore::open_index(TrackFiles& files) {
  if (files.index) return {};
  const fs::path path = link::index_path(root(files), meeting_, files.name);
  if (auto made = make_directory(path.parent_path()); !made) return made;
  auto fd = open_file(path, O_RDWR | O_CREAT);
  if (!fd) return tl::unexpected(fd.error());
  struct stat status {};
  if (::fstat(fd->get(), &status) != 0) return fail_errno("cannot read " + path.string());
  files.index = std::move(*fd);
  files.index_bytes = static_cast<std::uint64_t>(status.st_size);
  return {};
}

Result<void> SegmentStore::append_line(TrackFiles& files, const std::string& line) {
  if (auto opened = open_index(files); !opened) return opened;
  if (auto wrote = write_at(files.index, files.index_bytes, line); !wrote) return wrote;
  files.index_bytes += line.size();
  if (files.in_memory) in_memory_bytes_ += line.size();
  return {};
}

bool SegmentStore::disk_has_room(std::uint64_t bytes) const {
  std::error_code error;
  fs::create_directories(places_.disk, error);
  struct statvfs status {};
  if (::statvfs(places_.disk.c_str(), &status) != 0) return false;
  return static_cast<std::uint64_t>(status.f_bavail) * status.f_frsize >= bytes;
}

Result<void> SegmentStore::go_to_memory(TrackFiles& files, const std::string& why) {
  log::error("track {} of {} goes on in memory: {}", files.name, meeting_, why);
  const fs::path from = link::segment_path(places_.disk, meeting_, files.name, files.segment);
  const std::uint64_t kept = files.file ? files.offset : 0;
  files.in_memory = true;
  files.file.reset();
  files.index.reset();
  if (kept == 0) return {};
  // The segment in hand moves whole, so that its parts stay in one file.
  auto content = read_file(from);
  if (!content) return tl::unexpected(content.error());
  content->resize(kept);
  const fs::path to = link::segment_path(places_.memory, meeting_, files.name, files.segment);
  if (auto made = make_directory(to.parent_path()); !made) return made;
  auto fd = open_file(to, O_RDWR | O_CREAT | O_TRUNC);
  if (!fd) return tl::unexpected(fd.error());
  if (auto wrote = write_at(*fd, 0, *content); !wrote) return wrote;
  in_memory_bytes_ += kept;
  files.file = std::move(*fd);
  return {};
}

Result<void> SegmentStore::bring_home(const std::string& name) {
  const fs::path memory = places_.memory / meeting_ / name;
  const fs::path disk = places_.disk / meeting_ / name;
  if (auto made = make_directory(disk); !made) return made;
  auto lines = read_file(memory / "index");
  if (!lines) return tl::unexpected(lines.error());
  std::error_code error;
  for (const auto& entry : fs::directory_iterator(memory, error)) {
    if (entry.path().filename() == "index") continue;
    const fs::path arriving = disk / (entry.path().filename().string() + ".new");
    fs::copy_file(entry.path(), arriving, fs::copy_options::overwrite_existing, error);
    if (!error) fs::rename(arriving, disk / entry.path().filename(), error);
    if (error) {
      std::error_code ignored;
      fs::remove(arriving, ignored);
      return fail("cannot bring " + entry.path().string() + " to the disk: " + error.message(), error.value());
    }
  }
  auto index = open_file(disk / "index", O_RDWR | O_CREAT);
  if (!index) return tl::unexpected(index.error());
  const auto size = ::lseek(index->get(), 0, SEEK_END);
  const IndexContent whole = read_index(*lines);
  if (auto wrote = write_at(*index, static_cast<std::uint64_t>(size), lines->substr(0, whole.whole_bytes)); !wrote)
    return wrote;
  ::fdatasync(index->get());
  // The index goes first: from here on readers look on the disk.
  fs::remove(memory / "index", error);
  fs::remove_all(memory, error);
  log::info("track {} of {} is back on the disk", name, meeting_);
  return {};
}

Result<void> SegmentStore::return_to_disk(TrackFiles& files) {
  if (auto home = bring_home(files.name); !home) return home;
  files.in_memory = false;
  files.file.reset();
  files.index.reset();
  in_memory_bytes_ = 0;
  std::error_code error;
  for (auto it = fs::recursive_directory_iterator(places_.memory / meeting_, error);
       !error && it != fs::recursive_directory_iterator(); it.increment(error)) {
    if (it->is_regular_file(error)) in_memory_bytes_ += it->file_size(error);
  }
  return {};
}

void SegmentStore::make_room_in_memory() {
  while (in_memory_bytes_ > places_.memory_bytes) {
    fs::path oldest;
    std::error_code error;
    for (auto it = fs::recursive_directory_iterator(places_.memory / meeting_, error);
         !error && it != fs::recursive_directory_iterator(); it.increment(error)) {
      const bool segment = it->path().extension() == ".m4s";
      if (segment && (oldest.empty() || it->path().filename() < oldest.filename())) oldest = it->path();
    }
    const auto size = oldest.empty() ? 0 : fs::file_size(oldest, error);
    if (oldest.empty() || !fs::remove(oldest, error)) return;
    if (!losing_) log::error("memory is full too: the oldest segments of {} are being lost", meeting_);
    losing_ = true;
    in_memory_bytes_ -= std::min<std::uint64_t>(in_memory_bytes_, size);
  }
}

Result<void> SegmentStore::begin_segment(TrackFiles& files, std::int64_t segment) {
  if (files.file && !files.in_memory) finished_.push_back(std::move(files.file));
  files.file.reset();
  if (files.in_memory && disk_has_room(2 * places_.reserved_bytes)) {
    if (auto home = return_to_disk(files); !home) log::warning("{}", home.error().what);
  }
  if (!files.in_memory && !disk_has_room(places_.reserved_bytes)) {
    if (auto moved = go_to_memory(files, "the disk is nearly full"); !moved) return moved;
  }
  const fs::path path = link::segment_path(root(files), meeting_, files.name, segment);
  if (auto made = make_directory(path.parent_path()); !made) return made;
  auto fd = open_file(path, O_RDWR | O_CREAT | O_TRUNC);
  if (!fd) return tl::unexpected(fd.error());
  files.file = std::move(*fd);
  files.segment = segment;
  files.offset = 0;
  return {};
}

Result<void> SegmentStore::try_part(TrackFiles& files, link::PartLine& line, const std::string& bytes) {
  if (!files.file || files.segment != line.segment) {
    if (auto begun = begin_segment(files, line.segment); !begun) return begun;
  }
  line.offset = files.offset;
  line.bytes = static_cast<std::uint32_t>(bytes.size());
  if (auto wrote = write_at(files.file, files.offset, bytes); !wrote) return wrote;
  if (files.in_memory) in_memory_bytes_ += bytes.size();
  // The line after the bytes: a part exists when its line does.
  if (auto wrote = append_line(files, link::format_line(line)); !wrote) return wrote;
  files.offset += bytes.size();
  next_segment_ = std::max(next_segment_, line.segment + 1);
  return {};
}

Result<void> SegmentStore::try_run(TrackFiles& files, const link::RunLine& line, const std::string& init) {
  const fs::path path = link::init_path(root(files), meeting_, files.name, line.run);
  if (auto made = make_directory(path.parent_path()); !made) return made;
  auto fd = open_file(path, O_RDWR | O_CREAT | O_TRUNC);
  if (!fd) return tl::unexpected(fd.error());
  if (auto wrote = write_at(*fd, 0, init); !wrote) return wrote;
  ::fdatasync(fd->get());
  return append_line(files, link::format_line(line));
}

template <class Try>
void SegmentStore::persist(TrackFiles& files, const char* what, Try attempt) {
  Result<void> wrote = attempt();
  if (!wrote && !files.in_memory) {
    auto moved = go_to_memory(files, wrote.error().what);
    wrote = moved ? attempt() : moved;
  }
  if (!wrote) {
    if (!losing_) log::error("{} of {} is lost: {}", what, files.name, wrote.error().what);
    losing_ = true;
  }
  if (in_memory_bytes_ > places_.memory_bytes) make_room_in_memory();
}

void SegmentStore::write_run(const std::string& name, const link::RunLine& line, const std::string& init) {
  TrackFiles& files = track(name);
  next_run_ = std::max(next_run_, line.run + 1);
  persist(files, "a run", [&] { return try_run(files, line, init); });
}

void SegmentStore::write_part(const std::string& name, link::PartLine line, const std::string& bytes) {
  TrackFiles& files = track(name);
  persist(files, "a part", [&] { return try_part(files, line, bytes); });
}

void SegmentStore::write_end(const std::string& name, const link::EndLine& line) {
  TrackFiles& files = track(name);
  if (files.file && !files.in_memory) finished_.push_back(std::move(files.file));
  files.file.reset();
  persist(files, "the end", [&] { return append_line(files, link::format_line(line)); });
  if (files.index) ::fdatasync(files.index.get());
  settle();
}

void SegmentStore::close_tracks(const link::EndLine& line) {
  for (auto& [name, files] : tracks_) {
    if (!std::exchange(files.ended, true)) write_end(name, line);
  }
}

void SegmentStore::settle() {
  for (auto& [name, files] : tracks_) {
    if (!files.in_memory || files.file || !disk_has_room(2 * places_.reserved_bytes)) continue;
    if (auto home = return_to_disk(files); !home) log::warning("{}", home.error().what);
  }
}

SegmentStore::State SegmentStore::state() const {
  const bool in_memory = std::any_of(tracks_.begin(), tracks_.end(), [](const auto& t) { return t.second.in_memory; });
  if (!in_memory) return State::kOk;
  return losing_ ? State::kLosing : State::kInMemory;
}

Fd SegmentStore::take_finished() {
  if (finished_.empty()) return Fd();
  Fd fd = std::move(finished_.back());
  finished_.pop_back();
  return fd;
}

}  // namespace tyndau::outlets
