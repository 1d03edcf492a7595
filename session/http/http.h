#pragma once
#include <cstdint>
#include <filesystem>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <variant>
#include <vector>

#include "media/base/json.h"

/// HTTP as the handlers see it: no libwebsockets in here, so that pages, API and media can be tested without a socket.
namespace tyndau::web {

struct Request {
  std::string method;                          ///< "GET", "HEAD", "POST", ...
  std::string path;                            ///< percent-decoded, begins with '/', no "..", no NUL
  std::map<std::string, std::string> query;    ///< decoded; the first of equal names
  std::map<std::string, std::string> headers;  ///< names in lower case; those that handlers may ask for
  std::string body;
  std::string client;                           ///< address, for throttling; never logged with a token
  std::map<std::string, std::string> captures;  ///< {name} parts of the route

  std::string header(const std::string& name) const;
  std::optional<std::string> query_value(const std::string& name) const;
  std::optional<std::string> cookie(const std::string& name) const;
  /// Whether the client takes gzip (Accept-Encoding names it, and not with q=0: RFC 9110, 12.5.3).
  bool takes_gzip() const;
};

/// A stretch of a file, or of memory, to be sent; several make one body (the virtual MP4).
struct FilePiece {
  std::filesystem::path path;
  std::uint64_t offset = 0, bytes = 0;
};
struct MemoryPiece {
  std::shared_ptr<const std::string> data;
  std::uint64_t offset = 0, bytes = 0;
};
using Piece = std::variant<MemoryPiece, FilePiece>;

struct Response {
  int status = 200;
  std::vector<std::pair<std::string, std::string>> headers;  ///< without Content-Length and Connection
  std::vector<Piece> body;                                   ///< Content-Length is their sum
  bool ranges = false;                                       ///< answer Range requests on this body (206, 416)

  static Response text(int status, std::string type, std::string body);
  static Response json(int status, const Json& body);
  /// {"error": {"code", "detail"}}: for programs; people get pages.
  static Response error(int status, const std::string& code, const std::string& detail);
  Response& with(std::string name, std::string value);
};

/// Answers one request: at once (from inside the handler) or later, once, on the loop thread. Copyable. When the client
/// has gone `gone()` is true and answers are dropped; on_gone is called at that moment.
class Reply {
 public:
  struct Sink {
    virtual ~Sink() = default;
    virtual void answer(Response response) = 0;
    virtual bool gone() const = 0;
    virtual void on_gone(std::function<void()> callback) = 0;
  };
  explicit Reply(std::shared_ptr<Sink> sink) : sink_(std::move(sink)) {}
  void operator()(Response response) const { sink_->answer(std::move(response)); }
  bool gone() const { return sink_->gone(); }
  void on_gone(std::function<void()> callback) const { sink_->on_gone(std::move(callback)); }

 private:
  std::shared_ptr<Sink> sink_;
};

using Handler = std::function<void(const Request&, const Reply&)>;

/// One line of the route table: "GET", "/api/v1/meetings/{id}/state". GET answers HEAD too.
struct Route {
  std::string method, pattern;
  Handler handler;
};

}  // namespace tyndau::web
