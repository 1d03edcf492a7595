#pragma once
#include <gtest/gtest.h>

#include <chrono>
#include <string>
#include <vector>

#include "session/meeting/import.h"
#include "session/meeting/rules.h"

/// A small hearing to play with: three items, four people of whom one is absent, a clock that the test moves.
namespace tyndau::meeting::testing {

inline Json small_hearing() {
  return Json::parse(R"({
    "meta": {"format": "tyndau-sample-hearing/1", "timezone": "Asia/Almaty", "note": "let through"},
    "maslikhat": {"name": {"kk": "Сынақ мәслихаты", "ru": "Тестовый маслихат"}},
    "commission": {"name": {"kk": "Тұрақты комиссия", "ru": "Постоянная комиссия"}},
    "hearing": {"id": "2026-12-10-su", "kind": "public_hearing",
      "number": {"kk": "№ 3 жария тыңдау", "ru": "Публичные слушания № 3"},
      "title": {"kk": "Ауызсу туралы", "ru": "О питьевой воде", "en": "On drinking water"},
      "starts_at": "2026-12-10T15:00:00+05:00", "planned_end": "2026-12-10T17:20:00+05:00",
      "contact": {"phone": "+7 (000) 000-00-00", "email": "tyndau@example.kz"}},
    "sites": [
      {"id": "hall", "kind": "main", "name": {"kk": "Зал", "ru": "Зал заседаний"},
       "address": {"kk": "Үлгі көшесі, 1", "ru": "улица Улги, 1"}},
      {"id": "aul", "kind": "remote", "name": {"kk": "Ауыл", "ru": "Аул"},
       "address": {"kk": "кітапхана", "ru": "библиотека"}}],
    "people": [
      {"id": "p1", "name": {"kk": "Мысалбек Сынақов", "ru": "Мысалбек Сынаков"}, "role": "commission_chair",
       "position": {"kk": "комиссия төрағасы", "ru": "председатель комиссии"}, "site": "hall", "mode": "in_person"},
      {"id": "p2", "name": {"kk": "Ольга Тестова", "ru": "Ольга Тестова"}, "role": "public_rep",
       "position": {"kk": "қоғам өкілі", "ru": "представитель общественности"}, "site": "hall", "mode": "in_person"},
      {"id": "p3", "name": {"kk": "Бота Нобаева", "ru": "Бота Нобаева"}, "role": "remote_participant",
       "position": {"kk": "тұрғын", "ru": "жительница"}, "site": "aul", "mode": "remote"},
      {"id": "p4", "name": {"kk": "Қалып Үлгібаев", "ru": "Калып Улгибаев"}, "role": "commission_member",
       "position": {"kk": "комиссия мүшесі", "ru": "член комиссии"}, "site": null, "mode": "absent"}],
    "time_rules": {"source": "local", "report_s": 900, "co_report_s": 600, "debate_s": 300, "question_s": 120,
      "answer_s": 180, "closing_s": 300, "point_of_order_s": 120, "max_turns_per_item": 2, "warn_before_s": 60,
      "extension_step_s": 120},
    "agenda": [
      {"no": 1, "id": "a1", "kind": "report", "title": {"kk": "Баяндама", "ru": "Доклад"},
       "speakers": [{"person": "p1", "limit_s": 600, "as": "rapporteur"}],
       "planned_start": "2026-12-10T15:10:00+05:00"},
      {"no": 2, "id": "a2", "kind": "co_report", "title": {"kk": "Қосымша баяндама", "ru": "Содоклад"},
       "speakers": []},
      {"no": 3, "id": "a3", "kind": "debate", "title": {"kk": "Жарыссөз", "ru": "Прения"}, "speakers": []}],
    "announcement": {"kk": "2026 жылғы 10 желтоқсанда сағат 15:00-де өтеді.",
                     "ru": "Состоятся 10 декабря 2026 года в 15:00."},
    "citizen_questions": [{"id": "q1"}]
  })");
}

/// Acts as the secretary would and keeps the journal.
struct Hearing {
  Utc now = *parse_utc("2026-12-10T15:00:00+05:00");
  Surroundings around{now, true, 100, 4, {}};
  State state;
  std::vector<StoredEvent> events;

  Hearing() {
    const auto payload = read_hearing(small_hearing());
    EXPECT_TRUE(payload) << payload.error().what;
    record("system", {"meeting.imported", *payload});
  }

  void wait(std::chrono::milliseconds time) { now += time; }

