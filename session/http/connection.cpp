#include "session/http/connection.h"

#include <sys/socket.h>

#include <array>
#include <limits>

#include "media/base/log.h"
#include "session/http/http_server.h"

namespace tyndau::web {
namespace {

constexpr std::size_t kReadBytes = 16 * 1024;
/// What a client may send ahead while an earlier request of its waits.
constexpr std::size_t kMaxAhead = 16 * 1024;
/// After a refusal the rest of what the client sends is read and dropped for a moment: closing on unread bytes would
/// make the kernel throw our answer away (RFC 9112, 9.6).
constexpr std::uint64_t kLingerMilliseconds = 1000;
constexpr std::size_t kLingerBytes = 256 * 1024;

}  // namespace

/// The other end of a Reply. Outlives the connection if the handler keeps it.
class Connection::Pending : public Reply::Sink {
 public:
  explicit Pending(std::weak_ptr<Connection> connection) : connection_(std::move(connection)) {}

  void answer(Response response) override {
    if (done_ || gone_) return;
    done_ = true;
    on_gone_ = nullptr;
    if (auto connection = connection_.lock()) connection->answered(std::move(response));
  }
  bool gone() const override { return gone_; }
  void on_gone(std::function<void()> callback) override {
    if (gone_) return callback();
    if (!done_) on_gone_ = std::move(callback);
  }
  void leave() {
    if (done_ || gone_) return;
    gone_ = true;
    if (auto callback = std::exchange(on_gone_, nullptr)) callback();
  }

