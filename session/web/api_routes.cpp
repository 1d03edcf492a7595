#include "session/web/api_routes.h"

#include <sodium.h>
#include <sys/stat.h>

#include <algorithm>
#include <array>

#include "media/base/log.h"
#include "session/projections/view.h"

namespace tyndau::web {
namespace {

using meeting::OnAir;
using meeting::Phase;
using meeting::State;
using meeting::Text;

Json time_or_null(const std::optional<Utc>& time) { return time ? Json(format_utc(*time)) : Json(); }

Response no_meeting() { return Response::error(404, "no_meeting", "There is no such meeting."); }

// ---- reading ----

/// Which list of the home page a meeting is in.
std::string_view list_of(const State& state, Utc now) {
  if (projections::did_not_take_place(state, now)) return "past";
  if (state.on_air == OnAir::kEnded || state.phase == Phase::kClosed) {
    return meeting::is_on_air(state) ? "live" : "past";
  }
  if (state.on_air == OnAir::kIdle && state.phase == Phase::kAnnounced) return "announced";
  return "live";
}

void list_meetings(const ApiContext& api, const Request& request, const Reply& reply) {
  const std::string wanted = request.query_value("state").value_or("");
  if (!wanted.empty() && wanted != "live" && wanted != "announced" && wanted != "past") {
    return reply(Response::error(400, "bad_state", "state must be live, announced or past."));
  }
  Json list = Json::array();
  for (const std::string& id : api.secretariat.meetings()) {
    const State* state = api.secretariat.state(id);
    if (state == nullptr) continue;
    const std::string_view of = list_of(*state, api.secretariat.surroundings(id).now);
    if (!wanted.empty() && of != wanted) continue;
    Json brief = projections::summary(*state);
    brief["list"] = of;
    list.push_back(std::move(brief));
  }
  reply(Response::json(200, {{"meetings", std::move(list)}})
            .with("Cache-Control", "public, max-age=1")
            .with("Access-Control-Allow-Origin", "*"));
}

Json agenda_of(const meeting::Record& record) {
  Json agenda = Json::array();
  for (const meeting::AgendaItem& item : record.agenda) {
    Json speakers = Json::array();
    for (const meeting::Speaker& speaker : item.speakers) {
      speakers.push_back({{"person", speaker.person}, {"as", speaker.as}, {"limit_s", speaker.limit_s}});
    }
    agenda.push_back({{"id", item.id},
                      {"no", item.no},
                      {"kind", item.kind},
                      {"title", complete(item.title)},
                      {"planned_start", time_or_null(item.planned_start)},
                      {"speakers", std::move(speakers)}});
  }
  return agenda;
}

/// The record as everybody may read it: nothing by which a person could be reached.
Json public_record(const State& state) {
  const meeting::Record& record = state.record;
  Json people = Json::array();
  for (const meeting::Person& person : record.people) {
    people.push_back({{"id", person.id},
                      {"name", complete(person.name)},
                      {"position", complete(person.position)},
                      {"role", person.role}});
  }
  Json json = projections::summary(state);
  json["place"] = complete(record.place);
  json["announcement"] = complete(record.announcement);
  json["timezone"] = record.timezone;
  json["agenda"] = agenda_of(record);
  json["people"] = std::move(people);
  return json;
}

void show_meeting(const ApiContext& api, const Request& request, const Reply& reply) {
  const State* state = api.secretariat.state(request.captures.at("id"));
  if (!state) return reply(no_meeting());
  reply(Response::json(200, public_record(*state))
            .with("Cache-Control", "public, max-age=1")
            .with("Access-Control-Allow-Origin", "*"));
}

// ---- acting ----

std::string digest_of(const std::string& body) {
  std::array<unsigned char, crypto_generichash_BYTES> hash{};
  crypto_generichash(hash.data(), hash.size(), reinterpret_cast<const unsigned char*>(body.data()), body.size(),
                     nullptr, 0);
  std::array<char, crypto_generichash_BYTES * 2 + 1> text{};
  return sodium_bin2hex(text.data(), text.size(), hash.data(), hash.size());
}

/// 1 to 128 printable characters; nothing when the header is something else.
std::optional<std::string> idempotency_key(const Request& request) {
  if (!request.headers.contains("idempotency-key")) return "";
  const std::string key = request.header("idempotency-key");
  const bool printable = std::all_of(key.begin(), key.end(), [](char c) { return c >= 0x20 && c < 0x7f; });
  if (key.empty() || key.size() > 128 || !printable) return std::nullopt;
  return key;
}

/// Where people come to us: as they type it, or as this request did.
std::string origin_of(const ApiContext& api, const Request& request) {
  std::string url = api.public_url.empty() ? "http://" + request.header("host") : api.public_url;
  while (url.ends_with('/')) url.pop_back();
  return url;
}

/// The link of an invitation that the journal has, or the address that the hall's encoder sends to. Only its hash is
/// kept, so a repeated request gets another link, which is as good.
tl::expected<Json, Response> invitation_link(const ApiContext& api, const Request& request, const std::string& meeting,
                                             std::int64_t seq) {
  const State& state = *api.secretariat.state(meeting);
  const auto& event = api.secretariat.events(meeting)[static_cast<std::size_t>(seq - 1)];
  const Utc now = utc_now();
  const Utc expires = GuestDoor::good_until(state.record, now);
  auto token = api.store.open_invitation({meeting, event.event.payload.value("person", ""), seq, expires}, now);
  if (!token) {
    log::error("Cannot keep an invitation: {}", token.error().what);
    return tl::unexpected<Response>(Response::error(503, "store_failed", "The invitation cannot be kept."));
  }
  const bool for_a_person = event.event.payload.contains("person");
  const std::string url = origin_of(api, request) + (for_a_person ? "/join/" + *token : "/api/v1/whip");
  return Json{{"url", url}, {"token", *token}, {"expires", format_utc(expires)}};
}

struct Answer {
  const ApiContext& api;
  const Request& request;
  const std::string& meeting;

