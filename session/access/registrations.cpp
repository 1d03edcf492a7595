#include "session/access/registrations.h"

#include <algorithm>
#include <utility>

#include "media/base/log.h"
#include "session/access/guest_door.h"
#include "session/meeting/refusals.h"

namespace tyndau::web {

namespace {

constexpr int kFreeRegistrations = 10;  // a district's library signs its people up from one address
constexpr std::chrono::minutes kLongestWait{10};

}  // namespace

Registrations::Registrations(secretariat::Secretariat& secretariat, store::Store& store, std::function<Utc()> now)
    : secretariat_(secretariat), store_(store), now_(std::move(now)), clients_(kFreeRegistrations, kLongestWait) {
  ticket_ = secretariat_.listen([this](const std::string& meeting) { forget_if_over(meeting); });
}

Registrations::~Registrations() { secretariat_.forget(ticket_); }

const std::vector<Registrations::Registration>* Registrations::rows(const std::string& meeting) const {
  const auto known = rows_.find(meeting);
  if (known != rows_.end()) return &known->second;
  auto read = store_.registrations(meeting);
  if (!read) {
    log::error("Cannot read registrations: {}", read.error().what);
    return nullptr;
  }
  return &rows_.emplace(meeting, std::move(*read)).first->second;
}

void Registrations::changed(const std::string& meeting) {
  rows_.erase(meeting);
  if (on_change) on_change(meeting);
}

std::string Registrations::status(const Registration& registration) const {
  if (registration.status != "approved") return registration.status;
  const meeting::State* state = secretariat_.state(registration.meeting);
  if (state == nullptr || !state->registered.contains(registration.id)) return "pending";
  const auto failed = not_made_good_.find(registration.id);
  const meeting::Guest* guest = state->guest(state->registered.at(registration.id));
  const bool lacks_link = failed != not_made_good_.end() && guest != nullptr && guest->invitation == failed->second;
  return lacks_link ? "pending" : "approved";
}

tl::expected<std::string, Registrations::NotTaken> Registrations::take(Registration registration,
                                                                       const std::string& client) {
  using Why = NotTaken::Why;
  const meeting::State* state = secretariat_.state(registration.meeting);
  if (state == nullptr || !state->registration_open) return tl::unexpected(NotTaken{Why::kClosed});
  const std::string who = client_group(client);
  if (const auto wait = clients_.wait(who, now_()); wait > Throttle::Wait::zero()) {
    return tl::unexpected(NotTaken{Why::kTooMany, wait});
  }
  registration.created = now_();
  const auto token = store_.open_registration(registration);
  if (!token) {
    log::error("Cannot keep a registration: {}", token.error().what);
    return tl::unexpected(NotTaken{Why::kFailed});
  }
  if (!*token) return tl::unexpected(NotTaken{Why::kFull});
  clients_.trying(who, now_());
  changed(registration.meeting);
  return **token;
}

std::optional<Registrations::Registration> Registrations::of_token(const std::string& token) const {
  if (!GuestDoor::looks_like_a_token(token)) return std::nullopt;
  auto found = store_.registration(token);
  if (!found) log::error("Cannot look up a registration: {}", found.error().what);
  if (!found || !*found) return std::nullopt;
  (*found)->status = status(**found);
  return *found;
}

std::vector<Registrations::Registration> Registrations::of_meeting(const std::string& meeting) const {
  const std::vector<Registration>* known = rows(meeting);
  std::vector<Registration> all = known == nullptr ? std::vector<Registration>() : *known;
  for (Registration& one : all) one.status = status(one);
  return all;
}

Json Registrations::list(const std::string& meeting) const {
  Json list = Json::array();
  for (const Registration& one : of_meeting(meeting)) {
    list.push_back({{"registration", one.id},
                    {"name", one.name},
                    {"position", one.position},
                    {"item", one.item.empty() ? Json() : Json(one.item)},
                    {"language", one.language},
                    {"created", format_utc(one.created)},
                    {"status", one.status},
                    {"person", one.status == "approved" ? Json(one.person) : Json()}});
  }
  return list;
}

secretariat::Outcome Registrations::act(const std::string& meeting, const std::string& actor, meeting::Action action,
                                        const std::string& key, const std::string& body_digest) {
  const std::vector<Registration>* known = rows(meeting);
  if (known == nullptr) return meeting::refusal("registration_not_kept");
  Registration registration;
  for (const Registration& one : *known) {
    if (one.id == action.registration) registration = one;
  }
  action.name = registration.name;
  action.position = registration.position;
  auto outcome = secretariat_.act(meeting, actor, action, key, body_digest);
  auto* accepted = std::get_if<secretariat::Accepted>(&outcome);
  if (accepted == nullptr) return outcome;
  if (action.kind == "registration.decline") return decline(registration, *accepted);
  // The journal comes first: an invitation that it does not have is good for nothing.
  if (const auto good = make_good(meeting, action.registration); !good) {
    log::error("Cannot make the token of a registration good: {}", good.error().what);
    return meeting::refusal("registration_link_failed");
  }
  const auto& registered = secretariat_.state(meeting)->registered;
  const auto person = registered.find(action.registration);
  accepted->result = {{"person", person == registered.end() ? Json() : Json(person->second)}};
  return outcome;
}

secretariat::Outcome Registrations::decline(const Registration& registration, const secretariat::Accepted& accepted) {
  if (const auto declined = store_.decline_registration(registration.id); !declined) {
    log::error("Cannot decline a registration: {}", declined.error().what);
    return meeting::refusal("registration_not_kept");
  }
  changed(registration.meeting);
  return accepted;
}

Registrations::Withdrawal Registrations::withdraw(const std::string& token) {
  const auto registration = of_token(token);
  if (!registration) return Withdrawal::kUnknown;
  if (registration->status == "approved") return Withdrawal::kApproved;
  const auto gone = store_.withdraw_registration(token);
  if (!gone) {
    log::error("Cannot delete a registration: {}", gone.error().what);
    return Withdrawal::kFailed;
  }
  changed(registration->meeting);
  return *gone ? Withdrawal::kDone : Withdrawal::kUnknown;
}

Result<void> Registrations::make_good(const std::string& meeting, const std::string& registration) {
  const meeting::State& state = *secretariat_.state(meeting);
  const auto person = state.registered.find(registration);
  const meeting::Guest* guest = person == state.registered.end() ? nullptr : state.guest(person->second);
  if (guest == nullptr || guest->invitation == 0) return {};  // it was revoked since
  auto approved = store_.approve_registration(
      registration, {meeting, person->second, guest->invitation, GuestDoor::good_until(state.record, now_())});
  if (approved) {
    not_made_good_.erase(registration);
    changed(meeting);
  } else {
    not_made_good_[registration] = guest->invitation;
  }
  return approved;
}

void Registrations::forget_if_over(const std::string& meeting) {
  const meeting::State* state = secretariat_.state(meeting);
  if (state == nullptr) return;
  if (const auto* known = rows(meeting); known != nullptr && known->empty()) return;
  const bool long_ago = now_() > state->record.starts_at + GuestDoor::kLongestMeeting;
  if (state->phase != meeting::Phase::kClosed && !long_ago) return;
  if (const auto forgotten = store_.forget_registrations(meeting); !forgotten) {
    log::error("Cannot delete the registrations of {}: {}", meeting, forgotten.error().what);
    return;
  }
  changed(meeting);
}

void Registrations::tidy() {
  const auto meetings = store_.meetings_with_registrations();
  if (!meetings) return log::error("Cannot read registrations: {}", meetings.error().what);
  for (const std::string& meeting : *meetings) {
    forget_if_over(meeting);
    for (const Registration& one : of_meeting(meeting)) {
      const meeting::State* state = secretariat_.state(meeting);
      // It may have been declined first: the journal has that it was approved after all.
      if (one.status == "approved" || state == nullptr || !state->registered.contains(one.id)) continue;
      if (const auto good = make_good(meeting, one.id); !good) {
        log::error("Cannot make the token of a registration good: {}", good.error().what);
      }
    }
  }
}

void Registrations::keep_tidy(uv_loop_t* loop, std::chrono::milliseconds every) {
  tidy();
  timer_.emplace(loop, [this] { tidy(); });
  const auto milliseconds = static_cast<std::uint64_t>(every.count());
  timer_->start(milliseconds, milliseconds);
}

}  // namespace tyndau::web
