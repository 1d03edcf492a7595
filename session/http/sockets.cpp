#include "session/http/sockets.h"

#include <libwebsockets.h>
#include <sys/socket.h>

#include <algorithm>
#include <array>
#include <set>
#include <utility>

#include "media/base/log.h"

namespace tyndau::web {

SocketMessage::SocketMessage(const Json& json) {
  const std::string text = json.dump(-1, ' ', false, Json::error_handler_t::replace);
  bytes_.resize(LWS_PRE + text.size());
  std::copy(text.begin(), text.end(), bytes_.begin() + LWS_PRE);
}

bool SocketMessage::write(lws* socket) {
  // lws_write() writes its frame head into the room, so each call needs it to itself: one thread, one call at a time.
  const std::size_t size = bytes_.size() - LWS_PRE;
  return lws_write(socket, bytes_.data() + LWS_PRE, size, LWS_WRITE_TEXT) >= static_cast<int>(size);
}

void SocketClient::heard(const std::string&) {}

void SocketClient::wake() {
  if (socket_ != nullptr) lws_callback_on_writable(socket_);
}

void SocketClient::close(int code) {
  constexpr int kPatienceSeconds = 5;
  if (closing()) return;
  close_code_ = code;
  if (socket_ != nullptr) lws_set_timeout(socket_, PENDING_TIMEOUT_USER_OK, kPatienceSeconds);
  wake();
}

struct Sockets::Inner {
  explicit Inner(uv_loop_t* the_loop) : loop(the_loop) {}

  Result<void> start();
  void close();
  int on_socket(lws* socket, lws_callback_reasons reason, const char* in, std::size_t size);
  int established(lws* socket);
  int writeable(SocketClient& client);
  int received(SocketClient& client, const char* in, std::size_t size);
  void forget(lws* socket);

