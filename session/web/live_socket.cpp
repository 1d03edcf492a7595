#include "session/web/live_socket.h"

#include <libwebsockets.h>
#include <sys/socket.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <set>

#include "media/base/log.h"

namespace tyndau::web {
namespace {

constexpr std::uint64_t kPingMilliseconds = 5000;
constexpr std::size_t kMostSockets = 200;  // screens of people who act, not of citizens

/// A message with the room in front that lws_write() needs; shared by all sockets that get the same bytes.
class Message {
 public:
  explicit Message(const Json& json) {
    const std::string text = json.dump(-1, ' ', false, Json::error_handler_t::replace);
    bytes_.resize(LWS_PRE + text.size());
    std::copy(text.begin(), text.end(), bytes_.begin() + LWS_PRE);
  }
  /// lws_write() writes its frame head into the room, so each call needs it to itself: one thread, one call at a time.
  bool write(lws* socket) {
    const std::size_t size = bytes_.size() - LWS_PRE;
    return lws_write(socket, bytes_.data() + LWS_PRE, size, LWS_WRITE_TEXT) >= static_cast<int>(size);
  }

 private:
  std::vector<unsigned char> bytes_;
};
using SharedMessage = std::shared_ptr<Message>;

/// One screen.
struct Screen {
  lws* socket = nullptr;
  std::string meeting, token;
  bool wants_view = true, wants_ping = false, session_ended = false;
  std::size_t viewers = 0;  ///< as last shown
  SharedMessage levels;     ///< the newest; what was not sent in time is gone
};

const lws_retry_bo_t kPatience{nullptr, 0, 0, 20, 30, 0};  // a PING after 20 s of silence, the end after 30

}  // namespace

struct LiveSocket::Inner {
  Inner(uv_loop_t* the_loop, secretariat::Secretariat& the_secretariat, Gate& the_gate, Viewers& the_viewers,
        std::function<Utc()> the_clock)
      : loop(the_loop), secretariat(the_secretariat), gate(the_gate), viewers(the_viewers), now(std::move(the_clock)) {}

  Result<void> start();
  void close();
  int on_socket(lws* socket, lws_callback_reasons reason);
  int established(lws* socket);
  int writeable(Screen& screen);
  SharedMessage view_of(const std::string& meeting);
  void on_change(const std::string& meeting);
  void ask_to_write(const std::function<bool(Screen&)>& choose);
  void tick();

  uv_loop_t* loop;
  secretariat::Secretariat& secretariat;
  Gate& gate;
  Viewers& viewers;
  std::function<Utc()> now;
  lws_context* context = nullptr;
  lws_vhost* vhost = nullptr;
  uv_timer_t* ping_timer = nullptr;
  uv_timer_t* turn_timer = nullptr;
  int ticket = 0;
  std::map<lws*, std::unique_ptr<Screen>> screens;
  /// The screen whose handshake lws is just doing: adopt() is not over before established() was called.
  std::unique_ptr<Screen> arriving;
  std::map<std::string, SharedMessage> views;  ///< rendered in this turn of the loop
  SharedMessage ping = std::make_shared<Message>(Json{{"type", "ping"}});
  bool closed = false;
};

namespace {

/// lws has a last word for its sockets when the loop frees their handles, which is after we are gone.
std::set<LiveSocket::Inner*>& alive() {
  static std::set<LiveSocket::Inner*> all;
  return all;
}

int callback(lws* socket, lws_callback_reasons reason, void*, void*, std::size_t) {
  auto* inner = static_cast<LiveSocket::Inner*>(lws_context_user(lws_get_context(socket)));
  if (!alive().contains(inner)) return 0;
  try {
    return inner->on_socket(socket, reason);
  } catch (const std::exception& problem) {
    log::error("A desk's socket was ended by an exception: {}", problem.what());
    return -1;
  }
}

/// Without a size of its own lws sends no more at a time than it may read.
constexpr std::size_t kPacketBytes = 256 * 1024;
const std::array<lws_protocols, 2> kProtocols{{
    {"tyndau-live", callback, 0, 1024, 0, nullptr, kPacketBytes},
    {nullptr, nullptr, 0, 0, 0, nullptr, 0},
}};

uv_timer_t* make_timer(uv_loop_t* loop, void* data) {
  auto* timer = new uv_timer_t;
  uv_timer_init(loop, timer);
  timer->data = data;
  return timer;
}

void close_timer(uv_timer_t*& timer) {
  if (!timer) return;
  uv_close(reinterpret_cast<uv_handle_t*>(timer),
           [](uv_handle_t* handle) { delete reinterpret_cast<uv_timer_t*>(handle); });
  timer = nullptr;
}

}  // namespace

namespace {

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
    auto* farewell = static_cast<Farewell*>(idle->data);
    if (++farewell->turns < 8) return;
    lws_context_destroy(farewell->context);
    uv_close(reinterpret_cast<uv_handle_t*>(idle),
             [](uv_handle_t* handle) { delete static_cast<Farewell*>(handle->data); });
  });
}

}  // namespace

