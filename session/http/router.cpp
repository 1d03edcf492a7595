#include "session/http/router.h"

#include <algorithm>
#include <set>

namespace tyndau::web {
namespace {

/// "/a/b" -> "a", "b"; "/" -> "".
std::vector<std::string_view> split(std::string_view path) {
  std::vector<std::string_view> segments;
  if (!path.empty()) path.remove_prefix(1);
  while (true) {
    auto slash = path.find('/');
    segments.push_back(path.substr(0, slash));
    if (slash == std::string_view::npos) return segments;
    path.remove_prefix(slash + 1);
  }
}

}  // namespace

Router::Segment Router::Segment::read(std::string_view text) {
  Segment segment;
  for (auto open = text.find('{'); open != std::string_view::npos; open = text.find('{')) {
    auto close = text.find('}', open);
    segment.literals.emplace_back(text.substr(0, open));
    segment.names.emplace_back(text.substr(open + 1, close - open - 1));
    text.remove_prefix(close + 1);
  }
  segment.literals.emplace_back(text);
  if (segment.names.empty()) return segment;
  const bool alone = segment.names.size() == 1 && segment.literals[0].empty() && segment.literals[1].empty();
  segment.kind = alone ? kName : kAround;
  if (alone && segment.names[0].ends_with("...")) {
    segment.names[0].resize(segment.names[0].size() - 3);
    segment.kind = kRest;
  }
  return segment;
}

bool Router::Segment::fits(std::string_view text, std::map<std::string, std::string>& captures) const {
  if (names.empty()) return text == literals[0];
  if (!text.starts_with(literals[0])) return false;
  text.remove_prefix(literals[0].size());
  for (std::size_t i = 0; i < names.size(); ++i) {
    const std::string& next = literals[i + 1];
    if (i + 1 == names.size()) {
      if (text.size() <= next.size() || !text.ends_with(next)) return false;
      captures[names[i]] = text.substr(0, text.size() - next.size());
      return true;
    }
    auto at = text.find(next, 1);
    if (text.empty() || at == std::string_view::npos) return false;
    captures[names[i]] = text.substr(0, at);
    text.remove_prefix(at + next.size());
  }
  return false;
}

Router::Router(std::vector<Route> routes) : routes_(std::move(routes)) {
  for (std::size_t i = 0; i < routes_.size(); ++i) {
    Pattern pattern;
    pattern.route = i;
    for (std::string_view text : split(routes_[i].pattern)) pattern.segments.push_back(Segment::read(text));
    patterns_.push_back(std::move(pattern));
  }
  std::stable_sort(patterns_.begin(), patterns_.end(), [](const Pattern& a, const Pattern& b) {
    return std::lexicographical_compare(a.segments.begin(), a.segments.end(), b.segments.begin(), b.segments.end(),
                                        [](const Segment& x, const Segment& y) {
                                          if (x.kind != y.kind) return x.kind < y.kind;
                                          return x.names.size() > y.names.size();
                                        });
  });
}

bool Router::fits(const Pattern& pattern, const std::vector<std::string_view>& path,
                  std::map<std::string, std::string>& captures) {
  for (std::size_t i = 0; i < pattern.segments.size(); ++i) {
    if (i >= path.size()) return false;
    const Segment& segment = pattern.segments[i];
    const std::string_view text = path[i];
    switch (segment.kind) {
      case Segment::kLiteral:
      case Segment::kName:
      case Segment::kAround:
        if (!segment.fits(text, captures)) return false;
        break;
      case Segment::kRest: {
        // The segments are views of one path, so the rest is what lies from here to the end of the last.
        const char* end = path.back().data() + path.back().size();
        captures[segment.names[0]] = std::string(text.data(), static_cast<std::size_t>(end - text.data()));
        return end != text.data();
      }
    }
  }
  return path.size() == pattern.segments.size();
}

Router::Match Router::find(const std::string& method, std::string_view path) const {
  const std::string wanted = method == "HEAD" ? "GET" : method;
  const auto segments = split(path);
  std::set<std::string> others;
  for (const Pattern& pattern : patterns_) {
    std::map<std::string, std::string> captures;
    if (!fits(pattern, segments, captures)) continue;
    const Route& route = routes_[pattern.route];
    if (route.method == wanted) return Found{&route, std::move(captures)};
    others.insert(route.method);
  }
  if (others.empty()) return Nothing{};
  if (others.contains("GET")) others.insert("HEAD");
  std::string allow;
  for (const std::string& other : others) allow += (allow.empty() ? "" : ", ") + other;
  return OtherMethods{allow};
}

}  // namespace tyndau::web
