#include "session/http/http.h"

namespace tyndau::web {

std::string Request::header(const std::string& name) const {
  auto found = headers.find(name);
  return found == headers.end() ? std::string() : found->second;
}

std::optional<std::string> Request::query_value(const std::string& name) const {
  auto found = query.find(name);
  if (found == query.end()) return std::nullopt;
  return found->second;
}

std::optional<std::string> Request::cookie(const std::string& name) const {
  const std::string all = header("cookie");
  std::string_view rest = all;
  while (!rest.empty()) {
    std::string_view pair = rest.substr(0, rest.find(';'));
    rest.remove_prefix(std::min(rest.size(), pair.size() + 1));
    while (!pair.empty() && pair.front() == ' ') pair.remove_prefix(1);
    auto equals = pair.find('=');
    if (equals == std::string_view::npos || pair.substr(0, equals) != name) continue;
    return std::string(pair.substr(equals + 1));
  }
  return std::nullopt;
}

bool Request::takes_gzip() const {
  const std::string accepted = header("accept-encoding");
  auto at = accepted.find("gzip");
  if (at == std::string::npos) return false;
  std::string rest = accepted.substr(at + 4, accepted.find(',', at) - at - 4);
  std::erase(rest, ' ');
  return !(rest.starts_with(";q=0") && rest.find_first_not_of("0.", 3) == std::string::npos);
}

Response Response::text(int status, std::string type, std::string body) {
  Response response;
  response.status = status;
  response.headers.emplace_back("Content-Type", std::move(type));
  auto data = std::make_shared<const std::string>(std::move(body));
  const std::uint64_t bytes = data->size();
  response.body.push_back(MemoryPiece{std::move(data), 0, bytes});
  return response;
}

Response Response::json(int status, const Json& body) {
  // Bytes that are not UTF-8 become U+FFFD instead of an exception: an answer always leaves the house.
  return text(status, "application/json", body.dump(-1, ' ', false, Json::error_handler_t::replace) + "\n");
}

Response Response::error(int status, const std::string& code, const std::string& detail) {
  return json(status, {{"error", {{"code", code}, {"detail", detail}}}}).with("Cache-Control", "no-store");
}

Response& Response::with(std::string name, std::string value) {
  headers.emplace_back(std::move(name), std::move(value));
  return *this;
}

}  // namespace tyndau::web
