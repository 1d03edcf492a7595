#include "session/projections/chapters.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <set>
#include <utility>

namespace tyndau::projections {

namespace {

using meeting::State;
using meeting::StoredEvent;

std::string text(const Json& payload, const char* key) {
  const auto it = payload.is_object() ? payload.find(key) : payload.end();
  return payload.is_object() && it != payload.end() && it->is_string() ? it->get<std::string>() : std::string();
}

std::int64_t number(const Json& payload, const char* key, std::int64_t otherwise) {
  if (!payload.is_object()) return otherwise;
  const auto it = payload.find(key);
  return it != payload.end() && it->is_number_integer() ? it->get<std::int64_t>() : otherwise;
}

std::int64_t action_of(const StoredEvent& event) { return number(event.event.payload, "action", event.seq); }

/// When the public saw an event.
class ProgrammeTimes {
 public:
  explicit ProgrammeTimes(const std::vector<StoredEvent>& events) {
    for (const StoredEvent& event : events) {
      if (event.event.kind != "media.applied") continue;
      const std::int64_t of = number(event.event.payload, "of", 0);
      const auto utc = parse_utc(text(event.event.payload, "utc"));
      if (!utc || of < 1 || of > static_cast<std::int64_t>(events.size())) continue;
      // The first answer counts: after a restart of media the same scene is shown once more. One answer stands for all
      // events of its action, because the programme changes once for them.
      at_.emplace(of, *utc);
      const StoredEvent& answered = events[static_cast<std::size_t>(of - 1)];
      if (answered.seq == of) action_at_.emplace(action_of(answered), *utc);
    }
  }

  Utc of(const StoredEvent& event) const {
    if (const auto exact = at_.find(event.seq); exact != at_.end()) return exact->second;
    const auto action = action_at_.find(action_of(event));
    return action == action_at_.end() ? event.utc : action->second;
  }

 private:
  std::map<std::int64_t, Utc> at_, action_at_;
};

/// Chapters are what the meeting's state passes through: there is one fold of the events, meeting::fold, and this only
/// looks at what it has changed.
class Fold {
 public:
  explicit Fold(const ProgrammeTimes& times) : times_(times) {}

  void add(const StoredEvent& event) {
    const bool was_open = state_.phase != meeting::Phase::kAnnounced;
    const std::string item = state_.open_item;
    const std::int64_t turn = turn_of(state_), recess = state_.recess;
    if (!meeting::fold(state_, event)) return;
    const Utc at = times_.of(event);
    if (turn != 0 && turn != turn_of(state_)) close(turn_, at);
    if (item != state_.open_item) close(item_, at);
    if (recess != 0 && recess != state_.recess) close(recess_, at);
    if (!was_open && state_.phase == meeting::Phase::kInSession) {
      open(opening_, {"opening", "opening", "", "", "", {"Отырысты ашу", "Открытие заседания", "Opening"}}, at);
    }
    if (!state_.open_item.empty() || state_.phase == meeting::Phase::kClosed) close(opening_, at);
    if (item != state_.open_item && !state_.open_item.empty()) open_item(event.seq, at);
    if (turn_of(state_) != 0 && turn != turn_of(state_)) open_turn(event, at);
    if (state_.recess != 0 && recess != state_.recess) {
      open(recess_, {fmt::format("recess-{}", event.seq), "recess", "", "", "", {"Үзіліс", "Перерыв", "Recess"}}, at);
    }
  }

  std::vector<Chapter> take() {
    std::stable_sort(chapters_.begin(), chapters_.end(),
                     [](const Chapter& a, const Chapter& b) { return a.start < b.start; });
    return std::move(chapters_);
  }

 private:
  using Open = std::optional<std::size_t>;  ///< index of the chapter that lasts

  static std::int64_t turn_of(const State& state) { return state.floor ? state.floor->turn : 0; }

  void open(Open& which, Chapter chapter, Utc at) {
    chapter.start = at;
    which = chapters_.size();
    chapters_.push_back(std::move(chapter));
  }
  void close(Open& which, Utc at) {
    if (!which) return;
    Chapter& chapter = chapters_[*which];
    chapter.end = std::max(chapter.start, at);
    which.reset();
  }
  void open_item(std::int64_t seq, Utc at) {
    const std::string& id = state_.open_item;
    // An item that is opened again is one more stretch, with a name of its own.
    const bool again = !seen_.insert(id).second;
    open(item_, {again ? fmt::format("{}-r{}", id, seq) : id, "item", id, "", "", state_.record.item(id)->title}, at);
  }
  void open_turn(const StoredEvent& event, Utc at) {
    const meeting::Floor& floor = *state_.floor;
    // A held turn that goes on before anything else came is one turn, with a hole where the line was lost.
    const bool goes_on = event.event.payload.contains("elapsed_ms") && last_turn_ &&
                         *last_turn_ + 1 == chapters_.size() && chapters_[*last_turn_].person == floor.person &&
                         chapters_[*last_turn_].item == state_.open_item;
    if (goes_on) {
      turn_ = last_turn_;
      chapters_[*turn_].end.reset();
      return;
    }
    open(turn_,
         {fmt::format("{}-t{}", state_.open_item, event.seq), "turn", state_.open_item, floor.person, floor.as,
          state_.record.person(floor.person)->name},
         at);
    last_turn_ = turn_;
  }

  const ProgrammeTimes& times_;
  State state_;
  std::vector<Chapter> chapters_;
  Open opening_, item_, turn_, recess_;
  Open last_turn_;              ///< the newest turn, also when it is over
  std::set<std::string> seen_;  ///< items that were open before
};

/// The actions that were taken back: to a chapter their events never happened, so a turn whose end was undone goes on.
std::set<std::int64_t> undone_actions(const std::vector<StoredEvent>& events) {
  std::set<std::int64_t> undone;
  for (const StoredEvent& event : events) {
    if (event.event.kind == "action.undone") undone.insert(action_of(event));
  }
  return undone;
}

}  // namespace

std::vector<Chapter> chapters(const std::vector<StoredEvent>& events) {
  const ProgrammeTimes times(events);
  const std::set<std::int64_t> undone = undone_actions(events);
  Fold fold(times);
  for (const StoredEvent& event : events) {
    if (!undone.contains(action_of(event))) fold.add(event);
  }
  return fold.take();
}

}  // namespace tyndau::projections
