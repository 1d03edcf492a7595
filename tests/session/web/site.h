#pragma once
#include <gmock/gmock.h>

#include <memory>
#include <string>
#include <vector>

#include "session/access/guest_door.h"
#include "session/access/login.h"
#include "session/access/registrations.h"
#include "session/http/http_server.h"
#include "session/http/sockets.h"
#include "session/pages/pages.h"
#include "session/store/store.h"
#include "session/web/api_routes.h"
#include "session/web/guest_socket.h"
#include "session/web/live_socket.h"
#include "session/web/metrics.h"
#include "session/web/peers.h"
#include "session/web/state_feed.h"
#include "session/web/whep.h"
#include "tests/fakes/fake_media.h"
#include "tests/fakes/hearing.h"
#include "tests/session/http/client.h"

namespace tyndau::web {

/// Enough of an offer for session, which relays it, and for media's fake.
constexpr const char* kOffer = "v=0\r\no=- 1 2 IN IP4 127.0.0.1\r\n";

/// The API on a real server over a real secretariat, journal and store, with media's fake at the other end of the link.
/// One account, two meetings.
struct Site : testing::Test {
  static constexpr const char* kName = "Хатшы";
  static constexpr const char* kPassword = "correct horse battery staple";

  fakes::Loop loop;
  fakes::TemporaryDirectory directory;
  Config config;
  std::unique_ptr<fakes::FakeMedia> media;
  std::unique_ptr<live::Recordings> recordings;
  std::unique_ptr<secretariat::Secretariat> secretariat;
  std::unique_ptr<store::Store> store;
  std::unique_ptr<Gate> gate;
  std::unique_ptr<StateFeed> states;
  Viewers viewers;
  std::unique_ptr<GuestDoor> door;
  std::unique_ptr<Registrations> registrations;
  std::unique_ptr<Peers> peers;
  std::unique_ptr<LiveSocket> desks;
  std::unique_ptr<GuestSocket> guests;
  std::unique_ptr<Sockets> sockets;
  std::unique_ptr<HttpServer> server;
  std::chrono::milliseconds clock_ahead{0};
  std::optional<Utc> clock_stands;
  std::uint64_t patience = StateFeed::kPatienceMilliseconds;
  GuestSocket::Patience guest_patience;
  std::string cookie, csrf;

  void SetUp() override {
    config.data.directory = config.data.runtime_directory = directory.path();
    config.web.port = 0;
    config.web.max_waiting_per_client = 3;
    {
      auto journal = journal::Journal::open(config.database());
      ASSERT_TRUE(journal) << journal.error().what;
      const Utc past = fakes::began_today(utc_now());
      ASSERT_TRUE(journal->append("m1", past, "system", {fakes::imported("m1", past)}));
      ASSERT_TRUE(journal->append("m2", past, "system", {fakes::imported("m2", past + std::chrono::hours(24))}));
    }
    store = std::make_unique<store::Store>(std::move(*store::Store::open(config.database())));
    static const std::string hash = *store::Store::hash_password(kPassword);  // slow, once for all tests
    ASSERT_TRUE(store->put_account(kName, hash));
    media = std::make_unique<fakes::FakeMedia>(config.link_socket());
    open_site();
    ASSERT_TRUE(loop.until([this] {
      media->pump();
      return secretariat->media_connected() && secretariat->disk().has_value();
    }));
  }

  void open_site() {
    recordings = std::make_unique<live::Recordings>(config.media_directory(), config.memory_directory());
    secretariat = std::make_unique<secretariat::Secretariat>(
        loop, config, std::move(*journal::Journal::open(config.database())), *recordings);
    auto now = [this] { return clock_stands.value_or(utc_now() + clock_ahead); };
    gate = std::make_unique<Gate>(loop, *store, config.web, now);
    states = std::make_unique<StateFeed>(loop, *secretariat, WaitingRoom(config.web.max_waiting_per_client), patience);
    door = std::make_unique<GuestDoor>(*secretariat, *store, now);
    registrations = std::make_unique<Registrations>(*secretariat, *store, now);
    peers = std::make_unique<Peers>(*secretariat, *door);
    sockets = std::move(*Sockets::create(loop));
    desks = std::make_unique<LiveSocket>(loop, *sockets, *secretariat, *gate, viewers, now);
    guests = std::make_unique<GuestSocket>(loop, *sockets, *secretariat, *gate, *door, *peers, config.webrtc,
                                           guest_patience);
    desks->set_guest_pages([this](const std::string& meeting, const std::string& person) {
      return guests->page_of({meeting, person});
    });
    desks->set_sign_ups([this](const std::string& meeting) { return registrations->list(meeting); });
    registrations->on_change = [this](const std::string& meeting) { desks->refresh(meeting); };
    gate->on_logout = [this](const std::string& token) {
      desks->end_session(token);
      peers->end_session(token);
    };
    secretariat->on_levels = [this](const link::Levels& levels) { desks->send_levels(levels); };
    secretariat->on_guest_line = [this](const std::string& meeting, const std::string& person,
                                        const link::PeerState& line) { desks->send_guest(meeting, person, line); };
    HttpServer::Options options;
    options.port = 0;
    auto routes = gate->routes();
    for (Route& route : api_routes({*secretariat, *store, *gate, *door, *registrations, *states, config.preview_file(),
                                    config.stills_directory(), config.web.public_url,
                                    [this] { return metrics_text(*secretariat, *server, desks->count(), 0); }})) {
      routes.push_back(std::move(route));
    }
    for (Route& route : whip_routes(*secretariat, *gate, *door, *peers, config.webrtc)) {
      routes.push_back(std::move(route));
    }
    const auto no_moments = [](const std::string&) { return std::map<std::string, double>{}; };
    const auto pages =
        PageContext{assets(), *secretariat, *store, *door, *gate, *registrations, config.web, no_moments, now};
    for (Route& route : page_routes(pages)) routes.push_back(std::move(route));
    auto made = HttpServer::create(loop, options, std::move(routes));
    ASSERT_TRUE(made) << made.error().what;
    server = std::move(*made);
    server->set_socket_endpoint("/api/v1/live", desks.get());
    server->set_socket_endpoint("/api/v1/guest/live", guests.get());
    auto started = secretariat->start();
    ASSERT_TRUE(started) << started.error().what;
    registrations->tidy();
  }