  uv_loop_t* loop;
  lws_context* context = nullptr;
  lws_vhost* vhost = nullptr;
  std::map<lws*, std::unique_ptr<SocketClient>> clients;
  /// Whose handshake lws is just doing: adopt() is not over before established() was called.
  std::unique_ptr<SocketClient> arriving;
  bool closed = false;
};

namespace {

const lws_retry_bo_t kPatience{nullptr, 0, 0, 20, 30, 0};  // a PING after 20 s of silence, the end after 30

/// lws has a last word for its sockets when the loop frees their handles, which is after we are gone.
std::set<Sockets::Inner*>& alive() {
  static std::set<Sockets::Inner*> all;
  return all;
}

int callback(lws* socket, lws_callback_reasons reason, void*, void* in, std::size_t size) {
  auto* inner = static_cast<Sockets::Inner*>(lws_context_user(lws_get_context(socket)));
  if (!alive().contains(inner)) return 0;
  try {
    return inner->on_socket(socket, reason, static_cast<const char*>(in), size);
  } catch (const std::exception& problem) {
    log::error("A socket was ended by an exception: {}", problem.what());
    return -1;
  }
}

/// Without a size of its own lws sends no more at a time than it may read.
constexpr std::size_t kPacketBytes = 256 * 1024;
const std::array<lws_protocols, 2> kProtocols{{
    {"tyndau-live", callback, 0, 4096, 0, nullptr, kPacketBytes},
    {nullptr, nullptr, 0, 0, 0, nullptr, 0},
}};

/// On a foreign loop lws frees its context only when it is destroyed a second time, after the loop has closed lws'
/// handles. That takes three turns of the loop, the handles of the sockets before those of the context.
void destroy_in_two_steps(uv_loop_t* loop, lws_context* context) {
  struct Farewell {
    uv_idle_t idle{};
    lws_context* context = nullptr;
    int turns = 0;
  };
  auto* farewell = new Farewell;
  farewell->context = context;
  farewell->idle.data = farewell;
  lws_context_destroy(context);
  uv_idle_init(loop, &farewell->idle);
  uv_idle_start(&farewell->idle, [](uv_idle_t* idle) {
    auto* leaving = static_cast<Farewell*>(idle->data);
    if (++leaving->turns < 8) return;
    lws_context_destroy(leaving->context);
    uv_close(reinterpret_cast<uv_handle_t*>(idle),
             [](uv_handle_t* handle) { delete static_cast<Farewell*>(handle->data); });
  });
}

}  // namespace

Sockets::Sockets(std::unique_ptr<Inner> inner) : inner_(std::move(inner)) {}
Sockets::~Sockets() {
  close();
  alive().erase(inner_.get());
}

Result<std::unique_ptr<Sockets>> Sockets::create(uv_loop_t* loop) {
  auto inner = std::make_unique<Inner>(loop);
  if (auto started = inner->start(); !started) return tl::unexpected(started.error());
  return std::unique_ptr<Sockets>(new Sockets(std::move(inner)));
}

Result<void> Sockets::Inner::start() {
  alive().insert(this);
  lws_set_log_level(0, nullptr);  // it calls ordinary things errors
  void* loops[1] = {loop};
  lws_context_creation_info info{};
  info.port = CONTEXT_PORT_NO_LISTEN_SERVER;
  info.options = LWS_SERVER_OPTION_LIBUV | LWS_SERVER_OPTION_EXPLICIT_VHOSTS;
  info.foreign_loops = loops;
  info.protocols = kProtocols.data();
  info.user = this;
  info.gid = static_cast<gid_t>(-1);
  info.uid = static_cast<uid_t>(-1);
  info.fd_limit_per_thread = kMost + 64;
  info.timeout_secs = 10;
  info.retry_and_idle_policy = &kPatience;
  context = lws_create_context(&info);
  if (!context) return fail("libwebsockets does not start; is libwebsockets-evlib-uv installed?");
  vhost = lws_create_vhost(context, &info);
  if (!vhost) return fail("libwebsockets does not start");
  return {};
}

void Sockets::close() { inner_->close(); }

void Sockets::Inner::close() {
  if (std::exchange(closed, true)) return;
  for (auto& [socket, client] : clients) client->socket_ = nullptr;  // nothing more is sent
  if (context) destroy_in_two_steps(loop, std::exchange(context, nullptr));
}

bool Sockets::full() const { return inner_->clients.size() >= kMost; }

void Sockets::adopt(Fd socket, const std::string& key, std::unique_ptr<SocketClient> client) {
  inner_->arriving = std::move(client);
  // lws reads a handshake of our own making: nothing that a stranger wrote, but for the key, whose form was checked.
  const std::string handshake =
      "GET /api/v1/live HTTP/1.1\r\nHost: tyndau\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
      "Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: " +
      key + "\r\n\r\n";
  lws_adopt_socket_vhost_readbuf(inner_->vhost, socket.release(), handshake.data(), handshake.size());
  inner_->arriving.reset();
}

int Sockets::Inner::on_socket(lws* socket, lws_callback_reasons reason, const char* in, std::size_t size) {
  const auto found = clients.find(socket);
  switch (reason) {
    case LWS_CALLBACK_ESTABLISHED:
      return established(socket);
    case LWS_CALLBACK_SERVER_WRITEABLE:
      return found == clients.end() || closed ? -1 : writeable(*found->second);
    case LWS_CALLBACK_RECEIVE:
      return found == clients.end() || closed ? -1 : received(*found->second, in, size);
    case LWS_CALLBACK_CLOSED:
      forget(socket);
      return 0;
    case LWS_CALLBACK_HTTP:
      return -1;  // only WebSockets come here
    default:
      return 0;
  }
}

void Sockets::Inner::forget(lws* socket) {
  const auto found = clients.find(socket);
  if (found == clients.end()) return;
  // It says goodbye to others while it is not among them any more.
  const std::unique_ptr<SocketClient> gone = std::move(found->second);
  gone->socket_ = nullptr;
  clients.erase(found);
}

int Sockets::Inner::established(lws* socket) {
  if (!arriving || closed) return -1;
  arriving->socket_ = socket;
  clients[socket] = std::move(arriving);
  lws_callback_on_writable(socket);
  return 0;
}

/// One message at a time.
int Sockets::Inner::writeable(SocketClient& client) {
  if (client.socket_ == nullptr) return -1;
  if (lws_partial_buffered(client.socket_) != 0) {
    lws_callback_on_writable(client.socket_);
    return 0;
  }
  if (const SharedMessage message = client.next()) {
    if (!message->write(client.socket_)) return -1;
    lws_callback_on_writable(client.socket_);
    return 0;
  }
  if (!client.closing()) return 0;
  // On libuv, 4.1.6 closes before it has sent the close frame that lws_close_reason() asks for. RFC 6455, 5.5.1: FIN
  // and opcode 8, two bytes of status.
  const std::array<unsigned char, 4> frame{0x88, 2, static_cast<unsigned char>(client.close_code_ >> 8),
                                           static_cast<unsigned char>(client.close_code_ & 0xff)};
  ::send(lws_get_socket_fd(client.socket_), frame.data(), frame.size(), MSG_NOSIGNAL | MSG_DONTWAIT);
  return -1;
}

int Sockets::Inner::received(SocketClient& client, const char* in, std::size_t size) {
  if (client.closing() || client.most_bytes == 0) return 0;
  const bool wrong = lws_frame_is_binary(client.socket_) != 0 || client.incoming_.size() + size > client.most_bytes;
  if (wrong) {
    client.incoming_.clear();
    client.close(SocketClient::kBadMessage);
    return 0;
  }
  client.incoming_.append(in, size);
  const bool whole = lws_is_final_fragment(client.socket_) != 0 && lws_remaining_packet_payload(client.socket_) == 0;
  if (whole) client.heard(std::exchange(client.incoming_, {}));
  return 0;
}

// ---- timers ----

struct LoopTimer::Handle {
  uv_timer_t timer{};
  std::function<void()> function;
};

LoopTimer::LoopTimer(uv_loop_t* loop, std::function<void()> function) : handle_(new Handle) {
  handle_->function = std::move(function);
  handle_->timer.data = handle_;
  uv_timer_init(loop, &handle_->timer);
}

LoopTimer::~LoopTimer() {
  uv_close(reinterpret_cast<uv_handle_t*>(&handle_->timer),
           [](uv_handle_t* handle) { delete static_cast<Handle*>(handle->data); });
}

void LoopTimer::start(std::uint64_t after_ms, std::uint64_t every_ms) {
  uv_timer_start(
      &handle_->timer, [](uv_timer_t* timer) { static_cast<Handle*>(timer->data)->function(); }, after_ms, every_ms);
}

}  // namespace tyndau::web
