#include "session/meeting/state.h"

#include <algorithm>
#include <functional>
#include <iterator>
#include <utility>

#include "session/meeting/import.h"

// How undo works. Before an action's first event is folded in, the state is put on the stack `before` (without the
// record, and without the stack itself, so that fifty of them are a few kilobytes). All that changes in the record are
// people who are added to it: `registered` says who, so that an undo can take them out again.
// `action.undone` takes the uppermost one off and makes it the state again. Events that are no action's (facts about
// media, the disk, the source) change nothing that lies in there, so they may come at any time without disturbing the
// stack. What guests do for themselves, and what befalls their lines, does change it, and is not the secretary's to
// take back: it is kept beside the stack and folded in once more on top of what an undo gives back.

namespace tyndau::meeting {

namespace {

constexpr std::size_t kMostUndoable = 50;
constexpr int kMostLimit = 7 * 86'400;  // seconds; keeps any number of extensions in an int

std::string text(const Json& payload, const char* key) {
  const auto it = payload.find(key);
  return it != payload.end() && it->is_string() ? it->get<std::string>() : std::string();
}

std::optional<std::int64_t> integer(const Json& payload, const char* key) {
  const auto it = payload.find(key);
  if (it == payload.end() || !it->is_number_integer()) return std::nullopt;
  return it->get<std::int64_t>();
}

std::optional<Utc> moment(const Json& payload, const char* key) {
  const auto time = parse_utc(text(payload, key));
  return time ? std::optional<Utc>(*time) : std::nullopt;
}

void stop_clock(Floor& floor, const StoredEvent& event) {
  if (event.utc > *floor.running_since) floor.elapsed += event.utc - *floor.running_since;
  floor.running_since.reset();
  floor.clock = event.seq;
}

void start_clock(Floor& floor, const StoredEvent& event) {
  floor.running_since = event.utc;
  floor.clock = event.seq;
}

/// In session the public sees the hall, otherwise a card.
void show(State& state) {
  if (!is_on_air(state)) return;
  state.on_air = state.phase == Phase::kInSession ? OnAir::kLive : OnAir::kHolding;
}

bool meeting_imported(State& state, const StoredEvent& event) {
  const auto json = event.event.payload.find("record");
  if (json == event.event.payload.end()) return false;
  auto record = record_from_json(*json);
  if (!record || !may_correct(state, *record)) return false;
  keep_registered(*record, state.record, state.registered);
  state.record = std::move(*record);
  state.imported = event.seq;
  // What was done before rests on the older record.
  state.before.clear();
  state.items.clear();
  for (const AgendaItem& item : state.record.agenda) state.items[item.id] = ItemState::kPending;
  return true;
}

bool broadcast_started(State& state, const StoredEvent& event) {
  if (is_on_air(state)) return false;
  state.on_air = OnAir::kHolding;
  show(state);
  if (!state.on_air_since) state.on_air_since = event.utc;
  state.on_air_ended.reset();
  return true;
}

bool broadcast_ended(State& state, const StoredEvent& event) {
  if (!is_on_air(state)) return false;
  state.on_air = OnAir::kEnded;
  state.on_air_ended = event.utc;
  return true;
}

bool source_set(State& state, const StoredEvent& event) {
  const std::string uri = text(event.event.payload, "uri");
  if (uri.empty()) return false;
  state.source = uri;
  state.source_secret = text(event.event.payload, "secret");
  return true;
}

template <bool kInvited>
bool source_invited(State& state, const StoredEvent& event) {
  if (!kInvited && state.source_invitation == 0) return false;
  state.source_invitation = kInvited ? event.seq : 0;
  return true;
}

bool sitting_opened(State& state, const StoredEvent& event) {
  if (state.phase != Phase::kAnnounced) return false;
  state.phase = Phase::kInSession;
  state.sitting_opened = event.utc;
  show(state);
  return true;
}

bool sitting_closed(State& state, const StoredEvent& event) {
  if (state.phase != Phase::kInSession && state.phase != Phase::kRecess) return false;
  if (state.floor || !state.open_item.empty()) return false;
  state.phase = Phase::kClosed;
  state.sitting_closed = event.utc;
  state.recess_since.reset();
  state.recess_until.reset();
  state.recess = 0;
  state.recess_paused_floor = false;
  state.registration_open = false;
  show(state);
  return true;
}

bool item_opened(State& state, const StoredEvent& event) {
  const auto item = state.items.find(text(event.event.payload, "item"));
  if (state.phase != Phase::kInSession || !state.open_item.empty() || item == state.items.end()) return false;
  item->second = ItemState::kOpen;
  state.open_item = item->first;
  return true;
}

bool item_closed(State& state, const StoredEvent& event) {
  const auto item = state.items.find(text(event.event.payload, "item"));
  if (item == state.items.end() || state.open_item != item->first || state.floor) return false;
  item->second = ItemState::kClosed;
  state.open_item.clear();
  state.queue.clear();
  return true;
}

/// A point of order goes ahead of all who wait, behind those that came before it.
void enqueue(State& state, Request request, bool first) {
  const auto behind_points = std::find_if(state.queue.begin(), state.queue.end(), [](const Request& other) {
    return other.turn || other.kind != kPointOfOrder;
  });
  state.queue.insert(first ? behind_points : state.queue.end(), std::move(request));
}

/// `request`: only that one of theirs.
bool leave_queue(State& state, std::string_view person, std::optional<std::int64_t> request = std::nullopt) {
  return std::erase_if(state.queue, [&](const Request& one) {
           return one.person == person && one.request == request.value_or(one.request);
         }) > 0;
}

bool is_point_of_order(const Request& request) { return !request.turn && request.kind == kPointOfOrder; }

bool hand_raised(State& state, const StoredEvent& event) {
  Request request;
  request.person = text(event.event.payload, "person");
  request.kind = text(event.event.payload, "kind");
  request.since = event.utc;
  request.request = event.seq;
  if (state.open_item.empty() || state.record.person(request.person) == nullptr) return false;
  const auto& kinds = hand_kinds();
  if (std::find(kinds.begin(), kinds.end(), request.kind) == kinds.end()) return false;
  // Whoever waits may have a point of order besides.
  if (waits_for(state, request.person, request.kind == kPointOfOrder)) return false;
  if (state.floor && state.floor->person == request.person) return false;
  // A guest's hand was raised for one item: after an undo another may be open.
  const std::string item = text(event.event.payload, "item");
  if (!item.empty() && item != state.open_item) return false;
  const bool first = request.kind == kPointOfOrder;
  enqueue(state, std::move(request), first);
  return true;
}

bool hand_lowered(State& state, const StoredEvent& event) {
  return leave_queue(state, text(event.event.payload, "person"), integer(event.event.payload, "request"));
}

bool floor_given(State& state, const StoredEvent& event) {
  const Json& payload = event.event.payload;
  const auto limit = integer(payload, "limit_s");
  const std::string person = text(payload, "person");
  if (state.phase != Phase::kInSession || state.open_item.empty() || state.floor) return false;
  if (state.record.person(person) == nullptr || !limit || *limit < 1 || *limit > kMostLimit) return false;
  // A turn that was held goes on where it was interrupted.
  const auto elapsed = integer(payload, "elapsed_ms").value_or(0);
  if (elapsed < 0 || elapsed > std::int64_t{kMostLimit} * 1000) return false;
  // A line that is back brings back a turn that is held, and no other.
  if (text(payload, "reason") == "line_restored" && state.held_turn_of(person) == nullptr) return false;
  leave_queue(state, person, integer(payload, "request"));
  Floor floor;
  floor.person = person;
  floor.elapsed = std::chrono::milliseconds(elapsed);
  floor.as = text(payload, "as");
  floor.limit_s = static_cast<int>(*limit);
  floor.given = event.utc;
  floor.turn = event.seq;
  start_clock(floor, event);
  state.floor = std::move(floor);
  auto& spoken = state.spoken[state.open_item];
  if (std::find(spoken.begin(), spoken.end(), person) == spoken.end()) spoken.push_back(person);
  state.framing.reset();
  return true;
}

bool floor_extended(State& state, const StoredEvent& event) {
  const auto seconds = integer(event.event.payload, "seconds");
  if (!state.floor || !seconds || *seconds < 1 || *seconds > kMostLimit) return false;
  state.floor->limit_s = std::min(kMostLimit, state.floor->limit_s + static_cast<int>(*seconds));
  return true;
}

bool floor_paused(State& state, const StoredEvent& event) {
  if (!state.floor || !state.floor->running_since) return false;
  stop_clock(*state.floor, event);
  return true;
}

bool floor_resumed(State& state, const StoredEvent& event) {
  if (!state.floor || state.floor->running_since || state.phase != Phase::kInSession) return false;
  start_clock(*state.floor, event);
  return true;
}

bool floor_suspended(State& state, const StoredEvent& event) {
  if (!state.floor || state.floor->person != text(event.event.payload, "person")) return false;
  if (state.floor->running_since) stop_clock(*state.floor, event);
  Request held;
  held.person = state.floor->person;
  held.kind = state.floor->as;
  held.since = event.utc;
  held.request = event.seq;
  held.turn = std::exchange(state.floor, std::nullopt);
  held.reason = text(event.event.payload, "reason");
  enqueue(state, std::move(held), true);
  state.framing.reset();
  return true;
}

bool floor_ended(State& state, const StoredEvent& event) {
  if (!state.floor || state.floor->person != text(event.event.payload, "person")) return false;
  state.floor.reset();
  state.framing.reset();
  return true;
}

// ---- guests ----

Guest* guest_of(State& state, const StoredEvent& event) {
  const auto found = state.guests.find(text(event.event.payload, "person"));
  return found == state.guests.end() ? nullptr : &found->second;
}

void move_to(Guest& guest, Stage stage, const StoredEvent& event) {
  guest.stage = stage;
  guest.since = event.utc;
  guest.line_lost = false;
  guest.muted = guest.asks = false;
}

/// Whoever goes leaves the queue and what was set by hand to show him.
void leave_the_room(State& state, const std::string& person) {
  leave_queue(state, person);
  if (!state.framing) return;
  std::erase(state.framing->persons, person);
  if (state.framing->persons.empty() && state.framing->layout != "hall") state.framing.reset();
}

bool guest_invited(State& state, const StoredEvent& event) {
  const std::string person = text(event.event.payload, "person");
  if (state.record.person(person) == nullptr) return false;
  Guest& guest = state.guests[person];
  guest.invitation = event.seq;
  const bool here = guest.stage == Stage::kLobby || guest.stage == Stage::kAdmitted;
  if (!here) move_to(guest, Stage::kInvited, event);
  return true;
}

bool guest_arrived(State& state, const StoredEvent& event) {
  Guest* guest = guest_of(state, event);
  if (guest == nullptr || guest->stage == Stage::kAdmitted || guest->stage == Stage::kRemoved) return false;
  move_to(*guest, Stage::kLobby, event);
  return true;
}

bool guest_admitted(State& state, const StoredEvent& event) {
  Guest* guest = guest_of(state, event);
  if (guest == nullptr || guest->stage != Stage::kLobby) return false;
  move_to(*guest, Stage::kAdmitted, event);
  return true;
}

template <Stage kStage>
bool guest_goes(State& state, const StoredEvent& event) {
  Guest* guest = guest_of(state, event);
  const std::string person = text(event.event.payload, "person");
  if (guest == nullptr) return false;
  // An undo may have given a turn back to somebody who has gone meanwhile: their going wins.
  if (state.floor && state.floor->person == person) {
    state.floor.reset();
    state.framing.reset();
  }
  move_to(*guest, kStage, event);
  if (kStage == Stage::kRemoved) guest->invitation = 0;
  leave_the_room(state, person);
  return true;
}

template <bool kMuted>
bool guest_muted(State& state, const StoredEvent& event) {
  Guest* guest = guest_of(state, event);
  if (guest == nullptr || guest->stage != Stage::kAdmitted || guest->muted == kMuted) return false;
  guest->muted = kMuted;
  guest->asks = false;
  return true;
}

bool guest_asked(State& state, const StoredEvent& event) {
  Guest* guest = guest_of(state, event);
  if (guest == nullptr || !guest->muted || guest->asks) return false;
  guest->asks = true;
  return true;
}

template <bool kLost>
bool guest_line(State& state, const StoredEvent& event) {
  Guest* guest = guest_of(state, event);
  if (guest == nullptr || guest->stage != Stage::kAdmitted || guest->line_lost == kLost) return false;
  guest->line_lost = kLost;
  return true;
}

// ---- who signs up ----

template <bool kOpen>
bool registration_turned(State& state, const StoredEvent&) {
  if (state.phase == Phase::kClosed || state.registration_open == kOpen) return false;
  state.registration_open = kOpen;
  return true;
}

bool person_added(State& state, const StoredEvent& event) {
  const auto json = event.event.payload.find("person");
  if (json == event.event.payload.end()) return false;
  auto person = person_from_json(*json);
  if (!person || state.record.person(person->id) != nullptr) return false;
  const std::string key = registration_of(event.event.payload, *person);
  if (!state.registered.emplace(key, person->id).second) return false;
  state.record.people.push_back(std::move(*person));
  return true;
}

bool layout_set(State& state, const StoredEvent& event) {
  const std::string layout = text(event.event.payload, "layout");
  if (layout == "auto") {
    state.framing.reset();
    return true;
  }
  const auto persons = event.event.payload.find("persons");
  Framing framing{layout, {}};
  if (persons != event.event.payload.end() && persons->is_array()) {
    for (const Json& person : *persons) {
      if (!person.is_string() || !state.is_admitted(person.get<std::string>())) return false;
      framing.persons.push_back(person.get<std::string>());
    }
  }
  const bool known = layout == "hall" || layout == "guest" || layout == "side_by_side" || layout == "grid";
  if (!known || (layout != "hall" && framing.persons.empty())) return false;
  state.framing = std::move(framing);
  return true;
}

bool recess_started(State& state, const StoredEvent& event) {
  if (state.phase != Phase::kInSession) return false;
  state.phase = Phase::kRecess;
  state.recess_since = event.utc;
  state.recess = event.seq;
  state.recess_until = moment(event.event.payload, "until");
  state.recess_paused_floor = state.floor && state.floor->running_since;
  if (state.recess_paused_floor) stop_clock(*state.floor, event);
  show(state);
  return true;
}

bool recess_ended(State& state, const StoredEvent& event) {
  if (state.phase != Phase::kRecess) return false;
  state.phase = Phase::kInSession;
  state.recess_since.reset();
  state.recess_until.reset();
  state.recess = 0;
  if (state.recess_paused_floor && state.floor) start_clock(*state.floor, event);
  state.recess_paused_floor = false;
  show(state);
  return true;
}

/// Nothing in the state: the alarms and the screens' programme times are told of by others.
bool fact_noted(State&, const StoredEvent&) { return true; }

/// The floor's clock after an undo. A clock that the action did not touch runs on; one that it stopped, started or took
/// away stands where it stood at the moment of the action, and runs again from now if it ran then.
void give_back_clock(Floor& floor, const State::Before& before, const std::optional<Floor>& current, Utc now) {
  if (current && current->clock == floor.clock) {
    floor.elapsed = current->elapsed;
    floor.running_since = current->running_since;
  } else if (floor.running_since) {
    if (before.at > *floor.running_since) floor.elapsed += before.at - *floor.running_since;
    floor.running_since = now;
  }
}

void happen_again(State& state, const std::vector<StoredEvent>& meanwhile);

bool action_undone(State& state, const StoredEvent& event) {
  const auto undoable = state.undoable();
  if (!undoable || integer(event.event.payload, "action") != undoable->action) return false;
  State::Before before = std::move(state.before.back());
  state.before.pop_back();
  State given_back = *before.state;
  given_back.record = std::move(state.record);
  // Whom the action brought into the record is nobody again.
  std::erase_if(given_back.record.people, [&](const Person& person) {
    const auto is_he = [&](const auto& entry) { return entry.second == person.id; };
    return std::any_of(state.registered.begin(), state.registered.end(), is_he) &&
           std::none_of(given_back.registered.begin(), given_back.registered.end(), is_he);
  });
  happen_again(given_back, before.meanwhile);
  // A clock that a guest's line has stopped or started since stands as the line left it.
  const bool by_line = given_back.floor && given_back.floor->clock >= before.action.action;
  if (given_back.floor && !by_line) give_back_clock(*given_back.floor, before, state.floor, event.utc);
  given_back.before = std::move(state.before);
  if (!given_back.before.empty()) {
    auto& still = given_back.before.back().meanwhile;
    std::move(before.meanwhile.begin(), before.meanwhile.end(), std::back_inserter(still));
  }
  state = std::move(given_back);
  return true;
}

struct Kind {
  std::string_view action;  ///< the action whose event it is; "" for facts
  bool (*fold)(State&, const StoredEvent&);
};

const std::map<std::string_view, Kind>& kinds() {
  static const std::map<std::string_view, Kind> all = {
      {"meeting.imported", {"", meeting_imported}},
      {"broadcast.started", {"broadcast.start", broadcast_started}},
      {"broadcast.ended", {"broadcast.stop", broadcast_ended}},
      {"source.set", {"source.set", source_set}},
      {"source.invited", {"source.invite", source_invited<true>}},
      {"source.revoked", {"source.revoke", source_invited<false>}},
      {"sitting.opened", {"sitting.open", sitting_opened}},
      {"sitting.closed", {"sitting.close", sitting_closed}},
      {"item.opened", {"item.open", item_opened}},
      {"item.closed", {"item.close", item_closed}},
      {"floor.given", {"floor.give", floor_given}},
      {"floor.extended", {"floor.extend", floor_extended}},
      {"floor.paused", {"floor.pause", floor_paused}},
      {"floor.resumed", {"floor.resume", floor_resumed}},
      {"floor.ended", {"floor.end", floor_ended}},
      {"floor.suspended", {"floor.give", floor_suspended}},
      {"guest.invited", {"guest.invite", guest_invited}},
      {"guest.revoked", {"guest.revoke", guest_goes<Stage::kRemoved>}},
      {"guest.arrived", {"guest.arrive", guest_arrived}},
      {"guest.left", {"guest.leave", guest_goes<Stage::kLeft>}},
      {"guest.admitted", {"guest.admit", guest_admitted}},
      {"guest.declined", {"guest.decline", guest_goes<Stage::kDeclined>}},
      {"guest.muted", {"guest.mute", guest_muted<true>}},
      {"guest.unmuted", {"guest.unmute", guest_muted<false>}},
      {"guest.asked", {"guest.ask", guest_asked}},
      {"guest.removed", {"guest.remove", guest_goes<Stage::kRemoved>}},
      {"guest.line_lost", {"", guest_line<true>}},
      {"guest.line_restored", {"", guest_line<false>}},
      {"registration.opened", {"registration.open", registration_turned<true>}},
      {"registration.closed", {"registration.close", registration_turned<false>}},
      {"person.added", {"registration.approve", person_added}},
      {"layout.set", {"layout.set", layout_set}},
      {"hand.raised", {"hand.raise", hand_raised}},
      {"hand.lowered", {"hand.lower", hand_lowered}},
      {"recess.started", {"recess.start", recess_started}},
      {"recess.ended", {"recess.end", recess_ended}},
      {"action.undone", {"", action_undone}},
      {"media.applied", {"", fact_noted}},
      {"media.lost", {"", fact_noted}},
      {"media.returned", {"", fact_noted}},
      {"run.started", {"", fact_noted}},
      {"run.ended", {"", fact_noted}},
      {"source.lost", {"", fact_noted}},
      {"source.restored", {"", fact_noted}},
      {"disk.low", {"", fact_noted}},
      {"disk.full", {"", fact_noted}},
      {"disk.lost", {"", fact_noted}},
      {"disk.ok", {"", fact_noted}},
  };
  return all;
}

/// What does not fit what an undo gave back is dropped: a turn that was taken back cannot be held by its line.
void happen_again(State& state, const std::vector<StoredEvent>& meanwhile) {
  for (const StoredEvent& event : meanwhile) {
    if (const auto kind = kinds().find(event.event.kind); kind != kinds().end()) kind->second.fold(state, event);
  }
}

/// The public has seen it, or the law counts from it: it is corrected by another action, not taken back.
bool is_final(std::string_view action) {
  return action == "broadcast.start" || action == "broadcast.stop" || action == "sitting.close";
}

std::shared_ptr<const State> without_record_and_stack(State& state) {
  Record record = std::exchange(state.record, {});
  std::vector<State::Before> before = std::exchange(state.before, {});
  auto copy = std::make_shared<const State>(state);
  state.record = std::move(record);
  state.before = std::move(before);
  return copy;
}

void remember(State& state, State::Before before) {
  if (is_final(before.action.kind)) {
    before.state = nullptr;
    state.before.clear();
    state.before.push_back(std::move(before));
    return;
  }
  state.before.push_back(std::move(before));
  if (state.before.size() > kMostUndoable) state.before.erase(state.before.begin());
}

/// Folds one event of an action. An action may have several ("floor.ended", "item.closed", "item.opened"); the last one
/// gives it its name.
bool apply_to_action(State& state, const StoredEvent& event, const Kind& kind) {
  const std::int64_t action = integer(event.event.payload, "action").value_or(event.seq);
  const bool goes_on = !state.before.empty() && state.before.back().action.action == action;
  State::Before before = goes_on ? state.before.back() : State::Before{{action, ""}, nullptr, event.utc};
  if (!goes_on) before.state = without_record_and_stack(state);
  if (!kind.fold(state, event)) return false;
  before.action.kind = kind.action;
  if (goes_on) state.before.pop_back();
  remember(state, std::move(before));
  return true;
}

}  // namespace

const Request* State::held_turn_of(std::string_view person) const {
  const auto found = std::find_if(queue.begin(), queue.end(),
                                  [&](const Request& request) { return request.person == person && request.turn; });
  return found == queue.end() ? nullptr : &*found;
}

bool waits_for(const State& state, std::string_view person, bool point_of_order) {
  return std::any_of(state.queue.begin(), state.queue.end(), [&](const Request& request) {
    return request.person == person && is_point_of_order(request) == point_of_order;
  });
}

const Guest* State::guest(std::string_view person) const {
  const auto found = guests.find(std::string(person));
  return found == guests.end() ? nullptr : &found->second;
}

bool State::is_admitted(std::string_view person) const {
  const Guest* known = guest(person);
  return known != nullptr && known->stage == Stage::kAdmitted;
}

bool is_on_air(const State& state) { return state.on_air == OnAir::kHolding || state.on_air == OnAir::kLive; }

bool is_over(const State& state) { return state.phase == Phase::kClosed && !is_on_air(state); }

bool is_under_way(const State& state) {
  return !is_over(state) && (state.phase != Phase::kAnnounced || is_on_air(state));
}

std::string registration_of(const Json& added, const Person& person) {
  const std::string registration = text(added, "registration");
  return registration.empty() ? person.id : registration;
}

bool may_correct(const State& state, const Record& record) {
  if (state.phase == Phase::kAnnounced) return true;
  const auto stays = [&](const Person& person) {
    return record.person(person.id) != nullptr ||
           std::any_of(state.registered.begin(), state.registered.end(),
                       [&](const auto& entry) { return entry.second == person.id; });
  };
  return !is_over(state) && state.record.agenda.empty() &&
         std::all_of(state.record.people.begin(), state.record.people.end(), stays);
}

void keep_registered(Record& imported, const Record& before, const std::map<std::string, std::string>& registered) {
  for (const auto& [registration, id] : registered) {
    const Person* added = before.person(id);
    if (added != nullptr && imported.person(id) == nullptr) imported.people.push_back(*added);
  }
}

bool may_send_the_hall(const State& state, std::int64_t invitation) {
  return !is_over(state) && invitation != 0 && state.source_invitation == invitation;
}

bool is_from_outside(const Event& event) { return event.payload.is_object() && !text(event.payload, "by").empty(); }

const Request* State::request_of(std::string_view person) const {
  const auto found =
      std::find_if(queue.begin(), queue.end(), [&](const Request& request) { return request.person == person; });
  return found == queue.end() ? nullptr : &*found;
}

std::optional<Undoable> State::undoable() const {
  if (before.empty() || before.back().state == nullptr) return std::nullopt;
  return before.back().action;
}

bool apply(State& state, const StoredEvent& event) {
  const auto kind = kinds().find(event.event.kind);
  const bool known = kind != kinds().end() && event.event.payload.is_object();
  const bool outside = known && is_from_outside(event.event);
  const bool folded = known && (outside || kind->second.action.empty() ? kind->second.fold(state, event)
                                                                       : apply_to_action(state, event, kind->second));
  if (outside && !state.before.empty()) state.before.back().meanwhile.push_back(event);
  state.seq = event.seq;
  return folded;
}

bool fold(State& state, const StoredEvent& event) {
  const auto kind = kinds().find(event.event.kind);
  state.seq = event.seq;
  return kind != kinds().end() && event.event.payload.is_object() && kind->second.fold(state, event);
}

std::string_view action_of_event(std::string_view event_kind) {
  const auto kind = kinds().find(event_kind);
  return kind == kinds().end() ? std::string_view() : kind->second.action;
}

}  // namespace tyndau::meeting
