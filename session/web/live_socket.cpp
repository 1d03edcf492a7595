#include "session/web/live_socket.h"

#include <algorithm>
#include <cmath>
#include <map>
#include <set>
#include <utility>

namespace tyndau::web {

namespace {
constexpr std::uint64_t kPingMilliseconds = 5000;
class Screen;
}  // namespace

struct LiveSocket::Inner : std::enable_shared_from_this<LiveSocket::Inner> {
  Inner(uv_loop_t* loop, Sockets& the_sockets, secretariat::Secretariat& the_secretariat, Gate& the_gate,
        Viewers& the_viewers, std::function<Utc()> clock)
      : sockets(the_sockets),
        secretariat(the_secretariat),
        gate(the_gate),
        viewers(the_viewers),
        now(std::move(clock)),
        turn(loop, [this] { views.clear(); }),
        ping_timer(loop, [this] { tick(); }) {}

  SharedMessage view_of(const std::string& meeting);
  void on_change(const std::string& meeting);
  void tick();

  Sockets& sockets;
  secretariat::Secretariat& secretariat;
  Gate& gate;
  Viewers& viewers;
  std::function<Utc()> now;
  GuestPages pages;
  SignUps sign_ups;
  int ticket = 0;
  std::set<Screen*> screens;
  std::map<std::string, SharedMessage> views;  ///< rendered in this turn of the loop
  SharedMessage ping = std::make_shared<SocketMessage>(Json{{"type", "ping"}});
  LoopTimer turn, ping_timer;
};

namespace {

/// One screen. The state goes first, for it is what is acted upon.
class Screen : public SocketClient {
 public:
  Screen(std::shared_ptr<LiveSocket::Inner> inner, std::string its_meeting, std::string its_token)
      : meeting(std::move(its_meeting)), token(std::move(its_token)), inner_(std::move(inner)) {
    inner_->screens.insert(this);
  }
  ~Screen() override { inner_->screens.erase(this); }

  SharedMessage next() override {
    if (closing()) return nullptr;
    if (std::exchange(wants_view, false)) {
      viewers = inner_->viewers.count(meeting, inner_->now());
      return inner_->view_of(meeting);
    }
    if (levels) return std::exchange(levels, nullptr);
    if (!guests.empty()) return guests.extract(guests.begin()).mapped();
    return std::exchange(wants_ping, false) ? inner_->ping : nullptr;
  }

  const std::string meeting, token;
  bool wants_view = true, wants_ping = false;
  std::size_t viewers = 0;                      ///< as last shown
  SharedMessage levels;                         ///< the newest; what was not sent in time is gone
  std::map<std::string, SharedMessage> guests;  ///< the newest of each

 private:
  std::shared_ptr<LiveSocket::Inner> inner_;
};

}  // namespace

LiveSocket::LiveSocket(uv_loop_t* loop, Sockets& sockets, secretariat::Secretariat& secretariat, Gate& gate,
                       Viewers& viewers, std::function<Utc()> now)
    : inner_(std::make_shared<Inner>(loop, sockets, secretariat, gate, viewers, std::move(now))) {
  inner_->ticket =
      secretariat.listen([inner = inner_.get()](const std::string& meeting) { inner->on_change(meeting); });
  inner_->ping_timer.start(kPingMilliseconds, kPingMilliseconds);
}

LiveSocket::~LiveSocket() { inner_->secretariat.forget(inner_->ticket); }

std::size_t LiveSocket::count() const { return inner_->screens.size(); }
void LiveSocket::set_guest_pages(GuestPages pages) { inner_->pages = std::move(pages); }
void LiveSocket::set_sign_ups(SignUps sign_ups) { inner_->sign_ups = std::move(sign_ups); }
void LiveSocket::refresh(const std::string& meeting) { inner_->on_change(meeting); }

std::optional<Response> LiveSocket::refusal(const Request& request) {
  if (auto foreign = inner_->gate.foreign(request)) return foreign;
  if (!inner_->gate.session(request)) return Response::error(401, "login_needed", "Log in first.");
  if (!inner_->secretariat.state(request.query_value("meeting").value_or(""))) {
    return Response::error(404, "no_meeting", "There is no such meeting.");
  }
  if (inner_->sockets.full()) {
    return Response::error(503, "full", "All sockets are taken.").with("Retry-After", "5");
  }
  return std::nullopt;
}

void LiveSocket::adopt(Fd socket, const Request& request, const std::string& key) {
  inner_->sockets.adopt(
      std::move(socket), key,
      std::make_unique<Screen>(inner_, request.query_value("meeting").value_or(""), inner_->gate.token(request)));
}

SharedMessage LiveSocket::Inner::view_of(const std::string& meeting) {
  SharedMessage& view = views[meeting];
  if (!view) {
    const Json json = desk_view(secretariat, meeting, viewers.count(meeting, now()), pages, sign_ups);
    view = std::make_shared<SocketMessage>(Json{{"type", "view"}, {"view", json}});
    // It says how much time is left: good for this turn of the loop only.
    turn.start(0, 0);
  }
  return view;
}

void LiveSocket::Inner::on_change(const std::string& meeting) {
  views.clear();
  // The view is made when it is written, in a later turn of the loop: all changes of this one are in it then.
  for (Screen* screen : screens) {
    if (!meeting.empty() && screen->meeting != meeting) continue;
    screen->wants_view = true;
    screen->wake();
  }
}

void LiveSocket::Inner::tick() {
  for (Screen* screen : screens) {
    // A session also ends by age, not only by logout.
    if (!gate.lasts(screen->token)) {
      screen->close(kSessionEnded);
      continue;
    }
    // Nobody tells when a viewer has gone.
    screen->wants_view = screen->wants_view || screen->viewers != viewers.count(screen->meeting, now());
    screen->wants_ping = true;
    screen->wake();
  }
}

void LiveSocket::send_levels(const link::Levels& levels) {
  if (inner_->screens.empty()) return;
  auto rounded = [](double value) { return std::round(value * 10) / 10; };
  auto message = std::make_shared<SocketMessage>(Json{{"type", "levels"},
                                                      {"peak_db", rounded(levels.peak_db)},
                                                      {"rms_db", rounded(levels.rms_db)},
                                                      {"source_peak_db", rounded(levels.source_peak_db)}});
  for (Screen* screen : inner_->screens) {
    screen->levels = message;
    screen->wake();
  }
}

void LiveSocket::send_guest(const std::string& meeting, const std::string& person, const link::PeerState& line) {
  SharedMessage message;
  for (Screen* screen : inner_->screens) {
    if (screen->meeting != meeting) continue;
    if (!message) {
      const Json measured = inner_->pages ? inner_->pages(meeting, person).measured : Json();
      message = std::make_shared<SocketMessage>(
          Json{{"type", "guest"}, {"person", person}, {"line", line_json(line)}, {"measured", measured}});
    }
    screen->guests[person] = message;
    screen->wake();
  }
}

void LiveSocket::end_session(const std::string& token) {
  for (Screen* screen : inner_->screens) {
    if (screen->token == token) screen->close(kSessionEnded);
  }
}

}  // namespace tyndau::web
