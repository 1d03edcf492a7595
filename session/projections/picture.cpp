#include <fmt/format.h>

#include "session/projections/dates.h"
#include "session/projections/view.h"

namespace tyndau::projections {

namespace {

using meeting::State;
using meeting::Text;

Text begins_at(const meeting::Record& record) {
  const auto words = [&](std::string_view language) {
    return date_and_time(record.starts_at, record.timezone, language);
  };
  return {"Басталуы: " + words("kk"), "Начало: " + words("ru"), "Starts: " + words("en")};
}

/// Labels instead of Kazakh suffixes on a number. A recess to another day says which.
Text resumes_at(const State& state) {
  if (!state.recess_until) {
    return {"Трансляция жалғасады", "Трансляция продолжится", "The broadcast will resume"};
  }
  const std::string& zone = state.record.timezone;
  const bool same_day =
      state.recess_since && iso_date(*state.recess_since, zone) == iso_date(*state.recess_until, zone);
  const auto words = [&](std::string_view language) {
    return same_day ? time_of_day(*state.recess_until, zone) : date_and_time(*state.recess_until, zone, language);
  };
  return {"Жалғасуы: " + words("kk"), "Продолжение: " + words("ru"), "Resumes: " + words("en")};
}

Text numbered(const meeting::AgendaItem& item) {
  const auto line = [&](std::string_view language) { return fmt::format("{}. {}", item.no, item.title.in(language)); };
  return {line("kk"), line("ru"), line("en")};
}

Picture card(Text title, Text detail) {
  Picture picture;
  picture.card_title = std::move(title);
  picture.card_detail = std::move(detail);
  return picture;
}

}  // namespace

meeting::Framing framing(const State& state) {
  const auto reachable = [&](const std::string& person) {
    return state.is_admitted(person) && !state.guest(person)->line_lost;
  };
  meeting::Framing shown{"hall", {}};
  if (state.framing) {
    shown = *state.framing;
    std::erase_if(shown.persons, [&](const std::string& person) { return !reachable(person); });
  } else if (state.floor && reachable(state.floor->person)) {
    shown = {"guest", {state.floor->person}};
  }
  if (shown.persons.empty()) shown.layout = "hall";
  return shown;
}

Picture picture(const State& state) {
  switch (state.phase) {
    case meeting::Phase::kAnnounced:
      return card({"Трансляция жақында басталады", "Трансляция скоро начнётся", "The broadcast starts soon"},
                  begins_at(state.record));
    case meeting::Phase::kRecess:
      return card({"Үзіліс", "Перерыв", "Recess"}, resumes_at(state));
    case meeting::Phase::kClosed:
      return card({"Отырыс жабылды", "Заседание закрыто", "The sitting is closed"},
                  {"Бейнежазба архивте қолжетімді болады", "Видеозапись будет доступна в архиве",
                   "The recording will be in the archive"});
    case meeting::Phase::kInSession:
      break;
  }
  Picture hall;
  hall.card = false;
  if (const auto* item = state.record.item(state.open_item)) hall.caption_item = numbered(*item);
  if (const auto* person = state.floor ? state.record.person(state.floor->person) : nullptr) {
    hall.caption_name = person->name;
    hall.caption_position = person->position;
  }
  hall.framing = framing(state);
  if (state.floor && state.is_admitted(state.floor->person) && !state.guest(state.floor->person)->muted) {
    hall.heard.push_back(state.floor->person);
  }
  return hall;
}

}  // namespace tyndau::projections
