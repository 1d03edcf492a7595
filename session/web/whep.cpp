#include "session/web/whep.h"

#include <algorithm>
#include <cctype>
#include <utility>

#include "session/projections/view.h"
#include "session/web/ice.h"

namespace tyndau::web {

namespace {

constexpr const char* kSdpType = "application/sdp";

bool is_sdp(const Request& request) {
  // Of either case, and with parameters after spaces (RFC 9110, 8.3.1).
  std::string type = request.header("content-type");
  type = type.substr(0, type.find_first_of("; \t"));
  std::transform(type.begin(), type.end(), type.begin(), [](unsigned char c) { return std::tolower(c); });
  return type == kSdpType;
}

/// A page of any site may come with a guest's token, as RFC 9725, 4.1 wants it: it has the token from the guest, and no
/// cookie helps it.
Response open_to_guests(Response response) {
  response.with("Access-Control-Allow-Origin", "*").with("Access-Control-Expose-Headers", "Location, Link");
  return response;
}

struct Whip {
  secretariat::Secretariat& secretariat;
  Gate& gate;
  GuestDoor& door;
  Peers& peers;
  Config::Webrtc webrtc;

  tl::expected<Peers::Owner, Response> owner(const Request& request, Peers::Way way) const;
  void open(const Request& request, const Reply& reply, Peers::Way way) const;
  void close(const Request& request, const Reply& reply, Peers::Way way) const;
  tl::expected<void, Response> arrive(const GuestId& guest) const;
  Response created(const Peers::Opened& opened, const char* path) const;
};

const char* path_of(Peers::Way way) { return way == Peers::Way::kWhip ? "/api/v1/whip" : "/api/v1/whep"; }

tl::expected<Peers::Owner, Response> Whip::owner(const Request& request, Peers::Way way) const {
  if (GuestDoor::is_knocked_at(request) || way == Peers::Way::kWhip) {
    auto visitor = door.sender(request);
    if (!visitor) return tl::unexpected<Response>(std::move(visitor.error()));
    return Peers::Owner{"", *visitor, way};
  }
  const std::string sound = request.query_value("sound").value_or("programme");
  if (sound != "programme" && sound != "hall") {
    return tl::unexpected<Response>(Response::error(400, "bad_sound", "sound is programme or hall."));
  }
  if (auto actor = gate.actor(request); !actor) return tl::unexpected<Response>(std::move(actor.error()));
  return Peers::Owner{gate.token(request), std::nullopt, way, sound == "hall"};
}

/// Whoever set up an encoder has no page to agree on: to connect is to arrive. Somebody who was declined does not come
/// back by an encoder that tries and tries.
tl::expected<void, Response> Whip::arrive(const GuestId& guest) const {
  if (secretariat.state(guest.meeting)->guest(guest.person)->stage == meeting::Stage::kDeclined) {
    return tl::unexpected<Response>(Response::error(403, "declined", "The secretary has declined this guest."));
  }
  // An encoder tries and tries: before the day each of its tries would be an arrival in the journal.
  const auto surroundings = secretariat.surroundings(guest.meeting);
  if (projections::guest_waits(*secretariat.state(guest.meeting), surroundings) == "day") {
    return tl::unexpected<Response>(
        Response::error(409, "not_yet", "The day of this meeting has not come.").with("Retry-After", "60"));
  }
  if (const auto wait = door.press(guest); wait > GuestDoor::Later::zero()) {
    return tl::unexpected<Response>(GuestDoor::too_hasty(wait));
  }
  meeting::Action action;
  action.kind = "guest.arrive";
  action.guest = guest.person;
  const auto outcome = secretariat.act(guest.meeting, "guest:" + guest.person, action, "", "");
  if (const auto* refusal = std::get_if<meeting::Refusal>(&outcome)) {
    return tl::unexpected<Response>(Response::error(403, refusal->code, refusal->text.en));
  }
  if (const auto* mistake = std::get_if<secretariat::Mistake>(&outcome)) {
    return tl::unexpected<Response>(Response::error(mistake->status, mistake->code, mistake->detail));
  }
  return {};
}

Response Whip::created(const Peers::Opened& opened, const char* path) const {
  Response response = Response::text(201, kSdpType, opened.answer);
  response.with("Location", std::string(path) + "/" + opened.peer).with("Cache-Control", "no-store");
  for (std::string& link : ice_links(webrtc, utc_now())) response.with("Link", std::move(link));
  return response;
}

void Whip::open(const Request& request, const Reply& reply, Peers::Way way) const {
  // A refusal that the page cannot read would be a riddle to whoever uses it (Fetch, 3.2).
  const bool remote = GuestDoor::is_knocked_at(request) || way == Peers::Way::kWhip;
  const auto refuse = [reply, remote](Response why) {
    reply(remote ? open_to_guests(std::move(why)) : std::move(why));
  };
  auto who = owner(request, way);
  if (!who) return refuse(std::move(who.error()));
  if (!is_sdp(request)) return refuse(Response::error(415, "not_sdp", "The body must be application/sdp."));
  if (who->visitor && who->visitor->guest.person.empty() && way == Peers::Way::kWhip) {
    // One that was just restarted gets in as soon as the line of the one before is silent.
    const auto line = secretariat.line(who->visitor->guest.meeting, "");
    if (line && line->line == "ok") {
      return refuse(Response::error(409, "encoder_connected", "An encoder sends with this key already.")
                        .with("Retry-After", "2"));
    }
  } else if (who->visitor && !who->visitor->guest.person.empty()) {
    if (auto arrived = arrive(who->visitor->guest); !arrived) return refuse(std::move(arrived.error()));
  }
  const auto answer = [this, reply, refuse,
                       owner = *who](const tl::expected<Peers::Opened, secretariat::Mistake>& opened) {
    if (!opened) return refuse(Response::error(opened.error().status, opened.error().code, opened.error().detail));
    if (reply.gone()) {
      peers.close(opened->peer, owner);
      return;
    }
    peers.close_older(*opened);
    Response response = created(*opened, path_of(owner.way));
    reply(owner.visitor ? open_to_guests(std::move(response)) : std::move(response));
  };
  peers.open(*who, request.body, answer);
}

void Whip::close(const Request& request, const Reply& reply, Peers::Way way) const {
  const bool remote = GuestDoor::is_knocked_at(request) || way == Peers::Way::kWhip;
  const auto say = [&](Response response) {
    reply(remote ? open_to_guests(std::move(response)) : std::move(response));
  };
  auto who = owner(request, way);
  if (!who) return say(std::move(who.error()));
  if (!peers.close(request.captures.at("peer"), *who)) {
    return say(Response::error(404, "no_such_peer", "There is no such connection."));
  }
  say(Response::json(200, {{"ok", true}}).with("Cache-Control", "no-store"));
}

/// For other sites' pages (Fetch, 3.2.2), and to say what is taken here.
void say_what_is_taken(const Request&, const Reply& reply) {
  reply(open_to_guests(Response::text(200, "text/plain", "")
                           .with("Accept-Post", kSdpType)
                           .with("Access-Control-Allow-Methods", "POST, DELETE")
                           .with("Access-Control-Allow-Headers", "Authorization, Content-Type")
                           .with("Access-Control-Max-Age", "600")));
}

}  // namespace

std::vector<Route> whip_routes(secretariat::Secretariat& secretariat, Gate& gate, GuestDoor& door, Peers& peers,
                               const Config::Webrtc& webrtc) {
  const auto whip = std::shared_ptr<const Whip>(new Whip{secretariat, gate, door, peers, webrtc});
  std::vector<Route> routes;
  for (const Peers::Way way : {Peers::Way::kWhip, Peers::Way::kWhep}) {
    const std::string path = path_of(way);
    routes.push_back({"POST", path, [whip, way](const Request& q, const Reply& r) { whip->open(q, r, way); }});
    routes.push_back(
        {"DELETE", path + "/{peer}", [whip, way](const Request& q, const Reply& r) { whip->close(q, r, way); }});
    for (const std::string& there : {path, path + "/{peer}"}) routes.push_back({"OPTIONS", there, say_what_is_taken});
  }
  return routes;
}

}  // namespace tyndau::web
