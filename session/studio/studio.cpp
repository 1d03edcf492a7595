#include "session/studio/studio.h"

#include <fmt/format.h>
#include <sys/socket.h>
#include <sys/un.h>

#include <cstring>
#include <deque>
#include <map>
#include <vector>

#include "media/base/fd.h"
#include "media/base/log.h"

namespace tyndau::studio {

namespace {

constexpr std::uint64_t kRetryMs = 100;
// Another version stays another version until somebody installs something.
constexpr std::uint64_t kOtherVersionRetryMs = 2000;
// Media reads its socket all the time: so many unread commands mean that it hangs.
constexpr std::size_t kMaxUnsent = 256;
// So that a flood of facts leaves the loop's other guests their turn.
constexpr int kPacketsPerTurn = 64;
constexpr int kBadPacketsLogged = 10;

void set_id(link::Command& command, std::int64_t id) {
  std::visit(
      [id](auto& body) {
        if constexpr (requires { body.id; }) body.id = id;
      },
      command);
}

/// A libuv handle lives until its close callback has run, which is later than its owner's end.
template <class Handle>
void close_handle(Handle*& handle) {
  if (handle == nullptr) return;
  uv_close(reinterpret_cast<uv_handle_t*>(handle),
           [](uv_handle_t* closed) { delete reinterpret_cast<Handle*>(closed); });
  handle = nullptr;
}

}  // namespace

struct Studio::Inner : std::enable_shared_from_this<Inner> {
  // Constant after construction
  uv_loop_t* loop;
  std::filesystem::path socket;
  Events events;

  uv_timer_t* retry = nullptr;  // runs while there is no connection
  uv_timer_t* later = nullptr;  // gives answers that may not be given from inside send()
  uv_poll_t* poll = nullptr;
  Fd fd;
  bool greeted = false;  // a Snapshot of our version has come
  bool closed = false;
  bool other_version = false;  // so that it is logged once
  int bad_packets = 0;
  std::int64_t next_id = 1;
  std::map<std::int64_t, Answer> open;  // commands without an answer yet
  std::deque<std::string> unsent;
  std::vector<std::pair<Answer, link::Failed>> hopeless;
  std::vector<char> packet = std::vector<char>(link::kMaxPacketBytes);

  Inner(uv_loop_t* its_loop, std::filesystem::path its_socket, Events its_events)
      : loop(its_loop), socket(std::move(its_socket)), events(std::move(its_events)) {
    retry = new_timer();
    later = new_timer();
  }

  uv_timer_t* new_timer() {
    auto* timer = new uv_timer_t;
    uv_timer_init(loop, timer);
    timer->data = this;
    return timer;
  }

  void try_again_in(std::uint64_t ms) {
    if (closed) return;
    uv_timer_start(
        retry, [](uv_timer_t* timer) { static_cast<Inner*>(timer->data)->shared_from_this()->try_connect(); }, ms, 0);
  }