LiveSocket::LiveSocket(std::unique_ptr<Inner> inner) : inner_(std::move(inner)) {}
LiveSocket::~LiveSocket() {
  close();
  alive().erase(inner_.get());
}

Result<std::unique_ptr<LiveSocket>> LiveSocket::create(uv_loop_t* loop, secretariat::Secretariat& secretariat,
                                                       Gate& gate, Viewers& viewers, std::function<Utc()> now) {
  auto inner = std::make_unique<Inner>(loop, secretariat, gate, viewers, std::move(now));
  if (auto started = inner->start(); !started) return tl::unexpected(started.error());
  return std::unique_ptr<LiveSocket>(new LiveSocket(std::move(inner)));
}

Result<void> LiveSocket::Inner::start() {
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
  info.fd_limit_per_thread = kMostSockets + 64;
  info.timeout_secs = 10;
  info.retry_and_idle_policy = &kPatience;
  context = lws_create_context(&info);
  if (!context) return fail("libwebsockets does not start; is libwebsockets-evlib-uv installed?");
  vhost = lws_create_vhost(context, &info);
  if (!vhost) return fail("libwebsockets does not start");
  ticket = secretariat.listen([this](const std::string& meeting) { on_change(meeting); });
  turn_timer = make_timer(loop, this);
  ping_timer = make_timer(loop, this);
  uv_timer_start(
      ping_timer, [](uv_timer_t* timer) { static_cast<Inner*>(timer->data)->tick(); }, kPingMilliseconds,
      kPingMilliseconds);
  return {};
}

void LiveSocket::close() { inner_->close(); }

void LiveSocket::Inner::close() {
  if (closed) return;
  closed = true;
  if (ticket != 0) secretariat.forget(ticket);
  close_timer(turn_timer);
  close_timer(ping_timer);
  if (context) destroy_in_two_steps(loop, std::exchange(context, nullptr));
}

std::size_t LiveSocket::count() const { return inner_->screens.size(); }

std::optional<Response> LiveSocket::refusal(const Request& request) {
  if (auto foreign = inner_->gate.foreign(request)) return foreign;
  if (!inner_->gate.session(request)) return Response::error(401, "login_needed", "Log in first.");
  if (!inner_->secretariat.state(request.query_value("meeting").value_or(""))) {
    return Response::error(404, "no_meeting", "There is no such meeting.");
  }
  if (count() >= kMostSockets) return Response::error(503, "full", "All sockets are taken.").with("Retry-After", "5");
  return std::nullopt;
}

void LiveSocket::adopt(Fd socket, const Request& request, const std::string& key) {
  inner_->arriving = std::make_unique<Screen>();
  inner_->arriving->meeting = request.query_value("meeting").value_or("");
  inner_->arriving->token = inner_->gate.token(request);
  // lws reads a handshake of our own making: nothing that a stranger wrote, but for the key, whose form was checked.
  const std::string handshake =
      "GET /api/v1/live HTTP/1.1\r\nHost: tyndau\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
      "Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: " +
      key + "\r\n\r\n";
  lws_adopt_socket_vhost_readbuf(inner_->vhost, socket.release(), handshake.data(), handshake.size());
  inner_->arriving.reset();
}

