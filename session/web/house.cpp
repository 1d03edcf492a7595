#include "session/web/house.h"

#include "session/access/guest_door.h"
#include "session/access/login.h"
#include "session/access/registrations.h"
#include "session/archive/chapters_vtt.h"
#include "session/http/sockets.h"
#include "session/pages/locale.h"
#include "session/pages/pages.h"
#include "session/web/api_routes.h"
#include "session/web/guest_socket.h"
#include "session/web/live_socket.h"
#include "session/web/media_routes.h"
#include "session/web/metrics.h"
#include "session/web/peers.h"
#include "session/web/state_feed.h"
#include "session/web/viewers.h"
#include "session/web/waiting.h"
#include "session/web/whep.h"

namespace tyndau::web {

namespace {

/// Where the chapters begin in the recording: PageContext::moments.
std::map<std::string, double> moments(const secretariat::Secretariat& secretariat, live::Recordings& recordings,
                                      const std::string& meeting) {
  std::map<std::string, double> found;
  const live::Recording* recording = recordings.find(meeting);
  if (recording == nullptr) return found;
  const live::RecordingClock clock(recording->timeline());
  for (const archive::Cue& cue : archive::cues(secretariat.chapters(meeting), clock, languages().front())) {
    found.emplace(cue.id, cue.start_s);
  }
  return found;
}

}  // namespace

struct House::Inner {
  Inner(uv_loop_t* the_loop, const Config& config, secretariat::Secretariat& the_secretariat, store::Store& store)
      : loop(the_loop),
        secretariat(the_secretariat),
        gate(loop, store, config.web),
        door(the_secretariat, store),
        registrations(the_secretariat, store),
        waiting(config.web.max_waiting_per_client),
        states(loop, the_secretariat, waiting),
        peers(the_secretariat, door) {}

  std::vector<Route> routes(const Config& config, store::Store& store, live::Recordings& recordings,
                            const PageContext& pages);
  void saw(const Request& request, const std::string& pattern);

