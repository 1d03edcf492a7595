#include "media/link/track_index.h"

#include <fmt/format.h>

#include <charconv>
#include <vector>

namespace tyndau::link {

namespace {

std::vector<std::string_view> split(std::string_view line) {
  std::vector<std::string_view> words;
  while (true) {
    const auto space = line.find(' ');
    words.push_back(line.substr(0, space));
    if (space == std::string_view::npos) return words;
    line.remove_prefix(space + 1);
  }
}

template <class Number>
bool read(std::string_view word, Number& value) {
  const auto [end, error] = std::from_chars(word.data(), word.data() + word.size(), value);
  return error == std::errc() && end == word.data() + word.size() && !word.starts_with('-');
}

bool read(std::string_view word, bool& value) {
  value = word == "1";
  return word == "0" || word == "1";
}

bool read(std::string_view word, Utc& value) {
  auto time = parse_utc(word);
  if (time) value = *time;
  return time.has_value();
}

}  // namespace

std::string format_line(const IndexLine& line) {
  struct {
    std::string operator()(const RunLine& l) const {
      return fmt::format("run {} {} {} {} {} {} {} .\n", l.run, format_utc(l.started), l.timescale, l.init_bytes,
                         l.codec, l.width, l.height);
    }
    std::string operator()(const PartLine& l) const {
      return fmt::format("part {} {} {} {} {} {} {} {} .\n", l.segment, l.part, l.offset, l.bytes, l.decode_time,
                         l.duration, l.independent ? 1 : 0, l.last ? 1 : 0);
    }
    std::string operator()(const EndLine& l) const { return fmt::format("end {} .\n", format_utc(l.at)); }
  } format;
  return std::visit(format, line);
}

Result<IndexLine> parse_line(std::string_view line) {
  const auto words = split(line);
  // Every line ends with a full stop, so that one cut short inside its last number is not taken for a whole one.
  if (words.back() != ".") return fail(fmt::format("index line without its end: '{}'", line));
  const auto has = [&](std::string_view kind, std::size_t count) { return words[0] == kind && words.size() == count; };
  if (has("run", 9)) {
    RunLine l;
    l.codec = words[5];
    if (read(words[1], l.run) && read(words[2], l.started) && read(words[3], l.timescale) && l.timescale > 0 &&
        read(words[4], l.init_bytes) && !l.codec.empty() && read(words[6], l.width) && read(words[7], l.height)) {
      return l;
    }
  } else if (has("part", 10)) {
    PartLine l;
    if (read(words[1], l.segment) && read(words[2], l.part) && read(words[3], l.offset) && read(words[4], l.bytes) &&
        read(words[5], l.decode_time) && read(words[6], l.duration) && read(words[7], l.independent) &&
        read(words[8], l.last)) {
      return l;
    }
  } else if (has("end", 3)) {
    EndLine l;
    if (read(words[1], l.at)) return l;
  }
  return fail(fmt::format("not an index line: '{}'", line));
}

namespace {
std::filesystem::path track_path(const std::filesystem::path& media, std::string_view meeting, std::string_view track) {
  return media / meeting / track;
}
}  // namespace

std::filesystem::path index_path(const std::filesystem::path& media, std::string_view meeting, std::string_view track) {
  return track_path(media, meeting, track) / "index";
}
std::filesystem::path init_path(const std::filesystem::path& media, std::string_view meeting, std::string_view track,
                                int run) {
  return track_path(media, meeting, track) / fmt::format("init-{}.mp4", run);
}
std::filesystem::path segment_path(const std::filesystem::path& media, std::string_view meeting, std::string_view track,
                                   std::int64_t segment) {
  return track_path(media, meeting, track) / fmt::format("{:06}.m4s", segment);
}

}  // namespace tyndau::link
