#pragma once
#include <uv.h>

#include <chrono>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <unordered_map>
#include <utility>
#include <vector>

#include "media/base/fd.h"
#include "media/base/result.h"
#include "session/http/http.h"
#include "session/http/router.h"

namespace tyndau::web {

class Connection;

/// What takes a connection over after a WebSocket handshake that was found to be in order.
class SocketEndpoint {
 public:
  virtual ~SocketEndpoint() = default;
  /// The answer when this client may not have a socket (401, 403, 404).
  virtual std::optional<Response> refusal(const Request& request) = 0;
  /// The socket is non-blocking, nothing was answered yet. `key` is Sec-WebSocket-Key, checked.
  virtual void adopt(Fd socket, const Request& request, const std::string& key) = 0;
};

/// HTTP/1.1 on the process's libuv loop. Loop thread only.
///
/// The bytes of HTTP are read here and not by libwebsockets, which gets only the WebSockets (live_socket.h): 4.1.6
/// answers 200 to negative, huge and contradictory lengths, folds "..", decodes paths before anybody can look at them,
/// offers h2c, and cannot notice that a client whose request is parked has left. nginx stands in front in production
/// all the same.
class HttpServer {
 public:
  struct Options {
    std::string listen = "127.0.0.1";
    int port = 8080;  ///< 0 takes a free one
    int max_connections = 4096;
    bool trust_forwarded_for = false;
    std::chrono::milliseconds head_time{10'000};   ///< from a request's first byte to the end of its head
    std::chrono::milliseconds body_time{15'000};   ///< for the whole body
    std::chrono::milliseconds idle_time{75'000};   ///< between requests
    std::chrono::milliseconds stall_time{30'000};  ///< while sending, without the client taking anything
  };

  /// Listens at once. Fails when the address is nonsense or taken, in words for the operator.
  static Result<std::unique_ptr<HttpServer>> create(uv_loop_t* loop, Options options, std::vector<Route> routes);
  ~HttpServer();

  int port() const { return port_; }
  std::string address() const;  ///< "http://127.0.0.1:8080"

  /// What unknown paths are answered with, instead of JSON.
  void set_not_found(Handler not_found) { not_found_ = std::move(not_found); }
  void set_socket_endpoint(std::string path, SocketEndpoint* endpoint);
  /// Sees each request that has a route, before its handler.
  void set_observer(std::function<void(const Request&, const std::string& pattern)> observer) {
    observer_ = std::move(observer);
  }

  /// Stops listening and ends all connections. The loop must run once more to free the handles.
  void close();

  std::size_t connections() const { return connections_.size(); }
  std::size_t waiting() const;
  std::uint64_t bytes_sent() const { return bytes_sent_; }
  /// (route pattern, status) -> requests answered. Unknown paths are "none", requests that were no HTTP "malformed".
  const std::map<std::pair<std::string, int>, std::uint64_t>& answered() const { return answered_; }
  const std::vector<Route>& routes() const { return router_.routes(); }

 private:
  friend class Connection;
  HttpServer(uv_loop_t* loop, Options options, std::vector<Route> routes);
  Result<void> start_listening();
  void on_incoming();
  bool make_room();
  void turn_away(Fd socket);
  void forget(Connection* connection);
  /// Calls the handler; what it throws becomes a 500.
  void dispatch(Request& request, const Reply& reply, std::string& route);
  SocketEndpoint* socket_endpoint(const Request& request) const;
  void count(const std::string& route, int status) { ++answered_[{route, status}]; }
  const std::string& date();

  uv_loop_t* loop_;
  const Options options_;
  Router router_;
  Handler not_found_;
  std::function<void(const Request&, const std::string&)> observer_;
  std::map<std::string, SocketEndpoint*> socket_endpoints_;  ///< by path
  Fd listener_;
  uv_poll_t* poll_ = nullptr;
  uv_timer_t* sweep_ = nullptr;
  bool paused_ = false;  ///< out of descriptors; taken up again at the next sweep
  int port_ = 0;
  std::unordered_map<Connection*, std::shared_ptr<Connection>> connections_;
  std::map<std::pair<std::string, int>, std::uint64_t> answered_;
  std::uint64_t bytes_sent_ = 0;
  std::string date_;
  std::int64_t date_second_ = -1;
};

/// Whether the request asks for a WebSocket, and rightly so: nothing when it does not ask; otherwise its key or what is
/// wrong (RFC 6455, 4.2.1).
std::optional<tl::expected<std::string, Response>> websocket_key(const Request& request);

}  // namespace tyndau::web