 private:
  std::weak_ptr<Connection> connection_;
  std::function<void()> on_gone_;
  bool done_ = false, gone_ = false;
};

Connection::Connection(HttpServer& server, Fd socket, std::string peer)
    : server_(server), socket_(std::move(socket)), peer_(std::move(peer)) {}

Connection::~Connection() = default;

void Connection::begin() {
  poll_ = new uv_poll_t;
  poll_->data = this;
  if (uv_poll_init(server_.loop_, poll_, socket_.get()) != 0) {
    delete std::exchange(poll_, nullptr);
    close();
    return;
  }
  expire_in(static_cast<std::uint64_t>(server_.options_.head_time.count()));
  listen_for(UV_READABLE);
}

void Connection::close() {
  if (closed_) return;
  closed_ = true;
  auto self = shared_from_this();
  if (poll_)
    uv_close(reinterpret_cast<uv_handle_t*>(poll_),
             [](uv_handle_t* handle) { delete reinterpret_cast<uv_poll_t*>(handle); });
  poll_ = nullptr;
  socket_.reset();
  delivery_.reset();
  server_.forget(this);
  if (auto pending = std::exchange(pending_, nullptr)) pending->leave();
}

void Connection::expire_in(std::uint64_t milliseconds) { deadline_ = uv_now(server_.loop_) + milliseconds; }

void Connection::check_time(std::uint64_t now) {
  if (closed_ || now < deadline_) return;
  if (phase_ == Phase::kSending && delivery_ && delivery_->sent() > sent_before_) {
    sent_before_ = delivery_->sent();
    expire_in(static_cast<std::uint64_t>(server_.options_.stall_time.count()));
    return;
  }
  const bool half_read = phase_ == Phase::kBody || (phase_ == Phase::kHead && !received_.empty());
  if (!half_read) return close();
  refuse({408, "too_slow", "The request did not arrive in time."});
  pump();
}

void Connection::listen_for(int events) {
  if (closed_ || events == events_) return;
  events_ = events;
  uv_poll_start(poll_, events, [](uv_poll_t* poll, int status, int ready) {
    // Handlers catch what is theirs; nothing may pass through libuv's C frames.
    auto connection = static_cast<Connection*>(poll->data)->shared_from_this();
    try {
      connection->on_event(status, ready);
    } catch (const std::exception& problem) {
      log::error("A connection was ended by an exception: {}", problem.what());
      connection->close();
    }
  });
}

void Connection::on_event(int status, int events) {
  if (closed_) return;
  if (status < 0) return close();
  if ((events & (UV_READABLE | UV_DISCONNECT)) != 0 && phase_ != Phase::kSending) receive();
  if (!closed_) pump();
}

void Connection::receive() {
  static std::array<char, kReadBytes> buffer;  // loop thread only, emptied before anything else happens
  ssize_t got = ::recv(socket_.get(), buffer.data(), buffer.size(), 0);
  if (got < 0 && (errno == EAGAIN || errno == EWOULDBLOCK || errno == EINTR)) return;
  if (got <= 0) return close();
  const auto bytes = static_cast<std::size_t>(got);
  if (phase_ == Phase::kLingering) {
    lingered_ += bytes;
    if (lingered_ > kLingerBytes) close();
    return;
  }
  if (phase_ == Phase::kHead && received_.empty()) {
    expire_in(static_cast<std::uint64_t>(server_.options_.head_time.count()));
  }
  received_.append(buffer.data(), bytes);
}

/// Goes on as far as it can without the network or a handler. Not recursive, however many requests lie in `received_`.
void Connection::pump() {
  if (pumping_) return;
  auto self = shared_from_this();
  pumping_ = true;
  while (!closed_ && advance()) {
  }
  pumping_ = false;
  if (closed_) return;
  switch (phase_) {
    case Phase::kSending:
      return listen_for(UV_WRITABLE);
    case Phase::kWaiting:
      // Reading on shows at once that the client left; but not into endless memory.
      return listen_for(received_.size() < kMaxAhead ? UV_READABLE : UV_DISCONNECT);
    default:
      return listen_for(UV_READABLE);
  }
}

bool Connection::advance() {
  switch (phase_) {
    case Phase::kHead:
      return read_request();
    case Phase::kBody:
      if (received_.size() < head_->content_length) return false;
      hand_over();
      return true;
    case Phase::kWaiting:
      if (!response_) return false;
      start_sending(std::move(*std::exchange(response_, std::nullopt)));
      return true;
    case Phase::kSending:
      return go_on_sending();
    case Phase::kLingering:
      return false;
  }
  return false;
}

bool Connection::read_request() {
  // RFC 9112, 2.2: ignore an empty line before the request line.
  if (received_.starts_with("\r\n")) received_.erase(0, 2);
  if (received_.empty()) return false;
  auto length = head_length(received_, scanned_);
  scanned_ = received_.size();
  if (length.value_or(received_.size()) > kMaxHeadBytes) {
    refuse({431, "headers_too_large", "The head of a request may have 16384 bytes."});
    return true;
  }
  if (!length) return false;
  scanned_ = 0;
  auto head = read_head(std::string_view(received_).substr(0, *length));
  received_.erase(0, *length);
  if (!head) {
    refuse(head.error());
    return true;
  }
  head_ = std::move(*head);
  if (head_->content_length == 0) {
    hand_over();
    return true;
  }
  phase_ = Phase::kBody;
  expire_in(static_cast<std::uint64_t>(server_.options_.body_time.count()));
  if (head_->expects_continue && received_.empty()) {
    static constexpr std::string_view kContinue = "HTTP/1.1 100 Continue\r\n\r\n";
    ::send(socket_.get(), kContinue.data(), kContinue.size(), MSG_NOSIGNAL);
  }
  return true;
}

/// Gives a whole request to its handler.
void Connection::hand_over() {
  Request& request = head_->request;
  request.body = received_.substr(0, head_->content_length);
  received_.erase(0, head_->content_length);
  if (received_.empty()) received_.shrink_to_fit();  // thousands wait in here at a time
  request.client = peer_;
  if (server_.options_.trust_forwarded_for && (peer_.starts_with("127.") || peer_ == "::1")) {
    if (auto client = forwarded_client(request.header("x-forwarded-for")); !client.empty()) request.client = client;
  }
  wishes_ = Wishes::of(request);
  wishes_.keep_alive = head_->keep_alive;
  wishes_.version_1_0 = head_->version_1_0;
  phase_ = Phase::kWaiting;
  deadline_ = std::numeric_limits<std::uint64_t>::max();  // how long a handler may take is the handler's to say
  pending_ = std::make_shared<Pending>(weak_from_this());
  if (server_.socket_endpoint(request)) return upgrade();
  // The request lives as long as its handler runs; a parked reply costs only what the handler keeps.
  Head head = std::move(*std::exchange(head_, std::nullopt));
  server_.dispatch(head.request, Reply(pending_), route_);
}

void Connection::upgrade() {
  Head head = std::move(*std::exchange(head_, std::nullopt));
  route_ = head.request.path;
  auto key = *websocket_key(head.request);
  SocketEndpoint* endpoint = server_.socket_endpoint(head.request);
  if (!key) return answered(std::move(key.error()));
  if (auto refusal = endpoint->refusal(head.request)) return answered(std::move(*refusal));
  if (!received_.empty()) {
    return answered(Response::error(400, "too_early", "Wait for the handshake's answer before sending."));
  }
  server_.count(route_, 101);
  Fd socket = std::move(socket_);
  pending_.reset();
  close();  // gives the loop's watch on the socket back, so that another can take it
  endpoint->adopt(std::move(socket), head.request, *key);
}

void Connection::refuse(const BadRequest& bad) {
  head_.reset();
  received_.clear();
  wishes_ = Wishes{};
  wishes_.keep_alive = false;
  ends_after_ = true;
  route_ = "malformed";
  phase_ = Phase::kWaiting;
  response_ = Response::error(bad.status, bad.code, bad.detail);
}

void Connection::answered(Response response) {
  if (closed_ || phase_ != Phase::kWaiting || response_) return;
  pending_.reset();
  response_ = std::move(response);
  pump();
}

void Connection::start_sending(Response response) {
  apply_wishes(wishes_, response);
  auto first_file = open_first_file(response);
  if (!first_file) {
    log::warning("Cannot answer with a file: {}", first_file.error().what);
    const bool missing = first_file.error().code == ENOENT;
    response = missing ? Response::error(404, "not_found", "There is no such file.")
                       : Response::error(500, "unreadable", "The file cannot be read.");
    first_file = Fd();
  }
  server_.count(route_, response.status);
  delivery_.emplace(std::move(response), wishes_, server_.date(), std::move(*first_file));
  sent_before_ = 0;
  phase_ = Phase::kSending;
  expire_in(static_cast<std::uint64_t>(server_.options_.stall_time.count()));
}

/// True when the next request can be read.
bool Connection::go_on_sending() {
  const std::uint64_t before = delivery_->sent();
  auto progress = delivery_->send(socket_.get());
  server_.bytes_sent_ += delivery_->sent() - before;
  if (progress == Delivery::Progress::kBlocked) return false;
  delivery_.reset();
  if (progress == Delivery::Progress::kBroken) {
    close();
    return false;
  }
  if (ends_after_) {
    linger();
    return false;
  }
  if (!wishes_.keep_alive) {
    close();
    return false;
  }
  wishes_ = Wishes{};
  phase_ = Phase::kHead;
  const auto& options = server_.options_;
  expire_in(static_cast<std::uint64_t>((received_.empty() ? options.idle_time : options.head_time).count()));
  return true;
}

void Connection::linger() {
  ::shutdown(socket_.get(), SHUT_WR);
  phase_ = Phase::kLingering;
  expire_in(kLingerMilliseconds);
}

}  // namespace tyndau::web
