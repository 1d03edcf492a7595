#include "session/archive/chapters_vtt.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

namespace tyndau::archive {

namespace {

constexpr double kLeastSeconds = 0.001;

std::string timestamp(double seconds) {
  const auto ms = std::llround(seconds * 1000);
  return fmt::format("{:02}:{:02}:{:02}.{:03}", ms / 3'600'000, ms / 60'000 % 60, ms / 1000 % 60, ms % 1000);
}

/// Cue text is markup of its own: "<v Name>" in a title would be an instruction, and "-->" the end of the cue.
std::string escaped(std::string_view text) {
  std::string out;
  for (const char c : text) {
    if (c == '&') {
      out += "&amp;";
    } else if (c == '<') {
      out += "&lt;";
    } else if (c == '>') {
      out += "&gt;";
    } else {
      out += static_cast<unsigned char>(c) < 0x20 ? ' ' : c;
    }
  }
  return out;
}

/// Ids are ours ("a1-t17"), but imported: nothing in one may end the line.
std::string identifier(std::string_view id) {
  std::string out(id);
  std::replace_if(
      out.begin(), out.end(), [](char c) { return static_cast<unsigned char>(c) < 0x20 || c == '>'; }, '-');
  return out;
}

Json text_or_null(const std::string& text) { return text.empty() ? Json() : Json(text); }

double to_milliseconds(double seconds) { return static_cast<double>(std::llround(seconds * 1000)) / 1000; }

}  // namespace

std::vector<Cue> cues(const std::vector<projections::Chapter>& chapters, const live::RecordingClock& clock,
                      std::string_view language) {
  std::vector<Cue> found;
  for (const projections::Chapter& chapter : chapters) {
    const double start = clock.offset_of(chapter.start);
    const double end = chapter.end ? clock.offset_of(*chapter.end) : clock.length();
    if (end - start < kLeastSeconds) continue;
    found.push_back({chapter.id, chapter.kind, chapter.title.in(language), chapter.item, chapter.person, start, end});
  }
  std::stable_sort(found.begin(), found.end(), [](const Cue& a, const Cue& b) { return a.start_s < b.start_s; });
  return found;
}

std::string chapters_vtt(const std::vector<Cue>& cues) {
  std::string text = "WEBVTT\n";
  for (const Cue& cue : cues) {
    text += fmt::format("\n{}\n{} --> {}\n{}\n", identifier(cue.id), timestamp(cue.start_s), timestamp(cue.end_s),
                        escaped(cue.title));
  }
  return text;
}

Json chapters_json(const std::vector<Cue>& cues) {
  Json list = Json::array();
  for (const Cue& cue : cues) {
    list.push_back({{"id", cue.id},
                    {"kind", cue.kind},
                    {"start_s", to_milliseconds(cue.start_s)},
                    {"end_s", to_milliseconds(cue.end_s)},
                    {"title", cue.title},
                    {"item", text_or_null(cue.item)},
                    {"person", text_or_null(cue.person)}});
  }
  return list;
}

}  // namespace tyndau::archive
