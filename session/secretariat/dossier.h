#pragma once
#include <optional>
#include <string>
#include <vector>

#include "media/link/messages.h"
#include "session/meeting/state.h"
#include "session/projections/chapters.h"

namespace tyndau::secretariat {

/// What the programme must show in this state.
link::Scene scene_of(const meeting::State& state);
/// The seq that groups an action's events; nothing for facts.
std::optional<std::int64_t> action_of(const meeting::StoredEvent& event);

/// Everything that is folded of one meeting's events. Pure.
class Dossier {
 public:
  /// Precondition: event.seq == state().seq + 1.
  void take(const meeting::StoredEvent& event);
  /// After the last of a row of take(): chapters are folded of all events at once.
  void settle();

  const meeting::State& state() const { return state_; }
  const std::vector<meeting::StoredEvent>& events() const { return events_; }
  const std::vector<projections::Chapter>& chapters() const { return chapters_; }
  Utc last_utc() const { return events_.empty() ? Utc{} : events_.back().utc; }

  /// The events of the last action that changed what media must do, as long as media has not answered for them.
  const std::vector<std::int64_t>& unanswered() const { return unanswered_; }
  /// When the desk last changed the source; the source itself is state().source ("" for the configured one).
  const std::optional<Utc>& source_changed() const { return source_changed_; }

  /// What the journal last said of the machine while this meeting was on air.
  struct Conditions {
    bool media_lost = false;
    bool source_lost = false;
    std::string disk = "ok";
    std::optional<int> run;  ///< that was started and has not ended
  };
  const Conditions& conditions() const { return conditions_; }

 private:
  void take_action(const meeting::StoredEvent& event, std::int64_t action);
  void take_fact(const meeting::StoredEvent& event);

  meeting::State state_;
  std::vector<meeting::StoredEvent> events_;
  std::vector<projections::Chapter> chapters_;
  Conditions conditions_;
  std::optional<Utc> source_changed_;
  std::optional<link::Scene> shown_;  // what media must show; nothing while off air
  std::int64_t action_ = 0;           // the action that the next event may belong to
  bool action_shows_ = false;         // whether it changed shown_
  std::vector<std::int64_t> action_events_, unanswered_;
};

}  // namespace tyndau::secretariat
