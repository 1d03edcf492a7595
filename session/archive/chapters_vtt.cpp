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

/// How deep a chapter lies: a recess interrupts a turn, a turn is part of an item.
int depth(const Cue& cue) { return cue.kind == "recess" ? 2 : cue.kind == "turn" ? 1 : 0; }

/// The innermost chapter at that moment, of those equally deep the one that began last; nullptr where there is none.
const Cue* innermost(const std::vector<Cue>& cues, double at) {
  const Cue* found = nullptr;
  for (const Cue& cue : cues) {
    if (cue.start_s > at || cue.end_s <= at) continue;
    if (found == nullptr || depth(cue) >= depth(*found)) found = &cue;
  }
  return found;
}

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

std::vector<Cue> in_a_row(const std::vector<Cue>& cues) {
  constexpr double kAtOnce = 0.5;  // nothing goes on for less
  std::vector<double> edges;
  for (const Cue& cue : cues) edges.insert(edges.end(), {cue.start_s, cue.end_s});
  std::sort(edges.begin(), edges.end());
  edges.erase(std::unique(edges.begin(), edges.end()), edges.end());
  std::vector<Cue> row;
  const auto push = [&](const Cue& cue, double start, double end) {
    row.push_back(cue);
    row.back().start_s = start;
    row.back().end_s = end;
  };
  for (std::size_t i = 0; i + 1 < edges.size(); ++i) {
    // What begins has a place of its own, also an item whose first turn begins with it.
    for (const Cue& cue : cues) {
      if (cue.start_s == edges[i]) push(cue, edges[i], edges[i]);
    }
    const Cue* now = innermost(cues, edges[i]);
    if (now == nullptr) continue;
    if (row.back().id == now->id) {
      row.back().end_s = edges[i + 1];
    } else if (edges[i + 1] - edges[i] >= kAtOnce) {
      push(*now, edges[i], edges[i + 1]);
    }
  }
  return row;
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
