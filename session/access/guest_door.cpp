#include "session/access/guest_door.h"

#include <algorithm>
#include <cctype>

#include "media/base/log.h"

namespace tyndau::web {

namespace {

constexpr int kFreeTokens = 20;  // a library's whole room may sit behind one address
constexpr std::chrono::seconds kLongest{60};
static_assert(GuestDoor::kLongestMeeting <= store::Store::kKept);
constexpr std::string_view kBearer = "Bearer ";

Response no_entry(GuestDoor::Later wait) {
  if (wait > GuestDoor::Later::zero()) {
    const auto seconds = std::chrono::ceil<std::chrono::seconds>(wait).count();
    return Response::error(429, "too_many", "Too many tokens that are not valid.")
        .with("Retry-After", std::to_string(seconds))
        .with("Cache-Control", "no-store");
  }
  return Response::error(401, "bad_token", "The invitation is not valid, or not valid any more.")
      .with("WWW-Authenticate", "Bearer")
      .with("Cache-Control", "no-store");
}

}  // namespace

GuestDoor::GuestDoor(const secretariat::Secretariat& secretariat, const store::Store& store, std::function<Utc()> now)
    : secretariat_(secretariat), store_(store), now_(std::move(now)), clients_(kFreeTokens, kLongest) {}

bool GuestDoor::looks_like_a_token(const std::string& text) {
  constexpr std::size_t kLetters = 22;  // 128 bits in base64url
  return text.size() == kLetters && std::all_of(text.begin(), text.end(), [](char c) {
           return std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '-' || c == '_';
         });
}

GuestDoor::Later GuestDoor::press(const GuestId& guest) {
  return presses_.press(guest.meeting + "/" + guest.person, now_());
}

Response GuestDoor::too_hasty(Later wait) {
  const auto seconds = std::chrono::ceil<std::chrono::seconds>(wait).count();
  return Response::error(429, "too_hasty", "Too many actions at once.").with("Retry-After", std::to_string(seconds));
}

Utc GuestDoor::good_until(const meeting::Record& record, Utc now) {
  constexpr std::chrono::hours kGoodFor{24};
  return std::max(record.starts_at, now) + kGoodFor;
}

bool GuestDoor::is_in_time(Utc expires, const meeting::State& state) const {
  const Utc now = now_();
  return now <= expires || (meeting::is_under_way(state) && now <= expires + kLongestMeeting);
}

std::string GuestDoor::token_of(const Request& request) {
  const std::string header = request.header("authorization");
  // The scheme's letters may be of either case (RFC 9110, 11.1).
  const bool bearer = header.size() > kBearer.size() &&
                      std::equal(kBearer.begin(), kBearer.end(), header.begin(),
                                 [](unsigned char a, unsigned char b) { return std::tolower(a) == std::tolower(b); });
  return bearer ? header.substr(kBearer.size()) : std::string();
}

bool GuestDoor::is_knocked_at(const Request& request) { return !request.header("authorization").empty(); }

tl::expected<GuestDoor::Visitor, GuestDoor::Later> GuestDoor::visitor(const std::string& token,
                                                                      const std::string& client) {
  auto found = find(token, client);
  if (found && found->guest.person.empty()) return tl::unexpected(Later::zero());
  return found;
}

tl::expected<GuestDoor::Visitor, GuestDoor::Later> GuestDoor::find(const std::string& token,
                                                                   const std::string& client) {
  const auto no_good = tl::unexpected(Later::zero());
  if (!looks_like_a_token(token)) return no_good;
  const std::string who = client_group(client);
  if (const Later wait = clients_.wait(who, now_()); wait > Later::zero()) return tl::unexpected(wait);
  const auto found = store_.invitation(token);
  if (!found) {
    log::error("Cannot look up an invitation: {}", found.error().what);
    return tl::unexpected<Later>(std::chrono::seconds(1));
  }
  if (!*found) {
    clients_.trying(who, now_());
    return no_good;
  }
  const Visitor visitor{{(*found)->meeting, (*found)->person}, (*found)->seq};
  if (!may_stay(visitor) || !is_in_time((*found)->expires, *secretariat_.state(visitor.guest.meeting))) return no_good;
  return visitor;
}

bool GuestDoor::may_stay(const Visitor& visitor) const {
  const meeting::State* state = secretariat_.state(visitor.guest.meeting);
  if (state != nullptr && visitor.guest.person.empty()) {
    return meeting::may_send_the_hall(*state, visitor.invitation);
  }
  const meeting::Guest* guest = state != nullptr ? state->guest(visitor.guest.person) : nullptr;
  return guest != nullptr && guest->invitation == visitor.invitation &&
         state->record.person(visitor.guest.person) != nullptr;
}

tl::expected<GuestDoor::Visitor, Response> GuestDoor::visitor(const Request& request) {
  auto known = visitor(token_of(request), request.client);
  if (known) return std::move(*known);
  return tl::unexpected(no_entry(known.error()));
}

tl::expected<GuestDoor::Visitor, Response> GuestDoor::sender(const Request& request) {
  auto known = find(token_of(request), request.client);
  if (known) return std::move(*known);
  return tl::unexpected(no_entry(known.error()));
}

}  // namespace tyndau::web
