#include "session/archive/virtual_mp4.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <fstream>
#include <iterator>
#include <optional>

#include "media/base/fd.h"
#include "media/base/log.h"
#include "session/archive/boxes.h"
#include "session/archive/fragments.h"
#include "session/archive/movie_header.h"

namespace tyndau::archive {

namespace {

/// A moof of five AAC frames has 150 bytes, one of four pictures 200; this reads nearly all in one go.
constexpr std::size_t kProbeBytes = 2048;
constexpr std::uint64_t kMostMoofBytes = 1 << 20;
constexpr double kSeamMs = 5;

Result<std::string> read_at(const Fd& fd, std::uint64_t offset, std::uint64_t bytes) {
  std::string data(bytes, '\0');
  std::size_t done = 0;
  while (done < bytes) {
    const ssize_t got = ::pread(fd.get(), data.data() + done, bytes - done, static_cast<off_t>(offset + done));
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) return fail_errno("cannot read");
    if (got == 0) return fail("the file ends too early");
    done += static_cast<std::size_t>(got);
  }
  return data;
}

Result<std::string> read_whole(const std::filesystem::path& path) {
  std::ifstream in(path, std::ios::binary);
  if (!in) return fail_errno("cannot open " + path.string());
  return std::string(std::istreambuf_iterator<char>(in), {});
}

bool holds(const live::FileStretch& stretch) {
  struct stat status {};
  return ::stat(stretch.path.c_str(), &status) == 0 &&
         static_cast<std::uint64_t>(status.st_size) >= stretch.offset + stretch.bytes;
}

struct BoxHead {
  std::string_view type;
  std::uint64_t size = 0;
  std::size_t header = 8;
};

Result<BoxHead> read_box_head(std::string_view bytes) {
  BoxReader reader(bytes);
  BoxHead head;
  head.size = reader.u32();
  reader.skip(4);
  if (head.size == 1) {
    head.size = reader.u64();
    head.header = 16;
  }
  if (!reader.ok() || head.size < head.header) return fail("torn box");
  head.type = bytes.substr(4, 4);
  return head;
}

/// Calls `take` with each fragment in the stretch, its offset made the file's.
template <class Take>
Result<void> for_each_fragment(const live::FileStretch& stretch, const TrackInit& init, Take take) {
  const Fd fd(::open(stretch.path.c_str(), O_RDONLY | O_CLOEXEC));
  if (!fd) return fail_errno("cannot open");
  const std::uint64_t end = stretch.offset + stretch.bytes;
  for (std::uint64_t position = stretch.offset; position < end;) {
    auto probe = read_at(fd, position, std::min<std::uint64_t>(kProbeBytes, end - position));
    if (!probe) return tl::unexpected(probe.error());
    const auto head = read_box_head(*probe);
    if (!head) return tl::unexpected(head.error());
    if (head->size > end - position) return fail("a box reaches past its part");
    if (head->type == "moof") {
      if (head->size > kMostMoofBytes) return fail("a moof of absurd size");
      if (head->size > probe->size()) {
        probe = read_at(fd, position, head->size);
        if (!probe) return tl::unexpected(probe.error());
      }
      auto fragment =
          read_moof(std::string_view(*probe).substr(head->header, head->size - head->header), head->header, init);
      if (!fragment) return tl::unexpected(fragment.error());
      fragment->offset += position;
      std::uint64_t bytes = 0;
      for (const Sample& sample : fragment->samples) bytes += sample.size;
      if (fragment->offset + bytes > end) return fail("samples reach past their part");
      take(*fragment);
    }
    position += head->size;
  }
  return {};
}

/// Lays one track's samples on the recording's timeline.
class TrackBuilder {
 public:
  TrackBuilder(const FilmSource::Track& track, const std::vector<live::RecordingClock::Stretch>& timeline)
      : track_(track), timeline_(timeline), inits_(track.runs.size()) {}

  /// `place`: where the stretch lies in the media.
  Result<void> add(const FilmSource::Segment& segment, const live::FileStretch& stretch, std::uint64_t place);
  SampleTable take() { return std::move(table_); }

