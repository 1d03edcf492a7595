#include "session/archive/movie_header.h"

#include <algorithm>
#include <cmath>

#include "session/archive/boxes.h"

namespace tyndau::archive {

namespace {

/// Fine enough that an edit list moves sound against picture by no audible amount.
constexpr std::uint32_t kMovieTimescale = 90000;
constexpr std::uint32_t kChapterTimescale = 1000;
constexpr std::size_t kMostNeroChapters = 255;  // its count is one byte, and so is a title's length
constexpr std::size_t kMostNeroTitle = 255;
constexpr std::size_t kMostTitle = 4096;

std::uint64_t in_movie_time(std::int64_t time, std::uint32_t timescale) {
  return static_cast<std::uint64_t>(std::llround(static_cast<double>(time) * kMovieTimescale / timescale));
}

/// At most `most` bytes, not cut within a character.
std::string cut(const std::string& text, std::size_t most) {
  if (text.size() <= most) return text;
  std::size_t end = most;
  while (end > 0 && (static_cast<unsigned char>(text[end]) & 0xc0) == 0x80) --end;
  return text.substr(0, end);
}

std::uint16_t packed_language(const std::string& code) {
  return static_cast<std::uint16_t>((code[0] - 0x60) << 10 | (code[1] - 0x60) << 5 | (code[2] - 0x60));
}

void write_matrix(BoxWriter& out) {
  for (const std::uint32_t value : {0x10000u, 0u, 0u, 0u, 0x10000u, 0u, 0u, 0u, 0x40000000u}) out.u32(value);
}

class Writer {
 public:
  explicit Writer(const Movie& movie) : movie_(movie) { write_chapter_samples(); }
  std::string head();

 private:
  void write_chapter_samples();
  std::int64_t chapter_time(std::size_t index) const;
  std::uint64_t length() const;
  bool has_chapters() const { return !movie_.chapters.empty(); }
  std::uint32_t chapter_track() const { return static_cast<std::uint32_t>(movie_.tracks.size() + 1); }

  void mvhd();
  void tkhd(std::uint32_t id, bool enabled, bool sound, std::uint64_t duration, std::uint16_t width,
            std::uint16_t height);
  void edts(std::uint64_t delay, std::uint64_t duration, std::int64_t media_time);
  void mdhd(std::uint32_t timescale, std::uint64_t duration, const std::string& language);
  void hdlr(std::string_view type, std::string_view name);
  void dinf();
  void track(std::size_t index);
  void sample_tables(const SampleTable& table);
  void stts(const SampleTable& table);
  void ctts(const SampleTable& table);
  void stss(const SampleTable& table);
  void stsc(const SampleTable& table);
  void stsz(const std::vector<std::uint32_t>& sizes);
  void co64(const std::vector<SampleTable::Chunk>& chunks);
  void chapter_trak();
  void chapter_tables();
  void text_entry();
  void chpl();

