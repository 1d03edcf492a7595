#include "session/http/delivery.h"

#include <gtest/gtest.h>
#include <sys/socket.h>

#include <fstream>

#include "tests/fakes/fake_media.h"

namespace tyndau::web {
namespace {

constexpr std::string_view kDate = "Thu, 10 Dec 2026 10:00:00 GMT";

Response whole() {
  Response response = Response::text(200, "video/mp4", "0123456789").with("ETag", "\"v1\"");
  response.ranges = true;
  return response;
}
Response asked(Wishes wishes) {
  Response response = whole();
  apply_wishes(wishes, response);
  return response;
}
std::string header(const Response& response, const std::string& name) {
  for (const auto& [key, value] : response.headers) {
    if (key == name) return value;
  }
  return {};
}
/// What arrives at the other end of a socket.
std::string sent(Response response, const Wishes& wishes = {}) {
  int ends[2];
  EXPECT_EQ(::socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK, 0, ends), 0);
  Fd writer(ends[0]), reader(ends[1]);
  auto first = open_first_file(response);
  EXPECT_TRUE(first);
  Delivery delivery(std::move(response), wishes, kDate, std::move(*first));
  std::string all;
  for (auto progress = Delivery::Progress::kBlocked; progress == Delivery::Progress::kBlocked;) {
    progress = delivery.send(writer.get());
    char buffer[4096];
    for (ssize_t got; (got = ::recv(reader.get(), buffer, sizeof buffer, 0)) > 0;)
      all.append(buffer, static_cast<std::size_t>(got));
  }
  return all;
}
std::string body_of(const std::string& bytes) { return bytes.substr(bytes.find("\r\n\r\n") + 4); }

struct RangeCase {
  const char *range, *body, *content_range;
  int status;
};
TEST(Delivery, AnswersOneRange) {
  for (const RangeCase& one : {RangeCase{"bytes=0-3", "0123", "bytes 0-3/10", 206},
                               {"bytes=7-", "789", "bytes 7-9/10", 206},
                               {"bytes=-2", "89", "bytes 8-9/10", 206},
                               {"bytes=-20", "0123456789", "bytes 0-9/10", 206},
                               {"bytes=5-500", "56789", "bytes 5-9/10", 206},
                               {"bytes=9-9", "9", "bytes 9-9/10", 206},
                               {"bytes=10-", "", "bytes */10", 416},
                               {"bytes=-0", "", "bytes */10", 416}}) {
    Wishes wishes;
    wishes.range = one.range;
    Response response = asked(wishes);
    EXPECT_EQ(response.status, one.status) << one.range;
    EXPECT_EQ(header(response, "Content-Range"), one.content_range) << one.range;
    EXPECT_EQ(body_of(sent(std::move(response))), one.body) << one.range;
  }
}

TEST(Delivery, AnswersNonsenseAndSeveralRangesWithTheWhole) {
  for (const char* range : {"bytes=", "bytes=-", "bytes=3-1", "bytes=0-1,4-5", "bytes=a-b", "items=0-1", "bytes=0x1-2",
                            "bytes=99999999999999999999-", "bytes=1-2 "}) {
    Wishes wishes;
    wishes.range = range;
    EXPECT_EQ(asked(wishes).status, 200) << range;
  }
}

TEST(Delivery, KnowsIfRange) {
  Wishes wishes;
  wishes.range = "bytes=0-0";
  wishes.if_range = "\"v1\"";
  EXPECT_EQ(asked(wishes).status, 206);
  wishes.if_range = "\"v0\"";
  EXPECT_EQ(asked(wishes).status, 200);
  wishes.if_range = "W/\"v1\"";
  EXPECT_EQ(asked(wishes).status, 200);
}

TEST(Delivery, OffersRangesOnlyWhereTheyAreAnswered) {
  EXPECT_EQ(header(asked({}), "Accept-Ranges"), "bytes");
  Response plain = Response::text(200, "text/plain", "abc");
  Wishes wishes;
  wishes.range = "bytes=0-0";
  apply_wishes(wishes, plain);
  EXPECT_EQ(plain.status, 200);
  EXPECT_EQ(header(plain, "Accept-Ranges"), "");
}

TEST(Delivery, AnswersHeadLikeGetWithoutTheBody) {
  Wishes wishes;
  wishes.head_only = true;
  wishes.range = "bytes=0-0";  // RFC 9110, 14.2: only GET has ranges
  const std::string bytes = sent(asked(wishes), wishes);
  EXPECT_NE(bytes.find("HTTP/1.1 200 OK\r\n"), std::string::npos);
  EXPECT_NE(bytes.find("Content-Length: 10\r\n"), std::string::npos);
  EXPECT_EQ(body_of(bytes), "");
}

TEST(Delivery, AnswersAKnownTagWith304) {
  for (const char* tags : {"\"v1\"", "W/\"v1\"", "\"v0\", \"v1\"", "*"}) {
    Wishes wishes;
    wishes.if_none_match = tags;
    Response response = asked(wishes);
    EXPECT_EQ(response.status, 304) << tags;
    const std::string bytes = sent(std::move(response));
    EXPECT_EQ(bytes.find("Content-Length"), std::string::npos);
    EXPECT_NE(bytes.find("ETag: \"v1\""), std::string::npos);
  }
  Wishes other;
  other.if_none_match = "\"v2\"";
  EXPECT_EQ(asked(other).status, 200);
}

TEST(Delivery, SaysTheSafeThingsUnlessTheHandlerSaidThem) {
  const std::string head =
      head_bytes(Response::text(200, "text/plain", "").with("referrer-policy", "no-referrer"), {}, kDate);
  EXPECT_NE(head.find("X-Content-Type-Options: nosniff\r\n"), std::string::npos);
  EXPECT_NE(head.find("Cross-Origin-Opener-Policy: same-origin\r\n"), std::string::npos);
  EXPECT_NE(head.find("referrer-policy: no-referrer\r\n"), std::string::npos);
  EXPECT_EQ(head.find("Referrer-Policy: same-origin"), std::string::npos);
}

TEST(Delivery, LeavesOutAHeaderThatWouldBecomeTwo) {
  const std::string head =
      head_bytes(Response::text(200, "text/plain", "").with("X", "a\r\nSet-Cookie: b=c"), {}, kDate);
  EXPECT_EQ(head.find("Set-Cookie"), std::string::npos);
}

TEST(Delivery, SendsFilesAndMemoryInTurnAndRangesAcrossThem) {
  fakes::TemporaryDirectory directory;
  std::ofstream(directory / "a") << "..fileA..";
  std::ofstream(directory / "b") << "fileB";
  Response response = Response::text(200, "video/mp4", "memory");
  response.body.emplace_back(FilePiece{directory / "a", 2, 5});
  response.body.emplace_back(MemoryPiece{std::make_shared<const std::string>("-middle-"), 1, 6});
  response.body.emplace_back(FilePiece{directory / "b", 0, 5});
  response.ranges = true;
  EXPECT_EQ(body_of(sent(response)), "memoryfileAmiddlefileB");
  Wishes wishes;
  wishes.range = "bytes=4-18";
  apply_wishes(wishes, response);
  EXPECT_EQ(body_of(sent(response)), "ryfileAmiddlefi");
}

TEST(Delivery, PromisesNoFileThatIsNotThere) {
  fakes::TemporaryDirectory directory;
  std::ofstream(directory / "short") << "abc";
  Response response;
  response.body = {FilePiece{directory / "none", 0, 3}};
  EXPECT_EQ(open_first_file(response).error().code, ENOENT);
  response.body = {FilePiece{directory / "short", 1, 3}};
  EXPECT_FALSE(open_first_file(response));
  response.body = {FilePiece{directory.path(), 0, 3}};
  EXPECT_FALSE(open_first_file(response));
  std::filesystem::create_symlink(directory / "short", directory / "link");
  response.body = {FilePiece{directory / "link", 0, 3}};
  EXPECT_FALSE(open_first_file(response));
}

}  // namespace
}  // namespace tyndau::web
