#include "session/projections/chapters.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <set>

#include "session/meeting/import.h"

namespace tyndau::projections {

namespace {

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

class Fold {
 public:
  explicit Fold(const ProgrammeTimes& times) : times_(times) {}

  void add(const StoredEvent& event) {
    const std::string& kind = event.event.kind;
    const Json& payload = event.event.payload;
    if (kind == "meeting.imported" && payload.is_object() && payload.contains("record")) {
      take_over(payload["record"]);
    } else if (kind == "person.added" && payload.is_object() && payload.contains("person")) {
      add_person(payload);
    } else if (kind == "sitting.opened") {
      open(opening_, {"opening", "opening", "", "", "", {"Отырысты ашу", "Открытие заседания", "Opening"}}, event);
    } else if (kind == "item.opened") {
      close(opening_, event);
      open_item(event);
    } else if (kind == "item.closed") {
      close(item_, event);
    } else if (kind == "floor.given") {
      open_turn(event);
    } else if (kind == "floor.ended" || kind == "floor.suspended") {
      close(turn_, event);
    } else if (kind == "recess.started") {
      open(recess_, {fmt::format("recess-{}", event.seq), "recess", "", "", "", {"Үзіліс", "Перерыв", "Recess"}},
           event);
    } else if (kind == "recess.ended") {
      close(recess_, event);
    } else if (kind == "sitting.closed") {
      for (auto* which : {&opening_, &turn_, &item_, &recess_}) close(*which, event);
    }
  }

  std::vector<Chapter> take() {
    std::stable_sort(chapters_.begin(), chapters_.end(),
                     [](const Chapter& a, const Chapter& b) { return a.start < b.start; });
    return std::move(chapters_);
  }

 private:
  void take_over(const Json& json) {
    auto record = meeting::record_from_json(json);
    if (!record) return;
    meeting::keep_registered(*record, record_, registered_);
    record_ = std::move(*record);
  }
  void add_person(const Json& payload) {
    auto person = meeting::person_from_json(payload["person"]);
    if (!person || record_.person(person->id) != nullptr) return;
    registered_[meeting::registration_of(payload, *person)] = person->id;
    record_.people.push_back(std::move(*person));
  }

  using Open = std::optional<std::size_t>;  ///< index of the chapter that lasts

  void open(Open& which, Chapter chapter, const StoredEvent& event) {
    close(which, event);
    chapter.start = times_.of(event);
    which = chapters_.size();
    chapters_.push_back(std::move(chapter));
  }
  void close(Open& which, const StoredEvent& event) {
    if (!which) return;
    Chapter& chapter = chapters_[*which];
    chapter.end = std::max(chapter.start, times_.of(event));
    which.reset();
  }
  void open_item(const StoredEvent& event) {
    const std::string id = text(event.event.payload, "item");
    const meeting::AgendaItem* item = record_.item(id);
    close(turn_, event);
    open(item_, {id, "item", id, "", "", item == nullptr ? meeting::Text{id, id, id} : item->title}, event);
  }
  void open_turn(const StoredEvent& event) {
    const Json& payload = event.event.payload;
    const std::string item = item_ ? chapters_[*item_].item : text(payload, "item");
    const std::string person = text(payload, "person");
    const meeting::Person* known = record_.person(person);
    const meeting::Text name = known == nullptr ? meeting::Text{person, person, person} : known->name;
    // A held turn that goes on before anything else came is one turn, with a hole where the line was lost.
    const bool goes_on = payload.is_object() && payload.contains("elapsed_ms") && last_turn_ &&
                         *last_turn_ + 1 == chapters_.size() && chapters_[*last_turn_].person == person &&
                         chapters_[*last_turn_].item == item && !turn_;
    if (goes_on) {
      turn_ = last_turn_;
      chapters_[*turn_].end.reset();
      return;
    }
    // A turn that was undone while its line was lost does not come back with the line.
    const bool had_turn = std::any_of(chapters_.begin(), chapters_.end(), [&](const Chapter& chapter) {
      return chapter.kind == "turn" && chapter.person == person && chapter.item == item;
    });
    if (text(payload, "reason") == "line_restored" && !had_turn) return;
    open(turn_, {fmt::format("{}-t{}", item, event.seq), "turn", item, person, text(payload, "as"), name}, event);
    last_turn_ = turn_;
  }

  const ProgrammeTimes& times_;
  meeting::Record record_;
  std::map<std::string, std::string> registered_;  ///< as State has it
  std::vector<Chapter> chapters_;
  Open opening_, item_, turn_, recess_;
  Open last_turn_;  ///< the newest turn, also when it is over
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
