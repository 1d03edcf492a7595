#pragma once
#include <uv.h>

#include <functional>
#include <memory>
#include <optional>
#include <string>

#include "media/base/result.h"
#include "session/secretariat/secretariat.h"
#include "session/web/http_server.h"
#include "session/web/login.h"
#include "session/web/viewers.h"

namespace tyndau::web {

/// The WebSocket of the people who act: /api/v1/live?meeting=ID, for those who are logged in. Loop thread only.
///
///     {"type": "view", "view": {...}}     on connection and after every change, several changes of one turn in one:
///                                         the public view and what only the desk sees (desk_view)
///     {"type": "levels", "peak_db", "rms_db", "source_peak_db"}   ten times a second; dropped when the client is slow
///     {"type": "ping"}                    every 5 seconds
///
/// Nothing is read from the client: it acts by POST. The socket is closed with 4001 when its session ends.
/// libwebsockets does the protocol here, on connections whose HTTP was read by HttpServer.
class LiveSocket : public SocketEndpoint {
 public:
  static constexpr int kSessionEnded = 4001;

  static Result<std::unique_ptr<LiveSocket>> create(uv_loop_t* loop, secretariat::Secretariat& secretariat, Gate& gate,
                                                    Viewers& viewers, std::function<Utc()> now = utc_now);
  ~LiveSocket() override;

  std::optional<Response> refusal(const Request& request) override;
  void adopt(Fd socket, const Request& request, const std::string& key) override;

  void send_levels(const link::Levels& levels);
  /// Closes the sockets of a session that ended.
  void end_session(const std::string& token);
  std::size_t count() const;

  /// Closes everything. The loop must run until its handles are closed.
  void close();

  struct Inner;

 private:
  explicit LiveSocket(std::unique_ptr<Inner> inner);
  std::unique_ptr<Inner> inner_;
};

/// What the desk sees: the public view and beside it alarms, source, disk, media_connected, viewers, undo, refused,
/// journal.
Json desk_view(const secretariat::Secretariat& secretariat, const std::string& meeting, std::size_t viewers);

/// A source's address without the name and password that may be in it.
std::string safe_uri(const std::string& uri);

}  // namespace tyndau::web