 private:
  struct RunInit {
    TrackInit init;
    std::uint32_t entry = 0;
  };
  Result<const RunInit*> init_of(std::size_t run);
  const live::RecordingClock::Stretch* stretch_at(const link::RunLine& run, double ms) const;
  void append(const Fragment& fragment, const RunInit& init, std::size_t run, std::uint64_t offset);
  void drop_from(std::int64_t time);

  const FilmSource::Track& track_;
  const std::vector<live::RecordingClock::Stretch>& timeline_;
  std::vector<std::optional<RunInit>> inits_;
  const live::RecordingClock::Stretch* last_stretch_ = nullptr;
  std::int64_t base_ = 0;  // added to a decode time of the stretch gives the movie's
  SampleTable table_;
};

Result<const TrackBuilder::RunInit*> TrackBuilder::init_of(std::size_t run) {
  auto& known = inits_[run];
  if (known) return &*known;
  auto bytes = read_whole(track_.inits[run]);
  if (!bytes) return tl::unexpected(bytes.error());
  auto init = read_init(*bytes);
  if (!init) return fail(track_.inits[run].string() + ": " + init.error().what);
  if (table_.timescale == 0) {
    table_.timescale = init->timescale;
    table_.picture = init->width > 0;
    table_.width = init->width;
    table_.height = init->height;
  }
  if (init->timescale != table_.timescale) return fail("runs count time in different units");
  auto entry = std::find(table_.entries.begin(), table_.entries.end(), init->sample_entry);
  if (entry == table_.entries.end()) entry = table_.entries.insert(entry, init->sample_entry);
  known = RunInit{std::move(*init), static_cast<std::uint32_t>(entry - table_.entries.begin())};
  return &*known;
}

Result<void> TrackBuilder::add(const FilmSource::Segment& segment, const live::FileStretch& stretch,
                               std::uint64_t place) {
  auto init = init_of(segment.run);
  if (!init) return tl::unexpected(init.error());
  return for_each_fragment(stretch, (*init)->init, [&](const Fragment& fragment) {
    append(fragment, **init, segment.run, place + (fragment.offset - stretch.offset));
  });
}

const live::RecordingClock::Stretch* TrackBuilder::stretch_at(const link::RunLine& run, double ms) const {
  const live::RecordingClock::Stretch* found = nullptr;
  for (const auto& stretch : timeline_) {
    if (stretch.run != run.run) continue;
    if (found == nullptr || stretch.start_ms <= ms + kSeamMs) found = &stretch;
  }
  return found;
}

void TrackBuilder::append(const Fragment& fragment, const RunInit& init, std::size_t run, std::uint64_t offset) {
  const link::RunLine& line = track_.runs[run];
  const double scale = table_.timescale;
  // A muxer that keeps an encoder's priming begins before 0, which tfdt can only say as a very large number.
  const auto decode_time = static_cast<std::int64_t>(fragment.decode_time);
  const double ms =
      static_cast<double>(line.started.time_since_epoch().count()) + static_cast<double>(decode_time) * 1000 / scale;
  const auto* stretch = stretch_at(line, ms);
  if (stretch == nullptr || fragment.samples.empty()) return;  // a run without sound: it has no place on the timeline
  if (stretch != last_stretch_) {
    // Once for a stretch, so that within it the samples keep their exact distances.
    const double at = stretch->offset + (ms - stretch->start_ms) / 1000;
    base_ = std::llround(at * scale) - decode_time;
    last_stretch_ = stretch;
  }
  std::int64_t time = base_ + decode_time;
  drop_from(time);
  for (const Sample& sample : fragment.samples) {
    table_.times.push_back(time);
    table_.sizes.push_back(sample.size);
    table_.compositions.push_back(sample.composition);
    table_.sync.push_back(sample.sync);
    table_.last_duration = sample.duration;
    time += sample.duration;
  }
  table_.chunks.push_back({offset, static_cast<std::uint32_t>(fragment.samples.size()), init.entry});
}

/// A crash may have left more of the picture than of the sound: what would lie over the next run goes. Nothing is
/// decoded after it that could need it.
void TrackBuilder::drop_from(std::int64_t time) {
  while (!table_.times.empty() && table_.times.back() >= time) {
    table_.times.pop_back();
    table_.sizes.pop_back();
    table_.compositions.pop_back();
    table_.sync.pop_back();
    if (--table_.chunks.back().samples == 0) table_.chunks.pop_back();
  }
}

/// All times from 0 on. The picture may begin a little before the sound, whose beginning is the recording's.
void shift_to_zero(std::vector<SampleTable>& tracks) {
  double first = 0;
  for (const SampleTable& table : tracks)
    first = std::min(first, static_cast<double>(table.times.front()) / table.timescale);
  if (first == 0) return;
  for (SampleTable& table : tracks) {
    const std::int64_t shift = std::llround(-first * table.timescale);
    for (std::int64_t& time : table.times) time = std::max<std::int64_t>(0, time + shift);
  }
}

std::string etag_of(const std::string& head, std::uint64_t bytes) {
  std::uint64_t hash = 0xcbf29ce484222325;  // FNV-1a
  for (const char c : head) hash = (hash ^ static_cast<unsigned char>(c)) * 0x100000001b3;
  return fmt::format("\"{:016x}-{:x}\"", hash, bytes);
}

}  // namespace

