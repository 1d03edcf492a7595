#include "session/live/recordings.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <optional>
#include <string_view>
#include <system_error>
#include <variant>

#include "media/base/fd.h"
#include "media/base/log.h"

namespace tyndau::live {

namespace {

/// Recordings that ended are read again in well under a second; an evening of visitors to the archive must not fill
/// memory.
constexpr std::size_t kEndedInMemory = 16;
constexpr std::size_t kReadBytes = 256 * 1024;
constexpr std::size_t kLongestLine = 1024;  // of an index

/// How far one index file was read.
struct IndexFile {
  ino_t inode = 0;
  off_t offset = 0;  // of the first byte of the first line not yet taken
};

/// Takes the whole lines that were appended. A last line without its newline waits: it is being written, or it was torn
/// by a crash and will be trimmed by media's next start.
bool read_lines(const std::filesystem::path& path, IndexFile& file, Track& track) {
  struct stat status {};
  if (::stat(path.c_str(), &status) != 0 || !S_ISREG(status.st_mode)) return false;
  const bool another = status.st_ino != file.inode || status.st_size < file.offset;
  if (another) file = {status.st_ino, 0};  // lines known already change nothing
  if (status.st_size == file.offset) return false;

  const Fd fd(::open(path.c_str(), O_RDONLY | O_CLOEXEC));
  if (!fd) {
    log::warning("{}", Failure::from_errno("cannot read " + path.string()).what);
    return false;
  }
  const std::uint64_t before = track.version();
  std::string text;
  off_t position = file.offset;
  while (true) {
    const std::size_t held = text.size();
    text.resize(held + kReadBytes);
    const ssize_t got = ::pread(fd.get(), text.data() + held, kReadBytes, position);
    if (got < 0) log::warning("{}", Failure::from_errno("cannot read " + path.string()).what);
    text.resize(held + static_cast<std::size_t>(std::max<ssize_t>(got, 0)));
    if (got <= 0) break;
    position += got;
    std::string_view rest = text;
    for (auto newline = rest.find('\n'); newline != std::string_view::npos; newline = rest.find('\n')) {
      if (const auto line = link::parse_line(rest.substr(0, newline))) {
        track.add(*line);
      } else {
        log::warning("{} at byte {}: {}", path.string(), file.offset, line.error().what);
      }
      file.offset += static_cast<off_t>(newline + 1);
      rest.remove_prefix(newline + 1);
    }
    text.erase(0, text.size() - rest.size());
  }
  return track.version() != before;
}

/// Whether the index says as its last word that the track has ended; nothing where there is no such index.
std::optional<bool> says_its_end(const std::filesystem::path& path) {
  const Fd fd(::open(path.c_str(), O_RDONLY | O_CLOEXEC));
  struct stat status {};
  if (!fd || ::fstat(fd.get(), &status) != 0 || status.st_size == 0) return std::nullopt;
  std::array<char, kLongestLine> bytes{};
  const off_t from = std::max<off_t>(status.st_size - static_cast<off_t>(bytes.size()), 0);
  const ssize_t got = ::pread(fd.get(), bytes.data(), bytes.size(), from);
  std::string_view text(bytes.data(), static_cast<std::size_t>(std::max<ssize_t>(got, 0)));
  if (text.empty() || text.back() != '\n') return false;
  text.remove_suffix(1);
  const auto line = link::parse_line(text.substr(text.rfind('\n') + 1));
  return line && std::holds_alternative<link::EndLine>(*line);
}

std::vector<std::string> track_names(const std::filesystem::path& directory) {
  std::vector<std::string> names;
  std::error_code error;
  for (std::filesystem::directory_iterator it(directory, error), end; !error && it != end; it.increment(error)) {
    std::string name = it->path().filename().string();
    if (is_name(name)) names.push_back(std::move(name));
  }
  return names;
}

bool holds(const std::filesystem::path& path, std::uint64_t bytes) {
  std::error_code error;
  const auto size = std::filesystem::file_size(path, error);
  return !error && size >= bytes;
}

}  // namespace

std::uint64_t Recording::version() const {
  std::uint64_t sum = 0;
  for (const auto& [name, track] : tracks) sum += track.version();
  return sum;
}

bool Recording::ended() const {
  return !tracks.empty() &&
         std::all_of(tracks.begin(), tracks.end(), [](const auto& entry) { return entry.second.ended(); });
}

const Track* Recording::sound() const {
  const auto it = tracks.find("floor");
  return it != tracks.end() ? &it->second : nullptr;
}

const Track& Recording::timeline() const {
  const Track* own = sound();
  return own != nullptr ? *own : tracks.begin()->second;
}

std::string Recording::best_picture() const {
  std::string best;
  std::int64_t most = 0;
  for (const auto& [name, track] : tracks) {
    if (!track.has_picture()) continue;
    const std::int64_t pixels = static_cast<std::int64_t>(track.runs().back().width) * track.runs().back().height;
    if (pixels > most) {
      best = name;
      most = pixels;
    }
  }
  return best;
}

bool is_name(std::string_view name) {
  return !name.empty() && name.size() <= 64 && std::all_of(name.begin(), name.end(), [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-';
  });
}

struct Recordings::Tail {
  Recording recording;
  struct Files {
    IndexFile disk, memory;
  };
  std::map<std::string, Files> files;
  std::uint64_t used = 0;
};

Recordings::Recordings(std::filesystem::path media, std::filesystem::path memory)
    : media_(std::move(media)), memory_(std::move(memory)) {}
Recordings::~Recordings() = default;

bool Recordings::read(Tail& tail) {
  Recording& recording = tail.recording;
  for (const auto* root : {&media_, &memory_}) {
    for (const std::string& name : track_names(*root / recording.meeting)) tail.files.try_emplace(name);
  }
  bool grew = false;
  for (auto& [name, files] : tail.files) {
    Track read_now;
    const auto known = recording.tracks.find(name);
    Track& track = known != recording.tracks.end() ? known->second : read_now;
    // Disk first: what is in memory comes after it.
    bool track_grew = read_lines(link::index_path(media_, recording.meeting, name), files.disk, track);
    track_grew |= read_lines(link::index_path(memory_, recording.meeting, name), files.memory, track);
    if (track_grew && known == recording.tracks.end()) recording.tracks.emplace(name, std::move(read_now));
    grew |= track_grew;
  }
  return grew;
}

const Recording* Recordings::find(const std::string& meeting) {
  if (!is_name(meeting)) return nullptr;
  auto it = tails_.find(meeting);
  if (it == tails_.end()) {
    auto tail = std::make_shared<Tail>();
    tail->recording.meeting = meeting;
    // Nothing is remembered of a meeting without a recording, so strangers' guesses cost no memory.
    if (!read(*tail)) return nullptr;
    it = tails_.emplace(meeting, std::move(tail)).first;
    forget_old(meeting);
  }
  it->second->used = ++uses_;
  return &it->second->recording;
}

void Recordings::forget_old(const std::string& keep) {
  while (true) {
    auto oldest = tails_.end();
    std::size_t ended = 0;
    for (auto it = tails_.begin(); it != tails_.end(); ++it) {
      if (it->first == keep || !it->second->recording.ended()) continue;
      ++ended;
      if (oldest == tails_.end() || it->second->used < oldest->second->used) oldest = it;
    }
    if (ended <= kEndedInMemory) return;
    tails_.erase(oldest);
  }
}

bool Recordings::lacks_its_end(const std::string& meeting) const {
  if (!is_name(meeting)) return false;
  for (const auto* root : {&media_, &memory_}) {
    for (const std::string& name : track_names(*root / meeting)) {
      // What is in memory comes after what is on disk.
      auto said = says_its_end(link::index_path(memory_, meeting, name));
      if (!said) said = says_its_end(link::index_path(media_, meeting, name));
      if (said && !*said) return true;
    }
  }
  return false;
}

void Recordings::look(const std::string& meeting) {
  if (!is_name(meeting)) return;
  const auto it = tails_.find(meeting);
  const bool known = it != tails_.end();
  const bool grew = known ? read(*it->second) : find(meeting) != nullptr;
  if (!grew) return;
  // A listener may forget itself or another, and may ask for another meeting, which may drop this one: hold both.
  const std::shared_ptr<Tail> tail = tails_.at(meeting);
  const auto listeners = listeners_;
  for (const auto& [ticket, listener] : listeners) {
    if (listeners_.contains(ticket)) listener(tail->recording);
  }
}

int Recordings::listen(Listener listener) {
  listeners_.emplace(next_ticket_, std::move(listener));
  return next_ticket_++;
}
void Recordings::forget(int ticket) { listeners_.erase(ticket); }

std::filesystem::path Recordings::segment_file(const std::string& meeting, const std::string& track,
                                               const Track::Segment& segment) const {
  std::uint64_t end = 0;
  for (const Track::Part& part : segment.parts) end = std::max(end, part.offset + part.bytes);
  auto disk = link::segment_path(media_, meeting, track, segment.number);
  if (holds(disk, end)) return disk;
  auto memory = link::segment_path(memory_, meeting, track, segment.number);
  return holds(memory, end) ? memory : disk;
}

std::filesystem::path Recordings::init_file(const std::string& meeting, const std::string& track, int run) const {
  auto disk = link::init_path(media_, meeting, track, run);
  if (holds(disk, 1)) return disk;
  auto memory = link::init_path(memory_, meeting, track, run);
  return holds(memory, 1) ? memory : disk;
}

std::vector<FileStretch> Recordings::stretches(const std::string& meeting, const std::string& track,
                                               const Track::Segment& segment, std::size_t first,
                                               std::size_t count) const {
  const auto disk = link::segment_path(media_, meeting, track, segment.number);
  const auto memory = link::segment_path(memory_, meeting, track, segment.number);
  std::error_code error;
  const auto disk_size = std::filesystem::file_size(disk, error);
  const std::uint64_t on_disk = error ? 0 : disk_size;
  std::vector<FileStretch> found;
  for (std::size_t i = first; i < std::min(first + count, segment.parts.size()); ++i) {
    const Track::Part& part = segment.parts[i];
    const std::uint64_t end = part.offset + part.bytes;
    const auto& path = end <= on_disk || !holds(memory, end) ? disk : memory;
    const bool continues =
        !found.empty() && found.back().path == path && found.back().offset + found.back().bytes == part.offset;
    if (continues) {
      found.back().bytes += part.bytes;
    } else {
      found.push_back({path, part.offset, part.bytes});
    }
  }
  return found;
}

}  // namespace tyndau::live
