#include <zlib.h>

#include <array>
#include <atomic>
#include <fstream>
#include <latch>

#include "tests/session/web/site.h"

namespace tyndau::web {
namespace {

using testing::HasSubstr;
using testing::Not;

struct Api : Site {};

TEST_F(Api, IsHealthyAndReady) {
  const Answer health = get("/healthz");
  EXPECT_EQ(health.status, 200);
  EXPECT_EQ(health.body, "ok");
  const Answer ready = get("/readyz");
  EXPECT_EQ(ready.status, 200);
  EXPECT_EQ(ready.json(), Json::parse(R"({"ready": true, "parts": {"journal": "ok", "media": "connected"}})"));
}

TEST_F(Api, IsNotReadyWithoutMedia) {
  media.reset();
  ASSERT_TRUE(loop.until([this] { return !secretariat->media_connected(); }));
  const Answer ready = get("/readyz");
  EXPECT_EQ(ready.status, 503);
  EXPECT_EQ(ready.json()["parts"]["media"], "away");
  EXPECT_EQ(get("/healthz").status, 200);
}

TEST_F(Api, HasALineForEveryAlarmInItsMetrics) {
  get("/healthz");
  const Answer metrics = get("/metrics");
  EXPECT_EQ(metrics.status, 200);
  EXPECT_THAT(metrics.header("content-type"), HasSubstr("version=0.0.4"));
  for (const char* line : {"tyndau_alarm{code=\"source_lost\"} 0\n", "tyndau_alarm{code=\"media_lost\"} 0\n",
                           "tyndau_alarm{code=\"disk_full\"} 0\n", "tyndau_on_air 0\n", "tyndau_waiting_requests ",
                           "tyndau_journal_events 2\n", "tyndau_media_connected 1\n", "tyndau_disk_free_bytes ",
                           "tyndau_requests_total{route=\"/healthz\",status=\"200\"} 1\n", "process_cpu_seconds_total ",
                           "process_resident_memory_bytes "}) {
    EXPECT_THAT(metrics.body, HasSubstr(line));
  }
}

TEST_F(Api, ShowsARingingAlarmInItsMetrics) {
  media->say(link::SourceState{"test:", "lost", "it ended"});
  ASSERT_TRUE(loop.until([this] { return !secretariat->alarms().empty(); }));
  EXPECT_THAT(get("/metrics").body, HasSubstr("tyndau_alarm{code=\"source_lost\"} 1\n"));
}

// ---- reading ----

TEST_F(Api, ListsMeetingsByState) {
  EXPECT_EQ(get("/api/v1/meetings").json()["meetings"].size(), 2u);
  EXPECT_EQ(get("/api/v1/meetings?state=announced").json()["meetings"].size(), 2u);
  EXPECT_EQ(get("/api/v1/meetings?state=live").json()["meetings"].size(), 0u);
  enter();
  ASSERT_EQ(act({{"action", "broadcast.start"}}).status, 200);
  const Json live = get("/api/v1/meetings?state=live").json()["meetings"];
  ASSERT_EQ(live.size(), 1u);
  EXPECT_EQ(live[0]["id"], "m1");
  EXPECT_EQ(get("/api/v1/meetings?state=past").json()["meetings"].size(), 0u);
  EXPECT_EQ(get("/api/v1/meetings?state=nonsense").status, 400);
}

TEST_F(Api, ShowsTheRecordWithoutContacts) {
  const Answer answer = get("/api/v1/meetings/m1");
  EXPECT_EQ(answer.status, 200);
  const Json record = answer.json();
  EXPECT_EQ(record["agenda"][0]["speakers"][0]["person"], "p1");
  EXPECT_EQ(record["people"][0]["name"]["kk"], "Мысалбек Сынақов");
  EXPECT_THAT(answer.body, Not(HasSubstr("contact")));
  EXPECT_EQ(get("/api/v1/meetings/none").status, 404);
}

TEST_F(Api, ShowsTheStateAtOnce) {
  const Answer answer = get("/api/v1/meetings/m1/state");
  EXPECT_EQ(answer.status, 200);
  EXPECT_EQ(answer.header("cache-control"), "no-store");
  const Json view = answer.json();
  EXPECT_EQ(view["seq"], 1);
  EXPECT_EQ(view["meeting"]["state"], "announced");
  EXPECT_EQ(view["broadcast"]["state"], "idle");
  EXPECT_TRUE(view["item"]["id"].is_null());
  EXPECT_TRUE(view["floor"]["person"].is_null());
  EXPECT_EQ(get("/api/v1/meetings/none/state").status, 404);
}

TEST_F(Api, WakesThoseWhoWaitForANewerState) {
  enter();
  Client early = client(), waits = client(), elsewhere = client();
  early.get("/api/v1/meetings/m1/state?since=0");
  EXPECT_EQ(early.answer()->json()["seq"], 1);
  waits.get("/api/v1/meetings/m1/state?since=1");
  elsewhere.get("/api/v1/meetings/m2/state?since=1");
  ASSERT_TRUE(loop.until([this] { return server->waiting() == 2; }));
  EXPECT_FALSE(waits.heard());
  ASSERT_EQ(act({{"action", "sitting.open"}}).status, 200);
  auto answer = waits.answer();
  ASSERT_TRUE(answer);
  EXPECT_EQ(answer->json()["seq"], seq());
  EXPECT_EQ(answer->json()["meeting"]["state"], "in_session");
  EXPECT_EQ(answer->header("cache-control"), "public, max-age=1");
  EXPECT_FALSE(elsewhere.heard());
}

TEST_F(Api, RefusesASinceThatCannotBe) {
  for (const char* since : {"2", "99999999999999999999", "-1", "x", "", "1.5", "0x1", "1%20"}) {
    EXPECT_EQ(get(std::string("/api/v1/meetings/m1/state?since=") + since).status, 400) << since;
  }
}

TEST_F(Api, LetsAClientWaitOnlySoOften) {
  std::vector<Client> waiting;
  for (int i = 0; i < 3; ++i) {
    waiting.push_back(client());
    waiting.back().get("/api/v1/meetings/m1/state?since=1");
  }
  ASSERT_TRUE(loop.until([this] { return server->waiting() == 3; }));
  const Answer answer = get("/api/v1/meetings/m1/state?since=1");
  EXPECT_EQ(answer.status, 429);
  EXPECT_EQ(answer.header("retry-after"), "1");
  waiting[0].close();
  ASSERT_TRUE(loop.until([this] { return server->waiting() == 2; }));
  Client next = client();
  next.get("/api/v1/meetings/m1/state?since=1");
  EXPECT_TRUE(loop.until([this] { return server->waiting() == 3; }));
}

struct Impatient : Site {
  Impatient() { patience = 50; }
};
TEST_F(Impatient, AnswersWithTheOldStateWhenNothingHappens) {
  Client waits = client();
  waits.get("/api/v1/meetings/m1/state?since=1");
  auto answer = waits.answer();
  ASSERT_TRUE(answer);
  EXPECT_EQ(answer->status, 200);
  EXPECT_EQ(answer->json()["seq"], 1);
}

TEST_F(Api, CompressesALargeStateForThoseWhoTakeIt) {
  enter();
  for (int i = 0; i < 2; ++i) {
    ASSERT_EQ(act({{"action", "sitting.open"}}).status, 200);
    if (i == 1) break;
    ASSERT_EQ(act({{"action", "undo"}}).status, 200);
  }
  ASSERT_EQ(act({{"action", "item.open"}, {"item", "a1"}}).status, 200);
  ASSERT_EQ(act({{"action", "floor.give"}, {"person", "p1"}}).status, 200);
  const Answer plain = get("/api/v1/meetings/m1/state");
  ASSERT_GT(plain.body.size(), 1200u);
  EXPECT_EQ(plain.header("content-encoding"), "");
  const Answer zipped = get("/api/v1/meetings/m1/state", "Accept-Encoding: br, gzip\r\n");
  EXPECT_EQ(zipped.header("content-encoding"), "gzip");
  EXPECT_EQ(zipped.header("vary"), "Accept-Encoding");
  std::string text(100'000, 0);
  z_stream stream{};
  ASSERT_EQ(inflateInit2(&stream, 31), Z_OK);
  stream.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(zipped.body.data()));
  stream.avail_in = static_cast<uInt>(zipped.body.size());
  stream.next_out = reinterpret_cast<Bytef*>(text.data());
  stream.avail_out = static_cast<uInt>(text.size());
  EXPECT_EQ(inflate(&stream, Z_FINISH), Z_STREAM_END);
  text.resize(stream.total_out);
  inflateEnd(&stream);
  EXPECT_EQ(Json::parse(text)["floor"]["person"], "p1");
  EXPECT_EQ(get("/api/v1/meetings/m1/state", "Accept-Encoding: gzip;q=0\r\n").header("content-encoding"), "");
}

// ---- login ----

TEST_F(Api, LogsInAndOut) {
  EXPECT_EQ(get("/api/v1/session").status, 401);
  const Answer answer = log_in();
  ASSERT_EQ(answer.status, 200) << answer.body;
  const std::string set = answer.header("set-cookie");
  EXPECT_THAT(set, testing::StartsWith("tyndau="));
  for (const char* attribute : {"; Path=/", "; HttpOnly", "; SameSite=Strict"}) EXPECT_THAT(set, HasSubstr(attribute));
  EXPECT_THAT(set, Not(HasSubstr("Secure"))) << "this site has no https";
  enter();
  const Answer session = get("/api/v1/session", credentials());
  EXPECT_EQ(session.status, 200);
  EXPECT_EQ(session.json()["name"], kName);
  EXPECT_EQ(session.json()["csrf"], csrf);
  EXPECT_EQ(post("/api/v1/logout", "", "Cookie: " + cookie + "\r\n").status, 403);
  EXPECT_EQ(post("/api/v1/logout", "", credentials()).status, 200);
  EXPECT_EQ(get("/api/v1/session", credentials()).status, 401);
  EXPECT_EQ(post("/api/v1/logout", "", credentials()).status, 401);
}

TEST_F(Api, RenewsTheCookieWithTheSession) {
  enter();
  const std::string first = cookie;
  const auto act = [this] { return post("/api/v1/meetings/m1/actions", R"({"action": "floor.end"})", credentials()); };
  // A day of eleven hours, twice: the session slides with its use, and so must what the browser keeps of it.
  for (int hours : {11, 22}) {
    clock_ahead = std::chrono::hours(hours);
    for (const Answer& answer : {get("/api/v1/session", credentials()), act()}) {
      EXPECT_NE(answer.status, 401);
      EXPECT_THAT(answer.header("set-cookie"), testing::StartsWith(first + ";"));
      EXPECT_THAT(answer.header("set-cookie"), HasSubstr("; Max-Age=43200"));
      EXPECT_THAT(answer.header("set-cookie"), HasSubstr("; HttpOnly"));
      EXPECT_EQ(answer.header("cache-control"), "no-store") << "no cache keeps a secret";
    }
  }
  clock_ahead = std::chrono::hours(22 + 13);
  EXPECT_EQ(act().status, 401);
  EXPECT_EQ(act().header("set-cookie"), "");
  EXPECT_EQ(get("/api/v1/session", credentials()).header("set-cookie"), "");
  EXPECT_EQ(get("/api/v1/meetings/m1/state").header("set-cookie"), "") << "what everybody may cache has none";
}

TEST_F(Api, LogsInWhoeverPastedTheirName) {
  EXPECT_EQ(log_in("\u202a Хатшы\u202c\u200b").status, 200);
  EXPECT_EQ(get("/api/v1/session", credentials()).status, 401) << "nobody's cookie";
  EXPECT_EQ(log_in("\u200b").status, 401);
}

struct Https : Site {
  Https() { config.web.public_url = "https://hearing.example"; }
};
TEST_F(Https, UsesAHostCookie) {
  const std::string set = log_in().header("set-cookie");
  EXPECT_THAT(set, testing::StartsWith("__Host-tyndau="));
  EXPECT_THAT(set, HasSubstr("; Secure"));
  EXPECT_EQ(log_in(kName, kPassword, "Origin: https://hearing.example\r\n").status, 200);
}

TEST_F(Api, RefusesWrongLogins) {
  EXPECT_EQ(log_in(kName, "wrong").status, 401);
  EXPECT_EQ(log_in("nobody", "wrong").status, 401);
  EXPECT_EQ(post("/api/v1/login", "{}").status, 400);
  EXPECT_EQ(post("/api/v1/login", "{").status, 400);
  EXPECT_EQ(post("/api/v1/login", R"({"name": 1, "password": "x"})").status, 400);
  EXPECT_EQ(post("/api/v1/login", R"({"name": "a", "password": "x", "more": 1})").status, 400);
  EXPECT_EQ(post("/api/v1/login", R"({"name": "a", "password": "x"})", "", "text/plain").status, 415);
  EXPECT_EQ(log_in(kName, kPassword, "Origin: https://evil.example\r\n").status, 403);
  EXPECT_EQ(log_in(kName, kPassword, "Sec-Fetch-Site: cross-site\r\n").status, 403);
}

TEST_F(Api, SlowsGuessingDown) {
  for (int i = 0; i < 3; ++i) EXPECT_EQ(log_in(kName, "guess").status, 401);
  const Answer fourth = log_in();
  EXPECT_EQ(fourth.status, 429) << "even the right password";
  EXPECT_EQ(fourth.header("retry-after"), "1");
  clock_ahead = std::chrono::milliseconds(1100);
  EXPECT_EQ(log_in(kName, "guess").status, 401);
  EXPECT_EQ(log_in().header("retry-after"), "2");
  clock_ahead = std::chrono::milliseconds(4000);
  EXPECT_EQ(log_in().status, 200);
  EXPECT_EQ(log_in().status, 200) << "success is forgiveness";
}

TEST_F(Api, CountsGuessesThatComeAtTheSameTime) {
  std::vector<Client> guesses;
  for (int i = 0; i < 6; ++i) {
    guesses.push_back(client());
    guesses.back().post("/api/v1/login", Json{{"name", kName}, {"password", "guess"}}.dump());
  }
  int throttled = 0;
  for (Client& one : guesses) throttled += one.status() == 429 ? 1 : 0;
  EXPECT_EQ(throttled, 3);
}

/// Work for libuv's threads, all four of them, that takes until it is let go.
class LongWork {
 public:
  explicit LongWork(fakes::Loop& loop) : loop_(loop) {
    for (uv_work_t& one : work_) {
      one.data = this;
      uv_queue_work(
          loop_, &one,
          [](uv_work_t* work) {
            auto* all = static_cast<LongWork*>(work->data);
            ++all->begun_;
            all->over_.wait();
          },
          [](uv_work_t* work, int) { ++static_cast<LongWork*>(work->data)->ended_; });
    }
    EXPECT_TRUE(loop_.until([this] { return begun_ == work_.size(); }));
  }
  LongWork(const LongWork&) = delete;
  LongWork& operator=(const LongWork&) = delete;
  ~LongWork() {
    over_.count_down();
    EXPECT_TRUE(loop_.until([this] { return ended_ == work_.size(); }));
  }

