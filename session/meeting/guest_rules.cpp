#include "session/meeting/guest_rules.h"

#include <fmt/format.h>

#include "session/meeting/import.h"

namespace tyndau::meeting {

Words name_of(const State& state, const std::string& id) { return {{"name", state.record.person(id)->name}}; }

namespace {

/// Ends what the guest has, and then his stay.
std::vector<Event> send_away(const State& state, const std::string& person, const char* event, const char* reason,
                             const char* by = "") {
  Draft draft(state);
  draft.by(by);
  if (state.floor && state.floor->person == person) draft.end_floor(reason);
  return draft.add(event, {{"person", person}}).take();
}

template <bool kMuted>
Decision set_muted(const State& state, const Action& action) {
  if (state.record.person(action.person) == nullptr) return refuse("person_unknown");
  if (!state.is_admitted(action.person)) return refuse("guest_not_here", name_of(state, action.person));
  if (state.guest(action.person)->muted == kMuted) {
    return refuse(kMuted ? "guest_muted_already" : "guest_not_muted", name_of(state, action.person));
  }
  return Draft(state).add(kMuted ? "guest.muted" : "guest.unmuted", {{"person", action.person}}).take();
}

/// Whoever signed up or was invited without being in the record, as it has him then. His name is shown as it was
/// written, in every language.
Person newcomer(const State& state, const Action& action, const char* kind, const Text& without_position) {
  Person person;
  // The number of an event is nobody else's; an imported record may have such an id all the same.
  person.id = fmt::format("{}-{}", kind, state.seq + 1);
  while (state.record.person(person.id) != nullptr) person.id += "-x";
  person.name = {action.name, action.name, action.name};
  person.position = {action.position, action.position, action.position};
  if (action.position.empty()) person.position = without_position;
  person.role = "remote_participant";
  person.mode = "remote";
  return person;
}

}  // namespace

Decision guest_invite(const State& state, const Action& action, const Surroundings&) {
  if (action.person.empty()) {
    const Person person =
        newcomer(state, action, "inv", {"қашықтан қатысушы", "дистанционный участник", "remote participant"});
    return Draft(state)
        .add("person.added", {{"person", to_json(person)}})
        .add("guest.invited", {{"person", person.id}})
        .take();
  }
  if (state.record.person(action.person) == nullptr) return refuse("person_unknown");
  return Draft(state).add("guest.invited", {{"person", action.person}}).take();
}

Decision guest_revoke(const State& state, const Action& action, const Surroundings&) {
  if (state.record.person(action.person) == nullptr) return refuse("person_unknown");
  const Guest* guest = state.guest(action.person);
  if (guest == nullptr || guest->invitation == 0) return refuse("guest_not_invited", name_of(state, action.person));
  return send_away(state, action.person, "guest.revoked", "removed");
}

Decision guest_remove(const State& state, const Action& action, const Surroundings&) {
  if (state.record.person(action.person) == nullptr) return refuse("person_unknown");
  const Guest* guest = state.guest(action.person);
  const bool here = guest != nullptr && guest->stage != Stage::kInvited && guest->stage != Stage::kRemoved;
  if (!here) return refuse("guest_not_here", name_of(state, action.person));
  return send_away(state, action.person, "guest.removed", "removed");
}

Decision guest_arrive(const State& state, const Action& action, const Surroundings&) {
  const Guest* guest = state.guest(action.guest);
  if (guest == nullptr || guest->invitation == 0) return refuse("invitation_void");
  // A page that was loaded anew says it once more.
  if (guest->stage == Stage::kLobby || guest->stage == Stage::kAdmitted) return std::vector<Event>{};
  return Draft(state).by("guest").add("guest.arrived", {{"person", action.guest}}).take();
}

Decision guest_leave(const State& state, const Action& action, const Surroundings&) {
  const Guest* guest = state.guest(action.guest);
  if (guest == nullptr) return refuse("invitation_void");
  if (guest->stage != Stage::kLobby && guest->stage != Stage::kAdmitted) return std::vector<Event>{};
  return send_away(state, action.guest, "guest.left", "left", "guest");
}

Decision guest_finish(const State& state, const Action& action, const Surroundings&) {
  if (!state.floor || state.floor->person != action.guest) return refuse("turn_over_already");
  return Draft(state).by("guest").end_floor("finished").take();
}

Decision guest_ask(const State& state, const Action& action, const Surroundings&) {
  const Guest* guest = state.guest(action.guest);
  if (guest == nullptr || guest->stage != Stage::kAdmitted) return refuse("guest_wait_for_admission");
  if (!guest->muted) return refuse("heard_already");
  if (guest->asks) return std::vector<Event>{};
  return Draft(state).by("guest").add("guest.asked", {{"person", action.guest}}).take();
}

Decision guest_admit(const State& state, const Action& action, const Surroundings&) {
  if (state.record.person(action.person) == nullptr) return refuse("person_unknown");
  const Guest* guest = state.guest(action.person);
  if (guest == nullptr || guest->stage != Stage::kLobby) {
    return refuse("guest_not_in_lobby", name_of(state, action.person));
  }
  return Draft(state).add("guest.admitted", {{"person", action.person}}).take();
}

Decision guest_decline(const State& state, const Action& action, const Surroundings&) {
  if (state.record.person(action.person) == nullptr) return refuse("person_unknown");
  const Guest* guest = state.guest(action.person);
  const bool here = guest != nullptr && (guest->stage == Stage::kLobby || guest->stage == Stage::kAdmitted);
  if (!here) return refuse("guest_not_in_lobby", name_of(state, action.person));
  return send_away(state, action.person, "guest.declined", "removed");
}

Decision guest_mute(const State& state, const Action& action, const Surroundings&) {
  return set_muted<true>(state, action);
}
Decision guest_unmute(const State& state, const Action& action, const Surroundings&) {
  return set_muted<false>(state, action);
}

// ---- who signs up ----

MaybeRefusal registration_open_refused(const State& state, const Surroundings&) {
  if (state.phase == Phase::kClosed) return refusal("sitting_closed");
  if (state.registration_open) return refusal("registration_already_open");
  return std::nullopt;
}

MaybeRefusal registration_close_refused(const State& state, const Surroundings&) {
  if (state.phase == Phase::kClosed) return refusal("sitting_closed");
  if (!state.registration_open) return refusal("registration_not_open");
  return std::nullopt;
}

Decision registration_approve(const State& state, const Action& action, const Surroundings&) {
  const auto known = state.registered.find(action.registration);
  if (known != state.registered.end()) {
    // Pressed again, because the link could not be kept the first time, or after the invitation was revoked.
    const Guest* guest = state.guest(known->second);
    if (guest != nullptr && guest->invitation != 0) return std::vector<Event>{};
    return Draft(state).add("guest.invited", {{"person", known->second}}).take();
  }
  if (action.name.empty()) return refuse("registration_unknown");
  const Person person = newcomer(state, action, "reg", {"тұрғын", "житель", "resident"});
  return Draft(state)
      .add("person.added", {{"registration", action.registration}, {"person", to_json(person)}})
      .add("guest.invited", {{"person", person.id}})
      .take();
}

Decision registration_decline(const State& state, const Action& action, const Surroundings&) {
  if (const auto known = state.registered.find(action.registration); known != state.registered.end()) {
    return refuse("registration_approved", name_of(state, known->second));
  }
  if (action.name.empty()) return refuse("registration_unknown");
  return std::vector<Event>{};
}

}  // namespace tyndau::meeting
