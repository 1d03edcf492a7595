#pragma once
#include <gtest/gtest.h>
#include <stdlib.h>

#include <array>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>
#include <utility>
#include <vector>

#include "media/link/track_index.h"
#include "session/archive/boxes.h"
#include "session/archive/fragments.h"

/// Real CMAF for the tests: encoded by the ffmpeg program, cut at its moofs, and laid down as the media process would.
namespace tyndau::archive::test {

namespace fs = std::filesystem;

class TemporaryDirectory {
 public:
  TemporaryDirectory() {
    std::string name = (fs::temp_directory_path() / "tyndau-archive-XXXXXX").string();
    path_ = ::mkdtemp(name.data());
  }
  ~TemporaryDirectory() { fs::remove_all(path_); }
  const fs::path& path() const { return path_; }

 private:
  fs::path path_;
};

/// Output and error output of a command; the test fails when it does.
inline std::string run(const std::string& command) {
  std::string output;
  FILE* pipe = ::popen((command + " 2>&1").c_str(), "r");
  std::array<char, 4096> buffer;
  while (const std::size_t got = std::fread(buffer.data(), 1, buffer.size(), pipe)) output.append(buffer.data(), got);
  EXPECT_EQ(::pclose(pipe), 0) << command << "\n" << output;
  return output;
}

inline std::string read_file(const fs::path& path) {
  std::ifstream in(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(in), {}};
}

struct Part {
  std::string bytes;
  std::uint64_t decode_time = 0;
  std::uint32_t duration = 0;
  bool independent = false;
};

struct Encoded {
  std::string init;
  TrackInit track;
  std::vector<Part> parts;
};

/// `input` and `codec` are ffmpeg's arguments.
inline Encoded encode(const fs::path& directory, const std::string& input, const std::string& codec) {
  const fs::path file = directory / "encoded.mp4";
  run("ffmpeg -y -v error -f lavfi -i '" + input + "' " + codec +
      // make_zero: our packager leaves out the priming that would begin before 0.
      " -f mp4 -use_editlist 0 -avoid_negative_ts make_zero -frag_duration 160000"
      " -movflags empty_moov+default_base_moof+frag_discont+cmaf+skip_trailer " +
      file.string());
  Encoded encoded;
  const std::string all = read_file(file);
  BoxReader reader(all);
  BoxReader::Box box;
  // A part is everything from the end of the one before, styp and all, to the end of its mdat.
  const char* part_begin = nullptr;
  BoxReader::Box moof;
  std::uint64_t start = 0;
  while (reader.next(box)) {
    const char* end = box.body.data() + box.body.size();
    if (box.type == "moof") moof = box;
    if (box.type == "moov") {
      encoded.init.assign(all.data(), end);
      encoded.track = read_init(encoded.init).value();
      part_begin = end;
    } else if (box.type == "mdat") {
      Part part;
      part.bytes.assign(std::exchange(part_begin, end), end);
      const Fragment fragment = read_moof(moof.body, 8, encoded.track).value();
      if (encoded.parts.empty()) start = fragment.decode_time;
      part.decode_time = fragment.decode_time - start;
      for (const Sample& sample : fragment.samples) part.duration += sample.duration;
      part.independent = fragment.samples.front().sync;
      encoded.parts.push_back(std::move(part));
    }
  }
  EXPECT_FALSE(encoded.parts.empty());
  return encoded;
}

inline Encoded encode_picture(const fs::path& directory, double seconds, const std::string& extra = "") {
  return encode(
      directory, "testsrc=size=320x180:rate=25:duration=" + std::to_string(seconds),
      "-c:v libx264 -preset ultrafast -tune zerolatency -g 48 -pix_fmt yuv420p -video_track_timescale 90000 " + extra);
}
inline Encoded encode_sound(const fs::path& directory, double seconds) {
  return encode(directory, "sine=frequency=440:sample_rate=32000:duration=" + std::to_string(seconds),
                "-c:a aac -b:a 64k");
}

/// Writes tracks of one meeting in the layout of media/link/INDEX.md.
class Recorder {
 public:
  Recorder(fs::path media, std::string meeting) : media_(std::move(media)), meeting_(std::move(meeting)) {}

  /// The first `count` parts as a run that starts at `started`; its first segment is `segment`. Gives the next free
  /// one.
  std::int64_t add_run(const std::string& name, int run, Utc started, const Encoded& encoded, std::size_t count,
                       std::int64_t segment) {
    fs::create_directories(link::index_path(media_, meeting_, name).parent_path());
    append(link::init_path(media_, meeting_, name, run), encoded.init);
    const bool picture = encoded.track.width > 0;
    line(name, link::RunLine{run, started, encoded.track.timescale, static_cast<std::uint32_t>(encoded.init.size()),
                             picture ? "avc1.42c00d" : "mp4a.40.2", encoded.track.width, encoded.track.height});
    count = std::min(count, encoded.parts.size());
    std::uint64_t offset = 0;
    int number = 0;
    for (std::size_t i = 0; i < count; ++i) {
      const Part& part = encoded.parts[i];
      const bool last = number + 1 == link::kPartsPerSegment;
      append(link::segment_path(media_, meeting_, name, segment), part.bytes);
      line(name, link::PartLine{segment, number, offset, static_cast<std::uint32_t>(part.bytes.size()),
                                part.decode_time, part.duration, part.independent, last});
      offset += part.bytes.size();
      ++number;
      if (last) {
        ++segment;
        number = 0;
        offset = 0;
      }
    }
    return number > 0 ? segment + 1 : segment;
  }
  void end(const std::string& name, Utc at) { line(name, link::EndLine{at}); }

 private:
  static void append(const fs::path& path, const std::string& bytes) {
    std::ofstream(path, std::ios::binary | std::ios::app) << bytes;
  }
  void line(const std::string& name, const link::IndexLine& line) {
    append(link::index_path(media_, meeting_, name), link::format_line(line));
  }
  fs::path media_;
  std::string meeting_;
};

}  // namespace tyndau::archive::test
