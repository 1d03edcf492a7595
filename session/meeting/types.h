#pragma once
#include <chrono>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "media/base/json.h"
#include "media/base/utc.h"

/// The words of a meeting as the rules know it. Pure: no clock, no disk, no network.
namespace tyndau::meeting {

/// A text in the languages of the site. `en` may be empty: then kk stands for it.
struct Text {
  std::string kk, ru, en;
  bool operator==(const Text&) const = default;
  /// By "kk", "ru" or "en"; falls back to kk, then ru.
  const std::string& in(std::string_view language) const;
};
/// {"kk", "ru", "en"}, all three, so that no screen needs to know what stands in for a missing one.
Json complete(const Text& text);

// ---- the record of the meeting: imported, does not change while it runs ----

struct Person {
  std::string id;
  Text name, position;
  std::string role;        ///< as in the import: commission_chair, executive_rep, ...
  std::string site, mode;  ///< "hall"; mode is "in_person" | "remote" | "absent"
  Text site_name = {};     ///< of a site elsewhere; empty for the hall
};
struct Speaker {
  std::string person;
  std::string as;  ///< rapporteur, co_rapporteur, debate, ...
  int limit_s = 0;
};
struct AgendaItem {
  std::string id;
  int no = 0;
  std::string kind;  ///< report, co_report, debate, resolution, ...
  Text title;
  std::vector<Speaker> speakers;
  std::optional<Utc> planned_start;
};
/// Speaking limits of the council's regulation, seconds.
struct TimeRules {
  int report_s = 900, co_report_s = 600, debate_s = 300, question_s = 120, answer_s = 180, closing_s = 300;
  int point_of_order_s = 120, max_turns_per_item = 2, warn_before_s = 60, extension_step_s = 120;
};
/// In which order the council's regulation calls those who wait for the floor.
struct QueueRules {
  /// Each of queue_places() once: "point_of_order", "held" (turns that were interrupted), "question", "planned" (by the
  /// agenda), "debate".
  std::vector<std::string> order;
  /// Whether a point of order interrupts the speech, whose remaining time is held; else it comes after the speech.
  bool point_of_order_interrupts = true;
  QueueRules();
  bool operator==(const QueueRules&) const = default;
};
const std::vector<std::string>& queue_places();

struct Record {
  std::string id;
  std::string kind;  ///< session, public_hearing, commission_sitting
  Text title, number, maslikhat, commission, place, announcement;
  std::string timezone = "Asia/Almaty";
  std::string contact_phone, contact_email;
  Utc starts_at{};
  std::optional<Utc> planned_end;
  std::vector<AgendaItem> agenda;
  std::vector<Person> people;
  TimeRules time_rules;
  QueueRules queue_rules = {};

  const AgendaItem* item(std::string_view wanted) const;
  const Person* person(std::string_view wanted) const;
};

// ---- the state: a fold of the journal's events ----

enum class Phase { kAnnounced, kInSession, kRecess, kClosed };  // meeting.state: "announced", "in_session", ...
enum class OnAir { kIdle, kHolding, kLive, kEnded };            // broadcast.state: "idle", "holding", ...
enum class ItemState { kPending, kOpen, kClosed };              // "pending", "open", "closed"

std::string_view name(Phase phase);
std::string_view name(OnAir on_air);
std::string_view name(ItemState state);

/// A turn at the floor. Wall time here is the journal's; screens get remaining time and re-anchor to their own clock.
struct Floor {
  std::string person;
  std::string as;   ///< kind of turn: rapporteur, co_rapporteur, debate
  int limit_s = 0;  ///< with extensions
  Utc given{};
  std::chrono::milliseconds elapsed{0};  ///< before `running_since`
  std::optional<Utc> running_since;      ///< empty while the clock is paused
  std::int64_t turn = 0;                 ///< seq of the floor.given event: names the turn
  std::int64_t clock = 0;                ///< seq of the event that last started or stopped the clock

  /// Negative in overtime.
  std::chrono::milliseconds remaining(Utc now) const;
  bool operator==(const Floor&) const = default;
};

/// A place in the queue of the open item: a raised hand, or a turn that was interrupted and is held.
struct Request {
  std::string person;
  std::string kind;           ///< of the turn it becomes: one of hand_kinds(); of a held turn what that was
  Utc since{};                ///< when the hand was raised, the turn interrupted
  std::int64_t request = 0;   ///< seq of the event that put it into the queue: names it
  std::optional<Floor> turn;  ///< the held turn, its clock stopped; empty for a raised hand
  std::string reason;         ///< why the turn is held: "point_of_order" or "line_lost"
  bool operator==(const Request&) const = default;
};

/// Where somebody remote stands.
enum class Stage { kInvited, kLobby, kAdmitted, kDeclined, kRemoved, kLeft };
std::string_view name(Stage stage);  ///< "invited", "lobby", ...

/// Somebody who takes part from elsewhere by an invitation.
struct Guest {
  Stage stage = Stage::kInvited;
  bool muted = false;           ///< by the secretary
  bool asks = false;            ///< to be heard again, while muted
  bool line_lost = false;       ///< admitted, and nothing is heard of the line
  std::int64_t invitation = 0;  ///< seq of the guest.invited that is valid; 0 when none is
  Utc since{};                  ///< of this stage
  bool operator==(const Guest&) const = default;
};

/// How remote people are shown, set by hand: "hall", "guest", "side_by_side" or "grid".
struct Framing {
  std::string layout;
  std::vector<std::string> persons;
  bool operator==(const Framing&) const = default;
};

/// What a hand may be raised for: debate, question, point_of_order.
const std::vector<std::string>& hand_kinds();
/// The one of them that goes first and interrupts.
constexpr std::string_view kPointOfOrder = "point_of_order";

/// What `undo` would take back.
struct Undoable {
  std::int64_t action = 0;  ///< seq of the action's first event
  std::string kind;         ///< "floor.give", ...
};

/// One event of the journal, without its place in the chain.
struct Event {
  std::string kind;  ///< past tense: "floor.given"; all kinds are listed in session/journal/JOURNAL.md
  Json payload = Json::object();
};

/// An event that is on disk.
struct StoredEvent {
  std::int64_t seq = 0;  ///< from 1, per meeting, without gaps
  Utc utc{};
  std::string actor;  ///< account name, "media" or "system"
  Event event;
};

}  // namespace tyndau::meeting
