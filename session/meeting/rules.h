#pragma once
#include <optional>
#include <string>
#include <tl/expected.hpp>
#include <vector>

#include "session/meeting/refusal.h"
#include "session/meeting/state.h"

namespace tyndau::meeting {

/// What somebody wants: the "action" of POST /api/v1/meetings/{id}/actions, read strictly.
struct Action {
  std::string kind;               ///< one of action_kinds()
  std::string item, person, uri;  ///< item.open; floor.give and the hands; source.set
  std::string hand;               ///< hand.raise: one of hand_kinds(), "debate" unless told
  std::optional<int> limit_s;     ///< floor.give
  int seconds = 0;                ///< floor.extend; 0 takes the regulation's step
  std::optional<Utc> until;       ///< recess.start
};

/// broadcast.start, broadcast.stop, source.set, sitting.open, sitting.close, item.open, item.close, floor.give,
/// floor.extend, floor.pause, floor.resume, floor.end, hand.raise, hand.lower, recess.start, recess.end, undo.
const std::vector<std::string>& action_kinds();

/// Reads {"action": ..., ...}: an unknown action, a missing, mistyped or unknown member is a failure (HTTP 400).
Result<Action> read_action(const Json& json);

/// What the rules must know that is not in the journal.
struct Surroundings {
  Utc now{};
  bool media_connected = false;
  double disk_free_hours = 0, disk_reserve_hours = 0;
  /// Another meeting that is on air, or "".
  std::string other_on_air;
};

/// (state, action) -> events, or a refusal with a sentence. Pure. The events of one action carry "action": the seq of
/// the first of them (state.seq + 1), so that undo and the screens can group them.
tl::expected<std::vector<Event>, Refusal> decide(const State& state, const Action& action, const Surroundings& around);

/// What each action would meet now, for the desk's buttons: kind -> the refusal, for those that would be refused
/// whatever their arguments.
std::map<std::string, Refusal> refused_now(const State& state, const Surroundings& around);

}  // namespace tyndau::meeting