  uv_loop_t* loop;
  secretariat::Secretariat& secretariat;
  Gate gate;
  GuestDoor door;
  Registrations registrations;
  WaitingRoom waiting;
  StateFeed states;
  Peers peers;
  Viewers viewers;
  std::unique_ptr<LiveSocket> desks;
  std::unique_ptr<GuestSocket> guests;
  std::unique_ptr<Sockets> sockets;  ///< goes before those whose clients it has
  std::unique_ptr<HttpServer> server;
  bool closed = false;
};

std::vector<Route> House::Inner::routes(const Config& config, store::Store& store, live::Recordings& recordings,
                                        const PageContext& pages) {
  std::vector<Route> all = gate.routes();
  auto add = [&all](std::vector<Route> more) { std::move(more.begin(), more.end(), std::back_inserter(all)); };
  add(api_routes({secretariat, store, gate, door, registrations, states, config.preview_file(),
                  config.stills_directory(), config.web.public_url,
                  [this] { return metrics_text(secretariat, *server, desks->count(), viewers.count(utc_now())); }}));
  add(media_routes({.recordings = recordings,
                    .chapters =
                        [this](const std::string& meeting) {
                          return secretariat.state(meeting) ? &secretariat.chapters(meeting) : nullptr;
                        },
                    .title =
                        [this](const std::string& meeting) {
                          const meeting::State* state = secretariat.state(meeting);
                          return state ? state->record.title : meeting::Text{};
                        },
                    .on_air =
                        [this](const std::string& meeting) {
                          const meeting::State* state = secretariat.state(meeting);
                          return state != nullptr && meeting::is_on_air(*state);
                        },
                    .over =
                        [this](const std::string& meeting) {
                          const meeting::State* state = secretariat.state(meeting);
                          return state != nullptr && state->on_air == meeting::OnAir::kEnded;
                        },
                    .final =
                        [this](const std::string& meeting) {
                          const meeting::State* state = secretariat.state(meeting);
                          return state != nullptr && meeting::is_over(*state);
                        },
                    .waiting = waiting,
                    .frame_rate = static_cast<double>(config.programme.frame_rate),
                    .loop = loop}));
  add(whip_routes(secretariat, gate, door, peers, config.webrtc));
  add(page_routes(pages));
  return all;
}

/// Who asks for a state or a playlist watches.
void House::Inner::saw(const Request& request, const std::string& pattern) {
  const bool state = pattern == "/api/v1/meetings/{id}/state";
  if (!state && !request.path.ends_with(".m3u8")) return;
  auto meeting = request.captures.find(state ? "id" : "meeting");
  if (meeting == request.captures.end() || !secretariat.state(meeting->second)) return;
  viewers.saw(meeting->second, request.client + " " + request.header("user-agent").substr(0, 256), utc_now());
}

House::House(std::unique_ptr<Inner> inner) : inner_(std::move(inner)) {}
House::~House() { close(); }

Result<std::unique_ptr<House>> House::open(uv_loop_t* loop, const Config& config, secretariat::Secretariat& secretariat,
                                           store::Store& store, live::Recordings& recordings,
                                           const std::filesystem::path& assets) {
  auto inner = std::make_unique<Inner>(loop, config, secretariat, store);
  Inner* house = inner.get();
  const PageContext pages{
      assets,
      secretariat,
      store,
      inner->door,
      inner->gate,
      inner->registrations,
      config.web,
      [&secretariat, &recordings](const std::string& meeting) { return moments(secretariat, recordings, meeting); },
      [&secretariat] { return secretariat.surroundings({}).now; }};
  HttpServer::Options options;
  options.listen = config.web.listen;
  options.port = config.web.port;
  options.max_connections = config.web.max_connections;
  options.trust_forwarded_for = config.web.trust_forwarded_for;
  auto server = HttpServer::create(loop, options, inner->routes(config, store, recordings, pages));
  if (!server) return tl::unexpected(server.error());
  inner->server = std::move(*server);
  auto sockets = Sockets::create(loop);
  if (!sockets) return tl::unexpected(sockets.error());
  inner->sockets = std::move(*sockets);
  inner->desks = std::make_unique<LiveSocket>(loop, *inner->sockets, secretariat, inner->gate, inner->viewers);
  inner->guests = std::make_unique<GuestSocket>(loop, *inner->sockets, secretariat, inner->gate, inner->door,
                                                inner->peers, config.webrtc, GuestSocket::Patience{});
  inner->desks->set_guest_pages([house](const std::string& meeting, const std::string& person) {
    return house->guests->page_of({meeting, person});
  });
  inner->desks->set_sign_ups([house](const std::string& meeting) { return house->registrations.list(meeting); });
  inner->registrations.on_change = [house](const std::string& meeting) { house->desks->refresh(meeting); };

  inner->server->set_socket_endpoint("/api/v1/live", inner->desks.get());
  inner->server->set_socket_endpoint("/api/v1/guest/live", inner->guests.get());
  inner->server->set_observer(
      [house](const Request& request, const std::string& route) { house->saw(request, route); });
  inner->server->set_not_found(not_found_page(pages));
  inner->gate.on_logout = [house](const std::string& token) {
    house->desks->end_session(token);
    house->peers.end_session(token);
  };
  secretariat.on_levels = [house](const link::Levels& levels) { house->desks->send_levels(levels); };
  secretariat.on_guest_line = [house](const std::string& meeting, const std::string& person,
                                      const link::PeerState& line) { house->desks->send_guest(meeting, person, line); };
  return std::unique_ptr<House>(new House(std::move(inner)));
}

std::string House::address() const { return inner_->server->address(); }
int House::port() const { return inner_->server->port(); }
const std::vector<Route>& House::routes() const { return inner_->server->routes(); }

void House::keep_tidy() { inner_->registrations.keep_tidy(inner_->loop); }

void House::close() {
  if (std::exchange(inner_->closed, true)) return;
  inner_->secretariat.on_levels = nullptr;
  inner_->secretariat.on_guest_line = nullptr;
  inner_->registrations.on_change = nullptr;
  inner_->states.close();
  inner_->gate.close();
  inner_->sockets->close();
  inner_->server->close();
}

}  // namespace tyndau::web
