#include "session/live/playlist.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <iterator>
#include <optional>
#include <set>

namespace tyndau::live {

namespace {

/// EXTINF, rounded, must not exceed it (4.4.3.1): segments are 1.92 s.
constexpr int kTargetDuration = 2;
constexpr double kPartTarget = link::kPartMs / 1000.0;
/// At least twice, better three times the part target (4.4.3.8).
constexpr double kPartHoldBack = 3 * kPartTarget;
/// At least six target durations (4.4.3.8).
constexpr double kSkipBoundary = 6.0 * kTargetDuration;
/// Parts further from the end than three target durations should go (6.2.2).
constexpr double kPartsWindow = 3.0 * kTargetDuration;
constexpr std::int64_t kWindowSegments = 8;
constexpr double kSegmentSeconds = link::kSegmentMs / 1000.0;

/// One media sequence number as one playlist shows it.
struct Slot {
  std::int64_t number = 0;
  int run = 0;
  Utc start{};
  double seconds = 0;
  bool complete = true;
  const Track::Segment* segment = nullptr;  // null: this track lacks it, a gap
};

using Slots = std::vector<Slot>;

std::int64_t first_number(const Recording& recording) {
  std::optional<std::int64_t> first;
  for (const auto& [name, track] : recording.tracks) {
    if (track.segments().empty()) continue;
    const auto number = track.segments().front().number;
    first = first ? std::min(*first, number) : number;
  }
  return first.value_or(0);
}

/// Media sequence numbers are common to all tracks and must not be skipped (4.4.3.2), so a number that this track lacks
/// is a gap, of the shape it has in a track that has it.
Slot gap_slot(const Recording& recording, std::int64_t number, const Slots& before) {
  Slot slot;
  slot.number = number;
  slot.seconds = kSegmentSeconds;
  for (const auto& [name, track] : recording.tracks) {
    const Track::Segment* segment = track.find(number);
    if (segment == nullptr) continue;
    slot.run = track.runs()[segment->run].run;
    slot.start = track.start_of(*segment);
    if (segment->complete) slot.seconds = segment->seconds(track.runs()[segment->run]);
    return slot;
  }
  if (!before.empty()) {
    slot.run = before.back().run;
    slot.start = before.back().start + std::chrono::milliseconds(std::llround(before.back().seconds * 1000));
  }
  return slot;
}

Slots slots_of(const Recording& recording, const Track& track, std::int64_t from, std::int64_t to) {
  Slots slots;
  slots.reserve(static_cast<std::size_t>(std::max<std::int64_t>(0, to - from + 1)));
  for (std::int64_t number = from; number <= to; ++number) {
    const Track::Segment* segment = track.find(number);
    if (segment == nullptr) {
      slots.push_back(gap_slot(recording, number, slots));
      continue;
    }
    const link::RunLine& run = track.runs()[segment->run];
    slots.push_back({number, run.run, track.start_of(*segment), segment->seconds(run), segment->complete, segment});
  }
  return slots;
}

/// How many discontinuities lie before the first segment of `run`: the runs that left any segment in any track. All
/// tracks agree on it, as 6.2.4 wants.
std::size_t discontinuities_before(const Recording& recording, int run) {
  std::set<int> runs;
  for (const auto& [name, track] : recording.tracks) {
    const auto& segments = track.segments();
    for (auto it = segments.begin(); it != segments.end();) {
      const std::size_t index = it->run;
      if (track.runs()[index].run >= run) break;
      runs.insert(track.runs()[index].run);
      it =
          std::partition_point(it, segments.end(), [&](const Track::Segment& segment) { return segment.run <= index; });
    }
  }
  return runs.size();
}

/// A quoted-string holds neither a double quote nor a line end (4.2).
std::string quoted_string(std::string_view text) {
  std::string out = "\"";
  for (const char c : text) {
    if (c == '"') {
      out += "\u201d";
    } else {
      out += static_cast<unsigned char>(c) < 0x20 || c == 0x7f ? ' ' : c;
    }
  }
  return out + '"';
}

using Out = std::back_insert_iterator<std::string>;

/// 4.4.5.1. The tags stand together before the segments: their dates place them. What began in the segment in hand is
/// told when that is whole: hls.js 1.6 throws at a date range that begins after the last segment it has, and then never
/// asks for the playlist again.
void write_dateranges(Out out, const std::vector<projections::Chapter>& chapters, const Slots& slots) {
  const Slot& last = slots.back();
  for (const projections::Chapter& chapter : chapters) {
    if (chapter.end && *chapter.end <= slots.front().start) continue;
    if (!last.complete && chapter.start >= last.start) continue;
    fmt::format_to(out, "#EXT-X-DATERANGE:ID={},CLASS=\"kz.tyndau.{}\",START-DATE=\"{}\"", quoted_string(chapter.id),
                   chapter.kind, format_utc(chapter.start));
    // An end before the start would be an error for the player; undone and corrected times may say so for a moment.
    if (chapter.end) fmt::format_to(out, ",END-DATE=\"{}\"", format_utc(std::max(*chapter.end, chapter.start)));
    if (!chapter.item.empty()) fmt::format_to(out, ",X-ITEM={}", quoted_string(chapter.item));
    if (!chapter.person.empty()) fmt::format_to(out, ",X-PERSON={}", quoted_string(chapter.person));
    fmt::format_to(out, ",X-TITLE-KK={},X-TITLE-RU={}\n", quoted_string(chapter.title.in("kk")),
                   quoted_string(chapter.title.in("ru")));
  }
}

/// 4.4.4.9
void write_parts(Out out, const Slot& slot, std::uint32_t timescale) {
  for (std::size_t i = 0; i < slot.segment->parts.size(); ++i) {
    const Track::Part& part = slot.segment->parts[i];
    fmt::format_to(out, "#EXT-X-PART:DURATION={:.5f},URI=\"{}\"{}\n", static_cast<double>(part.duration) / timescale,
                   part_name(slot.number, i), part.independent ? ",INDEPENDENT=YES" : "");
  }
}

void write_segment(Out out, const Track& track, const Slot& slot, bool map, bool parts) {
  if (map && slot.segment != nullptr) fmt::format_to(out, "#EXT-X-MAP:URI=\"init-{}.mp4\"\n", slot.run);  // 4.4.4.5
  fmt::format_to(out, "#EXT-X-PROGRAM-DATE-TIME:{}\n", format_utc(slot.start));                           // 4.4.4.6
  if (slot.segment == nullptr) fmt::format_to(out, "#EXT-X-GAP\n");                                       // 4.4.4.7
  if (parts && slot.segment != nullptr) write_parts(out, slot, track.runs()[slot.segment->run].timescale);
  if (slot.complete) fmt::format_to(out, "#EXTINF:{:.5f},\n{}\n", slot.seconds, segment_name(slot.number));
}

/// 4.4.5.3, 4.4.5.4: what comes next, and how far the other renditions are.
void write_tail(Out out, const Recording& recording, const std::string& name, const Slot& last) {
  const bool next_segment = last.complete;
  const std::size_t next_part = next_segment || last.segment == nullptr ? 0 : last.segment->parts.size();
  fmt::format_to(out, "#EXT-X-PRELOAD-HINT:TYPE=PART,URI=\"{}\"\n",
                 part_name(last.number + (next_segment ? 1 : 0), next_part));
  for (const auto& [other, track] : recording.tracks) {
    if (other == name || track.segments().empty()) continue;
    const Track::Segment& newest = track.segments().back();
    fmt::format_to(out, "#EXT-X-RENDITION-REPORT:URI=\"../{}/live.m3u8\",LAST-MSN={},LAST-PART={}\n", other,
                   newest.number, newest.parts.size() - 1);
  }
}

double seconds_of(const Slots& slots) {
  double sum = 0;
  for (const Slot& slot : slots) sum += slot.seconds;
  return sum;
}

/// Whole segments that end before the skip boundary (6.2.5.1).
std::size_t skippable(const Slots& slots, double total) {
  std::size_t count = 0;
  double end = 0;
  for (const Slot& slot : slots) {
    end += slot.seconds;
    if (!slot.complete || end > total - kSkipBoundary) break;
    ++count;
  }
  return count;
}

struct Shape {
  bool parts = false;       // low latency: parts, hints, reports
  bool everything = false;  // from the first segment on
  bool ended = false;
};

void write_header(Out out, const Shape& shape, const Slots& slots, const Recording& recording) {
  fmt::format_to(out, "#EXTM3U\n#EXT-X-VERSION:9\n#EXT-X-TARGETDURATION:{}\n", kTargetDuration);
  if (!shape.ended || !shape.everything) {
    fmt::format_to(out, "#EXT-X-SERVER-CONTROL:CAN-BLOCK-RELOAD=YES{},CAN-SKIP-UNTIL={:.1f}\n",
                   shape.parts ? fmt::format(",PART-HOLD-BACK={:.2f}", kPartHoldBack) : "", kSkipBoundary);
  }
  if (shape.parts) fmt::format_to(out, "#EXT-X-PART-INF:PART-TARGET={:.2f}\n", kPartTarget);  // 4.4.3.7
  if (shape.everything) fmt::format_to(out, "#EXT-X-PLAYLIST-TYPE:{}\n", shape.ended ? "VOD" : "EVENT");
  fmt::format_to(out, "#EXT-X-INDEPENDENT-SEGMENTS\n");
  // 4.4.2.2: players without a script of ours (Safari) would begin a growing list at its end.
  if (shape.everything && !shape.ended) fmt::format_to(out, "#EXT-X-START:TIME-OFFSET=0\n");
  fmt::format_to(out, "#EXT-X-MEDIA-SEQUENCE:{}\n", slots.front().number);
  if (const auto removed = discontinuities_before(recording, slots.front().run); removed > 0) {
    fmt::format_to(out, "#EXT-X-DISCONTINUITY-SEQUENCE:{}\n", removed);  // 4.4.3.3
  }
}

}  // namespace

std::string segment_name(std::int64_t segment) { return fmt::format("{:06}.m4s", segment); }
std::string part_name(std::int64_t segment, std::size_t part) { return fmt::format("{:06}.{}.m4s", segment, part); }

std::string media_playlist(const Recording& recording, const std::string& name, PlaylistWanted wanted,
                           const std::vector<projections::Chapter>& chapters) {
  const Track& track = recording.tracks.at(name);
  Shape shape;
  shape.ended = track.ended();
  shape.everything = wanted.view == View::kStart || (shape.ended && !wanted.following);
  shape.parts = !shape.everything;

  const std::int64_t first = first_number(recording);
  std::int64_t last = track.segments().back().number;
  const bool unfinished = !track.segments().back().complete;
  if (!shape.parts && unfinished && last > first) --last;
  const std::int64_t from = shape.everything ? first : std::max(first, last - kWindowSegments + (unfinished ? 0 : 1));
  const Slots slots = slots_of(recording, track, from, last);

  const double total = seconds_of(slots);
  const std::size_t skipped = wanted.skip ? skippable(slots, total) : 0;
  std::string text;
  text.reserve(512 + slots.size() * (shape.parts ? 400 : 100));
  Out out(text);
  write_header(out, shape, slots, recording);
  if (skipped > 0) fmt::format_to(out, "#EXT-X-SKIP:SKIPPED-SEGMENTS={}\n", skipped);  // 4.4.5.2
  write_dateranges(out, chapters, slots);

  double end = 0;
  bool mapped = false;  // whether the init segment of the current run has been named
  for (std::size_t i = 0; i < slots.size(); ++i) {
    const Slot& slot = slots[i];
    end += slot.seconds;
    if (i < skipped) continue;
    const bool seam = i > 0 && slots[i - 1].run != slot.run;
    if (seam) mapped = false;
    const bool close_to_end = end > total - kPartsWindow;
    if (seam) fmt::format_to(out, "#EXT-X-DISCONTINUITY\n");  // 4.4.4.3
    write_segment(out, track, slot, !mapped, shape.parts && close_to_end);
    mapped = mapped || slot.segment != nullptr;
  }
  if (shape.ended) {
    fmt::format_to(out, "#EXT-X-ENDLIST\n");
  } else if (shape.parts) {
    write_tail(out, recording, name, slots.back());
  }
  return text;
}

namespace {

struct Bitrate {
  std::int64_t peak = 0, average = 0;
};

/// 4.4.6.2 wants the largest and the mean bit rate of the segments. Until there are some to measure, about what the
/// encoders are asked for: x264 at 2 Mbit/s for 720p, AAC at 64 kbit/s.
Bitrate bitrate_of(const Track& track) {
  constexpr std::size_t kEnough = 5;
  if (track.complete_segments() < kEnough) {
    const link::RunLine& run = track.runs().back();
    const std::int64_t nominal =
        run.width > 0 ? static_cast<std::int64_t>(run.width) * run.height * 2'000'000 / (1280 * 720) : 64'000;
    return {nominal * 5 / 4, nominal};
  }
  Bitrate bitrate;
  double bits = 0, seconds = 0;
  for (std::size_t i = 0; i < track.complete_segments(); ++i) {
    const Track::Segment& segment = track.segments()[i];
    const double segment_bits = 8.0 * static_cast<double>(segment.bytes());
    const double segment_seconds = segment.seconds(track.runs()[segment.run]);
    bits += segment_bits;
    seconds += segment_seconds;
    // Only segments of at least half the target duration count for the peak (4.4.6.2).
    if (segment_seconds >= kTargetDuration / 2.0) {
      bitrate.peak = std::max(bitrate.peak, static_cast<std::int64_t>(segment_bits / segment_seconds));
    }
  }
  bitrate.average = std::llround(bits / std::max(seconds, 0.001));
  bitrate.peak = std::max(bitrate.peak, bitrate.average);
  return bitrate;
}

}  // namespace

std::string multivariant_playlist(const Recording& recording, View view, double frame_rate) {
  const std::string_view file = view == View::kLive ? "live.m3u8" : "start.m3u8";
  std::vector<std::pair<std::string, const Track*>> pictures;
  for (const auto& [name, track] : recording.tracks) {
    if (track.has_picture()) pictures.emplace_back(name, &track);
  }
  std::stable_sort(pictures.begin(), pictures.end(), [](const auto& a, const auto& b) {
    const auto pixels = [](const Track* track) { return track->runs().back().width * track->runs().back().height; };
    return pixels(a.second) > pixels(b.second);
  });

  std::string text = "#EXTM3U\n#EXT-X-VERSION:9\n#EXT-X-INDEPENDENT-SEGMENTS\n";
  Out out(text);
  const Track* sound = recording.sound();
  const Bitrate sound_rate = sound != nullptr ? bitrate_of(*sound) : Bitrate{};
  const std::string sound_codec = sound != nullptr ? sound->runs().back().codec : "";
  if (sound != nullptr) {
    // No LANGUAGE: in the hall Kazakh and Russian alternate within one speech. "Зал" is right in both.
    fmt::format_to(out,
                   "#EXT-X-MEDIA:TYPE=AUDIO,GROUP-ID=\"sound\",NAME=\"Зал\",DEFAULT=YES,AUTOSELECT=YES,CHANNELS=\"1\","
                   "URI=\"floor/{}\"\n",
                   file);
  }
  for (const auto& [name, track] : pictures) {
    const link::RunLine& run = track->runs().back();
    const Bitrate rate = bitrate_of(*track);
    fmt::format_to(out,
                   "#EXT-X-STREAM-INF:BANDWIDTH={},AVERAGE-BANDWIDTH={},CODECS=\"{}{}{}\",RESOLUTION={}x{},"
                   "FRAME-RATE={:.3f}{}\n{}/{}\n",
                   rate.peak + sound_rate.peak, rate.average + sound_rate.average, run.codec,
                   sound != nullptr ? "," : "", sound_codec, run.width, run.height, frame_rate,
                   sound != nullptr ? ",AUDIO=\"sound\"" : "", name, file);
  }
  if (sound != nullptr) {
    fmt::format_to(out, "#EXT-X-STREAM-INF:BANDWIDTH={},AVERAGE-BANDWIDTH={},CODECS=\"{}\",AUDIO=\"sound\"\nfloor/{}\n",
                   sound_rate.peak, sound_rate.average, sound_codec, file);
  }
  return text;
}

}  // namespace tyndau::live