  void TearDown() override {
    if (!server) return;
    secretariat->on_levels = nullptr;
    secretariat->on_guest_line = nullptr;
    registrations->on_change = nullptr;
    states->close();
    gate->close();
    sockets->close();
    server->close();
    secretariat->close();
    loop.run_for(std::chrono::milliseconds(5));
  }

  /// For what follows a restart of the process: all is gone but the files, until open_site().
  void close_site() {
    TearDown();
    guests.reset();
    desks.reset();
    sockets.reset();
    server.reset();
    states.reset();
    peers.reset();
    registrations.reset();
    door.reset();
    gate.reset();
    secretariat.reset();
  }

  void reopen() {
    close_site();
    open_site();
  }

  /// As web-assets/CMakeLists.txt lays them out, without what comes from elsewhere.
  std::filesystem::path assets() const {
    const std::filesystem::path share = directory / "share";
    if (std::filesystem::exists(share)) return share;
    for (const char* empty : {"vendor", "fonts"}) std::filesystem::create_directories(share / empty);
    for (const char* ours : {"lib", "viewer", "desk", "guest", "templates", "locales"}) {
      std::filesystem::create_directory_symlink(std::filesystem::path(TYNDAU_SOURCE_DIR) / "web-assets" / ours,
                                                share / ours);
    }
    return share;
  }

  Client client() { return Client(loop, server->port()); }
  Answer get(const std::string& target, const std::string& headers = "") {
    Client one = client();
    one.get(target, headers);
    return one.answer().value_or(Answer{});
  }
  Answer post(const std::string& target, const std::string& body, const std::string& headers = "",
              const std::string& type = "application/json") {
    Client one = client();
    one.post(target, body, headers, type);
    return one.answer().value_or(Answer{});
  }
  Answer log_in(const std::string& name = kName, const std::string& password = kPassword,
                const std::string& headers = "") {
    return post("/api/v1/login", Json{{"name", name}, {"password", password}}.dump(), headers);
  }
  /// Logs in and keeps cookie and token.
  void enter() {
    const Answer answer = log_in();
    ASSERT_EQ(answer.status, 200) << answer.body;
    const std::string set = answer.header("set-cookie");
    cookie = set.substr(0, set.find(';'));
    csrf = answer.json()["csrf"];
  }
  std::string credentials() const { return "Cookie: " + cookie + "\r\nX-CSRF-Token: " + csrf + "\r\n"; }
  Answer act(const Json& action, const std::string& headers = "", const std::string& meeting = "m1") {
    return post("/api/v1/meetings/" + meeting + "/actions", action.dump(), credentials() + headers);
  }
  /// The secretary invites somebody; the answer's result.
  Json invite(const std::string& person = "p1", const std::string& meeting = "m1") {
    const Answer answer = act({{"action", "guest.invite"}, {"person", person}}, "", meeting);
    EXPECT_EQ(answer.status, 200) << answer.body;
    return answer.json()["result"];
  }
  std::string stage(const std::string& person = "p1", const std::string& meeting = "m1") {
    const meeting::Guest* guest = secretariat->state(meeting)->guest(person);
    return guest == nullptr ? "" : std::string(meeting::name(guest->stage));
  }
  static std::string bearer(const std::string& token) { return "Authorization: Bearer " + token + "\r\n"; }
  std::int64_t seq(const std::string& meeting = "m1") { return secretariat->state(meeting)->seq; }
};

}  // namespace tyndau::web
