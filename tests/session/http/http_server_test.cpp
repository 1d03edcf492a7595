#include "session/http/http_server.h"

#include <gmock/gmock.h>
#include <linux/sockios.h>
#include <sys/ioctl.h>
#include <sys/resource.h>

#include <fstream>

#include "tests/session/http/client.h"

namespace tyndau::web {
namespace {

using std::chrono::milliseconds;
using testing::HasSubstr;

/// A server on a free port with handlers that show what the server does.
struct Server : testing::Test {
  fakes::Loop loop;
  fakes::TemporaryDirectory directory;
  HttpServer::Options options;
  std::unique_ptr<HttpServer> server;
  std::vector<Request> seen;
  std::vector<Reply> parked;
  int gone = 0;

  void SetUp() override {
    options.port = 0;
    options.head_time = milliseconds(400);
    options.body_time = milliseconds(400);
    start();
  }
  void TearDown() override {
    parked.clear();
    if (server) server->close();
  }
  void start() {
    auto made = HttpServer::create(loop, options, routes());
    ASSERT_TRUE(made) << made.error().what;
    server = std::move(*made);
  }
  std::vector<Route> routes() {
    auto hello = [this](const Request& request, const Reply& reply) {
      seen.push_back(request);
      reply(Response::text(200, "text/plain", "hello " + request.body));
    };
    return {{"GET", "/hello", hello},
            {"POST", "/hello", hello},
            {"GET", "/park",
             [this](const Request&, const Reply& reply) {
               reply.on_gone([this] { ++gone; });
               parked.push_back(reply);
             }},
            {"GET", "/throw", [](const Request&, const Reply&) { throw std::runtime_error("of the handler"); }},
            {"GET", "/file",
             [this](const Request&, const Reply& reply) {
               Response response;
               response.body.emplace_back(FilePiece{directory / "file", 0, file_bytes});
               response.ranges = true;
               reply(std::move(response));
             }},
            {"GET", "/two-files",
             [this](const Request&, const Reply& reply) {
               Response response;
               response.body = {FilePiece{directory / "file", 0, file_bytes}, FilePiece{directory / "second", 0, 10}};
               response.ranges = true;
               reply(std::move(response));
             }},
            {"GET", "/{lang}/page", hello}};
  }
  std::uint64_t file_bytes = 0;
  std::string write_file(std::size_t bytes) {
    std::string content(bytes, ' ');
    for (std::size_t i = 0; i < bytes; ++i) content[i] = static_cast<char>('a' + (i * 7 + i / 1000) % 26);
    std::ofstream(directory / "file", std::ios::binary) << content;
    file_bytes = bytes;
    return content;
  }
  Client client() { return Client(loop, server->port()); }
  /// Status of a request made of these bytes; 0 when the connection just ends.
  int status_of(const std::string& bytes) {
    Client one = client();
    one.send(bytes);
    return one.status();
  }
};

TEST_F(Server, AnswersOneRequestAfterTheOtherOnOneConnection) {
  Client one = client();
  for (int i = 0; i < 3; ++i) {
    one.get("/hello");
    auto answer = one.answer();
    ASSERT_TRUE(answer);
    EXPECT_EQ(answer->status, 200);
    EXPECT_EQ(answer->body, "hello ");
    EXPECT_EQ(answer->header("x-content-type-options"), "nosniff");
    EXPECT_THAT(answer->header("date"), HasSubstr("GMT"));
  }
  EXPECT_EQ(server->connections(), 1u);
}

TEST_F(Server, AnswersPipelinedRequestsInOrder) {
  Client one = client();
  std::string many;
  for (int i = 0; i < 100; ++i) {
    many += "POST /hello HTTP/1.1\r\nHost: a\r\nContent-Length: 2\r\n\r\n" + std::to_string(10 + i % 90);
  }
  one.send(many);
  for (int i = 0; i < 100; ++i) {
    auto answer = one.answer();
    ASSERT_TRUE(answer);
    EXPECT_EQ(answer->body, "hello " + std::to_string(10 + i % 90));
  }
}

TEST_F(Server, ReadsARequestThatTricklesIn) {
  Client one = client();
  for (char c : std::string("POST /hello HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\n\r\nabc")) {
    one.send({&c, 1});
    loop.run_for(milliseconds(1));
  }
  EXPECT_EQ(one.answer()->body, "hello abc");
}

TEST_F(Server, RefusesHostileRequestsBeforeAnyHandler) {
  const std::string post = "POST /hello HTTP/1.1\r\nHost: a\r\n";
  EXPECT_EQ(status_of(post + "Content-Length: -1\r\n\r\n"), 400);
  EXPECT_EQ(status_of(post + "Content-Length: 3\r\nContent-Length: 3\r\n\r\nabc"), 400);
  EXPECT_EQ(status_of(post + "Content-Length: 18446744073709551616\r\n\r\n"), 400);
  EXPECT_EQ(status_of(post + "Content-Length: 100000\r\n\r\n"), 413);
  EXPECT_EQ(status_of(post + "Content-Length: 3\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n0\r\n\r\n"), 400);
  EXPECT_EQ(status_of(post + "Transfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n0\r\n\r\n"), 411);
  EXPECT_EQ(status_of("GET /media/../hello HTTP/1.1\r\nHost: a\r\n\r\n"), 400);
  EXPECT_EQ(status_of("GET /%2e%2e/hello HTTP/1.1\r\nHost: a\r\n\r\n"), 400);
  EXPECT_EQ(status_of("GET /hello%00 HTTP/1.1\r\nHost: a\r\n\r\n"), 400);
  EXPECT_EQ(status_of("GET /a\\b HTTP/1.1\r\nHost: a\r\n\r\n"), 400);
  EXPECT_EQ(status_of("GET /hello HTTP/1.1\r\nHost: a\r\nX: " + std::string(20000, 'a') + "\r\n\r\n"), 431);
  EXPECT_EQ(status_of(std::string(20000, 'a')), 431);
  EXPECT_EQ(status_of("GET /hello HTTP/1.1\n\n"), 400);
  EXPECT_EQ(status_of(std::string("\0\0\0\0\r\n\r\n", 8)), 400);
  EXPECT_TRUE(seen.empty());
  EXPECT_EQ((server->answered().at({"malformed", 413})), 1u);
}

TEST_F(Server, EndsTheConnectionAfterARefusalAndSmugglesNothing) {
  Client one = client();
  one.send(
      "POST /hello HTTP/1.1\r\nHost: a\r\nContent-Length: 4\r\nContent-Length: 60\r\n\r\nabcd"
      "GET /hello HTTP/1.1\r\nHost: a\r\n\r\n");
  auto answer = one.answer();
  ASSERT_TRUE(answer);
  EXPECT_EQ(answer->status, 400);
  EXPECT_EQ(answer->header("connection"), "close");
  EXPECT_TRUE(one.ended());
  EXPECT_EQ(one.received(), "");
  EXPECT_TRUE(seen.empty());
}

TEST_F(Server, TellsAClientThatStillSendsWhyItIsRefused) {
  Client one = client();
  one.send("POST /hello HTTP/1.1\r\nHost: a\r\nContent-Length: 200000\r\n\r\n" + std::string(100000, 'x'));
  ASSERT_TRUE(loop.until([&] { return one.heard(); }));
  one.send(std::string(50000, 'x'));
  EXPECT_EQ(one.status(), 413);
}

TEST_F(Server, SaysWhichMethodsAPathHas) {
  for (const char* method : {"DELETE", "OPTIONS", "TRACE", "BREW", "PATCH"}) {
    Client one = client();
    one.get("/hello", "", method);
    auto answer = one.answer();
    ASSERT_TRUE(answer) << method;
    EXPECT_EQ(answer->status, 405) << method;
    EXPECT_EQ(answer->header("allow"), "GET, HEAD, POST");
  }
  EXPECT_EQ(status_of("CONNECT localhost:80 HTTP/1.1\r\nHost: a\r\n\r\n"), 400);
}

TEST_F(Server, AnswersUnknownPathsInTheFormOfTheAsker) {
  server->set_not_found([](const Request&, const Reply& reply) { reply(Response::text(404, "text/html", "page")); });
  Client one = client();
  one.get("/nowhere");
  EXPECT_EQ(one.answer()->body, "page");
  one.get("/api/nowhere");
  EXPECT_EQ(one.answer()->json()["error"]["code"], "not_found");
}

TEST_F(Server, TurnsAnExceptionInto500) {
  Client one = client();
  one.get("/throw");
  EXPECT_EQ(one.status(), 500);
  one.get("/hello");
  EXPECT_EQ(one.status(), 200);
}

TEST_F(Server, SaysContinueToThoseWhoWaitForIt) {
  Client one = client();
  one.send("POST /hello HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\nExpect: 100-continue\r\n\r\n");
  auto answer = one.answer();
  ASSERT_TRUE(answer);
  EXPECT_EQ(answer->status, 100);
  one.send("abc");
  EXPECT_EQ(one.answer()->body, "hello abc");
}

TEST_F(Server, KeepsTheConnectionAsTheClientWishes) {
  Client one = client();
  one.get("/hello", "Connection: close\r\n");
  EXPECT_EQ(one.answer()->header("connection"), "close");
  EXPECT_TRUE(one.ended());
  Client old = client();
  old.send("GET /hello HTTP/1.0\r\n\r\n");
  EXPECT_EQ(old.status(), 200);
  EXPECT_TRUE(old.ended());
}

TEST_F(Server, AnswersAParkedRequestLater) {
  Client one = client();
  one.get("/park");
  ASSERT_TRUE(loop.until([this] { return parked.size() == 1; }));
  EXPECT_EQ(server->waiting(), 1u);
  EXPECT_FALSE(one.heard());
  parked[0](Response::text(200, "text/plain", "at last"));
  parked[0](Response::text(200, "text/plain", "only the first counts"));
  EXPECT_EQ(one.answer()->body, "at last");
  EXPECT_EQ(server->waiting(), 0u);
  one.get("/hello");
  EXPECT_EQ(one.answer()->body, "hello ");
  EXPECT_EQ(gone, 0);
}

TEST_F(Server, TellsAParkedHandlerAtOnceThatItsClientLeft) {
  Client one = client();
  one.get("/park");
  ASSERT_TRUE(loop.until([this] { return parked.size() == 1; }));
  one.close();
  ASSERT_TRUE(loop.until([this] { return gone == 1; }, milliseconds(500)));
  EXPECT_TRUE(parked[0].gone());
  parked[0](Response::text(200, "text/plain", "to nobody"));
  EXPECT_EQ(server->connections(), 0u);
}

TEST_F(Server, KeepsWhatComesWhileARequestIsParkedForAfterwards) {
  Client one = client();
  one.get("/park");
  one.get("/hello");
  ASSERT_TRUE(loop.until([this] { return parked.size() == 1; }));
  Client later = client();
  later.get("/hello");
  EXPECT_EQ(later.status(), 200);
  EXPECT_EQ(seen.size(), 1u) << "what was asked before this was not kept";
  parked[0](Response::text(200, "text/plain", "first"));
  EXPECT_EQ(one.answer()->body, "first");
  EXPECT_EQ(one.answer()->body, "hello ");
}

TEST_F(Server, SpendsNoTimeOnAParkedClientThatSendsEndlessly) {
  Client one = client();
  one.get("/park");
  ASSERT_TRUE(loop.until([this] { return parked.size() == 1; }));
  ::send(one.fd(), std::string(4'000'000, 'x').data(), 4'000'000, MSG_DONTWAIT | MSG_NOSIGNAL);
  // With the rest of it before the door there is soon nothing that the loop would wake up for.
  EXPECT_TRUE(loop.until([this] {
    pollfd something{uv_backend_fd(loop), POLLIN, 0};
    return ::poll(&something, 1, 0) == 0;
  }));
  int unread = 0;
  ASSERT_EQ(::ioctl(one.fd(), SIOCOUTQ, &unread), 0);
  EXPECT_GT(unread, 0) << "all of it was taken in";
  EXPECT_EQ(server->connections(), 1u);
}

TEST_F(Server, LeavesHandlersThatAnswerAfterTheServerIsGone) {
  Client one = client();
  one.get("/park");
  ASSERT_TRUE(loop.until([this] { return parked.size() == 1; }));
  server.reset();
  EXPECT_EQ(gone, 1);
  parked[0](Response::text(200, "text/plain", "too late"));
  EXPECT_TRUE(one.ended());
}

TEST_F(Server, EndsRequestsThatNeverFinish) {
  Client head = client(), body = client(), silent = client();
  head.send("GET /hello HTTP/1.1\r\nHost: a\r\n");
  body.send("POST /hello HTTP/1.1\r\nHost: a\r\nContent-Length: 10\r\n\r\nabc");
  // One byte now and then does not buy more time: with these it would never end.
  EXPECT_TRUE(loop.until([&] {
    ::send(head.fd(), "X", 1, MSG_NOSIGNAL);
    return head.heard();
  }));
  EXPECT_EQ(head.status(), 408);
  EXPECT_EQ(body.status(), 408);
  EXPECT_TRUE(head.ended());
  EXPECT_TRUE(body.ended());
  EXPECT_TRUE(silent.ended());
  EXPECT_TRUE(loop.until([this] { return server->connections() == 0; }));
}

TEST_F(Server, SendsALargeFileToASlowReaderWhole) {
  const std::string content = write_file(5'000'000);
  Client one = client();
  one.connect(server->port(), 4096);
  one.get("/file");
  auto answer = one.answer();
  ASSERT_TRUE(answer);
  EXPECT_EQ(answer->status, 200);
  EXPECT_TRUE(answer->body == content);
  EXPECT_EQ(answer->header("accept-ranges"), "bytes");
  one.get("/file", "Range: bytes=4999990-\r\n");
  answer = one.answer();
  EXPECT_EQ(answer->status, 206);
  EXPECT_EQ(answer->body, content.substr(4'999'990));
  one.get("/file", "", "HEAD");
  answer = one.answer(true);
  EXPECT_EQ(answer->header("content-length"), "5000000");
  one.get("/hello");
  EXPECT_EQ(one.answer()->body, "hello ");
}

TEST_F(Server, SendsARangeThatBeginsInALaterFile) {
  write_file(1000);
  std::ofstream(directory / "second") << "0123456789";
  Client one = client();
  one.get("/two-files", "Range: bytes=1003-1005\r\n");
  auto answer = one.answer();
  ASSERT_TRUE(answer);
  EXPECT_EQ(answer->status, 206);
  EXPECT_EQ(answer->body, "345");
  EXPECT_EQ(answer->header("content-range"), "bytes 1003-1005/1010");
}

TEST_F(Server, HoldsFilesOpenOnlyWhileTheyAreSent) {
  auto open_files = [] {
    return std::distance(std::filesystem::directory_iterator("/proc/self/fd"), std::filesystem::directory_iterator());
  };
  write_file(100'000);
  Client one = client();
  one.get("/hello");
  ASSERT_TRUE(one.answer());
  const auto before = open_files();
  one.get("/file");
  ASSERT_TRUE(one.answer());
  EXPECT_EQ(open_files(), before);
}

TEST_F(Server, EndsADownloadWhoseFileBecameShorter) {
  write_file(8'000'000);
  Client one = client();
  one.connect(server->port(), 4096);
  one.get("/file");
  ASSERT_TRUE(loop.until([&] {
    one.pump();
    return !one.received().empty();
  }));
  std::filesystem::resize_file(directory / "file", 1000);
  EXPECT_TRUE(one.ended());
  EXPECT_LT(one.received().size(), 8'000'000u);
}

TEST_F(Server, Says404ForAFileThatIsGoneAnd500ForOneThatIsShort) {
  file_bytes = 10;
  Client one = client();
  one.get("/file");
  EXPECT_EQ(one.status(), 404);
  write_file(5);
  file_bytes = 10;
  one.get("/file");
  EXPECT_EQ(one.status(), 500);
}

TEST_F(Server, SurvivesAClientThatLeavesInTheMiddleOfAFile) {
  write_file(8'000'000);
  Client one = client();
  one.get("/file");
  ASSERT_TRUE(loop.until([&] {
    one.pump();
    return !one.received().empty();
  }));
  one.close();
  EXPECT_TRUE(loop.until([this] { return server->connections() == 0; }));
}

TEST_F(Server, MakesRoomForTheNewByEndingTheIdle) {
  server->close();
  options.max_connections = 2;
  start();
  Client idle = client();
  idle.get("/hello");
  ASSERT_EQ(idle.status(), 200);
  Client busy = client();
  busy.get("/park");
  ASSERT_TRUE(loop.until([this] { return parked.size() == 1; }));
  Client fresh = client();
  fresh.get("/park");
  ASSERT_TRUE(loop.until([this] { return parked.size() == 2; }));
  EXPECT_TRUE(idle.ended());
  // Now both places are taken by requests that wait.
  Client turned_away = client();
  auto answer = turned_away.answer();
  ASSERT_TRUE(answer);
  EXPECT_EQ(answer->status, 503);
  EXPECT_EQ(answer->header("retry-after"), "5");
}

TEST_F(Server, SaysThatThePortIsTaken) {
  options.port = server->port();
  auto second = HttpServer::create(loop, options, {});
  ASSERT_FALSE(second);
  EXPECT_EQ(second.error().code, EADDRINUSE);
  EXPECT_THAT(second.error().what, HasSubstr("127.0.0.1 port " + std::to_string(options.port)));
}

TEST_F(Server, SaysThatTheAddressIsNonsense) {
  options.listen = "nowhere.example";
  auto second = HttpServer::create(loop, options, {});
  ASSERT_FALSE(second);
  EXPECT_THAT(second.error().what, HasSubstr("web.listen"));
}

TEST_F(Server, BelievesForwardedAddressesOnlyWhenTold) {
  Client one = client();
  one.get("/hello", "X-Forwarded-For: 203.0.113.9\r\n");
  ASSERT_TRUE(one.answer());
  EXPECT_EQ(seen.back().client, "127.0.0.1");
  server->close();
  options.trust_forwarded_for = true;
  start();
  Client two = client();
  two.get("/hello", "X-Forwarded-For: 1.2.3.4, 203.0.113.9\r\n");
  ASSERT_TRUE(two.answer());
  EXPECT_EQ(seen.back().client, "203.0.113.9");
}

TEST_F(Server, CountsAnswersByRouteAndStatus) {
  Client one = client();
  one.get("/kk/page");
  one.get("/ru/page");
  one.get("/unknown");
  for (int i = 0; i < 3; ++i) ASSERT_TRUE(one.answer());
  EXPECT_EQ((server->answered().at({"/{lang}/page", 200})), 2u);
  EXPECT_EQ((server->answered().at({"none", 404})), 1u);
}

TEST_F(Server, WakesTwoThousandParkedRequestsTogether) {
  rlimit limit{};
  ::getrlimit(RLIMIT_NOFILE, &limit);
  const std::size_t many = limit.rlim_max > 5000 ? 2000 : 200;
  std::vector<Client> clients;
  for (std::size_t i = 0; i < many; ++i) {
    clients.push_back(client());
    clients.back().get("/park");
    if (i % 100 == 99) loop.until([&] { return parked.size() == i + 1; });
  }
  ASSERT_TRUE(loop.until([&] { return parked.size() == many; }));
  EXPECT_EQ(server->waiting(), many);
  for (const Reply& reply : parked) reply(Response::text(200, "text/plain", "now"));
  for (Client& one : clients) EXPECT_EQ(one.answer()->body, "now");
}

}  // namespace
}  // namespace tyndau::web
