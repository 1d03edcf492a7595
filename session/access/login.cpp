#include "session/access/login.h"

#include <sodium.h>

#include <deque>

#include "media/base/log.h"
#include "session/access/throttle.h"
#include "session/meeting/line.h"

namespace tyndau::web {
namespace {

constexpr int kMostChecks = 2;           // at a time
constexpr std::size_t kMostQueued = 32;  // behind them: about two seconds
constexpr int kFreePasswords = 3;
/// A name is slowed less than an address: a stranger must not be able to shut the secretary out of her own hearing.
constexpr std::chrono::seconds kLongestForName{15};
constexpr std::chrono::minutes kLongestForClient{15};
constexpr int kCookieSeconds = 12 * 3600;  // as long as a session lasts without use; each use renews it
constexpr std::size_t kMaxPasswordBytes = 1024;

Response unauthorized() { return Response::error(401, "login_needed", "Log in first: POST /api/v1/login."); }

bool same_secret(const std::string& a, const std::string& b) {
  return a.size() == b.size() && !a.empty() && sodium_memcmp(a.data(), b.data(), a.size()) == 0;
}

/// "https://example.kz:8443/path" -> "https://example.kz:8443".
std::string origin_of(const std::string& url) {
  auto scheme = url.find("://");
  if (scheme == std::string::npos) return {};
  return url.substr(0, url.find('/', scheme + 3));
}

/// One password to be checked on a worker thread. Lives from the queue to the answer.
struct Check {
  std::string name, password;
  std::string client;
  std::optional<std::string> hash;  ///< nothing when there is no such account
  Reply reply;
  bool right = false;
  uv_work_t work{};

  ~Check() { sodium_memzero(password.data(), password.size()); }
  void run() {
    if (hash) {
      right = store::Store::verify_password(*hash, password);
    } else {
      // As much work as for an account that exists, so that the time tells nobody which names do.
      (void)store::Store::hash_password(password);
    }
  }
};

}  // namespace

struct Gate::Inner : std::enable_shared_from_this<Inner> {
  Inner(uv_loop_t* the_loop, store::Store& the_store, const Config::Web& the_web, std::function<Utc()> the_clock)
      : loop(the_loop), store(the_store), web(the_web), now(std::move(the_clock)) {}

  void log_in(const Request& request, const Reply& reply);
  void start_checks();
  void checked(Check& check);
  Response logged_in(const Check& check);
  Response log_out(const Request& request);
  std::string set_cookie(const std::string& token, int seconds) const;
  std::optional<store::Store::Session> session(const std::string& token);