  /// Writes an event as it stands; it must fit.
  std::int64_t record(const std::string& actor, Event event) {
    events.push_back({state.seq + 1, now, actor, std::move(event)});
    EXPECT_TRUE(apply(state, events.back())) << events.back().event.kind;
    return state.seq;
  }

  tl::expected<std::vector<Event>, Refusal> decide(const Json& action, const std::string& guest = "") {
    around.now = now;
    auto read = read_action(action, guest);
    EXPECT_TRUE(read) << read.error().what;
    // As whoever keeps the registrations completes it.
    if (!read->registration.empty()) read->name = "Айша Сынақова";
    return meeting::decide(state, *read, around);
  }

  /// "" when it was accepted, else the refusal's code. Returns what the events are called in `kinds`.
  std::string act(const Json& action) {
    const auto decided = decide(action);
    if (!decided) return decided.error().code;
    EXPECT_FALSE(decided->empty());
    for (const Event& event : *decided) record("secretary", event);
    return "";
  }
  /// As a guest does it from his page.
  std::string act_as(const std::string& guest, const Json& action) {
    const auto decided = decide(action, guest);
    if (!decided) return decided.error().code;
    for (const Event& event : *decided) record("guest:" + guest, event);
    return "";
  }
  /// Media's word about a line.
  void happen(const std::vector<Event>& facts) {
    for (const Event& event : facts) record("media", event);
  }
  std::string with(const char* action, const char* person) { return act({{"action", action}, {"person", person}}); }
  /// From the invitation to the seat.
  void seat(const char* person) {
    EXPECT_EQ(with("guest.invite", person), "");
    EXPECT_EQ(act_as(person, {{"action", "guest.arrive"}}), "");
    EXPECT_EQ(with("guest.admit", person), "");
  }
  std::string act(const char* action) { return act(Json{{"action", action}}); }
  std::string open_item(const char* item) { return act(Json{{"action", "item.open"}, {"item", item}}); }
  std::string give(const char* person) { return act(Json{{"action", "floor.give"}, {"person", person}}); }

  /// The kinds of the last `count` events.
  std::vector<std::string> last(std::size_t count) const {
    std::vector<std::string> kinds;
    for (std::size_t i = events.size() - std::min(count, events.size()); i < events.size(); ++i) {
      kinds.push_back(events[i].event.kind);
    }
    return kinds;
  }
};

/// The first item, and the floor to its speaker.
inline void give_floor(Hearing& h) {
  ASSERT_EQ(h.act("sitting.open"), "");
  ASSERT_EQ(h.open_item("a1"), "");
  ASSERT_EQ(h.give("p1"), "");
}

/// All that a screen could see of a state, but its number.
inline Json seen(const State& state, Utc now) {
  Json items = Json::object();
  for (const auto& [id, item] : state.items) items[id] = name(item);
  Json floor;
  if (state.floor) {
    floor = {{"person", state.floor->person},
             {"as", state.floor->as},
             {"limit", state.floor->limit_s},
             {"turn", state.floor->turn},
             {"left", state.floor->remaining(now).count()},
             {"running", state.floor->running_since.has_value()}};
  }
  Json queue = Json::array(), guests = Json::object();
  for (const Request& request : state.queue) {
    queue.push_back({request.person, request.kind, request.reason, request.request});
    if (request.turn) queue.back().push_back(request.turn->remaining(now).count());
  }
  for (const auto& [person, guest] : state.guests) {
    guests[person] = {name(guest.stage), guest.muted, guest.line_lost, guest.invitation};
  }
  Json framing;
  if (state.framing) framing = {state.framing->layout, state.framing->persons};
  const auto time = [](const std::optional<Utc>& moment) { return moment ? Json(format_utc(*moment)) : Json(); };
  return {{"record", to_json(state.record)},
          {"phase", name(state.phase)},
          {"on_air", name(state.on_air)},
          {"since", time(state.on_air_since)},
          {"ended", time(state.on_air_ended)},
          {"items", items},
          {"open", state.open_item},
          {"floor", floor},
          {"recess", time(state.recess_since)},
          {"until", time(state.recess_until)},
          {"opened", time(state.sitting_opened)},
          {"closed", time(state.sitting_closed)},
          {"queue", queue},
          {"guests", guests},
          {"framing", framing},
          {"registration", state.registration_open},
          {"registered", state.registered},
          {"spoken", state.spoken},
          {"source", state.source}};
}

}  // namespace tyndau::meeting::testing