  const Movie& movie_;
  BoxWriter out_;
  std::string chapter_samples_;
  std::vector<std::uint32_t> chapter_sizes_;
  std::vector<std::size_t> media_offsets_;    // where offsets stand that count from the beginning of the media ...
  std::vector<std::size_t> chapter_offsets_;  // ... and of the chapters' texts
  std::vector<std::uint64_t> offsets_;
};

}  // namespace

double SampleTable::end_s() const { return static_cast<double>(times.back() + last_duration) / timescale; }

namespace {

/// QuickTime text samples: length, text, and an `encd` atom that says UTF-8.
void Writer::write_chapter_samples() {
  for (const MovieChapter& chapter : movie_.chapters) {
    const std::string title = cut(chapter.title, kMostTitle);
    BoxWriter sample;
    sample.u16(static_cast<std::uint16_t>(title.size()));
    sample.bytes(title);
    {
      const auto encd = sample.box("encd");
      sample.u32(0x00000100);
    }
    chapter_sizes_.push_back(static_cast<std::uint32_t>(sample.size()));
    chapter_samples_ += sample.take();
  }
}

std::int64_t Writer::chapter_time(std::size_t index) const {
  // An item and its first turn may begin together: samples must not, and a millisecond is enough.
  std::int64_t time = -1;
  for (std::size_t i = 0; i <= index; ++i) {
    time = std::max<std::int64_t>(time + 1, std::llround(movie_.chapters[i].start_s * kChapterTimescale));
  }
  return time;
}

std::uint64_t Writer::length() const {
  double end = 0;
  for (const SampleTable& table : movie_.tracks) end = std::max(end, table.end_s());
  return static_cast<std::uint64_t>(std::llround(end * kMovieTimescale));
}

void Writer::mvhd() {
  const auto box = out_.full_box("mvhd", 1, 0);
  out_.zeros(16);  // creation, modification: not said
  out_.u32(kMovieTimescale);
  out_.u64(length());
  out_.u32(0x10000);  // rate 1
  out_.u16(0x100);    // volume 1
  out_.zeros(10);
  write_matrix(out_);
  out_.zeros(24);
  out_.u32(chapter_track() + 1);  // next_track_ID
}

void Writer::tkhd(std::uint32_t id, bool enabled, bool sound, std::uint64_t duration, std::uint16_t width,
                  std::uint16_t height) {
  const auto box = out_.full_box("tkhd", 1, enabled ? 3 : 2);  // enabled 1, in movie 2
  out_.zeros(16);
  out_.u32(id);
  out_.zeros(4);
  out_.u64(duration);
  out_.zeros(8 + 4);  // reserved, layer, alternate_group
  out_.u16(sound ? 0x100 : 0);
  out_.zeros(2);
  write_matrix(out_);
  out_.u32(static_cast<std::uint32_t>(width) << 16);
  out_.u32(static_cast<std::uint32_t>(height) << 16);
}

/// 8.6.6: an empty edit is the delay with which this track begins.
void Writer::edts(std::uint64_t delay, std::uint64_t duration, std::int64_t media_time) {
  const auto box = out_.box("edts");
  const auto list = out_.full_box("elst", 1, 0);
  out_.u32(delay > 0 ? 2 : 1);
  if (delay > 0) {
    out_.u64(delay);
    out_.u64(static_cast<std::uint64_t>(-1));
    out_.u32(0x10000);
  }
  out_.u64(duration);
  out_.u64(static_cast<std::uint64_t>(media_time));
  out_.u32(0x10000);
}

void Writer::mdhd(std::uint32_t timescale, std::uint64_t duration, const std::string& language) {
  const auto box = out_.full_box("mdhd", 1, 0);
  out_.zeros(16);
  out_.u32(timescale);
  out_.u64(duration);
  out_.u16(packed_language(language));
  out_.zeros(2);
}

void Writer::hdlr(std::string_view type, std::string_view name) {
  const auto box = out_.full_box("hdlr", 0, 0);
  out_.zeros(4);
  out_.bytes(type);
  out_.zeros(12);
  out_.bytes(name);
  out_.u8(0);
}

void Writer::dinf() {
  const auto box = out_.box("dinf");
  const auto dref = out_.full_box("dref", 0, 0);
  out_.u32(1);
  const auto url = out_.full_box("url ", 0, 1);  // in this file
}

void Writer::stts(const SampleTable& table) {
  struct Stretch {
    std::uint32_t count, duration;
  };
  std::vector<Stretch> stretches;
  for (std::size_t i = 0; i < table.times.size(); ++i) {
    const bool last = i + 1 == table.times.size();
    const auto duration = last ? table.last_duration : static_cast<std::uint32_t>(table.times[i + 1] - table.times[i]);
    if (stretches.empty() || stretches.back().duration != duration) stretches.push_back({0, duration});
    ++stretches.back().count;
  }
  const auto box = out_.full_box("stts", 0, 0);
  out_.u32(static_cast<std::uint32_t>(stretches.size()));
  for (const Stretch& stretch : stretches) {
    out_.u32(stretch.count);
    out_.u32(stretch.duration);
  }
}

void Writer::ctts(const SampleTable& table) {
  if (std::all_of(table.compositions.begin(), table.compositions.end(), [](std::int32_t c) { return c == 0; })) return;
  struct Stretch {
    std::uint32_t count;
    std::int32_t offset;
  };
  std::vector<Stretch> stretches;
  for (const std::int32_t composition : table.compositions) {
    if (stretches.empty() || stretches.back().offset != composition) stretches.push_back({0, composition});
    ++stretches.back().count;
  }
  const auto box = out_.full_box("ctts", 1, 0);
  out_.u32(static_cast<std::uint32_t>(stretches.size()));
  for (const Stretch& stretch : stretches) {
    out_.u32(stretch.count);
    out_.u32(static_cast<std::uint32_t>(stretch.offset));
  }
}

void Writer::stss(const SampleTable& table) {
  const auto count = std::count(table.sync.begin(), table.sync.end(), true);
  if (static_cast<std::size_t>(count) == table.sync.size()) return;  // 8.6.2: absent when all are
  const auto box = out_.full_box("stss", 0, 0);
  out_.u32(static_cast<std::uint32_t>(count));
  for (std::size_t i = 0; i < table.sync.size(); ++i) {
    if (table.sync[i]) out_.u32(static_cast<std::uint32_t>(i + 1));
  }
}

void Writer::stsc(const SampleTable& table) {
  struct Entry {
    std::uint32_t first, samples, description;
  };
  std::vector<Entry> entries;
  for (std::size_t i = 0; i < table.chunks.size(); ++i) {
    const auto& chunk = table.chunks[i];
    const bool same =
        !entries.empty() && entries.back().samples == chunk.samples && entries.back().description == chunk.entry + 1;
    if (!same) entries.push_back({static_cast<std::uint32_t>(i + 1), chunk.samples, chunk.entry + 1});
  }
  const auto box = out_.full_box("stsc", 0, 0);
  out_.u32(static_cast<std::uint32_t>(entries.size()));
  for (const Entry& entry : entries) {
    out_.u32(entry.first);
    out_.u32(entry.samples);
    out_.u32(entry.description);
  }
}

void Writer::stsz(const std::vector<std::uint32_t>& sizes) {
  const auto box = out_.full_box("stsz", 0, 0);
  out_.u32(0);
  out_.u32(static_cast<std::uint32_t>(sizes.size()));
  for (const std::uint32_t size : sizes) out_.u32(size);
}

void Writer::co64(const std::vector<SampleTable::Chunk>& chunks) {
  const auto box = out_.full_box("co64", 0, 0);
  out_.u32(static_cast<std::uint32_t>(chunks.size()));
  for (const auto& chunk : chunks) {
    media_offsets_.push_back(out_.size());
    offsets_.push_back(chunk.offset);
    out_.u64(0);  // filled in by head(), when it is known where the media begins
  }
}

void Writer::sample_tables(const SampleTable& table) {
  const auto box = out_.box("stbl");
  {
    const auto stsd = out_.full_box("stsd", 0, 0);
    out_.u32(static_cast<std::uint32_t>(table.entries.size()));
    for (const std::string& entry : table.entries) out_.bytes(entry);
  }
  stts(table);
  ctts(table);
  stss(table);
  stsc(table);
  stsz(table.sizes);
  co64(table.chunks);
}

void Writer::track(std::size_t index) {
  const SampleTable& table = movie_.tracks[index];
  const std::int64_t media_duration = table.times.back() + table.last_duration - table.times.front();
  const std::uint64_t delay = in_movie_time(table.times.front(), table.timescale);
  const std::uint64_t duration = in_movie_time(media_duration, table.timescale);
  const auto trak = out_.box("trak");
  tkhd(static_cast<std::uint32_t>(index + 1), true, !table.picture, delay + duration, table.width, table.height);
  edts(delay, duration, std::max(0, table.compositions.front()));
  if (has_chapters()) {
    const auto tref = out_.box("tref");
    const auto chap = out_.box("chap");
    out_.u32(chapter_track());
  }
  const auto mdia = out_.box("mdia");
  mdhd(table.timescale, static_cast<std::uint64_t>(media_duration), "und");
  hdlr(table.picture ? "vide" : "soun", table.picture ? "Picture" : "Sound");
  const auto minf = out_.box("minf");
  if (table.picture) {
    const auto vmhd = out_.full_box("vmhd", 0, 1);
    out_.zeros(8);
  } else {
    const auto smhd = out_.full_box("smhd", 0, 0);
    out_.zeros(4);
  }
  dinf();
  sample_tables(table);
}

/// QuickTime's description of a text sample: black on nothing, font and place left to the player.
void Writer::text_entry() {
  const auto entry = out_.box("text");
  out_.zeros(6);
  out_.u16(1);    // data reference
  out_.u32(0);    // display flags
  out_.u32(0);    // justification
  out_.zeros(6);  // background
  out_.zeros(8);  // text box
  out_.zeros(8);
  out_.zeros(2);  // font number
  out_.zeros(2);  // face
  out_.zeros(3);
  out_.zeros(6);  // foreground
  out_.u8(0);     // font name
}

void Writer::chapter_tables() {
  const auto stbl = out_.box("stbl");
  {
    const auto stsd = out_.full_box("stsd", 0, 0);
    out_.u32(1);
    text_entry();
  }
  const std::size_t count = movie_.chapters.size();
  const auto end = static_cast<std::int64_t>(length() * kChapterTimescale / kMovieTimescale);
  {
    const auto stts = out_.full_box("stts", 0, 0);
    out_.u32(static_cast<std::uint32_t>(count));
    for (std::size_t i = 0; i < count; ++i) {
      // The last text is longer than its edit by the delay: ffmpeg takes the media's length for the last chapter's end.
      const std::int64_t next =
          i + 1 < count ? chapter_time(i + 1) : std::max(end, chapter_time(i) + 1) + chapter_time(0);
      out_.u32(1);
      out_.u32(static_cast<std::uint32_t>(next - chapter_time(i)));
    }
  }
  {
    const auto stsc = out_.full_box("stsc", 0, 0);
    out_.u32(1);
    out_.u32(1);
    out_.u32(static_cast<std::uint32_t>(count));
    out_.u32(1);
  }
  stsz(chapter_sizes_);
  const auto co64 = out_.full_box("co64", 0, 0);
  out_.u32(1);
  chapter_offsets_.push_back(out_.size());
  out_.u64(0);
}

void Writer::chapter_trak() {
  const std::uint64_t delay = static_cast<std::uint64_t>(chapter_time(0)) * kMovieTimescale / kChapterTimescale;
  const std::uint64_t duration = length() > delay ? length() - delay : 1;
  const auto trak = out_.box("trak");
  tkhd(chapter_track(), false, false, delay + duration, 0, 0);
  edts(delay, duration, 0);
  const auto mdia = out_.box("mdia");
  mdhd(kChapterTimescale, (duration + delay) * kChapterTimescale / kMovieTimescale, movie_.language);
  hdlr("text", "Chapters");
  const auto minf = out_.box("minf");
  {
    const auto gmhd = out_.box("gmhd");
    {
      const auto gmin = out_.full_box("gmin", 0, 0);
      out_.u16(0x40);  // graphics mode: copy
      for (int i = 0; i < 3; ++i) out_.u16(0x8000);
      out_.zeros(4);
    }
    const auto text = out_.box("text");
    write_matrix(out_);
  }
  dinf();
  chapter_tables();
}

void Writer::chpl() {
  const auto udta = out_.box("udta");
  const auto box = out_.full_box("chpl", 1, 0);
  const std::size_t count = std::min(movie_.chapters.size(), kMostNeroChapters);
  out_.u32(0);
  out_.u8(static_cast<std::uint8_t>(count));
  for (std::size_t i = 0; i < count; ++i) {
    const std::string title = cut(movie_.chapters[i].title, kMostNeroTitle);
    out_.u64(static_cast<std::uint64_t>(chapter_time(i)) * 10'000);  // 100 ns
    out_.u8(static_cast<std::uint8_t>(title.size()));
    out_.bytes(title);
  }
}

std::string Writer::head() {
  {
    const auto ftyp = out_.box("ftyp");
    out_.bytes("isom");
    out_.u32(0x200);
    out_.bytes("isomiso2avc1mp41");
  }
  {
    const auto moov = out_.box("moov");
    mvhd();
    for (std::size_t i = 0; i < movie_.tracks.size(); ++i) track(i);
    if (has_chapters()) {
      chapter_trak();
      chpl();
    }
  }
  // A 64-bit mdat: an hour is half a gigabyte, a day is more than 32 bits hold.
  out_.u32(1);
  out_.bytes("mdat");
  out_.u64(16 + chapter_samples_.size() + movie_.media_bytes);
  const std::uint64_t chapters_begin = out_.size();
  out_.bytes(chapter_samples_);
  const std::uint64_t media_begin = out_.size();
  for (const std::size_t position : chapter_offsets_) out_.patch_u64(position, chapters_begin);
  for (std::size_t i = 0; i < media_offsets_.size(); ++i) out_.patch_u64(media_offsets_[i], media_begin + offsets_[i]);
  return out_.take();
}

}  // namespace

std::string movie_head(const Movie& movie) { return Writer(movie).head(); }

}  // namespace tyndau::archive