  void try_connect() {
    if (closed || fd) return;
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    const std::string path = socket.string();
    if (path.size() >= sizeof address.sun_path) {
      log::error("link: the socket's path is too long: {}", path);
      return;
    }
    std::memcpy(address.sun_path, path.c_str(), path.size() + 1);
    Fd candidate(::socket(AF_UNIX, SOCK_SEQPACKET | SOCK_NONBLOCK | SOCK_CLOEXEC, 0));
    if (!candidate || ::connect(candidate.get(), reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0) {
      return try_again_in(kRetryMs);
    }
    fd = std::move(candidate);
    bad_packets = 0;
    poll = new uv_poll_t;
    uv_poll_init(loop, poll, fd.get());
    poll->data = this;
    unsent.push_back(link::encode(link::Hello{}));
    flush();
  }

  void watch() {
    const int wanted = UV_READABLE | (unsent.empty() ? 0 : UV_WRITABLE);
    uv_poll_start(poll, wanted, [](uv_poll_t* handle, int status, int happened) {
      // Callbacks may close us: hold on until the work is done.
      const auto self = static_cast<Inner*>(handle->data)->shared_from_this();
      if (status < 0) return self->lose(uv_strerror(status));
      if ((happened & UV_READABLE) != 0) self->read();
      if ((happened & UV_WRITABLE) != 0 && self->fd) self->flush();
    });
  }

  void flush() {
    while (!unsent.empty()) {
      const std::string& text = unsent.front();
      if (::send(fd.get(), text.data(), text.size(), MSG_NOSIGNAL | MSG_DONTWAIT) < 0) {
        if (errno == EINTR) continue;
        if (errno == EAGAIN || errno == EWOULDBLOCK || errno == ENOBUFS) break;
        return lose(std::strerror(errno));
      }
      unsent.pop_front();
    }
    watch();
  }

  void read() {
    for (int turn = 0; turn < kPacketsPerTurn && fd; ++turn) {
      // With MSG_TRUNC the length is the packet's own, also when it does not fit.
      const ssize_t size = ::recv(fd.get(), packet.data(), packet.size(), MSG_DONTWAIT | MSG_TRUNC);
      if (size < 0 && errno == EINTR) continue;
      if (size < 0 && (errno == EAGAIN || errno == EWOULDBLOCK)) return;
      if (size < 0) return lose(std::strerror(errno));
      if (size == 0) return lose("media closed the link");
      if (static_cast<std::size_t>(size) > packet.size()) {
        drop(fmt::format("a packet of {} bytes", size));
        continue;
      }
      auto fact = link::decode_fact({packet.data(), static_cast<std::size_t>(size)});
      if (!fact) {
        drop(fact.error().what);
        continue;
      }
      take(*fact);
    }
  }

  /// Media decodes strangers' streams: nothing that it says may end this process, or fill its log.
  void drop(const std::string& why) {
    if (++bad_packets <= kBadPacketsLogged) log::warning("link: dropped what media said: {}", why);
    if (bad_packets == kBadPacketsLogged) log::warning("link: further bad packets of this connection are not logged");
  }

  void take(const link::Fact& fact) {
    if (const auto* done = std::get_if<link::Done>(&fact)) return answer(done->id, *done);
    if (const auto* failed = std::get_if<link::Failed>(&fact)) return answer(failed->id, *failed);
    if (const auto* snapshot = std::get_if<link::Snapshot>(&fact); snapshot != nullptr && !greeted)
      return greet(*snapshot);
    if (!greeted) return drop("a fact before the snapshot");
    tell(fact);
  }

  void tell(const link::Fact& fact) {
    if (!closed && events.on_fact) events.on_fact(fact);
  }
  void tell_connection(bool connected) {
    if (!closed && events.on_connection) events.on_connection(connected);
  }

  void greet(const link::Snapshot& snapshot) {
    if (snapshot.version != link::kProtocolVersion) {
      if (!other_version) {
        log::error(
            "link: media speaks version {} of the protocol, this process version {}: install both from one release",
            snapshot.version, link::kProtocolVersion);
      }
      other_version = true;
      tell(snapshot);
      return hang_up(kOtherVersionRetryMs);
    }
    other_version = false;
    greeted = true;
    log::info("link: connected to media");
    tell_connection(true);
    if (greeted) tell(snapshot);
  }

  void answer(std::int64_t id, const std::variant<link::Done, link::Failed>& answer) {
    const auto found = open.find(id);
    if (found == open.end()) return drop(fmt::format("an answer to the unknown command {}", id));
    const Answer callback = std::move(found->second);
    open.erase(found);
    if (callback) callback(answer);
  }

  void lose(const std::string& why) {
    if (greeted) log::warning("link: media is gone: {}", why);
    hang_up(kRetryMs);
  }

  void hang_up(std::uint64_t retry_ms) {
    if (poll != nullptr) uv_poll_stop(poll);
    close_handle(poll);
    fd.reset();
    unsent.clear();
    const bool was_greeted = std::exchange(greeted, false);
    auto given_up = std::exchange(open, {});
    try_again_in(retry_ms);
    if (was_greeted) tell_connection(false);
    for (auto& [id, callback] : given_up) {
      if (callback && !closed) callback(link::Failed{id, "media_gone", "media went away before it answered"});
    }
  }

  void send(link::Command command, Answer callback) {
    const std::int64_t id = next_id++;
    set_id(command, id);
    const auto refuse = [&](const char* code, std::string detail) {
      hopeless.emplace_back(std::move(callback), link::Failed{id, code, std::move(detail)});
      if (!closed)
        uv_timer_start(
            later, [](uv_timer_t* t) { static_cast<Inner*>(t->data)->shared_from_this()->give_up(); }, 0, 0);
    };
    if (!greeted) return refuse("media_gone", "media is not connected");
    std::string text = link::encode(command);
    if (text.size() > link::kMaxPacketBytes)
      return refuse("too_long", fmt::format("a command of {} bytes", text.size()));
    open.emplace(id, std::move(callback));
    unsent.push_back(std::move(text));
    // Sent by the loop, not from here: when sending fails, callbacks run, and they must not run inside this call.
    watch();
    if (unsent.size() == kMaxUnsent) stuck();
  }

  void stuck() {
    log::error("link: media does not read its commands");
    ::shutdown(fd.get(), SHUT_RDWR);  // seen by the loop as media's absence
  }

  void give_up() {
    for (auto& [callback, failed] : std::exchange(hopeless, {})) {
      if (callback) callback(failed);
    }
  }

  void close() {
    if (closed) return;
    closed = true;
    hang_up(0);
    hopeless.clear();
    close_handle(retry);
    close_handle(later);
  }
};

Studio::Studio(uv_loop_t* loop, std::filesystem::path socket, Events events)
    : inner_(std::make_shared<Inner>(loop, std::move(socket), std::move(events))) {}
Studio::~Studio() { inner_->close(); }

void Studio::connect() { inner_->try_connect(); }
bool Studio::connected() const { return inner_->greeted; }
void Studio::send(link::Command command, Answer answer) { inner_->send(std::move(command), std::move(answer)); }
void Studio::close() { inner_->close(); }

}  // namespace tyndau::studio
