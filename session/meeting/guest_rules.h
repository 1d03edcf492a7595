#pragma once
#include <string>

#include "session/meeting/draft.h"
#include "session/meeting/rules.h"

/// The rules for remote participants, and for those who sign up to become one. rules.cpp has the table.
namespace tyndau::meeting {

/// The word that a refusal about this person needs. Precondition: the person is in the record.
Words name_of(const State& state, const std::string& id);

Decision guest_invite(const State& state, const Action& action, const Surroundings& around);
Decision guest_revoke(const State& state, const Action& action, const Surroundings& around);
Decision guest_remove(const State& state, const Action& action, const Surroundings& around);
Decision guest_arrive(const State& state, const Action& action, const Surroundings& around);
Decision guest_leave(const State& state, const Action& action, const Surroundings& around);
/// The end of one's own turn.
Decision guest_finish(const State& state, const Action& action, const Surroundings& around);
/// Asks the secretary, who muted them, to be heard again. No events when that was asked already.
Decision guest_ask(const State& state, const Action& action, const Surroundings& around);
Decision guest_admit(const State& state, const Action& action, const Surroundings& around);
Decision guest_decline(const State& state, const Action& action, const Surroundings& around);
Decision guest_mute(const State& state, const Action& action, const Surroundings& around);
Decision guest_unmute(const State& state, const Action& action, const Surroundings& around);

MaybeRefusal registration_open_refused(const State& state, const Surroundings& around);
MaybeRefusal registration_close_refused(const State& state, const Surroundings& around);
/// Adds the person to the record and invites him. No events when both is so already.
Decision registration_approve(const State& state, const Action& action, const Surroundings& around);
/// Never any events: who was declined is nobody in the record, and nothing of him belongs into it.
Decision registration_decline(const State& state, const Action& action, const Surroundings& around);

}  // namespace tyndau::meeting
