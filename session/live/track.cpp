#include "session/live/track.h"

#include <algorithm>
#include <variant>

namespace tyndau::live {

namespace {

/// Less than a frame of anything: what separates "the next part" from "after a hole".
constexpr double kSeamMs = 5;

double exact_ms(const link::RunLine& run, std::uint64_t decode_time) {
  return static_cast<double>(run.started.time_since_epoch().count()) +
         static_cast<double>(decode_time) * 1000.0 / run.timescale;
}

Utc wall_time(const link::RunLine& run, std::uint64_t decode_time) {
  // Whole milliseconds, rounded: 1/90000 s does not divide them, and a playlist's dates must not wander.
  const std::uint64_t ms = (decode_time * 1000 + run.timescale / 2) / run.timescale;
  return run.started + std::chrono::milliseconds(ms);
}

}  // namespace

std::uint64_t Track::Segment::bytes() const {
  std::uint64_t sum = 0;
  for (const Part& part : parts) sum += part.bytes;
  return sum;
}

double Track::Segment::seconds(const link::RunLine& its_run) const {
  std::uint64_t sum = 0;
  for (const Part& part : parts) sum += part.duration;
  return static_cast<double>(sum) / its_run.timescale;
}

void Track::add(const link::IndexLine& line) {
  if (const auto* run = std::get_if<link::RunLine>(&line)) add_run(*run);
  if (const auto* part = std::get_if<link::PartLine>(&line)) add_part(*part);
  if (const auto* end = std::get_if<link::EndLine>(&line)) add_end(*end);
}

void Track::add_run(const link::RunLine& line) {
  // Runs are numbered upwards; an older number is the copy of a line read before.
  if (!runs_.empty() && line.run <= runs_.back().run) return;
  if (!segments_.empty()) segments_.back().complete = true;
  runs_.push_back(line);
  ended_ = false;
  ++version_;
}

void Track::add_part(const link::PartLine& line) {
  if (runs_.empty()) return;  // without its run a part has no time and no init segment
  if (segments_.empty() || line.segment > segments_.back().number) {
    if (line.part != 0) return;  // the beginning is lost, and with it the keyframe
    if (!segments_.empty()) segments_.back().complete = true;
    segments_.push_back({line.segment, runs_.size() - 1, false, {}});
    segments_.back().parts.reserve(link::kPartsPerSegment);
  }
  Segment& segment = segments_.back();
  const bool next =
      line.segment == segment.number && !segment.complete && line.part == static_cast<int>(segment.parts.size());
  if (!next) return;
  segment.parts.push_back({line.offset, line.bytes, line.decode_time, line.duration, line.independent});
  segment.complete = line.last;
  ++version_;
}

void Track::add_end(const link::EndLine& line) {
  // The copy of an end from before the last run must not end that run. It is known by its words and not by its time:
  // recordings of which the clock was set back while they were made end before they began.
  const bool old = ended_ || runs_.empty() || std::find(ends_.begin(), ends_.end(), line.at) != ends_.end();
  if (old) return;
  ends_.push_back(line.at);
  ended_ = true;
  const bool backwards = line.at < runs_.back().started && !segments_.empty();
  ended_at_ = backwards ? end_of(segments_.back()) : line.at;
  if (!segments_.empty()) segments_.back().complete = true;
  ++version_;
}

const Track::Segment* Track::find(std::int64_t number) const {
  const auto it = std::lower_bound(segments_.begin(), segments_.end(), number,
                                   [](const Segment& segment, std::int64_t wanted) { return segment.number < wanted; });
  return it != segments_.end() && it->number == number ? &*it : nullptr;
}

std::size_t Track::complete_segments() const {
  if (segments_.empty()) return 0;
  return segments_.size() - (segments_.back().complete ? 0 : 1);
}

Utc Track::start_of(const Segment& segment) const { return start_of(segment, segment.parts.front()); }
Utc Track::start_of(const Segment& segment, const Part& part) const {
  return wall_time(runs_[segment.run], part.decode_time);
}
Utc Track::end_of(const Segment& segment) const {
  const Part& last = segment.parts.back();
  return wall_time(runs_[segment.run], last.decode_time + last.duration);
}
bool Track::has_picture() const { return !runs_.empty() && runs_.back().width > 0; }

RecordingClock::RecordingClock(const Track& track) {
  for (const Track::Segment& segment : track.segments()) {
    const link::RunLine& run = track.runs()[segment.run];
    for (const Track::Part& part : segment.parts) {
      const double start = exact_ms(run, part.decode_time);
      const double seconds = static_cast<double>(part.duration) / run.timescale;
      const bool follows = !stretches_.empty() && stretches_.back().run == run.run &&
                           start < stretches_.back().end_ms() + kSeamMs && start > stretches_.back().end_ms() - kSeamMs;
      if (!follows) {
        stretches_.push_back({run.run, start, length(), 0});
      }
      // From the stretch's own start, so that roundings do not add up over hours.
      stretches_.back().seconds = (start - stretches_.back().start_ms) / 1000 + seconds;
    }
  }
}

double RecordingClock::offset_of(Utc utc) const {
  const auto ms = static_cast<double>(utc.time_since_epoch().count());
  for (const Stretch& stretch : stretches_) {
    if (ms < stretch.start_ms) return stretch.offset;
    if (ms < stretch.end_ms()) return stretch.offset + (ms - stretch.start_ms) / 1000;
  }
  return length();
}

double RecordingClock::length() const {
  return stretches_.empty() ? 0 : stretches_.back().offset + stretches_.back().seconds;
}

}  // namespace tyndau::live
