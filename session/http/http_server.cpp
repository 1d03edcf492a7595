#include "session/http/http_server.h"

#include <arpa/inet.h>
#include <netdb.h>
#include <netinet/tcp.h>
#include <sys/resource.h>
#include <sys/socket.h>

#include <algorithm>
#include <csignal>
#include <ctime>

#include "media/base/log.h"
#include "session/http/connection.h"

namespace tyndau::web {
namespace {

constexpr std::uint64_t kSweepMilliseconds = 250;
constexpr int kBacklog = 1024;
/// Descriptors that the process needs beside its connections: journal, indexes, files being sent.
constexpr rlim_t kOtherDescriptors = 512;

struct AddressListDeleter {
  void operator()(addrinfo* list) const { ::freeaddrinfo(list); }
};

void raise_descriptor_limit(int connections) {
  rlimit limit{};
  if (::getrlimit(RLIMIT_NOFILE, &limit) != 0) return;
  // Each connection may have a file open while it is sent.
  const rlim_t wanted = static_cast<rlim_t>(connections) * 2 + kOtherDescriptors;
  if (limit.rlim_cur >= wanted) return;
  limit.rlim_cur = std::min(limit.rlim_max, wanted);
  ::setrlimit(RLIMIT_NOFILE, &limit);
}

/// "127.0.0.1", "::1"; an IPv4 client of an IPv6 socket is named by its IPv4 address.
std::string name_of(const sockaddr_storage& address) {
  char text[INET6_ADDRSTRLEN] = "";
  if (address.ss_family == AF_INET) {
    ::inet_ntop(AF_INET, &reinterpret_cast<const sockaddr_in&>(address).sin_addr, text, sizeof text);
  } else if (address.ss_family == AF_INET6) {
    ::inet_ntop(AF_INET6, &reinterpret_cast<const sockaddr_in6&>(address).sin6_addr, text, sizeof text);
  }
  const std::string name = text;
  return name.starts_with("::ffff:") ? name.substr(7) : name;
}

template <class Handle>
void close_and_delete(Handle*& handle) {
  if (!handle) return;
  uv_close(reinterpret_cast<uv_handle_t*>(handle),
           [](uv_handle_t* closed) { delete reinterpret_cast<Handle*>(closed); });
  handle = nullptr;
}

}  // namespace

HttpServer::HttpServer(uv_loop_t* loop, Options options, std::vector<Route> routes)
    : loop_(loop), options_(std::move(options)), router_(std::move(routes)) {}

HttpServer::~HttpServer() { close(); }

Result<std::unique_ptr<HttpServer>> HttpServer::create(uv_loop_t* loop, Options options, std::vector<Route> routes) {
  // sendfile() has no MSG_NOSIGNAL: a client that left would end the process.
  std::signal(SIGPIPE, SIG_IGN);
  raise_descriptor_limit(options.max_connections);
  std::unique_ptr<HttpServer> server(new HttpServer(loop, std::move(options), std::move(routes)));
  if (auto listening = server->start_listening(); !listening) return tl::unexpected(listening.error());
  return server;
}

Result<void> HttpServer::start_listening() {
  addrinfo hints{};
  hints.ai_flags = AI_NUMERICHOST | AI_NUMERICSERV | AI_PASSIVE;
  hints.ai_socktype = SOCK_STREAM;
  addrinfo* found = nullptr;
  const std::string port = std::to_string(options_.port);
  if (int error = ::getaddrinfo(options_.listen.c_str(), port.c_str(), &hints, &found); error != 0) {
    return fail("web.listen = \"" + options_.listen + "\" is not an address: " + ::gai_strerror(error));
  }
  std::unique_ptr<addrinfo, AddressListDeleter> address(found);
  const std::string where = options_.listen + " port " + port;
  listener_ = Fd(::socket(address->ai_family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0));
  if (!listener_) return fail_errno("cannot make a socket for " + where);
  const int yes = 1;
  ::setsockopt(listener_.get(), SOL_SOCKET, SO_REUSEADDR, &yes, sizeof yes);
  if (::bind(listener_.get(), address->ai_addr, address->ai_addrlen) != 0 || ::listen(listener_.get(), kBacklog) != 0) {
    return fail_errno("cannot listen on " + where);
  }
  sockaddr_storage bound{};
  socklen_t size = sizeof bound;
  ::getsockname(listener_.get(), reinterpret_cast<sockaddr*>(&bound), &size);
  port_ = ntohs(bound.ss_family == AF_INET6 ? reinterpret_cast<sockaddr_in6&>(bound).sin6_port
                                            : reinterpret_cast<sockaddr_in&>(bound).sin_port);
  poll_ = new uv_poll_t;
  if (int error = uv_poll_init(loop_, poll_, listener_.get()); error != 0) {
    delete std::exchange(poll_, nullptr);
    return fail(std::string("cannot watch the listening socket: ") + uv_strerror(error));
  }
  poll_->data = this;
  uv_poll_start(poll_, UV_READABLE,
                [](uv_poll_t* poll, int, int) { static_cast<HttpServer*>(poll->data)->on_incoming(); });
  sweep_ = new uv_timer_t;
  uv_timer_init(loop_, sweep_);
  sweep_->data = this;
  uv_timer_start(
      sweep_,
      [](uv_timer_t* timer) {
        auto* server = static_cast<HttpServer*>(timer->data);
        const std::uint64_t now = uv_now(server->loop_);
        std::vector<std::shared_ptr<Connection>> late;
        for (const auto& [connection, owner] : server->connections_) {
          if (now >= connection->deadline()) late.push_back(owner);
        }
        for (const auto& connection : late) connection->check_time(now);
        if (std::exchange(server->paused_, false)) server->on_incoming();
      },
      kSweepMilliseconds, kSweepMilliseconds);
  return {};
}

std::string HttpServer::address() const {
  std::string host = options_.listen == "0.0.0.0" || options_.listen == "::" ? "127.0.0.1" : options_.listen;
  if (host.find(':') != std::string::npos) host = "[" + host + "]";
  return "http://" + host + ":" + std::to_string(port_);
}

void HttpServer::set_socket_endpoint(std::string path, SocketEndpoint* endpoint) {
  socket_endpoints_[std::move(path)] = endpoint;
}

void HttpServer::on_incoming() {
  if (!listener_ || paused_) return;
  for (int i = 0; i < 256; ++i) {  // then the others have their turn
    sockaddr_storage peer{};
    socklen_t size = sizeof peer;
    Fd socket(::accept4(listener_.get(), reinterpret_cast<sockaddr*>(&peer), &size, SOCK_NONBLOCK | SOCK_CLOEXEC));
    if (!socket) {
      if (errno == EINTR || errno == ECONNABORTED) continue;
      if (errno != EAGAIN && errno != EWOULDBLOCK) {
        log::warning("Cannot accept a connection: {}", std::strerror(errno));
        paused_ = true;
      }
      return;
    }
    if (connections_.size() >= static_cast<std::size_t>(options_.max_connections) && !make_room()) {
      turn_away(std::move(socket));
      continue;
    }
    const int yes = 1;
    ::setsockopt(socket.get(), IPPROTO_TCP, TCP_NODELAY, &yes, sizeof yes);
    auto connection = std::make_shared<Connection>(*this, std::move(socket), name_of(peer));
    connections_.emplace(connection.get(), connection);
    connection->begin();
  }
}

/// Ends the connection that has been idle the longest, if one is.
bool HttpServer::make_room() {
  Connection* oldest = nullptr;
  for (const auto& [connection, owner] : connections_) {
    if (connection->idle() && (!oldest || connection->deadline() < oldest->deadline())) oldest = connection;
  }
  if (!oldest) return false;
  oldest->close();
  return true;
}

void HttpServer::turn_away(Fd socket) {
  Wishes wishes;
  wishes.keep_alive = false;
  Response full = Response::error(503, "full", "All connections are taken.").with("Retry-After", "5");
  Delivery(std::move(full), wishes, date(), Fd()).send(socket.get());
  count("none", 503);
}

void HttpServer::forget(Connection* connection) { connections_.erase(connection); }

std::size_t HttpServer::waiting() const {
  return static_cast<std::size_t>(std::count_if(connections_.begin(), connections_.end(),
                                                [](const auto& entry) { return entry.first->waiting(); }));
}

SocketEndpoint* HttpServer::socket_endpoint(const Request& request) const {
  const auto endpoint = socket_endpoints_.find(request.path);
  if (endpoint == socket_endpoints_.end() || request.method != "GET") return nullptr;
  return websocket_key(request) ? endpoint->second : nullptr;
}

void HttpServer::dispatch(Request& request, const Reply& reply, std::string& route) {
  route = "none";
  try {
    auto match = router_.find(request.method, request.path);
    if (auto* found = std::get_if<Router::Found>(&match)) {
      route = found->route->pattern;
      request.captures = std::move(found->captures);
      if (observer_) observer_(request, route);
      found->route->handler(request, reply);
    } else if (auto* others = std::get_if<Router::OtherMethods>(&match)) {
      reply(Response::error(405, "bad_method", request.method + " is not possible here.").with("Allow", others->allow));
    } else {
      // Programs under /api get JSON, people a page.
      if (not_found_ && !request.path.starts_with("/api/")) return not_found_(request, reply);
      reply(Response::error(404, "not_found", "There is nothing here."));
    }
  } catch (const std::exception& problem) {
    // The pattern, not the path: a path may be a secret (/join/{token}).
    log::error("{} {} failed: {}", request.method, route, problem.what());
    reply(Response::error(500, "failed", "The server failed; its log says more."));
  }
}

/// RFC 9110, 5.6.7; made once a second.
const std::string& HttpServer::date() {
  const std::time_t now = std::time(nullptr);
  if (now != date_second_) {
    date_second_ = now;
    std::tm utc{};
    ::gmtime_r(&now, &utc);
    static constexpr const char* kDays[] = {"Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"};
    static constexpr const char* kMonths[] = {"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                              "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
    date_ = fmt::format("{}, {:02} {} {} {:02}:{:02}:{:02} GMT", kDays[utc.tm_wday], utc.tm_mday, kMonths[utc.tm_mon],
                        utc.tm_year + 1900, utc.tm_hour, utc.tm_min, utc.tm_sec);
  }
  return date_;
}

void HttpServer::close() {
  close_and_delete(poll_);
  close_and_delete(sweep_);
  listener_.reset();
  while (!connections_.empty()) connections_.begin()->second->close();
}

std::optional<tl::expected<std::string, Response>> websocket_key(const Request& request) {
  auto has = [&](const char* name, std::string_view wanted) {
    std::string value = request.header(name);
    std::transform(value.begin(), value.end(), value.begin(),
                   [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
    for (std::size_t at = value.find(wanted); at != std::string::npos; at = value.find(wanted, at + 1)) {
      auto edge = [&](std::size_t i) { return i >= value.size() || value[i] == ',' || value[i] == ' '; };
      if ((at == 0 || edge(at - 1)) && edge(at + wanted.size())) return true;
    }
    return false;
  };
  if (request.header("upgrade").empty()) return std::nullopt;
  using Wrong = tl::unexpected<Response>;
  if (!has("upgrade", "websocket") || !has("connection", "upgrade")) {
    return Wrong(Response::error(400, "bad_upgrade", "Only an upgrade to websocket is possible here."));
  }
  if (request.header("sec-websocket-version") != "13") {
    return Wrong(Response::error(426, "bad_version", "WebSocket version 13 is spoken here.")
                     .with("Upgrade", "websocket")
                     .with("Sec-WebSocket-Version", "13"));
  }
  // RFC 6455, 4.1: "a nonce consisting of a randomly selected 16-byte value that has been base64-encoded".
  const std::string key = request.header("sec-websocket-key");
  const bool base64 = key.size() == 24 && key.ends_with("==") && std::all_of(key.begin(), key.end() - 2, [](char c) {
                        return std::isalnum(static_cast<unsigned char>(c)) || c == '+' || c == '/';
                      });
  if (!base64) return Wrong(Response::error(400, "bad_upgrade", "Sec-WebSocket-Key is malformed."));
  return key;
}

}  // namespace tyndau::web
