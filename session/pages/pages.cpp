#include "session/pages/pages.h"

#include <algorithm>
#include <charconv>
#include <cstdlib>
#include <optional>
#include <utility>

#include "media/base/log.h"
#include "session/http/request_reader.h"
#include "session/pages/assets.h"
#include "session/pages/render.h"

namespace tyndau::web {
namespace {

[[noreturn]] void broken_installation(const Failure& failure) {
  log::error("the installation is broken: {}", failure.what);
  std::abort();
}

/// Everything the handlers share; kept alive by them.
struct Pages {
  PageContext context;
  Assets assets;
  Renderer renderer;

  static std::shared_ptr<Pages> open(PageContext context) {
    auto assets = Assets::read(context.assets);
    if (!assets) broken_installation(assets.error());
    auto renderer = Renderer::create(context.assets, assets->base(), context.web.public_url);
    if (!renderer) broken_installation(renderer.error());
    return std::make_shared<Pages>(Pages{std::move(context), std::move(*assets), std::move(*renderer)});
  }

  std::vector<const meeting::State*> meetings() const {
    std::vector<const meeting::State*> states;
    for (const std::string& id : context.secretariat.meetings()) {
      if (const meeting::State* state = context.secretariat.state(id)) states.push_back(state);
    }
    return states;
  }
};

bool is_language(const std::string& text) {
  return std::find(languages().begin(), languages().end(), text) != languages().end();
}

/// What the reader chose last, else what the browser asks for.
std::string language_of(const Request& request) {
  const auto chosen = request.cookie("lang");
  return chosen && is_language(*chosen) ? *chosen : preferred_language(request.header("accept-language"));
}

/// The Host header is a stranger's text: it is used only when it is nothing but a host and a port. "" when it is not.
std::string plain_host(const Request& request) {
  const std::string host = request.header("host");
  const bool plain = !host.empty() && host.size() < 256 && std::all_of(host.begin(), host.end(), [](unsigned char c) {
    return std::isalnum(c) || c == '.' || c == '-' || c == ':' || c == '[' || c == ']';
  });
  return plain ? host : std::string();
}

/// A browser that does not count a WebSocket to the same host as 'self' (Safari before 15.4) needs it by name.
std::string socket_sources(const Request& request) {
  const std::string host = plain_host(request);
  return host.empty() ? host : " ws://" + host + " wss://" + host;
}

/// Nothing from elsewhere, nothing inline, no string that becomes script (Trusted Types: only lit-html may make
/// markup).
std::string content_security_policy(const Request& request, bool framed_by_others) {
  return "default-src 'self'; script-src 'self'; style-src 'self'; img-src 'self' data:; media-src 'self' blob:; "
         "connect-src 'self'" +
         socket_sources(request) +
         "; worker-src 'self' blob:; object-src 'none'; base-uri 'none'; form-action 'self'; "
         "require-trusted-types-for 'script'; trusted-types lit-html" +
         (framed_by_others ? "" : "; frame-ancestors 'none'");
}

enum class Audience { kPublic, kDesk };

Response page(const Request& request, int status, std::string html, Audience audience) {
  const bool for_all = audience == Audience::kPublic;
  Response response = Response::text(status, "text/html; charset=utf-8", std::move(html));
  response.with("Content-Security-Policy", content_security_policy(request, for_all))
      .with("X-Content-Type-Options", "nosniff")
      .with("Referrer-Policy", "same-origin")
      .with("Cross-Origin-Opener-Policy", "same-origin")
      // Two seconds in an edge cache are one request for a thousand citizens; scripts bring the page up to date.
      .with("Cache-Control", for_all && status == 200 ? "public, max-age=2" : "no-store");
  return response;
}

Response redirect(std::string target) {
  return Response::text(302, "text/plain; charset=utf-8", "")
      .with("Location", std::move(target))
      .with("Cache-Control", "no-store")
      .with("Vary", "Accept-Language, Cookie");
}

Response not_found(const Pages& pages, const Request& request) {
  const std::string first = request.path.size() >= 3 ? request.path.substr(1, 2) : "";
  const bool in_address = is_language(first) && (request.path.size() == 3 || request.path[3] == '/');
  return page(request, 404, pages.renderer.not_found(in_address ? first : language_of(request)), Audience::kPublic);
}

/// ?t=725: whole seconds from the start of the recording; 0 for anything else.
int moment_of(const Request& request) {
  const std::string text = request.query_value("t").value_or("");
  int seconds = 0;
  const auto [rest, error] = std::from_chars(text.data(), text.data() + text.size(), seconds);
  return error == std::errc() && rest == text.data() + text.size() && seconds > 0 ? seconds : 0;
}

void answer_meeting(const Pages& pages, const std::string& language, const Request& request, const Reply& reply) {
  const std::string& id = request.captures.at("id");
  const meeting::State* state = pages.context.secretariat.state(id);
  if (state == nullptr) return reply(not_found(pages, request));
  // Only the page of a recording shows where its chapters are: all others cost no reading of it.
  Film film{.start_s = moment_of(request), .moments = {}};
  if (stage(*state) == "recording") film.moments = pages.context.moments(id);
  reply(
      page(request, 200,
           pages.renderer.meeting(language, *state, pages.context.secretariat.chapters(id), pages.context.now(), film),
           Audience::kPublic));
}

// ---- signing up to speak ----

/// What the page of the meeting says instead of taking him: the status, and the form with its trouble.
int not_taken(const Registrations::NotTaken& trouble, SignUp& form) {
  using Why = Registrations::NotTaken::Why;
  switch (trouble.why) {
    case Why::kClosed:
      form.wrong = "closed";
      return 409;
    case Why::kTooMany:
      form.wrong = "too_many";
      form.wait = std::chrono::ceil<std::chrono::seconds>(trouble.wait);
      return 429;
    case Why::kFull:
      form.wrong = "full";
      form.wait = std::chrono::minutes(5);
      return 503;
    case Why::kFailed:
      break;
  }
  form.wrong = "failed";
  form.wait = std::chrono::seconds(10);
  return 503;
}

/// A plain form, so that it works in every browser: on to his link, or the page again with what he typed and what is
/// wrong with it.
void take_sign_up(const Pages& pages, const std::string& language, const Request& request, const Reply& reply) {
  if (auto foreign = pages.context.gate.foreign(request)) return reply(std::move(*foreign));
  const std::string& id = request.captures.at("id");
  const meeting::State* state = pages.context.secretariat.state(id);
  if (state == nullptr) return reply(not_found(pages, request));
  if (!request.header("content-type").starts_with("application/x-www-form-urlencoded")) {
    return reply(Response::error(415, "not_a_form", "Send Content-Type: application/x-www-form-urlencoded."));
  }
  const auto fields = read_form(request.body);
  SignUp form = read_sign_up(fields.value_or(std::map<std::string, std::string>{}), state->record);
  int status = 400;
  if (form.wrong.empty()) {
    const auto token = pages.context.registrations.take(
        {"", id, form.name, form.position, form.item, language, {}, "pending", ""}, request.client);
    if (token) {
      return reply(Response::text(303, "text/plain; charset=utf-8", "")
                       .with("Location", "/join/" + *token + "?lang=" + language)
                       .with("Referrer-Policy", "no-referrer")
                       .with("Cache-Control", "no-store"));
    }
    status = not_taken(token.error(), form);
  }
  Response response = page(
      request, status,
      pages.renderer.meeting(language, *state, pages.context.secretariat.chapters(id), pages.context.now(), {}, form),
      Audience::kPublic);
  if (form.wait.count() > 0) response.with("Retry-After", std::to_string(form.wait.count()));
  reply(std::move(response));
}

// ---- the desk ----

/// The desk speaks the language of ?lang=, which it remembers in a cookie, else the remembered one.
std::string desk_language(const Request& request) {
  const auto asked = request.query_value("lang");
  return asked && is_language(*asked) ? *asked : language_of(request);
}

Response remember_language(const Request& request, Response response) {
  if (request.query_value("lang")) {
    response.with("Set-Cookie", "lang=" + desk_language(request) + "; Path=/; Max-Age=31536000; SameSite=Lax");
  }
  return response;
}

Response desk_page(const Request& request, std::string html) {
  return remember_language(request, page(request, 200, std::move(html), Audience::kDesk));
}

std::optional<store::Store::Session> session_of(const Pages& pages, const Request& request) {
  for (const char* name : {"__Host-tyndau", "tyndau"}) {
    const auto token = request.cookie(name);
    if (!token) continue;
    auto session = pages.context.store.session(*token, pages.context.now());
    if (session && *session) return **session;
  }
  return std::nullopt;
}

void answer_desk(const Pages& pages, const Request& request, const Reply& reply) {
  const auto session = session_of(pages, request);
  const std::string wanted = request.query_value("meeting").value_or("");
  if (!session) {
    const bool known = !wanted.empty() && pages.context.secretariat.state(wanted) != nullptr;
    return reply(remember_language(request, redirect(known ? "/desk/login?meeting=" + wanted : "/desk/login")));
  }
  const std::vector<const meeting::State*> meetings = pages.meetings();
  const std::string language = desk_language(request);
  const meeting::State* state =
      wanted.empty() ? nearest(meetings, pages.context.now()) : pages.context.secretariat.state(wanted);
  if (state == nullptr && !wanted.empty()) return reply(not_found(pages, request));
  reply(desk_page(request, state == nullptr ? pages.renderer.desk_without_meetings(language)
                                            : pages.renderer.desk(language, *state, meetings, session->account)));
}

// ---- the guest ----

/// The address is a secret: no other site hears of it, and no cache keeps it.
Response secret_page(const Request& request, int status, std::string html) {
  Response response = page(request, status, std::move(html), Audience::kDesk);
  for (auto& [name, value] : response.headers) {
    if (name == "Referrer-Policy") value = "no-referrer";
  }
  return response;
}

/// 410 for a link that was revoked, has expired, or never was: which of these is nobody's business.
void answer_join(const Pages& pages, const Request& request, const Reply& reply) {
  const std::string language = desk_language(request);
  const std::string& token = request.captures.at("token");
  const auto registration = pages.context.registrations.of_token(token);
  const meeting::State* state = registration ? pages.context.secretariat.state(registration->meeting) : nullptr;
  if (state != nullptr && registration->status != "approved") {
    const std::string html = pages.renderer.waiting(language, *state, *registration, token);
    return reply(remember_language(request, secret_page(request, 200, html)));
  }
  const auto visitor = pages.context.door.visitor(token, request.client);
  const auto render = [&]() {
    if (!visitor) return pages.renderer.join_invalid(language, nearest(pages.meetings(), pages.context.now()));
    return pages.renderer.join(language, *pages.context.secretariat.state(visitor->guest.meeting),
                               visitor->guest.person, token);
  };
  const bool later = !visitor && visitor.error() > GuestDoor::Later::zero();
  Response response = secret_page(request, visitor ? 200 : later ? 429 : 410, render());
  if (later) {
    const auto seconds = std::chrono::ceil<std::chrono::seconds>(visitor.error()).count();
    response.with("Retry-After", std::to_string(seconds));
  }
  response.with("Permissions-Policy", "camera=(self), microphone=(self), display-capture=(self)");
  reply(remember_language(request, std::move(response)));
}

/// Where this house is reached: as configured, else as the request reached it, else nothing.
std::string origin_of(const Pages& pages, const Request& request) {
  std::string origin = pages.context.web.public_url;
  while (!origin.empty() && origin.back() == '/') origin.pop_back();
  if (!origin.empty()) return origin;
  const std::string host = plain_host(request);
  return host.empty() ? "" : "http://" + host;
}

/// The meeting for the calendar of whoever was invited to it, with his link in it.
void answer_calendar(const Pages& pages, const Request& request, const Reply& reply) {
  const std::string& token = request.captures.at("token");
  const auto visitor = pages.context.door.visitor(token, request.client);
  if (!visitor) return answer_join(pages, request, reply);
  const std::string language = desk_language(request);
  const std::string origin = origin_of(pages, request);
  const std::string url = origin.empty() ? "" : origin + "/join/" + token + "?lang=" + language;
  const meeting::State& state = *pages.context.secretariat.state(visitor->guest.meeting);
  reply(Response::text(200, "text/calendar; charset=utf-8",
                       pages.renderer.join_calendar(language, state, url, pages.context.now()))
            .with("Content-Disposition", "attachment; filename=\"" + state.record.id + ".ics\"")
            .with("Referrer-Policy", "no-referrer")
            .with("X-Content-Type-Options", "nosniff")
            .with("Cache-Control", "no-store"));
}

void answer_login(const Pages& pages, const Request& request, const Reply& reply) {
  const std::string wanted = request.query_value("meeting").value_or("");
  const bool known = !wanted.empty() && pages.context.secretariat.state(wanted) != nullptr;
  const std::string next = known ? "/desk?meeting=" + wanted : "/desk";
  reply(desk_page(request, pages.renderer.login(desk_language(request), next)));
}

}  // namespace

std::vector<Route> page_routes(PageContext context) {
  auto pages = Pages::open(std::move(context));
  std::vector<Route> routes;
  const auto get = [&routes](std::string pattern, Handler handler) {
    routes.push_back({"GET", std::move(pattern), std::move(handler)});
  };
  get("/", [](const Request& request, const Reply& reply) { reply(redirect("/" + language_of(request) + "/")); });
  for (const std::string& language : languages()) {
    get("/" + language, [language](const Request&, const Reply& reply) { reply(redirect("/" + language + "/")); });
    get("/" + language + "/", [pages, language](const Request& request, const Reply& reply) {
      reply(page(request, 200, pages->renderer.home(language, pages->meetings(), pages->context.now()),
                 Audience::kPublic));
    });
    get("/" + language + "/meetings/{id}", [pages, language](const Request& request, const Reply& reply) {
      answer_meeting(*pages, language, request, reply);
    });
    routes.push_back(
        {"POST", "/" + language + "/meetings/{id}", [pages, language](const Request& request, const Reply& reply) {
           take_sign_up(*pages, language, request, reply);
         }});
  }
  get("/desk", [pages](const Request& request, const Reply& reply) { answer_desk(*pages, request, reply); });
  get("/desk/login", [pages](const Request& request, const Reply& reply) { answer_login(*pages, request, reply); });
  get("/join/{token}/calendar.ics",
      [pages](const Request& request, const Reply& reply) { answer_calendar(*pages, request, reply); });
  get("/join/{token}", [pages](const Request& request, const Reply& reply) { answer_join(*pages, request, reply); });
  get("/assets/{file...}", [pages](const Request& request, const Reply& reply) {
    reply(pages->assets.respond(request, request.captures.at("file")));
  });
  return routes;
}

Handler not_found_page(PageContext context) {
  auto pages = Pages::open(std::move(context));
  return [pages](const Request& request, const Reply& reply) { reply(not_found(*pages, request)); };
}

}  // namespace tyndau::web
