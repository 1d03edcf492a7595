#pragma once
#include <gmock/gmock.h>

#include <memory>
#include <string>
#include <vector>

#include "session/store/store.h"
#include "session/web/api_routes.h"
#include "session/web/http_server.h"
#include "session/web/live_socket.h"
#include "session/web/login.h"
#include "session/web/metrics.h"
#include "session/web/state_feed.h"
#include "session/web/whep.h"
#include "tests/fakes/fake_media.h"
#include "tests/fakes/hearing.h"
#include "tests/session/web/client.h"

namespace tyndau::web {

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
  std::unique_ptr<LiveSocket> sockets;
  std::unique_ptr<Whep> whep;
  std::unique_ptr<HttpServer> server;
  std::chrono::milliseconds clock_ahead{0};
  std::uint64_t patience = StateFeed::kPatienceMilliseconds;
  std::string cookie, csrf;

  void SetUp() override {
    config.data.directory = config.data.runtime_directory = directory.path();
    config.web.port = 0;
    config.web.max_waiting_per_client = 3;
    {
      auto journal = journal::Journal::open(config.database());
      ASSERT_TRUE(journal) << journal.error().what;
      const Utc past = utc_now() - std::chrono::hours(1);
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
    auto now = [this] { return utc_now() + clock_ahead; };
    gate = std::make_unique<Gate>(loop, *store, config.web, now);
    states = std::make_unique<StateFeed>(loop, *secretariat, WaitingRoom(config.web.max_waiting_per_client), patience);
    sockets = std::move(*LiveSocket::create(loop, *secretariat, *gate, viewers, now));
    whep = std::make_unique<Whep>(*secretariat, *gate);
    gate->on_logout = [this](const std::string& token) {
      sockets->end_session(token);
      whep->end_session(token);
    };
    secretariat->on_levels = [this](const link::Levels& levels) { sockets->send_levels(levels); };
    HttpServer::Options options;
    options.port = 0;
    auto routes = gate->routes();
    for (Route& route : api_routes({*secretariat, *store, *gate, *states, config.preview_file(),
                                    [this] { return metrics_text(*secretariat, *server, sockets->count(), 0); }})) {
      routes.push_back(std::move(route));
    }
    for (Route& route : whep->routes()) routes.push_back(std::move(route));
    auto made = HttpServer::create(loop, options, std::move(routes));
    ASSERT_TRUE(made) << made.error().what;
    server = std::move(*made);
    server->set_socket_endpoint("/api/v1/live", sockets.get());
    auto started = secretariat->start();
    ASSERT_TRUE(started) << started.error().what;
  }

  void TearDown() override {
    if (!server) return;
    secretariat->on_levels = nullptr;
    states->close();
    gate->close();
    sockets->close();
    server->close();
    secretariat->close();
    loop.run_for(std::chrono::milliseconds(5));
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
  std::int64_t seq(const std::string& meeting = "m1") { return secretariat->state(meeting)->seq; }
};

}  // namespace tyndau::web