 private:
  fakes::Loop& loop_;
  std::array<uv_work_t, 4> work_{};
  std::atomic<std::size_t> begun_ = 0;
  std::size_t ended_ = 0;
  std::latch over_{1};
};

TEST_F(Api, AnswersOthersWhileItChecksPasswords) {
  Client slow = client();
  {
    const LongWork work(loop);
    slow.post("/api/v1/login", Json{{"name", kName}, {"password", kPassword}}.dump());
    EXPECT_EQ(get("/healthz").status, 200);
    EXPECT_FALSE(slow.heard()) << "it was not left to libuv's threads";
  }
  EXPECT_EQ(slow.status(), 200);
}

TEST_F(Api, EndsSessionsThatWereNotUsedForTwelveHours) {
  enter();
  clock_ahead = std::chrono::hours(11);
  EXPECT_EQ(get("/api/v1/session", credentials()).status, 200);
  clock_ahead = std::chrono::hours(24);
  EXPECT_EQ(get("/api/v1/session", credentials()).status, 401);
}

// ---- acting ----

TEST_F(Api, Acts) {
  enter();
  const Answer answer = act({{"action", "sitting.open"}});
  EXPECT_EQ(answer.status, 200);
  EXPECT_EQ(answer.json()["seq"], seq());
  EXPECT_EQ(answer.json()["state"]["meeting"]["state"], "in_session");
  ASSERT_EQ(act({{"action", "item.open"}, {"item", "a1"}}).status, 200);
  const Answer floor = act({{"action", "floor.give"}, {"person", "p1"}});
  EXPECT_EQ(floor.status, 200);
  EXPECT_TRUE(floor.json()["result"]["turn"].is_number());
  EXPECT_EQ(secretariat->events("m1").back().actor, kName);
}

TEST_F(Api, RefusesWithASentenceInThreeLanguages) {
  enter();
  const auto before = seq();
  const Answer answer = act({{"action", "item.open"}, {"item", "a1"}});
  EXPECT_EQ(answer.status, 409);
  const Json refusal = answer.json()["refusal"];
  EXPECT_FALSE(refusal["code"].get<std::string>().empty());
  for (const char* language : {"kk", "ru", "en"}) EXPECT_FALSE(refusal["text"][language].get<std::string>().empty());
  EXPECT_EQ(seq(), before);
}

TEST_F(Api, LetsNobodyActWithoutCookieTokenAndOrigin) {
  enter();
  const std::string path = "/api/v1/meetings/m1/actions", body = R"({"action": "sitting.open"})";
  const auto before = seq();
  EXPECT_EQ(post(path, body).status, 401);
  EXPECT_EQ(post(path, body, "Cookie: tyndau=0123456789abcdef\r\nX-CSRF-Token: " + csrf + "\r\n").status, 401);
  EXPECT_EQ(post(path, body, "Cookie: " + cookie + "\r\n").status, 403);
  EXPECT_EQ(post(path, body, "Cookie: " + cookie + "\r\nX-CSRF-Token: wrong\r\n").status, 403);
  EXPECT_EQ(post(path, body, "Cookie: " + cookie + "\r\nX-CSRF-Token: \r\n").status, 403);
  EXPECT_EQ(post(path, body, credentials() + "Origin: http://evil.example\r\n").status, 403);
  EXPECT_EQ(post(path, body, credentials() + "Sec-Fetch-Site: same-site\r\n").status, 403);
  EXPECT_EQ(seq(), before);
  EXPECT_EQ(post(path, body, credentials() + "Origin: http://localhost\r\nSec-Fetch-Site: same-origin\r\n").status,
            200);
}

TEST_F(Api, RefusesMalformedActionsAndChangesNothing) {
  enter();
  const std::string path = "/api/v1/meetings/m1/actions";
  const auto before = seq();
  auto code = [&](const std::string& body) {
    const Answer answer = post(path, body, credentials());
    EXPECT_EQ(answer.status, 400) << body;
    return answer.json()["error"]["code"];
  };
  EXPECT_EQ(code(""), "bad_json");
  EXPECT_EQ(code("{"), "bad_json");
  EXPECT_EQ(code("[]"), "bad_json");
  EXPECT_EQ(code(R"({"action": "sitting.open"} x)"), "bad_json");
  EXPECT_EQ(code(R"({"action": "sitting.open", "action": "undo"})"), "bad_json");
  EXPECT_EQ(code("{\"action\": \"\xff\"}"), "bad_json");
  EXPECT_EQ(code(std::string(60'000, '[')), "bad_json");
  EXPECT_EQ(code("{}"), "bad_action");
  EXPECT_EQ(code(R"({"action": "meeting.delete"})"), "bad_action");
  EXPECT_EQ(code(R"({"action": 5})"), "bad_action");
  EXPECT_EQ(code(R"({"action": "sitting.open", "extra": 1})"), "bad_action");
  EXPECT_EQ(code(R"({"action": "item.open", "item": 1})"), "bad_action");
  EXPECT_EQ(code(R"({"action": "floor.give", "person": "p1", "limit_s": 2.5})"), "bad_action");
  EXPECT_EQ(post(path, R"({"action": "sitting.open"})", credentials(), "text/plain").status, 415);
  EXPECT_EQ(post(path, R"({"action": "sitting.open"})", credentials(), "application/json; charset=utf-8").status, 200);
  EXPECT_EQ(post("/api/v1/meetings/none/actions", R"({"action": "sitting.open"})", credentials()).status, 404);
  EXPECT_EQ(seq(), before + 1);
}

TEST_F(Api, ActsOnceForOneKey) {
  enter();
  const std::string key = "Idempotency-Key: click-1\r\n";
  const Answer first = act({{"action", "sitting.open"}}, key);
  ASSERT_EQ(first.status, 200);
  const auto after = seq();
  const Answer again = act({{"action", "sitting.open"}}, key);
  EXPECT_EQ(again.status, 200);
  EXPECT_EQ(again.json()["seq"], first.json()["seq"]);
  EXPECT_EQ(seq(), after);
  EXPECT_EQ(act({{"action", "sitting.close"}}, key).status, 422);
  EXPECT_EQ(act({{"action", "sitting.close"}}, "Idempotency-Key: " + std::string(129, 'a') + "\r\n").status, 400);
  EXPECT_EQ(act({{"action", "sitting.close"}}, "Idempotency-Key:\r\n").status, 400);
  EXPECT_EQ(act({{"action", "sitting.close"}}, "Idempotency-Key: қ\r\n").status, 400);
  EXPECT_EQ(seq(), after);
}

TEST_F(Api, ShowsThePreviewToTheDeskOnly) {
  std::ofstream(config.preview_file()) << "JPEG";
  EXPECT_EQ(get("/desk/preview.jpg").status, 401);
  enter();
  const Answer answer = get("/desk/preview.jpg", credentials());
  EXPECT_EQ(answer.status, 200);
  EXPECT_EQ(answer.body, "JPEG");
  EXPECT_EQ(answer.header("content-type"), "image/jpeg");
  EXPECT_EQ(answer.header("cache-control"), "no-store");
  std::filesystem::remove(config.preview_file());
  EXPECT_EQ(get("/desk/preview.jpg", credentials()).status, 404);
}

// ---- the description ----

TEST_F(Api, IsWhatItsDescriptionSays) {
  std::ifstream file(TYNDAU_SOURCE_DIR "/session/web/openapi.json");
  const std::string written{std::istreambuf_iterator<char>(file), {}};
  const Answer served = get("/api/v1/openapi.json");
  EXPECT_EQ(served.body, written) << "the binary has another openapi.json than the sources";
  const Json document = served.json();
  std::set<std::string> described, routed;
  for (const auto& [path, item] : document["paths"].items()) {
    for (const char* method : {"get", "post", "put", "delete", "patch", "options"}) {
      if (item.contains(method)) described.insert(std::string(method) + " " + path);
    }
  }
  for (const Route& route : server->routes()) {
    const bool api = route.pattern.starts_with("/api") || route.pattern == "/healthz" || route.pattern == "/readyz" ||
                     route.pattern == "/metrics";
    std::string method = route.method;
    std::transform(method.begin(), method.end(), method.begin(), [](unsigned char c) { return std::tolower(c); });
    if (api) routed.insert(method + " " + route.pattern);
  }
  EXPECT_EQ(described, routed);
}

TEST_F(Api, DescribesTheActionsThatThereAre) {
  const Json document = get("/api/v1/openapi.json").json();
  const Json& described = document["components"]["schemas"]["Action"]["properties"]["action"]["enum"];
  std::set<std::string> names;
  for (const auto& name : described) names.insert(name);
  EXPECT_EQ(names, std::set<std::string>(meeting::action_kinds().begin(), meeting::action_kinds().end()));
}

/// Every "$ref" of the document leads somewhere.
TEST_F(Api, DescribesNothingThatIsMissing) {
  const Json document = Json::parse(openapi_document());
  std::function<void(const Json&)> walk = [&](const Json& json) {
    if (json.is_object() && json.contains("$ref")) {
      const std::string pointer = json["$ref"].get<std::string>().substr(1);
      EXPECT_TRUE(document.contains(Json::json_pointer(pointer))) << pointer;
    }
    if (json.is_structured()) {
      for (const Json& child : json) walk(child);
    }
  };
  walk(document);
}

/// The view has what the description requires, with the types it says.
TEST_F(Api, GivesViewsOfTheShapeItDescribes) {
  enter();
  for (const Json& action :
       {Json{{"action", "broadcast.start"}}, Json{{"action", "sitting.open"}},
        Json{{"action", "item.open"}, {"item", "a1"}}, Json{{"action", "floor.give"}, {"person", "p1"}}}) {
    ASSERT_EQ(act(action).status, 200) << action;
  }
  const Json document = Json::parse(openapi_document());
  std::function<void(const Json&, Json, const std::string&)> check = [&](const Json& value, Json schema,
                                                                         const std::string& where) {
    if (schema.contains("$ref")) schema = document[Json::json_pointer(schema["$ref"].get<std::string>().substr(1))];
    if (value.is_null()) {
      EXPECT_TRUE(schema.value("nullable", false)) << where;
      return;
    }
    for (const Json& part : schema.value("allOf", Json::array())) check(value, part, where);
    const std::string type = schema.value("type", "");
    const bool fits = type.empty() || (type == "object" && value.is_object()) ||
                      (type == "array" && value.is_array()) || (type == "string" && value.is_string()) ||
                      (type == "integer" && value.is_number_integer()) || (type == "boolean" && value.is_boolean());
    EXPECT_TRUE(fits) << where << " is no " << type;
    if (schema.contains("enum")) {
      EXPECT_NE(std::find(schema["enum"].begin(), schema["enum"].end(), value), schema["enum"].end()) << where << value;
    }
    for (const auto& name : schema.value("required", Json::array()))
      EXPECT_TRUE(value.contains(name.get<std::string>())) << where << name;
    if (value.is_object() && schema.contains("properties")) {
      for (const auto& [name, child] : value.items()) {
        EXPECT_TRUE(schema["properties"].contains(name)) << where << "/" << name << " is not described";
        if (schema["properties"].contains(name)) check(child, schema["properties"][name], where + "/" + name);
      }
    }
    if (value.is_array() && schema.contains("items")) {
      for (const Json& child : value) check(child, schema["items"], where + "[]");
    }
  };
  check(get("/api/v1/meetings/m1/state").json(), {{"$ref", "#/components/schemas/View"}}, "view");
  const Json meetings = get("/api/v1/meetings").json()["meetings"];
  EXPECT_EQ(meetings.size(), 2u);
  for (const Json& brief : meetings) {
    check(brief, {{"$ref", "#/components/schemas/Summary"}}, "summary");
  }
}

}  // namespace
}  // namespace tyndau::web
