#include "session/backup/inventory.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>

#include <algorithm>
#include <fstream>
#include <iterator>
#include <map>
#include <set>

#include "media/base/fd.h"
#include "media/link/track_index.h"

namespace tyndau::backup {

namespace {

namespace fs = std::filesystem;

std::int64_t nanoseconds(const timespec& time) { return std::int64_t{time.tv_sec} * 1'000'000'000 + time.tv_nsec; }

/// Whole lines of an index, up to the last good one: what follows is what a crash tore, or a part in the making.
struct Index {
  bool there = false;
  std::string text;
  std::vector<link::IndexLine> lines;
  std::int64_t modified_ns = 0;
  std::uint64_t size = 0;  ///< of the file
};

Result<Index> read_index(const fs::path& file) {
  Index index;
  const Fd fd(::open(file.c_str(), O_RDONLY | O_CLOEXEC));
  if (!fd && errno == ENOENT) return index;
  struct stat status {};
  // The time before the bytes: what is written in between makes the file look changed the next time, never unchanged.
  if (!fd || ::fstat(fd.get(), &status) != 0) return fail_errno("cannot read " + file.string());
  index.there = true;
  index.modified_ns = nanoseconds(status.st_mtim);
  index.text.resize(static_cast<std::size_t>(status.st_size));
  std::size_t got = 0;
  while (got < index.text.size()) {
    const auto now = ::pread(fd.get(), index.text.data() + got, index.text.size() - got, static_cast<off_t>(got));
    if (now < 0 && errno == EINTR) continue;
    if (now < 0) return fail_errno("cannot read " + file.string());
    if (now == 0) break;
    got += static_cast<std::size_t>(now);
  }
  index.text.resize(got);
  index.size = got;
  if (::fdatasync(fd.get()) != 0 && errno != EROFS && errno != EINVAL)
    return fail_errno("cannot sync " + file.string());
  std::size_t whole = 0;
  for (std::size_t begin = 0; begin < index.text.size();) {
    const auto end = index.text.find('\n', begin);
    if (end == std::string::npos) break;
    if (auto line = link::parse_line(std::string_view(index.text).substr(begin, end - begin))) {
      index.lines.push_back(std::move(*line));
      whole = end + 1;
    }
    begin = end + 1;
  }
  index.text.resize(whole);
  return index;
}

/// What the lines say of the files beside the index.
struct Named {
  std::uint64_t bytes = 0;
  bool finished = false;
};

std::map<std::string, Named> files_named(const std::vector<link::IndexLine>& lines) {
  std::map<std::string, Named> files;
  Named* in_hand = nullptr;  // the segment whose parts come now; another, a run or an end finish it
  std::int64_t segment = -1;
  const auto finish = [&] {
    if (in_hand != nullptr) in_hand->finished = true;
    in_hand = nullptr;
    segment = -1;
  };
  for (const auto& line : lines) {
    const auto* part = std::get_if<link::PartLine>(&line);
    if (part == nullptr || part->segment != segment) finish();
    if (const auto* run = std::get_if<link::RunLine>(&line)) {
      files[link::init_path("", "", "", run->run).filename()] = {run->init_bytes, true};
    } else if (part != nullptr) {
      segment = part->segment;
      in_hand = &files[link::segment_path("", "", "", segment).filename()];
      in_hand->bytes = std::max(in_hand->bytes, part->offset + part->bytes);
      in_hand->finished |= part->last;
    }
  }
  return files;
}

bool plain(const std::string& name) {
  return !name.empty() && name.front() != '.' && std::all_of(name.begin(), name.end(), [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' || c == '_' ||
           c == '.';
  });
}

/// Names of the folders in `directory`, added to `names`.
Result<void> add_folders(const fs::path& directory, std::set<std::string>& names) {
  std::error_code error;
  for (auto it = fs::directory_iterator(directory, error); !error && it != fs::directory_iterator();
       it.increment(error)) {
    const std::string name = it->path().filename();
    std::error_code ignored;
    if (plain(name) && it->is_directory(ignored)) names.insert(name);
  }
  if (error && error != std::errc::no_such_file_or_directory) {
    return fail(fmt::format("cannot read {}: {}", directory.string(), error.message()), error.value());
  }
  return {};
}

class Track {
 public:
  Track(const Places& places, std::string meeting, std::string name) : path_("media/" + meeting + "/" + name) {
    disk_ = places.data / path_;
    if (!places.memory.empty()) memory_ = places.memory / meeting / name;
  }

  Result<void> add_to(Inventory& inventory) {
    // Memory first: lines that go home meanwhile are met twice, and not missed.
    auto memory = memory_.empty() ? Index{} : read_index(memory_ / "index");
    if (!memory) return tl::unexpected(memory.error());
    auto disk = read_index(disk_ / "index");
    if (!disk) return tl::unexpected(disk.error());
    if (disk->lines.empty() && memory->lines.empty()) return {};
    std::vector<link::IndexLine> lines = disk->lines;
    const std::string more = lines_only_in(*memory, *disk, lines);
    Piece index{path_ + "/index", disk_ / "index", {}, disk->text.size(), disk->modified_ns, false};
    if (!more.empty()) {
      index.text = disk->text + more;
      index.bytes = index.text.size();
      index.modified_ns = memory->modified_ns;
    }
    for (const auto& [name, named] : files_named(lines)) {
      if (named.bytes > 0) add_file(inventory, name, named);
    }
    inventory.pieces.push_back(std::move(index));
    return {};
  }

 private:
  static std::string lines_only_in(const Index& memory, const Index& disk, std::vector<link::IndexLine>& lines) {
    std::string more;
    for (const auto& line : memory.lines) {
      if (std::find(disk.lines.rbegin(), disk.lines.rend(), line) != disk.lines.rend()) continue;
      lines.push_back(line);
      more += link::format_line(line);
    }
    return more;
  }

  void add_file(Inventory& inventory, const std::string& name, const Named& named) const {
    struct stat status {};
    fs::path source;
    for (const fs::path& root : {memory_, disk_}) {
      if (root.empty() || ::stat((root / name).c_str(), &status) != 0 || !S_ISREG(status.st_mode)) continue;
      if (static_cast<std::uint64_t>(status.st_size) < named.bytes) continue;
      source = root / name;
      break;
    }
    const std::string path = path_ + "/" + name;
    if (source.empty()) return inventory.lost.push_back(path);
    const bool whole = static_cast<std::uint64_t>(status.st_size) == named.bytes;
    inventory.pieces.push_back({path, source, {}, named.bytes, nanoseconds(status.st_mtim), named.finished && whole});
  }

  std::string path_;
  fs::path disk_, memory_;
};

}  // namespace

Result<Inventory> take_inventory(const Places& places) {
  Inventory inventory;
  std::set<std::string> meetings;
  const fs::path media = places.data / "media";
  for (const fs::path& root : {media, places.memory}) {
    if (root.empty()) continue;
    if (auto added = add_folders(root, meetings); !added) return tl::unexpected(added.error());
  }
  for (const std::string& meeting : meetings) {
    std::set<std::string> tracks;
    for (const fs::path& root : {media, places.memory}) {
      if (root.empty()) continue;
      if (auto added = add_folders(root / meeting, tracks); !added) return tl::unexpected(added.error());
    }
    for (const std::string& name : tracks) {
      if (auto added = Track(places, meeting, name).add_to(inventory); !added) return tl::unexpected(added.error());
    }
  }
  std::sort(inventory.pieces.begin(), inventory.pieces.end(),
            [](const Piece& a, const Piece& b) { return a.path < b.path; });
  return inventory;
}

}  // namespace tyndau::backup
