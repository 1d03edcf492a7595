#include "session/projections/view.h"

namespace tyndau::projections {

namespace {

using meeting::State;
using meeting::Text;

/// In all three languages, so that no screen needs to know what stands in for a missing one.
Json complete(const Text& text) { return {{"kk", text.in("kk")}, {"ru", text.in("ru")}, {"en", text.in("en")}}; }

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

Json queue_view(const State& state) {
  Json queue = Json::array();
  for (const meeting::Request& request : state.queue) {
    Json entry = {{"person", request.person},
                  {"name", nullptr},
                  {"kind", or_null(request.kind)},
                  {"state", request.turn ? "suspended" : "queued"},
                  {"since", format_utc(request.since)},
                  {"request", request.request},
                  {"remaining_ms", nullptr}};
    if (const meeting::Person* person = state.record.person(request.person)) entry["name"] = complete(person->name);
    // Its clock stands, so any moment will do.
    if (request.turn) entry["remaining_ms"] = request.turn->remaining(request.since).count();
    queue.push_back(std::move(entry));
  }
  return queue;
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
  Json items = Json::object(), list = Json::array();
  for (const auto& [id, item] : state.items) items[id] = meeting::name(item);
  for (const Chapter& chapter : chapters) list.push_back(chapter_view(chapter));
  return {{"seq", state.seq},
          {"now", format_utc(now)},
          {"meeting", meeting_view(state)},
          {"broadcast", broadcast_view(state)},
          {"item", item_view(state)},
          {"items", std::move(items)},
          {"floor", floor_view(state, now)},
          {"queue", queue_view(state)},
          {"recess", {{"since", or_null(state.recess_since)}, {"until", or_null(state.recess_until)}}},
          {"chapters", std::move(list)}};
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
