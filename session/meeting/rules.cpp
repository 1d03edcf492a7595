#include "session/meeting/rules.h"

#include <fmt/format.h>

#include <algorithm>
#include <functional>
#include <limits>
#include <utility>

#include "session/meeting/draft.h"
#include "session/meeting/guest_rules.h"
#include "session/meeting/line.h"

namespace tyndau::meeting {

namespace {

constexpr int kMostSeconds = 86'400;
constexpr std::size_t kMostNameBytes = 240;
constexpr std::size_t kMostFramed = 16;  // as many as media has places for

// ---- what would be refused whatever the arguments ----

/// One decimal, with the comma that kk and ru use.
Text hours_in_words(double hours) {
  std::string english = fmt::format("{:.1f}", std::max(0.0, hours));
  if (english.ends_with(".0")) english.resize(english.size() - 2);
  std::string comma = english;
  std::replace(comma.begin(), comma.end(), '.', ',');
  return {comma, comma, english};
}

Text same_in_all(const std::string& text) { return {text, text, text}; }

MaybeRefusal unless_in_session(const State& state) {
  switch (state.phase) {
    case Phase::kAnnounced:
      return refusal("sitting_not_open");
    case Phase::kRecess:
      return refusal("in_recess");
    case Phase::kClosed:
      return refusal("sitting_closed");
    case Phase::kInSession:
      break;
  }
  return std::nullopt;
}

MaybeRefusal unless_somebody_speaks(const State& state) {
  if (auto refused = unless_in_session(state)) return refused;
  if (!state.floor) return refusal("nobody_has_floor");
  return std::nullopt;
}

MaybeRefusal broadcast_start_refused(const State& state, const Surroundings& around) {
  if (is_on_air(state)) return refusal("already_on_air");
  if (state.phase == Phase::kClosed) {
    return refusal(state.on_air == OnAir::kEnded ? "broadcast_ended" : "sitting_closed");
  }
  if (around.other_on_air != Text{}) return refusal("other_meeting_on_air", {{"meeting", around.other_on_air}});
  if (!around.media_connected) return refusal("media_unavailable");
  // Rounded down, so that the sentence never says that 4 hours are less than 4 hours.
  if (around.disk_free_hours < around.disk_reserve_hours) {
    const double free = static_cast<double>(static_cast<std::int64_t>(around.disk_free_hours * 10)) / 10;
    return refusal("disk_space",
                   {{"free", hours_in_words(free)}, {"reserve", hours_in_words(around.disk_reserve_hours)}});
  }
  return std::nullopt;
}

MaybeRefusal broadcast_stop_refused(const State& state, const Surroundings&) {
  if (!is_on_air(state)) return refusal("not_on_air");
  return std::nullopt;
}

MaybeRefusal source_set_refused(const State&, const Surroundings& around) {
  if (!around.media_connected) return refusal("media_unavailable");
  return std::nullopt;
}

MaybeRefusal sitting_open_refused(const State& state, const Surroundings&) {
  if (state.phase == Phase::kClosed) return refusal("sitting_closed");
  if (state.phase != Phase::kAnnounced) return refusal("sitting_already_open");
  return std::nullopt;
}

/// A sitting may be closed out of a recess from which nobody came back.
MaybeRefusal sitting_close_refused(const State& state, const Surroundings&) {
  if (state.phase == Phase::kClosed) return refusal("sitting_closed");
  if (state.phase == Phase::kAnnounced) return refusal("sitting_not_open");
  return std::nullopt;
}

MaybeRefusal item_open_refused(const State& state, const Surroundings&) { return unless_in_session(state); }

MaybeRefusal with_open_item_refused(const State& state, const Surroundings&) {
  if (auto refused = unless_in_session(state)) return refused;
  if (state.open_item.empty()) return refusal("no_item_open");
  return std::nullopt;
}

MaybeRefusal hand_lower_refused(const State& state, const Surroundings& around) {
  if (auto refused = with_open_item_refused(state, around)) return refused;
  if (state.queue.empty()) return refusal("queue_empty");
  return std::nullopt;
}

MaybeRefusal of_floor_refused(const State& state, const Surroundings&) { return unless_somebody_speaks(state); }

MaybeRefusal floor_pause_refused(const State& state, const Surroundings&) {
  if (auto refused = unless_somebody_speaks(state)) return refused;
  if (!state.floor->running_since) return refusal("clock_already_paused");
  return std::nullopt;
}

MaybeRefusal floor_resume_refused(const State& state, const Surroundings&) {
  if (auto refused = unless_somebody_speaks(state)) return refused;
  if (state.floor->running_since) return refusal("clock_not_paused");
  return std::nullopt;
}

MaybeRefusal recess_start_refused(const State& state, const Surroundings&) { return unless_in_session(state); }

MaybeRefusal recess_end_refused(const State& state, const Surroundings&) {
  if (state.phase == Phase::kInSession) return refusal("not_in_recess");
  return state.phase == Phase::kRecess ? std::nullopt : unless_in_session(state);
}

MaybeRefusal unless_closed(const State& state, const Surroundings&) {
  if (state.phase == Phase::kClosed) return refusal("sitting_closed");
  return std::nullopt;
}

MaybeRefusal always_possible(const State&, const Surroundings&) { return std::nullopt; }

MaybeRefusal undo_refused(const State& state, const Surroundings&) {
  if (state.undoable()) return std::nullopt;
  if (state.before.empty()) return refusal("nothing_to_undo");
  return refusal("cannot_undo", {}, state.before.back().action.kind);
}

// ---- what stood on the screen ----

/// The refusal of an action that means something which is not so any more, if it is one.
MaybeRefusal changed_since_seen(const State& state, const Action& action) {
  // A turn and an item that are over by themselves are what was wanted: only another one in their place is a surprise.
  if (action.turn && state.floor && *action.turn != state.floor->turn) {
    return refusal("turn_changed", {{"name", state.record.person(state.floor->person)->name}});
  }
  const AgendaItem* open = state.record.item(state.open_item);
  if (action.closes && open != nullptr && *action.closes != open->id) {
    return refusal("item_changed", {{"no", same_in_all(std::to_string(open->no))}});
  }
  if (action.of && *action.of != state.undoable()->action) return refusal("undo_changed");
  if (action.recess && *action.recess != state.recess) return refusal("recess_changed");
  if (action.request && std::none_of(state.queue.begin(), state.queue.end(), [&](const Request& request) {
        return request.request == *action.request && request.person == action.person;
      })) {
    return refusal("request_changed");
  }
  return std::nullopt;
}

// ---- what an accepted action means ----

Decision item_open(const State& state, const Action& action, const Surroundings&) {
  const AgendaItem* item = state.record.item(action.item);
  if (item == nullptr) return refuse("item_unknown");
  const Words words = {{"no", same_in_all(std::to_string(item->no))}};
  const auto known = state.items.find(action.item);
  if (known != state.items.end() && known->second == ItemState::kOpen) return refuse("item_already_open", words);
  Json opened = {{"item", action.item}};
  if (known != state.items.end() && known->second == ItemState::kClosed) opened["again"] = true;
  return Draft(state).close_item("item_closed").add("item.opened", std::move(opened)).take();
}

/// The turn as the agenda plans it for this person. Somebody whom an item with its own speakers does not plan has a
/// place in its debate; where nobody is planned, the kind of the item tells.
Speaker planned_turn(const Record& record, const AgendaItem& item, const std::string& person) {
  for (const Speaker& speaker : item.speakers) {
    if (speaker.person == person) return speaker;
  }
  const bool planned = !item.speakers.empty();
  if (!planned && item.kind == "report") return {person, "rapporteur", record.time_rules.report_s};
  if (!planned && item.kind == "co_report") return {person, "co_rapporteur", record.time_rules.co_report_s};
  return {person, "debate", record.time_rules.debate_s};
}

/// What a raised hand becomes.
Speaker requested_turn(const TimeRules& rules, const Request& request) {
  if (request.turn) return {request.person, request.turn->as, request.turn->limit_s};
  const int limit = request.kind == kPointOfOrder ? rules.point_of_order_s
                    : request.kind == "question"  ? rules.question_s
                                                  : rules.debate_s;
  return {request.person, request.kind, limit};
}

/// The refusal that anything done with this person at the floor or in the queue meets, if any.
MaybeRefusal person_refused(const State& state, const std::string& id) {
  const Person* person = state.record.person(id);
  if (person == nullptr) return refusal("person_unknown");
  const Words words = {{"name", person->name}};
  if (person->mode == "absent") return refusal("person_absent", words);
  if (state.floor && state.floor->person == id) return refusal("already_has_floor", words);
  return std::nullopt;
}

/// What somebody remote lacks to be given the floor, if anything. Whoever never came by his invitation may be in the
/// hall.
MaybeRefusal remote_refused(const State& state, const std::string& id) {
  const Guest* guest = state.guest(id);
  if (guest == nullptr) return std::nullopt;
  const Words words = {{"name", state.record.person(id)->name}};
  if (guest->stage == Stage::kLobby) return refusal("guest_not_admitted", words);
  if (guest->stage == Stage::kAdmitted && guest->line_lost) return refusal("guest_line_lost", words);
  return std::nullopt;
}

/// The request that the action means, or else the person's first.
const Request* meant_request(const State& state, const Action& action) {
  if (!action.request) return state.request_of(action.person);
  const auto found = std::find_if(state.queue.begin(), state.queue.end(),
                                  [&](const Request& request) { return request.request == *action.request; });
  return found == state.queue.end() ? nullptr : &*found;
}

Decision floor_give(const State& state, const Action& action, const Surroundings&) {
  if (auto refused = person_refused(state, action.person)) return tl::unexpected(std::move(*refused));
  if (auto refused = remote_refused(state, action.person)) return tl::unexpected(std::move(*refused));
  const Request* request = meant_request(state, action);
  const Speaker turn = request != nullptr
                           ? requested_turn(state.record.time_rules, *request)
                           : planned_turn(state.record, *state.record.item(state.open_item), action.person);
  Json given = {{"person", action.person},
                {"item", state.open_item},
                {"limit_s", action.limit_s.value_or(turn.limit_s)},
                {"as", turn.as}};
  if (request != nullptr) given["request"] = request->request;
  const bool resumes = request != nullptr && request->turn;
  if (resumes) given["elapsed_ms"] = request->turn->elapsed.count();
  Draft draft(state);
  // A point of order interrupts a speech, it does not end it, unless the regulation has it wait for the speech's end.
  const bool interrupts = state.record.queue_rules.point_of_order_interrupts && state.floor && !resumes &&
                          turn.as == kPointOfOrder && std::string_view(state.floor->as) != kPointOfOrder;
  if (interrupts) {
    draft.suspend_floor("point_of_order");
  } else {
    draft.end_floor("next");
  }
  return draft.add("floor.given", std::move(given)).take();
}

Decision hand_raise(const State& state, const Action& action, const Surroundings&) {
  if (auto refused = person_refused(state, action.person)) return tl::unexpected(std::move(*refused));
  if (waits_for(state, action.person, action.hand == kPointOfOrder)) {
    return refuse("already_in_queue", {{"name", state.record.person(action.person)->name}});
  }
  Json raised = {{"person", action.person}, {"kind", action.hand}};
  if (action.guest.empty()) return Draft(state).add("hand.raised", std::move(raised)).take();
  if (!state.is_admitted(action.guest)) return refuse("guest_wait_for_admission");
  raised["item"] = state.open_item;
  return Draft(state).by("guest").add("hand.raised", std::move(raised)).take();
}

Decision hand_lower(const State& state, const Action& action, const Surroundings&) {
  const Person* person = state.record.person(action.person);
  if (person == nullptr) return refuse("person_unknown");
  const Request* request = meant_request(state, action);
  if (request == nullptr) return refuse("not_in_queue", {{"name", person->name}});
  Draft draft(state);
  if (!action.guest.empty()) draft.by("guest");
  return draft.add("hand.lowered", {{"person", action.person}, {"request", request->request}}).take();
}

/// Who is framed when nobody was named: who has the floor, or everybody for a grid.
std::vector<std::string> persons_to_frame(const State& state, const Action& action) {
  if (!action.persons.empty() || action.layout == "hall") return action.persons;
  std::vector<std::string> persons;
  if (action.layout != "grid") {
    if (state.floor && state.is_admitted(state.floor->person)) persons.push_back(state.floor->person);
    return persons;
  }
  for (const auto& [person, guest] : state.guests) {
    if (guest.stage == Stage::kAdmitted && persons.size() < kMostFramed) persons.push_back(person);
  }
  return persons;
}

Decision layout_set(const State& state, const Action& action, const Surroundings&) {
  Draft draft(state);
  if (action.layout == "auto") return draft.add("layout.set", {{"layout", "auto"}, {"persons", Json::array()}}).take();
  const std::vector<std::string> persons = persons_to_frame(state, action);
  for (const std::string& person : persons) {
    if (state.record.person(person) == nullptr) return refuse("person_unknown");
    if (!state.is_admitted(person)) return refuse("guest_not_here", name_of(state, person));
  }
  if (persons.empty() && action.layout != "hall") return refuse("nobody_to_frame");
  return draft.add("layout.set", {{"layout", action.layout}, {"persons", persons}}).take();
}

Decision floor_extend(const State& state, const Action& action, const Surroundings&) {
  const int seconds = action.seconds > 0 ? action.seconds : state.record.time_rules.extension_step_s;
  return Draft(state).add("floor.extended", {{"seconds", seconds}}).take();
}

Decision recess_start(const State& state, const Action& action, const Surroundings& around) {
  if (!action.until) return Draft(state).add("recess.started").take();
  if (*action.until <= around.now) return refuse("until_passed");
  return Draft(state).add("recess.started", {{"until", format_utc(*action.until)}}).take();
}

Decision undo(const State& state, const Action&, const Surroundings&) {
  const Undoable undoable = *state.undoable();
  // `action` names what is undone here, and not this event itself.
  return std::vector<Event>{{"action.undone", {{"action", undoable.action}, {"kind", undoable.kind}}}};
}

/// An action that is one event without arguments.
template <const char* kEvent>
Decision just(const State& state, const Action&, const Surroundings&) {
  return Draft(state).add(kEvent).take();
}
constexpr char kBroadcastStarted[] = "broadcast.started", kBroadcastEnded[] = "broadcast.ended";
constexpr char kSittingOpened[] = "sitting.opened", kRecessEnded[] = "recess.ended";
constexpr char kSourceInvited[] = "source.invited";
constexpr char kRegistrationOpened[] = "registration.opened", kRegistrationClosed[] = "registration.closed";
constexpr char kFloorPaused[] = "floor.paused", kFloorResumed[] = "floor.resumed";

Decision source_set(const State& state, const Action& action, const Surroundings&) {
  return Draft(state).add("source.set", {{"uri", action.uri}}).take();
}
Decision source_revoke(const State& state, const Action&, const Surroundings&) {
  if (state.source_invitation == 0) return refuse("source_not_invited");
  return Draft(state).add("source.revoked").take();
}
Decision sitting_close(const State& state, const Action&, const Surroundings&) {
  return Draft(state).close_item("sitting_closed").add("sitting.closed").take();
}
Decision item_close(const State& state, const Action&, const Surroundings&) {
  return Draft(state).close_item("item_closed").take();
}
Decision floor_end(const State& state, const Action&, const Surroundings&) {
  return Draft(state).end_floor("finished").take();
}

struct Rule {
  std::string kind;
  MaybeRefusal (*refused)(const State&, const Surroundings&);
  Decision (*decide)(const State&, const Action&, const Surroundings&);
};

const std::vector<Rule>& rules() {
  static const std::vector<Rule> all = {
      {"broadcast.start", broadcast_start_refused, just<kBroadcastStarted>},
      {"broadcast.stop", broadcast_stop_refused, just<kBroadcastEnded>},
      {"source.set", source_set_refused, source_set},
      {"source.invite", unless_closed, just<kSourceInvited>},
      {"source.revoke", always_possible, source_revoke},
      {"sitting.open", sitting_open_refused, just<kSittingOpened>},
      {"sitting.close", sitting_close_refused, sitting_close},
      {"item.open", item_open_refused, item_open},
      {"item.close", with_open_item_refused, item_close},
      {"floor.give", with_open_item_refused, floor_give},
      {"floor.extend", of_floor_refused, floor_extend},
      {"floor.pause", floor_pause_refused, just<kFloorPaused>},
      {"floor.resume", floor_resume_refused, just<kFloorResumed>},
      {"floor.end", of_floor_refused, floor_end},
      {"hand.raise", with_open_item_refused, hand_raise},
      {"hand.lower", hand_lower_refused, hand_lower},
      {"guest.invite", unless_closed, guest_invite},
      {"guest.revoke", always_possible, guest_revoke},
      {"guest.arrive", unless_closed, guest_arrive},
      {"guest.leave", always_possible, guest_leave},
      {"guest.finish", unless_closed, guest_finish},
      {"guest.ask", unless_closed, guest_ask},
      {"guest.admit", unless_closed, guest_admit},
      {"guest.decline", unless_closed, guest_decline},
      {"guest.mute", unless_closed, guest_mute},
      {"guest.unmute", unless_closed, guest_unmute},
      {"guest.remove", always_possible, guest_remove},
      {"registration.open", registration_open_refused, just<kRegistrationOpened>},
      {"registration.close", registration_close_refused, just<kRegistrationClosed>},
      {"registration.approve", unless_closed, registration_approve},
      {"registration.decline", unless_closed, registration_decline},
      {"layout.set", unless_closed, layout_set},
      {"recess.start", recess_start_refused, recess_start},
      {"recess.end", recess_end_refused, just<kRecessEnded>},
      {"undo", undo_refused, undo},
  };
  return all;
}

// ---- reading ----

/// A scheme and nothing that cannot be seen; media knows which schemes there are and says so.
bool looks_like_uri(std::string_view uri) {
  const std::size_t colon = uri.find(':');
  if (colon == 0 || colon == std::string_view::npos) return false;
  const auto in_scheme = [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '+' || c == '-' || c == '.';
  };
  const auto printable = [](char c) { return static_cast<unsigned char>(c) > 0x20 && c != 0x7f; };
  return std::all_of(uri.begin(), uri.begin() + static_cast<std::ptrdiff_t>(colon), in_scheme) &&
         std::all_of(uri.begin(), uri.end(), printable) && !read_line(uri).unseen;
}

/// The number of an event that the action means.
std::optional<std::int64_t> read_meant(Fields& fields, const char* name, std::int64_t least = 1) {
  return fields.optional_integer(name, least, std::numeric_limits<std::int64_t>::max());
}

/// A guest is himself, and need not say so.
std::string read_person(Fields& fields, const Action& action) {
  if (action.guest.empty()) return fields.string("person", 64);
  return fields.optional_string("person", 64).value_or(action.guest);
}

void read_layout(Fields& fields, Action& action) {
  action.layout = fields.string("layout", 32);
  const auto& known = layouts();
  if (action.layout != "auto" && std::find(known.begin(), known.end(), action.layout) == known.end()) {
    fields.complain(fmt::format("'layout' is not one of: auto, {}", fmt::join(known, ", ")));
  }
  const Json* persons = fields.optional_array("persons");
  if (persons == nullptr) return;
  if (persons->size() > kMostFramed) fields.complain(fmt::format("'persons' may have {}", kMostFramed));
  for (const Json& person : *persons) {
    if (!person.is_string()) return fields.complain("'persons' must be a list of ids");
    action.persons.push_back(person.get<std::string>());
  }
}

/// A line as people write it (line.h), as it may stand on screens; "" when nothing of it is seen.
std::string read_shown(Fields& fields, const char* key, std::string typed) {
  auto line = line_of(typed);
  if (!line) {
    fields.complain(fmt::format("'{}' {}", key, line.error().what));
    return {};
  }
  if (line->size() > kMostNameBytes) fields.complain(fmt::format("'{}' is longer than {} bytes", key, kMostNameBytes));
  return std::move(*line);
}

/// Somebody of the record, or somebody new by name: a person or a district's room.
void read_invited(Fields& fields, Action& action) {
  action.person = fields.optional_string("person", 64).value_or("");
  if (!action.person.empty()) return;
  const auto name = fields.optional_string("name", kMostNameBytes);
  if (!name) return fields.complain("needs 'person', or the 'name' of somebody new");
  action.name = read_shown(fields, "name", *name);
  action.position =
      read_shown(fields, "position", fields.optional_string("position", kMostNameBytes).value_or(std::string()));
  if (action.name.empty()) fields.complain("'name' must have something in it that is seen");
}

/// What the secretary cannot do for anybody.
bool is_only_for_guests(std::string_view action) {
  return action == "guest.arrive" || action == "guest.leave" || action == "guest.finish" || action == "guest.ask";
}

void read_arguments(Fields& fields, Action& action) {
  if (is_only_for_guests(action.kind)) return;
  if (action.kind == "guest.invite") {
    read_invited(fields, action);
  } else if (action.kind.starts_with("guest.")) {
    action.person = fields.string("person", 64);
  } else if (action.kind == "registration.approve" || action.kind == "registration.decline") {
    action.registration = fields.string("registration", 64);
  } else if (action.kind == "layout.set") {
    read_layout(fields, action);
  } else if (action.kind == "source.set") {
    action.uri = fields.string("uri", 1024);
    if (!looks_like_uri(action.uri)) fields.complain("'uri' must be an address as in rtsp://camera/stream");
  } else if (action.kind == "item.open") {
    action.item = fields.string("item", 64);
    action.closes = fields.optional_string("closes", 64);
  } else if (action.kind == "item.close") {
    action.closes = fields.optional_string("item", 64);
  } else if (action.kind == "floor.give") {
    action.person = fields.string("person", 64);
    action.turn = read_meant(fields, "ends", 0);
    action.request = read_meant(fields, "request");
    if (const auto limit = fields.optional_integer("limit_s", 1, kMostSeconds)) {
      action.limit_s = static_cast<int>(*limit);
    }
  } else if (action.kind == "hand.raise") {
    action.person = read_person(fields, action);
    action.hand = fields.optional_string("kind", 32).value_or(hand_kinds().front());
    const auto& kinds = hand_kinds();
    if (std::find(kinds.begin(), kinds.end(), action.hand) == kinds.end()) {
      fields.complain(fmt::format("'kind' is not one of: {}", fmt::join(kinds, ", ")));
    }
  } else if (action.kind == "hand.lower") {
    action.person = read_person(fields, action);
    action.request = read_meant(fields, "request");
  } else if (action.kind == "floor.end" || action.kind == "floor.pause" || action.kind == "floor.resume") {
    action.turn = read_meant(fields, "turn");
  } else if (action.kind == "recess.end") {
    action.recess = read_meant(fields, "recess");
  } else if (action.kind == "undo") {
    action.of = read_meant(fields, "of");
  } else if (action.kind == "floor.extend") {
    action.turn = read_meant(fields, "turn");
    action.seconds = static_cast<int>(fields.optional_integer("seconds", 1, kMostSeconds).value_or(0));
  } else if (action.kind == "recess.start") {
    const auto until = fields.optional_string("until", 64);
    if (!until) return;
    const auto time = parse_utc(*until);
    if (time) {
      action.until = *time;
    } else {
      fields.complain("'until': " + time.error().what);
    }
  }
}

}  // namespace

const std::vector<std::string>& action_kinds() {
  static const std::vector<std::string> all = [] {
    std::vector<std::string> kinds;
    for (const Rule& rule : rules()) kinds.push_back(rule.kind);
    return kinds;
  }();
  return all;
}

bool is_for_guests(std::string_view action) {
  return is_only_for_guests(action) || action == "hand.raise" || action == "hand.lower";
}

const std::vector<std::string>& layouts() {
  static const std::vector<std::string> all = {"hall", "guest", "side_by_side", "grid"};
  return all;
}

Result<Action> read_action(const Json& json, const std::string& guest) {
  Fields fields(json, "action");
  Action action;
  action.guest = guest;
  action.kind = fields.string("action", 64);
  if (const auto wrong = fields.finish_leniently()) return fail(*wrong);
  const auto& known = action_kinds();
  if (std::find(known.begin(), known.end(), action.kind) == known.end()) {
    return fail(fmt::format("action: '{}' is not one of: {}", action.kind, fmt::join(known, ", ")));
  }
  read_arguments(fields, action);
  if (const auto wrong = fields.finish()) return fail(action.kind + wrong->substr(std::string("action").size()));
  return action;
}

namespace {

Decision decide_as_asked(const State& state, const Action& action, const Surroundings& around) {
  const bool his_own = action.person.empty() || action.person == action.guest;
  if (!action.guest.empty() && (!is_for_guests(action.kind) || !his_own)) return refuse("not_yours");
  if (action.guest.empty() && is_only_for_guests(action.kind)) return refuse("only_for_guests");
  for (const Rule& rule : rules()) {
    if (rule.kind != action.kind) continue;
    if (auto refused = rule.refused(state, around)) return tl::unexpected(std::move(*refused));
    if (auto refused = changed_since_seen(state, action)) return tl::unexpected(std::move(*refused));
    return rule.decide(state, action, around);
  }
  std::abort();  // read_action lets no other kind through
}

}  // namespace

Decision decide(const State& state, const Action& action, const Surroundings& around) {
  auto decided = decide_as_asked(state, action, around);
  if (!decided && !action.guest.empty()) return tl::unexpected(for_guest(decided.error()));
  return decided;
}

std::vector<Event> line_lost(const State& state, const std::string& person) {
  if (!state.is_admitted(person) || state.guest(person)->line_lost) return {};
  Draft draft(state);
  draft.by("media").add("guest.line_lost", {{"person", person}});
  if (state.floor && state.floor->person == person) draft.suspend_floor("line_lost");
  return draft.take();
}

std::vector<Event> line_restored(const State& state, const std::string& person) {
  if (!state.is_admitted(person) || !state.guest(person)->line_lost) return {};
  Draft draft(state);
  draft.by("media").add("guest.line_restored", {{"person", person}});
  const Request* held = state.held_turn_of(person);
  const bool resumes = held != nullptr && held->reason == "line_lost" && !state.floor &&
                       state.phase == Phase::kInSession && !state.open_item.empty();
  if (resumes) {
    draft.add("floor.given", {{"person", person},
                              {"item", state.open_item},
                              {"limit_s", held->turn->limit_s},
                              {"as", held->turn->as},
                              {"request", held->request},
                              {"elapsed_ms", held->turn->elapsed.count()},
                              {"reason", "line_restored"}});
  }
  return draft.take();
}

namespace {

/// Where in QueueRules::order a request stands.
std::string_view place_of(const Request& request) {
  if (request.turn) return "held";
  return request.kind;
}

Waiting waits(const State& state, const Request& request) {
  const Speaker turn = requested_turn(state.record.time_rules, request);
  int seconds = turn.limit_s;
  if (request.turn) seconds = static_cast<int>(std::max<std::int64_t>(0, request.turn->remaining({}).count() / 1000));
  return {request.person, turn.as, seconds, true, request.request};
}

/// Those whom the agenda plans and who have not spoken, with the hand that they have raised besides.
std::vector<Waiting> planned_speakers(const State& state, const AgendaItem& item) {
  const auto spoken = state.spoken.find(item.id);
  std::vector<Waiting> all;
  for (const Speaker& speaker : item.speakers) {
    const Person* person = state.record.person(speaker.person);
    const bool spoke = spoken != state.spoken.end() &&
                       std::find(spoken->second.begin(), spoken->second.end(), speaker.person) != spoken->second.end();
    if (spoke || person == nullptr || person->mode == "absent") continue;
    if (state.floor && state.floor->person == speaker.person) continue;
    // A question and a turn that is held have places of their own.
    const auto hand = std::find_if(state.queue.begin(), state.queue.end(), [&](const Request& request) {
      return request.person == speaker.person && place_of(request) != kPointOfOrder;
    });
    if (hand != state.queue.end() && place_of(*hand) != "debate") continue;
    const bool asked = hand != state.queue.end();
    all.push_back({speaker.person, speaker.as, speaker.limit_s, asked, asked ? hand->request : 0});
  }
  return all;
}

}  // namespace

std::vector<Waiting> waiting(const State& state) {
  const AgendaItem* item = state.record.item(state.open_item);
  if (item == nullptr) return {};
  const std::vector<Waiting> planned = planned_speakers(state, *item);
  std::vector<Waiting> all, unreachable;
  for (const std::string& place : state.record.queue_rules.order) {
    if (place == "planned") all.insert(all.end(), planned.begin(), planned.end());
    for (const Request& request : state.queue) {
      const bool as_planned = std::any_of(planned.begin(), planned.end(),
                                          [&](const Waiting& one) { return one.request == request.request; });
      if (place_of(request) != place || as_planned) continue;
      const Guest* guest = state.guest(request.person);
      const bool lost = request.turn && guest != nullptr && guest->line_lost;
      (lost ? unreachable : all).push_back(waits(state, request));
    }
  }
  all.insert(all.end(), unreachable.begin(), unreachable.end());
  return all;
}

std::map<std::string, Refusal> refused_now(const State& state, const Surroundings& around) {
  std::map<std::string, Refusal> refused;
  for (const Rule& rule : rules()) {
    if (auto why = rule.refused(state, around)) refused.emplace(rule.kind, std::move(*why));
  }
  return refused;
}

}  // namespace tyndau::meeting
