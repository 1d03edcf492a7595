#pragma once
#include <uv.h>

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <tl/expected.hpp>
#include <vector>

#include "media/base/config.h"
#include "session/http/http.h"
#include "session/store/store.h"

namespace tyndau::web {

/// The door: who is asking, and may this page ask in that person's name? Loop thread only; passwords are checked on
/// libuv's worker threads, two at a time (argon2id takes 64 MiB and a tenth of a second each).
class Gate {
 public:
  /// The store outlives the gate. `now` is the clock.
  Gate(uv_loop_t* loop, store::Store& store, const Config::Web& web, std::function<Utc()> now = utc_now);
  ~Gate();

  /// POST /api/v1/login, POST /api/v1/logout, GET /api/v1/session (which renews the cookie, too).
  std::vector<Route> routes();

  /// Whose request this is by its cookie; nothing when nobody's.
  std::optional<store::Store::Session> session(const Request& request);
  /// The cookie's value, "" when there is none.
  std::string token(const Request& request) const;
  /// Whether the session behind a token still lasts.
  bool lasts(const std::string& token);
  /// The account that acts, or the answer: 401 without a session; 403 from a foreign page, or without the session's
  /// CSRF token.
  tl::expected<std::string, Response> actor(const Request& request);
  /// The answer with the request's own cookie once more, as long as a session lasts from now: the session slides with
  /// its use, and the cookie must not end before it. As it is when nobody is logged in. Precondition: no cache may keep
  /// it.
  Response renewed(const Request& request, Response response);
  /// The answer to a request that another site's page makes (403), by Origin and Sec-Fetch-Site.
  std::optional<Response> foreign(const Request& request) const;

  /// Called with the token when a session ends by logout.
  std::function<void(const std::string& token)> on_logout;

  /// Gives up what still waits to be checked. What runs finishes on its own.
  void close();

 private:
  struct Inner;
  std::shared_ptr<Inner> inner_;
};

/// "__Host-tyndau" where citizens come by https, else "tyndau": a __Host- cookie needs Secure.
std::string cookie_name(const Config::Web& web);

/// The body of a POST as JSON: 415 when it does not say that it is JSON, 400 "bad_json" when it is not.
tl::expected<Json, Response> json_body(const Request& request);

}  // namespace tyndau::web
