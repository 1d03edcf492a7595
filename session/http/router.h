#pragma once
#include <map>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "session/http/http.h"

namespace tyndau::web {

/// Finds the route of a request. A pattern's segment is a literal, or has one {name} with literals around it
/// ("{file}.m4s"), or is {name...} at the end for all the rest ("/assets/{path...}"). Where several patterns fit, the
/// one with a literal where the others have a name wins, from left to right.
class Router {
 public:
  explicit Router(std::vector<Route> routes);

  struct Found {
    const Route* route = nullptr;
    std::map<std::string, std::string> captures;
  };
  struct OtherMethods {
    std::string allow;  ///< for the Allow header: "GET, HEAD, POST"
  };
  struct Nothing {};
  using Match = std::variant<Found, OtherMethods, Nothing>;
  /// HEAD finds GET's route.
  Match find(const std::string& method, std::string_view path) const;

  const std::vector<Route>& routes() const { return routes_; }

 private:
  struct Segment {
    static Segment read(std::string_view text);
    enum Kind { kLiteral, kAround, kName, kRest } kind = kLiteral;
    std::vector<std::string> literals;  ///< one more than names: before, between and behind them
    std::vector<std::string> names;
    bool fits(std::string_view text, std::map<std::string, std::string>& captures) const;
  };
  struct Pattern {
    std::vector<Segment> segments;
    std::size_t route = 0;
  };
  static bool fits(const Pattern& pattern, const std::vector<std::string_view>& path,
                   std::map<std::string, std::string>& captures);

  std::vector<Route> routes_;
  std::vector<Pattern> patterns_;  ///< the most particular first
};

}  // namespace tyndau::web
