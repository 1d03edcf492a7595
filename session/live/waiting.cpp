#include "session/live/waiting.h"

#include <fmt/format.h>

#include <utility>
#include <vector>

namespace tyndau::live {

namespace {

/// For a part target below one second: three divided by it, rounded up (6.2.5.2).
constexpr int kAdvancePartLimit = (3000 + link::kPartMs - 1) / link::kPartMs;

bool has_part(const Track& track, std::int64_t number, int part) {
  const Track::Segment* segment = track.find(number);
  return segment != nullptr && part < static_cast<int>(segment->parts.size());
}

}  // namespace

bool settled(const Track& track, const Awaited& awaited) {
  if (track.ended()) return awaited.what != Awaited::What::kNextRun;
  if (track.segments().empty() || awaited.what == Awaited::What::kEnd) return false;
  const Track::Segment& newest = track.segments().back();
  switch (awaited.what) {
    case Awaited::What::kFirstPart:
    case Awaited::What::kEnd:
      return true;
    case Awaited::What::kNextRun:
      return newest.run + 1 == track.runs().size();
    case Awaited::What::kFirstSegment:
      return track.complete_segments() > 0;
    case Awaited::What::kSegment:
      return newest.number > awaited.segment || (newest.number == awaited.segment && newest.complete);
    case Awaited::What::kPart:
      return newest.number > awaited.segment || has_part(track, awaited.segment, awaited.part);
    case Awaited::What::kPartFile:
      return newest.number > awaited.segment || has_part(track, awaited.segment, awaited.part) ||
             (newest.number == awaited.segment && newest.complete);
  }
  return true;
}

std::optional<std::string> too_far(const Track& track, const Awaited& awaited) {
  if (track.segments().empty()) return std::nullopt;
  const Track::Segment& newest = track.segments().back();
  if (awaited.segment > newest.number + 2) {
    return fmt::format("_HLS_msn {} is more than two ahead of {}", awaited.segment, newest.number);
  }
  if (awaited.what != Awaited::What::kPart || awaited.segment < newest.number) return std::nullopt;
  if (awaited.segment == newest.number && newest.complete) return std::nullopt;
  const int known = awaited.segment == newest.number ? static_cast<int>(newest.parts.size()) : 0;
  if (awaited.part < known + kAdvancePartLimit) return std::nullopt;
  return fmt::format("_HLS_part {} is too far ahead", awaited.part);
}

bool is_next_part(const Track& track, std::int64_t segment, int part) {
  if (track.ended() || track.segments().empty()) return false;
  const Track::Segment& newest = track.segments().back();
  if (newest.complete) return segment == newest.number + 1 && part == 0;
  return segment == newest.number && part == static_cast<int>(newest.parts.size());
}

Waiting::Ticket Waiting::add(const std::string& meeting, const std::string& track, Awaited awaited, Steady until,
                             Wake wake) {
  entries_.emplace(next_, Entry{meeting, track, awaited, until, std::move(wake)});
  return next_++;
}

void Waiting::remove(Ticket ticket) { entries_.erase(ticket); }

template <class Chosen>
void Waiting::wake_if(Why why, Chosen chosen) {
  // Out of the map before anybody is woken: who is woken may come back, or leave for others.
  std::vector<Wake> woken;
  for (auto it = entries_.begin(); it != entries_.end();) {
    if (!chosen(it->second)) {
      ++it;
      continue;
    }
    woken.push_back(std::move(it->second.wake));
    it = entries_.erase(it);
  }
  for (const Wake& wake : woken) wake(why);
}

void Waiting::grew(const Recording& recording) {
  wake_if(Why::kSettled, [&](const Entry& entry) {
    if (entry.meeting != recording.meeting) return false;
    const auto track = recording.tracks.find(entry.track);
    return track != recording.tracks.end() && settled(track->second, entry.awaited);
  });
}

void Waiting::expire(Steady now) {
  wake_if(Why::kTooLate, [&](const Entry& entry) { return entry.until <= now; });
}

}  // namespace tyndau::live
