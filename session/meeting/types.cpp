#include "session/meeting/types.h"

#include <algorithm>

namespace tyndau::meeting {

const std::vector<std::string>& queue_places() {
  static const std::vector<std::string> all = {std::string(kPointOfOrder), "held", "question", "planned", "debate"};
  return all;
}
QueueRules::QueueRules() : order(queue_places()) {}

const std::vector<std::string>& hand_kinds() {
  static const std::vector<std::string> all = {"debate", "question", std::string(kPointOfOrder)};
  return all;
}

const std::string& Text::in(std::string_view language) const {
  if (language == "ru" && !ru.empty()) return ru;
  if (language == "en" && !en.empty()) return en;
  return kk.empty() ? ru : kk;
}

Json complete(const Text& text) { return {{"kk", text.in("kk")}, {"ru", text.in("ru")}, {"en", text.in("en")}}; }

const AgendaItem* Record::item(std::string_view wanted) const {
  const auto it = std::find_if(agenda.begin(), agenda.end(), [&](const AgendaItem& item) { return item.id == wanted; });
  return it == agenda.end() ? nullptr : &*it;
}

const Person* Record::person(std::string_view wanted) const {
  const auto it = std::find_if(people.begin(), people.end(), [&](const Person& person) { return person.id == wanted; });
  return it == people.end() ? nullptr : &*it;
}

std::string_view name(Phase phase) {
  switch (phase) {
    case Phase::kAnnounced:
      return "announced";
    case Phase::kInSession:
      return "in_session";
    case Phase::kRecess:
      return "recess";
    case Phase::kClosed:
      break;
  }
  return "closed";
}

std::string_view name(OnAir on_air) {
  switch (on_air) {
    case OnAir::kIdle:
      return "idle";
    case OnAir::kHolding:
      return "holding";
    case OnAir::kLive:
      return "live";
    case OnAir::kEnded:
      break;
  }
  return "ended";
}

std::string_view name(ItemState state) {
  switch (state) {
    case ItemState::kPending:
      return "pending";
    case ItemState::kOpen:
      return "open";
    case ItemState::kClosed:
      break;
  }
  return "closed";
}

std::string_view name(Stage stage) {
  switch (stage) {
    case Stage::kInvited:
      return "invited";
    case Stage::kLobby:
      return "lobby";
    case Stage::kAdmitted:
      return "admitted";
    case Stage::kDeclined:
      return "declined";
    case Stage::kRemoved:
      return "removed";
    case Stage::kLeft:
      break;
  }
  return "left";
}

std::chrono::milliseconds Floor::remaining(Utc now) const {
  std::chrono::milliseconds used = elapsed;
  // A clock that was set back must not give anybody more time than the limit.
  if (running_since && now > *running_since) used += now - *running_since;
  return std::chrono::seconds{limit_s} - used;
}

}  // namespace tyndau::meeting
