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
  std::string item, person, uri;  ///< item.open; floor.give, hands and guests; source.set
  std::string guest;              ///< the guest who acts; "" for the secretary
  std::string registration;       ///< registration.approve, registration.decline
  /// Of somebody new: guest.invite; of whoever registered not read from the request, "" when nobody knows him.
  std::string name, position;
  std::string layout;                ///< layout.set: "auto" or one of layouts()
  std::vector<std::string> persons;  ///< layout.set; empty takes who has the floor, or everybody for a grid
  std::string hand;                  ///< hand.raise: one of hand_kinds(), "debate" unless told
  std::optional<int> limit_s;        ///< floor.give
  int seconds = 0;                   ///< floor.extend; 0 takes the regulation's step
  std::optional<Utc> until;          ///< recess.start

  // What stood on the screen of whoever acts, so that nobody acts on what they have not seen: when it is not so any
  // more the action is refused. Left out, it is what is so now.
  /// The turn (seq of its floor.given) that floor.end, floor.extend, floor.pause, floor.resume mean, and that
  /// floor.give ends; for floor.give 0 says that nobody has the floor.
  std::optional<std::int64_t> turn;
  std::optional<std::string> closes;    ///< item.open: the item that it closes, "" for none; item.close: the item
  std::optional<std::int64_t> of;       ///< undo: the action (seq of its first event) that is taken back
  std::optional<std::int64_t> recess;   ///< recess.end: seq of its recess.started
  std::optional<std::int64_t> request;  ///< hand.lower, floor.give: seq of the event that put it into the queue
};

/// broadcast.start, broadcast.stop, source.set, source.invite, source.revoke, sitting.open, sitting.close, item.open,
/// item.close, floor.give, floor.extend, floor.pause, floor.resume, floor.end, hand.raise, hand.lower, guest.invite,
/// guest.revoke, guest.arrive, guest.leave, guest.finish, guest.ask, guest.admit, guest.decline, guest.mute,
/// guest.unmute, guest.remove, registration.open, registration.close, registration.approve, registration.decline,
/// layout.set, recess.start, recess.end, undo.
const std::vector<std::string>& action_kinds();

/// What a guest may do, and only for himself: guest.arrive, guest.leave, guest.finish, guest.ask, hand.raise,
/// hand.lower.
bool is_for_guests(std::string_view action);

/// hall, guest, side_by_side, grid.
const std::vector<std::string>& layouts();

/// Reads {"action": ..., ...}: an unknown action, a missing, mistyped or unknown member is a failure (HTTP 400).
/// `guest`: who sends it when it is not the secretary; his own person then need not be named.
Result<Action> read_action(const Json& json, const std::string& guest = {});

/// What the rules must know that is not in the journal.
struct Surroundings {
  Utc now{};
  bool media_connected = false;
  double disk_free_hours = 0, disk_reserve_hours = 0;
  /// Another meeting that is on air, by its title and date; empty when none is.
  Text other_on_air;
};

/// (state, action) -> events, or a refusal with a sentence. Pure. The events of one action carry "action": the seq of
/// the first of them (state.seq + 1), so that undo and the screens can group them.
tl::expected<std::vector<Event>, Refusal> decide(const State& state, const Action& action, const Surroundings& around);

/// What follows of a guest's line: nothing is heard of an admitted guest any more, or he is heard again. A turn is
/// held, not lost: with the line goes the floor, into the queue with its remaining time; with the line it comes back,
/// if nobody else has it. Nothing when it is known already.
std::vector<Event> line_lost(const State& state, const std::string& person);
std::vector<Event> line_restored(const State& state, const std::string& person);

/// Somebody who waits to speak, raised hands and planned speakers together.
struct Waiting {
  std::string person;
  std::string kind;          ///< of the turn
  int seconds = 0;           ///< that the turn has, or has left
  bool asked = false;        ///< a hand or a held turn, and not the agenda's plan
  std::int64_t request = 0;  ///< Request::request; 0 for whom only the agenda plans
};
/// Everybody who waits in the open item, who is next first, in the order of the record's queue rules. Whoever has a
/// point of order besides what they wait for stands here twice. Held turns whose line is lost are passed over, and
/// stand at the end.
std::vector<Waiting> waiting(const State& state);

/// What each action would meet now, for the desk's buttons: kind -> the refusal, for those that would be refused
/// whatever their arguments.
std::map<std::string, Refusal> refused_now(const State& state, const Surroundings& around);

}  // namespace tyndau::meeting
