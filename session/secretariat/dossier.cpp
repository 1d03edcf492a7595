#include "session/secretariat/dossier.h"

#include <algorithm>

#include "session/projections/view.h"

namespace tyndau::secretariat {

namespace {

link::Bilingual drawn(const meeting::Text& text) { return {text.kk, text.ru}; }

std::optional<std::int64_t> integer(const Json& payload, const char* key) {
  if (!payload.is_object()) return std::nullopt;
  const auto it = payload.find(key);
  if (it == payload.end() || !it->is_number_integer()) return std::nullopt;
  return it->get<std::int64_t>();
}

}  // namespace

link::Scene scene_of(const meeting::State& state) {
  const projections::Picture picture = projections::picture(state);
  link::Scene scene;
  if (picture.card) {
    scene.card = link::Card{drawn(picture.card_title), drawn(picture.card_detail)};
    return scene;
  }
  const link::Caption caption{drawn(picture.caption_name), drawn(picture.caption_position),
                              drawn(picture.caption_item)};
  if (caption != link::Caption{}) scene.caption = caption;
  const auto seat = [&](const std::string& person) { return state.record.id + "/" + person; };
  scene.layout = picture.framing.layout;
  for (const std::string& id : picture.framing.persons) {
    if (const meeting::Person* person = state.record.person(id)) scene.tiles.push_back({seat(id), drawn(person->name)});
  }
  for (const std::string& id : picture.heard) scene.microphones.push_back(seat(id));
  return scene;
}

std::optional<std::int64_t> action_of(const meeting::StoredEvent& event) {
  // The `action` of an undo is what it takes back.
  if (event.event.kind == "action.undone") return event.seq;
  if (meeting::action_of_event(event.event.kind).empty()) return std::nullopt;
  return integer(event.event.payload, "action").value_or(event.seq);
}

void Dossier::take(const meeting::StoredEvent& event) {
  const auto source = std::pair(state_.source, state_.source_secret);
  meeting::apply(state_, event);
  events_.push_back(event);
  // To set what was set before is to set it: another desk may have changed the hall's source meanwhile.
  const bool set = event.event.kind == "source.set" || source != std::pair(state_.source, state_.source_secret);
  if (set) source_changed_ = event.utc;
  if (const auto action = action_of(event)) {
    take_action(event, *action);
  } else {
    take_fact(event);
  }
}

void Dossier::take_action(const meeting::StoredEvent& event, std::int64_t action) {
  if (action != action_) {
    action_ = action;
    action_shows_ = false;
    action_events_.clear();
  }
  action_events_.push_back(event.seq);
  const auto shown = meeting::is_on_air(state_) ? std::optional(scene_of(state_)) : std::nullopt;
  action_shows_ = action_shows_ || shown != shown_;
  shown_ = shown;
  if (action_shows_) unanswered_ = action_events_;
}

void Dossier::take_fact(const meeting::StoredEvent& event) {
  const std::string& kind = event.event.kind;
  if (kind == "media.applied" || kind == "media.refused") {
    const auto of = integer(event.event.payload, "of");
    if (of && std::find(unanswered_.begin(), unanswered_.end(), *of) != unanswered_.end()) unanswered_.clear();
  } else if (kind == "media.lost" || kind == "media.returned") {
    conditions_.media_lost = kind == "media.lost";
  } else if (kind == "source.lost" || kind == "source.restored") {
    conditions_.source_lost = kind == "source.lost";
  } else if (kind.starts_with("disk.")) {
    conditions_.disk = kind.substr(5);
  } else if (kind == "run.started") {
    const auto run = integer(event.event.payload, "run");
    conditions_.run = run ? std::optional(static_cast<int>(*run)) : std::nullopt;
  } else if (kind == "run.ended") {
    conditions_.run.reset();
  }
}

void Dossier::settle() { chapters_ = projections::chapters(events_); }

}  // namespace tyndau::secretariat