  uv_loop_t* loop;
  store::Store& store;
  const Config::Web web;
  std::function<Utc()> now;
  std::function<void(const std::string&)> on_logout;
  Throttle names{kFreePasswords, kLongestForName}, clients{kFreePasswords, kLongestForClient};
  std::deque<std::unique_ptr<Check>> queue;
  int running = 0;
  bool closed = false;
};

Gate::Gate(uv_loop_t* loop, store::Store& store, const Config::Web& web, std::function<Utc()> now)
    : inner_(std::make_shared<Inner>(loop, store, web, std::move(now))) {
  inner_->on_logout = [this](const std::string& token) {
    if (on_logout) on_logout(token);
  };
}

Gate::~Gate() { close(); }

void Gate::close() {
  inner_->closed = true;
  inner_->queue.clear();
  inner_->on_logout = nullptr;
}

std::string Gate::token(const Request& request) const { return request.cookie(cookie_name(inner_->web)).value_or(""); }

bool Gate::lasts(const std::string& token) { return inner_->session(token).has_value(); }

std::optional<store::Store::Session> Gate::session(const Request& request) { return inner_->session(token(request)); }

std::optional<store::Store::Session> Gate::Inner::session(const std::string& token) {
  if (token.empty() || token.size() > 128) return std::nullopt;
  auto found = store.session(token, now());
  if (!found) {
    log::error("Cannot look up a session: {}", found.error().what);
    return std::nullopt;
  }
  return *found;
}

std::optional<Response> Gate::foreign(const Request& request) const {
  auto refused = [] { return Response::error(403, "foreign_origin", "Only this site's own pages may do this."); };
  const std::string site = request.header("sec-fetch-site");
  if (!site.empty() && site != "same-origin" && site != "none") return refused();
  const std::string origin = request.header("origin");
  if (origin.empty()) return std::nullopt;  // not a browser; the CSRF token still counts
  const std::string host = request.header("host");
  if (origin == "http://" + host || origin == "https://" + host) return std::nullopt;
  if (!inner_->web.public_url.empty() && origin == origin_of(inner_->web.public_url)) return std::nullopt;
  return refused();
}

tl::expected<std::string, Response> Gate::actor(const Request& request) {
  auto who = session(request);
  if (!who) return tl::unexpected<Response>(unauthorized());
  if (auto refusal = foreign(request)) return tl::unexpected<Response>(std::move(*refusal));
  if (!same_secret(who->csrf, request.header("x-csrf-token"))) {
    return tl::unexpected<Response>(Response::error(403, "bad_csrf", "The X-CSRF-Token header is missing or wrong."));
  }
  return who->account;
}

Response Gate::renewed(const Request& request, Response response) {
  const std::string mine = token(request);
  if (!inner_->session(mine)) return response;
  response.with("Set-Cookie", inner_->set_cookie(mine, kCookieSeconds));
  return response;
}

std::vector<Route> Gate::routes() {
  return {
      {"POST", "/api/v1/login",
       [this](const Request& request, const Reply& reply) {
         if (auto refusal = foreign(request)) return reply(std::move(*refusal));
         inner_->log_in(request, reply);
       }},
      {"POST", "/api/v1/logout",
       [this](const Request& request, const Reply& reply) {
         auto who = actor(request);
         if (!who) return reply(std::move(who.error()));
         reply(inner_->log_out(request));
       }},
      {"GET", "/api/v1/session",
       [this](const Request& request, const Reply& reply) {
         auto who = session(request);
         if (!who) return reply(unauthorized());
         Response answer = Response::json(200, {{"name", who->account}, {"csrf", who->csrf}});
         answer.with("Cache-Control", "no-store");
         reply(renewed(request, std::move(answer)));
       }},
  };
}

void Gate::Inner::log_in(const Request& request, const Reply& reply) {
  auto json = json_body(request);
  if (!json) return reply(std::move(json.error()));
  Fields fields(*json, "login");
  const std::string typed = fields.string("name", 256);
  std::string password = fields.string("password", kMaxPasswordBytes);
  if (auto wrong = fields.finish()) return reply(Response::error(400, "bad_login", *wrong));
  // As accounts are named: what a clipboard brought along is nobody's name.
  const std::string name = meeting::read_line(typed).text;

  const std::string client = client_group(request.client);
  const auto wait = std::max(names.wait(name, now()), clients.wait(client, now()));
  if (wait.count() > 0) {
    const auto seconds = std::chrono::ceil<std::chrono::seconds>(wait).count();
    return reply(Response::error(429, "too_many_tries", "Wait before trying again.")
                     .with("Retry-After", std::to_string(seconds)));
  }
  if (queue.size() >= kMostQueued) {
    return reply(Response::error(503, "busy", "Too many logins at once.").with("Retry-After", "2"));
  }
  auto hash = store.password_hash(name);
  if (!hash) {
    log::error("Cannot look up an account: {}", hash.error().what);
    return reply(Response::error(503, "store_failed", "The accounts cannot be read."));
  }
  names.trying(name, now());
  clients.trying(client, now());
  queue.push_back(std::unique_ptr<Check>(new Check{name, std::move(password), client, *hash, reply}));
  start_checks();
}

void Gate::Inner::start_checks() {
  while (running < kMostChecks && !queue.empty() && !closed) {
    struct Task {
      std::unique_ptr<Check> check;
      std::shared_ptr<Inner> inner;
    };
    auto* task = new Task{std::move(queue.front()), shared_from_this()};
    queue.pop_front();
    if (task->check->reply.gone()) {
      delete task;
      continue;
    }
    ++running;
    task->check->work.data = task;
    uv_queue_work(
        loop, &task->check->work, [](uv_work_t* work) { static_cast<Task*>(work->data)->check->run(); },
        [](uv_work_t* work, int) {
          std::unique_ptr<Task> done(static_cast<Task*>(work->data));
          --done->inner->running;
          if (!done->inner->closed) done->inner->checked(*done->check);
          done->inner->start_checks();
        });
  }
}

void Gate::Inner::checked(Check& check) {
  if (!check.right) {
    log::warning("A login as \"{}\" from {} failed.", check.name, check.client);
    return check.reply(Response::error(401, "wrong_login", "Name or password is wrong."));
  }
  check.reply(logged_in(check));
}

Response Gate::Inner::logged_in(const Check& check) {
  names.succeeded(check.name);
  clients.succeeded(check.client);
  auto token = store.open_session(check.name, now());
  auto opened = token ? session(*token) : std::nullopt;
  if (!opened) {
    log::error("Cannot open a session: {}", token ? "it was not kept" : token.error().what);
    return Response::error(503, "store_failed", "The session cannot be kept.");
  }
  log::info("\"{}\" logged in from {}.", check.name, check.client);
  return Response::json(200, {{"csrf", opened->csrf}})
      .with("Set-Cookie", set_cookie(*token, kCookieSeconds))
      .with("Cache-Control", "no-store");
}

Response Gate::Inner::log_out(const Request& request) {
  const std::string token = request.cookie(cookie_name(web)).value_or("");
  if (auto closed_now = store.close_session(token); !closed_now) {
    log::error("Cannot end a session: {}", closed_now.error().what);
    return Response::error(503, "store_failed", "The session cannot be ended.");
  }
  if (on_logout) on_logout(token);
  return Response::json(200, {{"ok", true}}).with("Set-Cookie", set_cookie("", 0)).with("Cache-Control", "no-store");
}

std::string Gate::Inner::set_cookie(const std::string& token, int seconds) const {
  const bool secure = web.public_url.starts_with("https://");
  return fmt::format("{}={}; Path=/; HttpOnly; SameSite=Strict; Max-Age={}{}", cookie_name(web), token, seconds,
                     secure ? "; Secure" : "");
}

std::string cookie_name(const Config::Web& web) {
  return web.public_url.starts_with("https://") ? "__Host-tyndau" : "tyndau";
}

tl::expected<Json, Response> json_body(const Request& request) {
  using Wrong = tl::unexpected<Response>;
  std::string type = request.header("content-type");
  type = type.substr(0, type.find(';'));
  while (!type.empty() && type.back() == ' ') type.pop_back();
  for (char& c : type) c = static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
  if (type != "application/json") {
    return Wrong(Response::error(415, "not_json", "Send Content-Type: application/json."));
  }
  auto json = parse_json(request.body);
  if (!json) return Wrong(Response::error(400, "bad_json", json.error().what));
  if (!json->is_object()) return Wrong(Response::error(400, "bad_json", "The body must be an object."));
  return std::move(*json);
}

}  // namespace tyndau::web
