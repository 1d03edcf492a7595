#include "session/http/router.h"

#include <gtest/gtest.h>

namespace tyndau::web {
namespace {

Route route(const std::string& method, const std::string& pattern) {
  return {method, pattern, [](const Request&, const Reply&) {}};
}

struct Routing : testing::Test {
  Router router{{route("GET", "/"), route("GET", "/{lang}/meetings/{id}"), route("GET", "/{lang}/"),
                 route("POST", "/api/v1/login"), route("GET", "/api/v1/login"), route("GET", "/api/{rest...}"),
                 route("GET", "/media/{meeting}/{track}/{segment}.m4s"),
                 route("GET", "/media/{meeting}/{track}/init-{run}.mp4"),
                 route("GET", "/media/{meeting}/{track}/{segment}.{part}.m4s"), route("PUT", "/only")}};

  std::string found(const std::string& method, const std::string& path) {
    auto match = router.find(method, path);
    if (auto* one = std::get_if<Router::Found>(&match)) {
      captures = one->captures;
      return one->route->pattern;
    }
    if (auto* others = std::get_if<Router::OtherMethods>(&match)) return "405 " + others->allow;
    return "404";
  }
  std::map<std::string, std::string> captures;
};

TEST_F(Routing, FindsLiteralsBeforeNames) {
  EXPECT_EQ(found("GET", "/"), "/");
  EXPECT_EQ(found("GET", "/kk/"), "/{lang}/");
  EXPECT_EQ(found("GET", "/api/v1/login"), "/api/v1/login");
  EXPECT_EQ(found("GET", "/api/v1/other/thing"), "/api/{rest...}");
  EXPECT_EQ(captures["rest"], "v1/other/thing");
  EXPECT_EQ(found("GET", "/kk/meetings/m-1"), "/{lang}/meetings/{id}");
  EXPECT_EQ(captures["lang"], "kk");
  EXPECT_EQ(captures["id"], "m-1");
}

TEST_F(Routing, TakesNamesOutOfFileNames) {
  EXPECT_EQ(found("GET", "/media/m/720p/17.m4s"), "/media/{meeting}/{track}/{segment}.m4s");
  EXPECT_EQ(captures["segment"], "17");
  EXPECT_EQ(found("GET", "/media/m/720p/17.3.m4s"), "/media/{meeting}/{track}/{segment}.{part}.m4s");
  EXPECT_EQ(captures["segment"], "17");
  EXPECT_EQ(captures["part"], "3");
  EXPECT_EQ(found("GET", "/media/m/720p/init-2.mp4"), "/media/{meeting}/{track}/init-{run}.mp4");
  EXPECT_EQ(found("GET", "/media/m/720p/.m4s"), "404");
}

TEST_F(Routing, SaysWhichMethodsArePossible) {
  EXPECT_EQ(found("DELETE", "/api/v1/login"), "405 GET, HEAD, POST");
  EXPECT_EQ(found("GET", "/only"), "405 PUT");
  EXPECT_EQ(found("HEAD", "/api/v1/login"), "/api/v1/login");
}

TEST_F(Routing, FindsNothingWhereNothingIs) {
  EXPECT_EQ(found("GET", "/kk"), "404");
  EXPECT_EQ(found("GET", "//"), "404");
  EXPECT_EQ(found("GET", "/kk/meetings/"), "404");
  EXPECT_EQ(found("GET", "/kk/meetings/m/x"), "404");
}

}  // namespace
}  // namespace tyndau::web
