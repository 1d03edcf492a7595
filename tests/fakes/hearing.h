#pragma once
#include <algorithm>
#include <chrono>
#include <string>

#include "session/meeting/import.h"
#include "session/meeting/types.h"

namespace tyndau::fakes {

/// A small public hearing: two items, three people (p3 is absent).
inline meeting::Record hearing(const std::string& id,
                               Utc starts_at = Utc(std::chrono::milliseconds(1'796'896'800'000))) {
  meeting::Record record;
  record.id = id;
  record.kind = "public_hearing";
  record.title = {"Ауызсу туралы", "О питьевой воде", "On drinking water"};
  record.maslikhat = {"Көкдала облыстық мәслихаты", "Кокдалинский областной маслихат", ""};
  record.place = {"Мәжіліс залы", "Зал заседаний", ""};
  record.announcement = {"Хабарландыру", "Объявление", ""};
  record.starts_at = starts_at;
  record.agenda = {{"a1", 1, "report", {"Баяндама", "Доклад", ""}, {{"p1", "rapporteur", 600}}, std::nullopt},
                   {"a2", 2, "debate", {"Жарыссөз", "Прения", ""}, {}, std::nullopt}};
  record.people = {
      {"p1",
       {"Мысалбек Сынақов", "Мысалбек Сынаков", ""},
       {"төраға", "председатель", ""},
       "commission_chair",
       "hall",
       "in_person"},
      {"p2",
       {"Үлгігүл Макетова", "Улгигуль Макетова", ""},
       {"депутат", "депутат", ""},
       "commission_member",
       "hall",
       "in_person"},
      {"p3", {"Жоқ Адам", "Жок Адам", ""}, {"депутат", "депутат", ""}, "commission_member", "hall", "absent"}};
  return record;
}

/// When a hearing began that is today's where it is held (Asia/Almaty, UTC+5 all year): an hour ago, and not before
/// midnight.
inline Utc began_today(Utc now) {
  constexpr std::chrono::hours kEast{5};
  const Utc midnight = std::chrono::floor<std::chrono::days>(now + kEast) - kEast;
  return std::max(midnight, now - std::chrono::hours(1));
}

/// The first event of its journal.
inline meeting::Event imported(const std::string& id,
                               Utc starts_at = Utc(std::chrono::milliseconds(1'796'896'800'000))) {
  return {"meeting.imported", {{"record", meeting::to_json(hearing(id, starts_at))}}};
}

}  // namespace tyndau::fakes
