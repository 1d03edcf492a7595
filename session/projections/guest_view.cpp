#include <algorithm>

#include "session/projections/dates.h"
#include "session/projections/view.h"

namespace tyndau::projections {

namespace {

using meeting::Guest;
using meeting::Stage;
using meeting::State;
using meeting::Text;

/// The hand or the held turn, as it stands in the queue.
Json hand_view(const Json& queue, const std::string& person) {
  for (const Json& entry : queue) {
    if (entry["person"] != person) continue;
    return {{"kind", entry["kind"]},
            {"state", entry["state"]},
            {"place", entry["place"]},
            {"wait_s", entry["wait_s"]},
            {"remaining_ms", entry["remaining_ms"]}};
  }
  return nullptr;
}

Json me_view(const State& state, const std::string& person, const Json& shown, std::string_view waits) {
  const meeting::Person& record = *state.record.person(person);
  const Guest* guest = state.guest(person);
  const bool has_floor = state.floor && state.floor->person == person;
  const bool muted = guest != nullptr && guest->muted;
  const bool live = state.on_air == meeting::OnAir::kLive && state.phase == meeting::Phase::kInSession;
  return {{"person", person},
          {"name", complete(record.name)},
          {"position", complete(record.position)},
          {"stage", guest != nullptr ? meeting::name(guest->stage) : "uninvited"},
          {"waits", waits.empty() ? Json() : Json(waits)},
          {"muted", muted},
          {"asks", guest != nullptr && guest->asks},
          {"line_lost", guest != nullptr && guest->line_lost},
          {"has_floor", has_floor},
          {"on_air", has_floor && live && !muted},
          {"next", shown["next"].is_object() && shown["next"]["person"] == person},
          {"hand", hand_view(shown["queue"], person)}};
}

/// Why he cannot raise or lower his hand now, whatever for.
Json refused_view(const State& state, const std::string& person, Utc now) {
  Json refused = Json::object();
  meeting::Surroundings around;
  around.now = now;
  for (const char* kind : {"hand.raise", "hand.lower"}) {
    meeting::Action action;
    action.kind = kind;
    action.guest = action.person = person;
    action.hand = meeting::hand_kinds().front();
    if (const auto decided = meeting::decide(state, action, around); !decided) {
      refused[kind] = complete(decided.error().text);
    }
  }
  return refused;
}

int rank(const Guest* guest) {
  if (guest == nullptr) return 3;
  if (guest->stage == Stage::kLobby) return 0;
  return guest->stage == Stage::kAdmitted ? 1 : 2;
}

Json desk_guest(const State& state, const meeting::Person& person, const Guest* guest) {
  return {{"person", person.id},
          {"name", complete(person.name)},
          {"position", complete(person.position)},
          {"site", person.site_name == meeting::Text{} ? Json() : complete(person.site_name)},
          {"stage", guest != nullptr ? meeting::name(guest->stage) : "uninvited"},
          {"invited", guest != nullptr && guest->invitation != 0},
          {"muted", guest != nullptr && guest->muted},
          {"asks", guest != nullptr && guest->asks},
          {"line_lost", guest != nullptr && guest->line_lost},
          {"since", guest != nullptr ? Json(format_utc(guest->since)) : Json()},
          {"has_floor", state.floor && state.floor->person == person.id},
          {"in_queue", state.request_of(person.id) != nullptr}};
}

}  // namespace

std::string_view guest_waits(const State& state, const meeting::Surroundings& around) {
  constexpr std::chrono::hours kEarly{2};
  const bool begun = state.phase != meeting::Phase::kAnnounced || state.on_air != meeting::OnAir::kIdle;
  const std::string& zone = state.record.timezone;
  const Utc starts = state.record.starts_at;
  if (!begun && around.now < starts - kEarly && iso_date(around.now, zone) < iso_date(starts, zone)) return "day";
  return around.other_on_air == Text{} ? "" : "other";
}

Json guest_view(const State& state, const std::string& person, const meeting::Surroundings& around) {
  const Utc now = around.now;
  Json view = public_view(state, {}, now);
  for (const char* not_his : {"chapters", "items", "layout", "registration"}) view.erase(not_his);
  view["me"] = me_view(state, person, view, guest_waits(state, around));
  const meeting::Framing shown = framing(state);
  const bool framed = std::find(shown.persons.begin(), shown.persons.end(), person) != shown.persons.end();
  view["send"] = {{"picture", framed || view["me"]["has_floor"] == true ? "full" : "low"}};
  view["refused"] = refused_view(state, person, now);
  return view;
}

Json desk_guests(const State& state) {
  std::vector<const meeting::Person*> people;
  for (const meeting::Person& person : state.record.people) {
    if (person.mode == "remote" || state.guest(person.id) != nullptr) people.push_back(&person);
  }
  const auto before = [&](const meeting::Person* a, const meeting::Person* b) {
    const Guest* one = state.guest(a->id);
    const Guest* other = state.guest(b->id);
    if (rank(one) != rank(other)) return rank(one) < rank(other);
    // Who has waited longest stands first, and nobody changes places while he is here.
    return one != nullptr && other != nullptr && one->since < other->since;
  };
  std::stable_sort(people.begin(), people.end(), before);
  Json list = Json::array();
  for (const meeting::Person* person : people) list.push_back(desk_guest(state, *person, state.guest(person->id)));
  return list;
}

}  // namespace tyndau::projections
