#pragma once
#include <string>
#include <vector>

#include "session/meeting/rules.h"
#include "session/meeting/types.h"
#include "session/projections/chapters.h"

namespace tyndau::projections {

/// What everybody may see of a meeting: GET /api/v1/meetings/{id}/state. Always has the objects meeting, broadcast,
/// item and floor; their members are null where there is nothing ("floor": {"person": null, "remaining_ms": null,
/// ...}). "record" names the edition of what was imported (agenda, people, titles): a page that has an older one
/// reads it anew. "registration" is "open" while people may sign up to speak, else "closed"; who did is not in it.
Json public_view(const meeting::State& state, const std::vector<Chapter>& chapters, Utc now);

/// Why a guest of this meeting gets neither picture nor sound yet, and none is taken of theirs: "day" before its day
/// has come, "other" while another meeting is on air, for the house has one programme; "" when they may come in. The
/// day begins at midnight of the meeting's zone, and two hours before the start at the latest.
std::string_view guest_waits(const meeting::State& state, const meeting::Surroundings& around);

/// What a guest's page shows: of the public view what concerns the sitting, and "me", "send" (how much of his picture
/// is wanted: "low" or "full") and "refused" (why he cannot raise or lower his hand now). "me" has "waits":
/// guest_waits() or null. Precondition: the person is in the record.
Json guest_view(const meeting::State& state, const std::string& person, const meeting::Surroundings& around);

/// Everybody who takes part from elsewhere or is planned to, for the desk: who waits first, then who is admitted, then
/// the rest. "stage" is "uninvited" for those who have no invitation yet.
Json desk_guests(const meeting::State& state);

/// Whether its day is over (in the meeting's zone) and it never began, neither the sitting nor a broadcast.
bool did_not_take_place(const meeting::State& state, Utc now);

/// A short description for lists: GET /api/v1/meetings.
Json summary(const meeting::State& state);

/// A meeting as a sentence names it: «Ауызсу туралы», 2026 жылғы 10 желтоқсан.
meeting::Text called(const meeting::Record& record);

/// How remote people are shown in this state: what was set by hand, else the one who has the floor. Nobody is in it
/// whose line is lost.
meeting::Framing framing(const meeting::State& state);

/// The caption and card that the programme must show in this state.
struct Picture {
  bool card = true;
  meeting::Text card_title, card_detail;
  meeting::Text caption_name, caption_position, caption_item;
  meeting::Framing framing{"hall", {}};
  std::vector<std::string> heard = {};  ///< persons whose microphones are open
  bool operator==(const Picture&) const = default;
};
Picture picture(const meeting::State& state);

/// The last journal lines in words, newest first, for the desk. The programme's answers (media.applied) have no line of
/// their own: they belong to the line that they answer.
struct JournalLine {
  std::int64_t seq = 0;
  Utc utc{};
  std::string actor, kind;
  meeting::Text text;
  bool undone = false;      ///< taken back, or part of what was taken back
  std::int64_t action = 0;  ///< seq of the first event of the action it belongs to; 0 for facts
  bool can_undo = false;    ///< `undo` would take this action back now; on the action's last line
};
std::vector<JournalLine> journal_lines(const meeting::State& state, const std::vector<meeting::StoredEvent>& events,
                                       std::size_t most);

}  // namespace tyndau::projections
