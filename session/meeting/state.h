#pragma once
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "session/meeting/types.h"

namespace tyndau::meeting {

/// Everything that is true of a meeting now; a fold of its events and nothing else. Copyable.
struct State {
  Record record;
  std::int64_t imported =
      0;  ///< seq of the meeting.imported that the record is of; screens that froze the older one read anew
  std::int64_t seq = 0;  ///< of the last event folded in; 0 before the import
  Phase phase = Phase::kAnnounced;
  OnAir on_air = OnAir::kIdle;
  std::optional<Utc> on_air_since;  ///< first broadcast.started
  std::optional<Utc> on_air_ended;
  std::map<std::string, ItemState> items;  ///< by agenda item id
  std::string open_item;                   ///< "" when none
  std::optional<Floor> floor;
  std::vector<Request> queue;  ///< of the open item, who is next first
  /// Who has had the floor in which item.
  std::map<std::string, std::vector<std::string>> spoken;
  std::map<std::string, Guest> guests;  ///< by person
  bool registration_open = false;       ///< whether people may sign up to speak
  /// Who came into the record by signing up: registration -> person.
  std::map<std::string, std::string> registered;
  /// Set by hand; until somebody next gets or loses the floor.
  std::optional<Framing> framing;
  std::optional<Utc> recess_since, recess_until;
  std::int64_t recess = 0;  ///< seq of the recess.started that lasts; 0 for none
  std::optional<Utc> sitting_opened, sitting_closed;
  bool recess_paused_floor = false;  ///< the recess stopped the floor's clock; its end starts it
  std::string source;                ///< URI set from the desk, masked where it has a secret; "" for the configured one
  std::string source_secret;         ///< names the whole URI in session/store; "" where `source` is all of it
  std::int64_t source_invitation = 0;  ///< seq of the source.invited that is valid; 0 for none

  /// The person's place in the queue, or nullptr; of somebody who waits and has a point of order besides, the point of
  /// order.
  const Request* request_of(std::string_view person) const;
  /// The person's turn that is held, or nullptr.
  const Request* held_turn_of(std::string_view person) const;
  /// The person as a guest, or nullptr.
  const Guest* guest(std::string_view person) const;
  bool is_admitted(std::string_view person) const;

  /// The action that `undo` would take back, if any.
  std::optional<Undoable> undoable() const;

  /// The part of the state that an undo gives back, as it was before the action. Public for apply(); see state.cpp.
  struct Before {
    Undoable action;
    std::shared_ptr<const State> state;  ///< without record and `before`; null: cannot be undone
    Utc at{};                            ///< of the action's first event
    /// What guests did and what befell their lines since then: an undo takes back what the secretary did, and not that.
    std::vector<StoredEvent> meanwhile = {};
  };
  /// A stack of at most 50, newest last. What cannot be undone (going on and off air, closing the sitting) leaves
  /// itself as the only entry.
  std::vector<Before> before;
};

/// (state, event) -> state. Total: an event of an unknown kind (a newer version's), or one that does not fit the state,
/// changes only `seq`; the answer is false then. Precondition: event.seq == state.seq + 1.
bool apply(State& state, const StoredEvent& event);

/// The same for a history in which nothing is taken back, without what an undo needs: cheaper by the copies. An
/// action.undone changes nothing.
bool fold(State& state, const StoredEvent& event);

/// Whether the person waits with a point of order, or else with anything else: they may have one of each.
bool waits_for(const State& state, std::string_view person, bool point_of_order);

/// Whether the public sees something of it now: the hall, or a card.
bool is_on_air(const State& state);

/// Whether nothing of it is to come: closed, and not on air any more.
bool is_over(const State& state);

/// Whether it has begun and is not over: in session, in a recess of whatever length, or on air.
bool is_under_way(const State& state);

/// The registration that a person.added is for; whoever was invited without one has his own id in its place.
std::string registration_of(const Json& added, const Person& person);

/// Whether the meeting's record may be replaced by this one: until the sitting is opened; afterwards only when it has
/// no item yet, so that nothing rests on it, and everybody in it stays.
bool may_correct(const State& state, const Record& record);

/// What was imported anew has those whom person.added brought into the record before it, too.
void keep_registered(Record& imported, const Record& before, const std::map<std::string, std::string>& registered);

/// Whether this invitation (its seq) lets an encoder send the hall's picture: it is the valid one, and the meeting is
/// not over.
bool may_send_the_hall(const State& state, std::int64_t invitation);

/// Whether the event is nobody's action: what a guest did for himself ("by": "guest"), or what befell a line ("by":
/// "media"). It cannot be undone, and survives an undo of something else.
bool is_from_outside(const Event& event);

/// The action whose event this is ("floor.given" -> "floor.give"), or "" for facts about media and for action.undone.
std::string_view action_of_event(std::string_view event_kind);

}  // namespace tyndau::meeting
