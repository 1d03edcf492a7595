#include <fmt/format.h>

#include <algorithm>

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
  // The card stands as long as the recess: its today is the day on which that began.
  const Utc today = state.recess_since.value_or(Utc{});
  const auto words = [&](std::string_view language) {
    return day_and_time(*state.recess_until, today, zone, language);
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

/// The name of one that would stand under a picture of others.
Text voice_of(const Text& name) {
  return {name.in("kk") + " · тек дауыс", name.in("ru") + " · только голос", name.in("en") + " · voice only"};
}

/// Whoever speaks is connected from elsewhere, and the picture is of the hall or of somebody else: the secretary chose
/// so.
bool is_elsewhere(const State& state, const std::string& person, const meeting::Framing& shown) {
  const bool framed = std::find(shown.persons.begin(), shown.persons.end(), person) != shown.persons.end();
  return state.is_admitted(person) && (shown.layout == "hall" || !framed);
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
      return card({"Отырыс аяқталды", "Заседание завершено", "The sitting is over"},
                  {"Бейнежазба архивте қолжетімді болады", "Видеозапись будет доступна в архиве",
                   "The recording will be in the archive"});
    case meeting::Phase::kInSession:
      break;
  }
  Picture hall;
  hall.card = false;
  if (const auto* item = state.record.item(state.open_item)) hall.caption_item = numbered(*item);
  hall.framing = framing(state);
  if (const auto* person = state.floor ? state.record.person(state.floor->person) : nullptr) {
    hall.caption_name = is_elsewhere(state, person->id, hall.framing) ? voice_of(person->name) : person->name;
    hall.caption_position = person->position;
  }
  if (state.floor && state.is_admitted(state.floor->person) && !state.guest(state.floor->person)->muted) {
    hall.heard.push_back(state.floor->person);
  }
  return hall;
}

}  // namespace tyndau::projections
