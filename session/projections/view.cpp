#include "session/projections/view.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "session/projections/dates.h"

namespace tyndau::projections {

namespace {

using meeting::State;
using meeting::Text;

Json or_null(const std::optional<Utc>& time) { return time ? Json(format_utc(*time)) : Json(); }
Json or_null(const std::string& text) { return text.empty() ? Json() : Json(text); }

Json meeting_view(const State& state) {
  return {{"id", state.record.id},
          {"state", meeting::name(state.phase)},
          {"title", complete(state.record.title)},
          {"starts_at", format_utc(state.record.starts_at)},
          {"sitting_opened", or_null(state.sitting_opened)},
          {"sitting_closed", or_null(state.sitting_closed)}};
}

Json broadcast_view(const State& state) {
  return {{"state", meeting::name(state.on_air)},
          {"since", or_null(state.on_air_since)},
          {"ended", or_null(state.on_air_ended)}};
}

Json item_view(const State& state) {
  const meeting::AgendaItem* item = state.record.item(state.open_item);
  if (item == nullptr) return {{"id", nullptr}, {"no", nullptr}, {"title", nullptr}};
  return {{"id", item->id}, {"no", item->no}, {"title", complete(item->title)}};
}

Json floor_view(const State& state, Utc now) {
  Json view = {{"person", nullptr},       {"name", nullptr},    {"position", nullptr}, {"as", nullptr},
               {"limit_s", nullptr},      {"running", nullptr}, {"deadline", nullptr}, {"turn", nullptr},
               {"remaining_ms", nullptr}, {"warn_ms", nullptr}};
  if (!state.floor) return view;
  const meeting::Floor& floor = *state.floor;
  const auto remaining = floor.remaining(now);
  view["person"] = floor.person;
  if (const meeting::Person* person = state.record.person(floor.person)) {
    view["name"] = complete(person->name);
    view["position"] = complete(person->position);
  }
  view["as"] = or_null(floor.as);
  view["limit_s"] = floor.limit_s;
  view["remaining_ms"] = remaining.count();
  view["running"] = floor.running_since.has_value();
  if (floor.running_since) view["deadline"] = format_utc(now + remaining);
  view["turn"] = floor.turn;
  view["warn_ms"] = std::int64_t{state.record.time_rules.warn_before_s} * 1000;
  return view;
}

Json name_view(const State& state, const std::string& person) {
  const meeting::Person* known = state.record.person(person);
  return known != nullptr ? complete(known->name) : Json();
}

bool is_line_lost(const State& state, const std::string& person) {
  const meeting::Guest* guest = state.guest(person);
  return guest != nullptr && guest->line_lost;
}

/// Who waits, when he is expected to speak, and how many are before him.
struct Turn {
  meeting::Waiting who;
  std::int64_t place = 0, wait_s = 0;
};
std::vector<Turn> turns(const State& state, Utc now) {
  std::vector<Turn> all;
  // What the speech still takes; a point of order that interrupts it does not wait for that.
  std::int64_t speech_s = 0, wait_s = 0;
  if (state.floor) speech_s = std::max<std::int64_t>(0, state.floor->remaining(now).count() / 1000);
  const bool interrupts =
      state.record.queue_rules.point_of_order_interrupts && state.floor && state.floor->as != meeting::kPointOfOrder;
  for (meeting::Waiting& one : meeting::waiting(state)) {
    const int seconds = one.seconds;
    if (!interrupts || one.kind != meeting::kPointOfOrder) wait_s += std::exchange(speech_s, 0);
    all.push_back({std::move(one), static_cast<std::int64_t>(all.size()) + 1, wait_s});
    wait_s += seconds;
  }
  return all;
}

Json request_view(const State& state, const meeting::Request& request, const std::vector<Turn>& turns) {
  Json entry = {{"person", request.person},
                {"name", name_view(state, request.person)},
                {"kind", or_null(request.kind)},
                {"state", request.turn ? "suspended" : "queued"},
                {"reason", or_null(request.reason)},
                {"line_lost", is_line_lost(state, request.person)},
                {"since", format_utc(request.since)},
                {"request", request.request},
                {"place", nullptr},
                {"wait_s", nullptr},
                {"remaining_ms", nullptr}};
  for (const Turn& turn : turns) {
    if (turn.who.request != request.request) continue;
    entry["place"] = turn.place;
    entry["wait_s"] = turn.wait_s;
  }
  // Its clock stands, so any moment will do.
  if (request.turn) entry["remaining_ms"] = request.turn->remaining(request.since).count();
  return entry;
}

Json queue_view(const State& state, const std::vector<Turn>& turns) {
  // In the order in which they will be called.
  Json queue = Json::array();
  for (const Turn& turn : turns) {
    for (const meeting::Request& request : state.queue) {
      if (request.request == turn.who.request) queue.push_back(request_view(state, request, turns));
    }
  }
  return queue;
}

/// Nobody is next whose line is lost.
Json next_view(const State& state, const std::vector<Turn>& turns) {
  if (turns.empty() || is_line_lost(state, turns.front().who.person)) return nullptr;
  const meeting::Waiting& next = turns.front().who;
  const meeting::Person* person = state.record.person(next.person);
  return {{"person", next.person},
          {"name", name_view(state, next.person)},
          {"position", person != nullptr ? complete(person->position) : Json()},
          {"kind", next.kind}};
}

/// "until_words": the time of day, with the day where that is not today.
Json recess_view(const State& state, Utc now) {
  Json words;
  if (state.recess_until) {
    const auto in = [&](std::string_view language) {
      return day_and_time(*state.recess_until, now, state.record.timezone, language);
    };
    words = complete(Text{in("kk"), in("ru"), in("en")});
  }
  return {{"since", or_null(state.recess_since)},
          {"until", or_null(state.recess_until)},
          {"until_words", std::move(words)},
          {"recess", state.recess == 0 ? Json() : Json(state.recess)}};
}

Json chapter_view(const Chapter& chapter) {
  return {{"id", chapter.id},
          {"kind", chapter.kind},
          {"item", or_null(chapter.item)},
          {"person", or_null(chapter.person)},
          {"as", or_null(chapter.as)},
          {"title", complete(chapter.title)},
          {"start", format_utc(chapter.start)},
          {"end", or_null(chapter.end)}};
}

}  // namespace

Json public_view(const State& state, const std::vector<Chapter>& chapters, Utc now) {
  const std::vector<Turn> waiting = turns(state, now);
  const meeting::Framing shown = framing(state);
  Json items = Json::object(), list = Json::array();
  for (const auto& [id, item] : state.items) items[id] = meeting::name(item);
  for (const Chapter& chapter : chapters) list.push_back(chapter_view(chapter));
  return {{"seq", state.seq},
          {"record", state.imported},
          {"now", format_utc(now)},
          {"meeting", meeting_view(state)},
          {"broadcast", broadcast_view(state)},
          {"item", item_view(state)},
          {"items", std::move(items)},
          {"floor", floor_view(state, now)},
          {"queue", queue_view(state, waiting)},
          {"next", next_view(state, waiting)},
          {"layout", {{"layout", shown.layout}, {"persons", shown.persons}, {"by_hand", state.framing.has_value()}}},
          {"recess", recess_view(state, now)},
          {"registration", state.registration_open ? "open" : "closed"},
          {"chapters", std::move(list)}};
}

bool did_not_take_place(const State& state, Utc now) {
  const auto day = [&](Utc time) { return iso_date(time, state.record.timezone); };
  return state.phase == meeting::Phase::kAnnounced && state.on_air == meeting::OnAir::kIdle &&
         day(now) > day(state.record.starts_at);
}

Text called(const meeting::Record& record) {
  const auto words = [&](std::string_view language, std::string_view open, std::string_view close) {
    return fmt::format("{}{}{}, {}", open, record.title.in(language), close,
                       date_only(record.starts_at, record.timezone, language));
  };
  return {words("kk", "«", "»"), words("ru", "«", "»"), words("en", "“", "”")};
}

Json summary(const State& state) {
  const meeting::Record& record = state.record;
  Json brief = meeting_view(state);
  brief["seq"] = state.seq;
  brief["kind"] = record.kind;
  brief["number"] = complete(record.number);
  brief["maslikhat"] = complete(record.maslikhat);
  brief["commission"] = complete(record.commission);
  brief["planned_end"] = or_null(record.planned_end);
  brief["broadcast"] = broadcast_view(state);
  return brief;
}

}  // namespace tyndau::projections