int LiveSocket::Inner::on_socket(lws* socket, lws_callback_reasons reason) {
  switch (reason) {
    case LWS_CALLBACK_ESTABLISHED:
      return established(socket);
    case LWS_CALLBACK_SERVER_WRITEABLE: {
      auto found = screens.find(socket);
      return found == screens.end() || closed ? -1 : writeable(*found->second);
    }
    case LWS_CALLBACK_CLOSED:
      screens.erase(socket);
      return 0;
    case LWS_CALLBACK_HTTP:
      return -1;  // only WebSockets come here
    default:
      return 0;
  }
}

int LiveSocket::Inner::established(lws* socket) {
  if (!arriving || closed) return -1;
  arriving->socket = socket;
  screens[socket] = std::move(arriving);
  lws_callback_on_writable(socket);
  return 0;
}

/// One message at a time: the state first, for it is what is acted upon.
int LiveSocket::Inner::writeable(Screen& screen) {
  if (screen.session_ended) {
    // On libuv, 4.1.6 closes before it has sent the close frame that lws_close_reason() asks for. RFC 6455, 5.5.1:
    // FIN and opcode 8, two bytes of status.
    constexpr std::array<unsigned char, 4> kFrame{0x88, 2, kSessionEnded >> 8, kSessionEnded & 0xff};
    if (lws_partial_buffered(screen.socket) == 0) {
      ::send(lws_get_socket_fd(screen.socket), kFrame.data(), kFrame.size(), MSG_NOSIGNAL | MSG_DONTWAIT);
    }
    return -1;
  }
  if (lws_partial_buffered(screen.socket) != 0) {
    lws_callback_on_writable(screen.socket);
    return 0;
  }
  SharedMessage message;
  if (std::exchange(screen.wants_view, false)) {
    message = view_of(screen.meeting);
    screen.viewers = viewers.count(screen.meeting, now());
  } else if (screen.levels) {
    message = std::exchange(screen.levels, nullptr);
  } else if (std::exchange(screen.wants_ping, false)) {
    message = ping;
  }
  if (!message) return 0;
  if (!message->write(screen.socket)) return -1;
  if (screen.wants_view || screen.levels || screen.wants_ping) lws_callback_on_writable(screen.socket);
  return 0;
}

SharedMessage LiveSocket::Inner::view_of(const std::string& meeting) {
  SharedMessage& view = views[meeting];
  if (!view) {
    const Json json = desk_view(secretariat, meeting, viewers.count(meeting, now()));
    view = std::make_shared<Message>(Json{{"type", "view"}, {"view", json}});
    // It says how much time is left: good for this turn of the loop only.
    uv_timer_start(
        turn_timer, [](uv_timer_t* timer) { static_cast<Inner*>(timer->data)->views.clear(); }, 0, 0);
  }
  return view;
}

void LiveSocket::Inner::on_change(const std::string& meeting) {
  views.clear();
  // The view is made when it is written, in a later turn of the loop: all changes of this one are in it then.
  ask_to_write([&](Screen& screen) {
    if (!meeting.empty() && screen.meeting != meeting) return false;
    return screen.wants_view = true;
  });
}

void LiveSocket::Inner::ask_to_write(const std::function<bool(Screen&)>& choose) {
  if (closed) return;
  for (auto& [socket, screen] : screens) {
    if (choose(*screen)) lws_callback_on_writable(socket);
  }
}

void LiveSocket::Inner::tick() {
  // A session also ends by age, not only by logout.
  ask_to_write([this](Screen& screen) {
    screen.session_ended = screen.session_ended || !gate.lasts(screen.token);
    // Nobody tells when a viewer has gone.
    screen.wants_view = screen.wants_view || screen.viewers != viewers.count(screen.meeting, now());
    return screen.wants_ping = true;
  });
}

void LiveSocket::send_levels(const link::Levels& levels) {
  if (inner_->screens.empty()) return;
  auto rounded = [](double value) { return std::round(value * 10) / 10; };
  auto message = std::make_shared<Message>(Json{{"type", "levels"},
                                                {"peak_db", rounded(levels.peak_db)},
                                                {"rms_db", rounded(levels.rms_db)},
                                                {"source_peak_db", rounded(levels.source_peak_db)}});
  inner_->ask_to_write([&](Screen& screen) {
    screen.levels = message;
    return true;
  });
}

void LiveSocket::end_session(const std::string& token) {
  inner_->ask_to_write([&](Screen& screen) {
    if (screen.token != token) return false;
    return screen.session_ended = true;
  });
}

}  // namespace tyndau::web
