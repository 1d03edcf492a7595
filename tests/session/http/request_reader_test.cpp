#include "session/http/request_reader.h"

#include <gtest/gtest.h>

namespace tyndau::web {
namespace {

std::string get(const std::string& target, const std::string& headers = "Host: a\r\n") {
  return "GET " + target + " HTTP/1.1\r\n" + headers + "\r\n";
}
int status_of(const std::string& head) {
  auto read = read_head(head);
  return read ? 200 : read.error().status;
}

TEST(RequestReader, ReadsAnOrdinaryRequest) {
  auto head = read_head(
      "POST /api/v1/meetings/m-1/actions?since=7&x=a%20b+c HTTP/1.1\r\nHost: a\r\nContent-Type:  application/json \r\n"
      "Cookie: a=1\r\nCookie: b=2\r\nContent-Length: 12\r\n\r\n");
  ASSERT_TRUE(head);
  EXPECT_EQ(head->request.method, "POST");
  EXPECT_EQ(head->request.path, "/api/v1/meetings/m-1/actions");
  EXPECT_EQ(head->request.query_value("since"), "7");
  EXPECT_EQ(head->request.query_value("x"), "a b c");
  EXPECT_EQ(head->request.header("content-type"), "application/json");
  EXPECT_EQ(head->request.cookie("b"), "2");
  EXPECT_EQ(head->request.cookie("c"), std::nullopt);
  EXPECT_EQ(head->content_length, 12u);
  EXPECT_TRUE(head->keep_alive);
}

TEST(RequestReader, JoinsHeadersThatAreThereTwiceWithoutEmptyOnes) {
  const auto head =
      read_head("GET / HTTP/1.1\r\nHost: a\r\nAccept: x\r\nAccept:\r\nAccept: y\r\nVia: \r\nVia: z\r\n\r\n");
  ASSERT_TRUE(head);
  EXPECT_EQ(head->request.header("accept"), "x, y");
  EXPECT_EQ(head->request.header("via"), "z");
}

TEST(RequestReader, DecodesKazakhInPathsAndQueries) {
  auto head = read_head(get("/%D2%9B?q=%D3%99"));
  ASSERT_TRUE(head);
  EXPECT_EQ(head->request.path, "/қ");
  EXPECT_EQ(head->request.query_value("q"), "ә");
}

TEST(RequestReader, FindsTheEndOfAHeadHoweverItTricklesIn) {
  const std::string head = get("/");
  for (std::size_t n = 0; n < head.size(); ++n) {
    EXPECT_EQ(head_length(std::string_view(head).substr(0, n), n == 0 ? 0 : n - 1), std::nullopt) << n;
  }
  EXPECT_EQ(head_length(head + "more", head.size() - 1), head.size());
  EXPECT_EQ(head_length(head + "more"), head.size());
}

TEST(RequestReader, RefusesLengthsThatTwoReadersCouldUnderstandDifferently) {
  for (const char* headers : {
           "Content-Length: -1\r\n",
           "Content-Length: +5\r\n",
           "Content-Length: 5, 5\r\n",
           "Content-Length: 0x10\r\n",
           "Content-Length: 5\r\nContent-Length: 5\r\n",
           "Content-Length: 5\r\nContent-Length: 6\r\n",
           "Content-Length: \r\n",
           "Content-Length: 1 2\r\n",
           "Content-Length: 99999999999999999999999\r\n",
           "Content-Length: 5\r\nTransfer-Encoding: chunked\r\n",
           "Transfer-Encoding: chunked\r\nContent-Length: 5\r\n",
           "Content-Length : 5\r\n",
           " Content-Length: 5\r\n",
           "X: a\r\n b\r\n",
           "X: a\nContent-Length: 5\r\n",
           "X: a\rContent-Length: 5\r\n",
           "X\r\n",
           ": a\r\n",
           "X: a\x01\r\n",
       }) {
    EXPECT_EQ(status_of(get("/", std::string("Host: a\r\n") + headers)), 400) << headers;
  }
  EXPECT_EQ(status_of(get("/", "Host: a\r\nContent-Length: 65537\r\n")), 413);
  EXPECT_EQ(status_of(get("/", "Host: a\r\nContent-Length: 65536\r\n")), 200);
  EXPECT_EQ(status_of(get("/", "Host: a\r\nTransfer-Encoding: chunked\r\n")), 411);
}

TEST(RequestReader, WantsOneHost) {
  EXPECT_EQ(status_of(get("/", "")), 400);
  EXPECT_EQ(status_of(get("/", "Host: a\r\nHost: b\r\n")), 400);
  EXPECT_EQ(status_of("GET / HTTP/1.0\r\n\r\n"), 200);
}

TEST(RequestReader, RefusesPathsThatAreNotWhatTheySeem) {
  for (const char* path :
       {"/..",   "/../etc/passwd", "/a/../b",    "/a/%2e%2e/b", "/a/%2E./b", "/a/./b",     "/%00",         "/a%00b",
        "/a\\b", "/a%5cb",         "/a%2fb",     "/a%2Fb",      "/%",        "/%4",        "/%zz",         "/a#b",
        "/%ff",  "/%c0%ae%c0%ae/", "/%0d%0aX:1", "a",           "*",         "/%ed%a0%80", "/%f5%80%80%80"}) {
    EXPECT_EQ(status_of(get(path)), 400) << path;
  }
  EXPECT_EQ(status_of(get("/a..b/...")), 200);
  EXPECT_EQ(status_of(get("/?a=%")), 400);
  EXPECT_EQ(status_of(get("/?a=%00")), 400);
  EXPECT_EQ(status_of(get("/" + std::string(9000, 'a'))), 414);
}

TEST(RequestReader, TakesTheAbsoluteForm) {
  auto head = read_head(get("http://a/b?c=d"));
  ASSERT_TRUE(head);
  EXPECT_EQ(head->request.path, "/b");
  EXPECT_EQ(read_head(get("http://a"))->request.path, "/");
}

TEST(RequestReader, RefusesOtherFirstLines) {
  EXPECT_EQ(status_of("GET /\r\n\r\n"), 400);
  EXPECT_EQ(status_of("GET  / HTTP/1.1\r\nHost: a\r\n\r\n"), 400);
  EXPECT_EQ(status_of("G<T / HTTP/1.1\r\nHost: a\r\n\r\n"), 400);
  EXPECT_EQ(status_of("GET / HTTP/2.0\r\nHost: a\r\n\r\n"), 505);
  EXPECT_EQ(status_of("PRI * HTTP/2.0\r\n\r\n"), 505);
  EXPECT_EQ(status_of("GET / http/1.1\r\nHost: a\r\n\r\n"), 400);
  EXPECT_EQ(status_of("\x16\x03\x01\x02\x00\x01\r\n\r\n"), 400);
  EXPECT_EQ(status_of("GET / HTTP/1.1\nHost: a\n\n"), 400);
}

TEST(RequestReader, BoundsTheNumberOfHeaders) {
  std::string headers = "Host: a\r\n";
  for (int i = 0; i < 63; ++i) headers += "X" + std::to_string(i) + ": a\r\n";
  EXPECT_EQ(status_of(get("/", headers)), 200);
  EXPECT_EQ(status_of(get("/", headers + "Y: a\r\n")), 431);
}

TEST(RequestReader, KnowsWhoKeepsTheConnection) {
  EXPECT_FALSE(read_head(get("/", "Host: a\r\nConnection: close\r\n"))->keep_alive);
  EXPECT_FALSE(read_head(get("/", "Host: a\r\nConnection: Upgrade, Close\r\n"))->keep_alive);
  EXPECT_FALSE(read_head("GET / HTTP/1.0\r\n\r\n")->keep_alive);
  EXPECT_TRUE(read_head("GET / HTTP/1.0\r\nConnection: keep-alive\r\n\r\n")->keep_alive);
}

TEST(RequestReader, TakesFromTheProxyOnlyWhatTheProxyWrote) {
  EXPECT_EQ(forwarded_client("10.0.0.1, 192.0.2.7"), "192.0.2.7");
  EXPECT_EQ(forwarded_client("2001:db8::1"), "2001:db8::1");
  EXPECT_EQ(forwarded_client("192.0.2.7, forged"), "");
  EXPECT_EQ(forwarded_client(""), "");
}

TEST(FormReader, ReadsWhatABrowserSends) {
  const auto form = read_form("name=%D0%90%D0%B9%D1%88%D0%B0+O%27Neil&position=&item=a2&name=second&empty");
  ASSERT_TRUE(form);
  EXPECT_EQ(form->at("name"), "Айша O'Neil");
  EXPECT_EQ(form->at("position"), "");
  EXPECT_EQ(form->at("item"), "a2");
  EXPECT_EQ(form->at("empty"), "");
  EXPECT_TRUE(read_form("")->empty());
  EXPECT_EQ(read_form("name=a%09b")->at("name"), "a\tb") << "whoever reads the field judges it";
}

TEST(FormReader, RefusesWhatIsNoText) {
  for (const char* bad : {"name=%", "name=%4", "name=%zz", "name=%ff", "name=%c3%28", "%ff=a"}) {
    EXPECT_FALSE(read_form(bad)) << bad;
  }
}

TEST(RequestReader, ExpectsNothingButContinue) {
  EXPECT_TRUE(read_head(get("/", "Host: a\r\nExpect: 100-continue\r\n"))->expects_continue);
  EXPECT_EQ(status_of(get("/", "Host: a\r\nExpect: miracles\r\n")), 417);
}

}  // namespace
}  // namespace tyndau::web