FilmSource film_source(const live::Recordings& recordings, const live::Recording& recording,
                       const std::vector<projections::Chapter>& chapters, const std::string& language) {
  FilmSource source;
  source.language = language;
  std::vector<std::string> names;
  if (const std::string picture = recording.best_picture(); !picture.empty()) names.push_back(picture);
  if (recording.sound() != nullptr) names.emplace_back("floor");
  for (const std::string& name : names) {
    const live::Track& track = recording.tracks.at(name);
    FilmSource::Track copy;
    copy.runs = track.runs();
    for (const auto& run : copy.runs) copy.inits.push_back(recordings.init_file(recording.meeting, name, run.run));
    copy.segments.reserve(track.segments().size());
    for (const live::Track::Segment& segment : track.segments()) {
      copy.segments.push_back({segment.number, segment.run,
                               recordings.stretches(recording.meeting, name, segment, 0, segment.parts.size())});
    }
    source.tracks.push_back(std::move(copy));
    source.ended = std::max(source.ended, track.ended_at());
  }
  const live::RecordingClock clock(recording.timeline());
  source.timeline = clock.stretches();
  source.chapters = cues(chapters, clock, language);
  return source;
}

Result<Film> make_film(const FilmSource& source) {
  Film film;
  film.ended = source.ended;
  Movie movie;
  std::vector<TrackBuilder> builders;
  for (const auto& track : source.tracks) builders.emplace_back(track, source.timeline);

  // By segment number, so that sound lies beside its picture.
  std::vector<std::size_t> next(source.tracks.size(), 0);
  while (true) {
    std::optional<std::size_t> first;
    for (std::size_t i = 0; i < next.size(); ++i) {
      if (next[i] == source.tracks[i].segments.size()) continue;
      const auto number = source.tracks[i].segments[next[i]].number;
      if (!first || number < source.tracks[*first].segments[next[*first]].number) first = i;
    }
    if (!first) break;
    const FilmSource::Segment& segment = source.tracks[*first].segments[next[*first]++];
    for (const live::FileStretch& stretch : segment.stretches) {
      const bool there = holds(stretch);
      const auto added = there ? builders[*first].add(segment, stretch, movie.media_bytes) : fail("bytes are missing");
      if (!added) log::warning("the film goes without {}: {}", stretch.path.string(), added.error().what);
      if (!there) continue;
      film.media.push_back(stretch);
      movie.media_bytes += stretch.bytes;
    }
  }
  for (TrackBuilder& builder : builders) {
    SampleTable table = builder.take();
    if (!table.times.empty()) movie.tracks.push_back(std::move(table));
  }
  if (movie.tracks.empty()) return fail("no part of the recording can be read");
  shift_to_zero(movie.tracks);
  for (const Cue& cue : in_a_row(source.chapters)) movie.chapters.push_back({cue.start_s, cue.title});
  movie.language = source.language == "ru" ? "rus" : source.language == "en" ? "eng" : "kaz";

  film.head = std::make_shared<const std::string>(movie_head(movie));
  film.bytes = film.head->size() + movie.media_bytes;
  film.etag = etag_of(*film.head, film.bytes);
  return film;
}

}  // namespace tyndau::archive