  Response operator()(const secretariat::Accepted& accepted) const {
    const State* state = api.secretariat.state(meeting);
    Json json{{"seq", accepted.seq},
              {"state", projections::public_view(*state, api.secretariat.chapters(meeting),
                                                 api.secretariat.surroundings(meeting).now)}};
    if (!accepted.result.is_null()) json["result"] = accepted.result;
    if (accepted.result.is_object() && accepted.result.contains("invitation")) {
      auto link = invitation_link(api, request, meeting, accepted.result["invitation"]);
      if (!link) return std::move(link.error());
      json["result"] = std::move(*link);
    }
    return Response::json(200, json).with("Cache-Control", "no-store");
  }
  Response operator()(const meeting::Refusal& refusal) const {
    return Response::json(409, {{"refusal", {{"code", refusal.code}, {"text", complete(refusal.text)}}}})
        .with("Cache-Control", "no-store");
  }
  Response operator()(const secretariat::Mistake& mistake) const {
    return Response::error(mistake.status, mistake.code, mistake.detail);
  }
};

/// Who acts: the account that is logged in, or the guest of a token.
struct Actor {
  std::string name;   ///< as the journal has it
  std::string guest;  ///< the person; "" for an account
};
tl::expected<Actor, Response> actor_of(const ApiContext& api, const Request& request) {
  if (!GuestDoor::is_knocked_at(request)) {
    auto account = api.gate.actor(request);
    if (!account) return tl::unexpected<Response>(std::move(account.error()));
    return Actor{*account, ""};
  }
  auto visitor = api.door.visitor(request);
  if (!visitor) return tl::unexpected<Response>(std::move(visitor.error()));
  const GuestId& guest = visitor->guest;
  if (guest.meeting != request.captures.at("id")) {
    return tl::unexpected<Response>(
        Response::error(403, "token_of_another_meeting", "The invitation is for another meeting."));
  }
  return Actor{"guest:" + guest.person, guest.person};
}

void act(const ApiContext& api, const Request& request, const Reply& reply) {
  auto actor = actor_of(api, request);
  if (!actor) return reply(std::move(actor.error()));
  const std::string& meeting = request.captures.at("id");
  if (!api.secretariat.state(meeting)) return reply(no_meeting());
  auto key = idempotency_key(request);
  if (!key) return reply(Response::error(400, "bad_key", "Idempotency-Key must have 1 to 128 printable characters."));
  auto json = json_body(request);
  if (!json) return reply(std::move(json.error()));
  auto action = meeting::read_action(*json, actor->guest);
  if (!action) return reply(Response::error(400, "bad_action", action.error().what));
  if (!actor->guest.empty()) {
    const auto wait = api.door.press({meeting, actor->guest});
    if (wait > GuestDoor::Later::zero()) return reply(GuestDoor::too_hasty(wait));
  }
  const bool of_registration = action->kind == "registration.approve" || action->kind == "registration.decline";
  const std::string digest = digest_of(request.body);
  const auto outcome = of_registration ? api.registrations.act(meeting, actor->name, *action, *key, digest)
                                       : api.secretariat.act(meeting, actor->name, *action, *key, digest);
  reply(api.gate.renewed(request, std::visit(Answer{api, request, meeting}, outcome)));
}

// ---- who signed up ----

void list_registrations(const ApiContext& api, const Request& request, const Reply& reply) {
  if (!api.gate.session(request)) return reply(Response::error(401, "login_needed", "Log in first."));
  const std::string& meeting = request.captures.at("id");
  if (!api.secretariat.state(meeting)) return reply(no_meeting());
  reply(Response::json(200, {{"registrations", api.registrations.list(meeting)}}).with("Cache-Control", "no-store"));
}

/// For the page that waits: it may be asked every few seconds, and a registration that is there is no guess.
void show_registration(const ApiContext& api, const Request& request, const Reply& reply) {
  const auto say = [&](const std::string& status) {
    reply(Response::json(200, {{"status", status}}).with("Cache-Control", "no-store"));
  };
  const auto registration = api.registrations.of_token(GuestDoor::token_of(request));
  if (registration && registration->status != "approved") return say(registration->status);
  if (auto visitor = api.door.visitor(request); !visitor) return reply(std::move(visitor.error()));
  say("approved");
}

void withdraw_registration(const ApiContext& api, const Request& request, const Reply& reply) {
  using Withdrawal = Registrations::Withdrawal;
  switch (api.registrations.withdraw(GuestDoor::token_of(request))) {
    case Withdrawal::kDone:
      return reply(Response::text(204, "text/plain", "").with("Cache-Control", "no-store"));
    case Withdrawal::kApproved:
      return reply(Response::error(409, "registration_approved", "It has been approved: the invitation stands."));
    case Withdrawal::kFailed:
      return reply(Response::error(500, "registration_not_kept", "It could not be deleted. Try once more."));
    case Withdrawal::kUnknown:
      break;
  }
  // The answer of a guess, which is counted.
  if (auto visitor = api.door.visitor(request); !visitor) return reply(std::move(visitor.error()));
  reply(Response::error(409, "registration_approved", "It has been approved: the invitation stands."));
}

// ---- the machine ----

void ready(const ApiContext& api, const Request&, const Reply& reply) {
  // A look-up goes through the same database file as the journal.
  const auto looked = api.store.password_hash("readyz");
  if (!looked) log::error("The database cannot be read: {}", looked.error().what);
  const bool journal = looked.has_value(), media = api.secretariat.media_connected();
  const Json body{{"ready", journal && media},
                  {"parts", {{"journal", journal ? "ok" : "failed"}, {"media", media ? "connected" : "away"}}}};
  reply(Response::json(journal && media ? 200 : 503, body).with("Cache-Control", "no-store"));
}

void preview(const ApiContext& api, const Request& request, const Reply& reply) {
  if (!api.gate.session(request)) return reply(Response::error(401, "login_needed", "Log in first."));
  struct stat file {};
  if (::stat(api.preview.c_str(), &file) != 0 || !S_ISREG(file.st_mode)) {
    return reply(Response::error(404, "no_preview", "There is no picture now."));
  }
  Response response;
  response.with("Content-Type", "image/jpeg").with("Cache-Control", "no-store");
  response.body.emplace_back(FilePiece{api.preview, 0, static_cast<std::uint64_t>(file.st_size)});
  reply(std::move(response));
}

/// A guest's face as it was a moment ago. Names come from the record, so they cannot lead elsewhere.
void still(const ApiContext& api, const Request& request, const Reply& reply) {
  constexpr std::chrono::seconds kFresh{5};
  if (!api.gate.session(request)) return reply(Response::error(401, "login_needed", "Log in first."));
  const std::string meeting = request.query_value("meeting").value_or("");
  const State* state = api.secretariat.state(meeting);
  const meeting::Person* person = state != nullptr ? state->record.person(request.captures.at("person")) : nullptr;
  if (person == nullptr) return reply(Response::error(404, "no_guest", "There is no such person."));
  const std::filesystem::path path = api.stills / meeting / (person->id + ".jpg");
  struct stat file {};
  const bool there = ::stat(path.c_str(), &file) == 0 && S_ISREG(file.st_mode);
  const auto age = std::chrono::system_clock::now() - std::chrono::system_clock::from_time_t(there ? file.st_mtime : 0);
  if (age > kFresh) return reply(Response::error(404, "no_picture", "There is no picture now."));
  Response response;
  response.with("Content-Type", "image/jpeg").with("Cache-Control", "no-store");
  response.body.emplace_back(FilePiece{path, 0, static_cast<std::uint64_t>(file.st_size)});
  reply(std::move(response));
}

/// The page sends as much as it can for a moment and looks at its watch.
void probe(const ApiContext& api, const Request& request, const Reply& reply) {
  if (auto visitor = api.door.visitor(request); !visitor) return reply(std::move(visitor.error()));
  reply(Response::text(204, "text/plain", "").with("Cache-Control", "no-store"));
}

}  // namespace

std::vector<Route> api_routes(ApiContext context) {
  const Handler websocket_only = [](const Request&, const Reply& reply) {
    reply(Response::error(426, "websocket_only", "This address is a WebSocket.").with("Upgrade", "websocket"));
  };
  auto api = std::make_shared<const ApiContext>(std::move(context));
  auto with = [api](auto function) {
    return [api, function](const Request& request, const Reply& reply) { function(*api, request, reply); };
  };
  return {
      {"GET", "/healthz",
       [](const Request&, const Reply& reply) {
         reply(Response::text(200, "text/plain; charset=utf-8", "ok").with("Cache-Control", "no-store"));
       }},
      {"GET", "/readyz", with(ready)},
      {"GET", "/metrics",
       [api](const Request&, const Reply& reply) {
         reply(Response::text(200, "text/plain; version=0.0.4; charset=utf-8", api->metrics())
                   .with("Cache-Control", "no-store"));
       }},
      {"GET", "/api/v1/openapi.json",
       [](const Request&, const Reply& reply) {
         reply(Response::text(200, "application/json", std::string(openapi_document()))
                   .with("Cache-Control", "no-cache"));
       }},
      {"GET", "/api/v1/meetings", with(list_meetings)},
      {"GET", "/api/v1/meetings/{id}", with(show_meeting)},
      {"GET", "/api/v1/meetings/{id}/state",
       [api](const Request& request, const Reply& reply) { api->states.answer(request, reply); }},
      {"POST", "/api/v1/meetings/{id}/actions", with(act)},
      {"GET", "/api/v1/meetings/{id}/registrations", with(list_registrations)},
      {"GET", "/api/v1/registrations", with(show_registration)},
      {"DELETE", "/api/v1/registrations", with(withdraw_registration)},
      {"GET", "/api/v1/live", websocket_only},
      {"GET", "/api/v1/guest/live", websocket_only},
      {"POST", "/api/v1/guest/probe", with(probe)},
      {"GET", "/desk/preview.jpg", with(preview)},
      {"GET", "/desk/guests/{person}.jpg", with(still)},
  };
}

}  // namespace tyndau::web
