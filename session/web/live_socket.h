#pragma once
#include <functional>
#include <memory>
#include <optional>
#include <string>

#include "media/base/result.h"
#include "session/access/login.h"
#include "session/http/http_server.h"
#include "session/http/sockets.h"
#include "session/secretariat/secretariat.h"
#include "session/web/viewers.h"

namespace tyndau::web {

/// What a guest's page says of itself: whether it is open, and what it measured of its line.
struct GuestPage {
  bool open = false;
  Json measured;  ///< {"uplink_kbps", "rtt_ms", "loss_percent"}, or null
};
using GuestPages = std::function<GuestPage(const std::string& meeting, const std::string& person)>;
/// Who signed up to speak in a meeting, as Registrations::list.
using SignUps = std::function<Json(const std::string& meeting)>;

/// The WebSocket of the people who act: /api/v1/live?meeting=ID, for those who are logged in. Loop thread only.
///
///     {"type": "view", "view": {...}}     on connection and after every change, several changes of one turn in one:
///                                         the public view and what only the desk sees (desk_view)
///     {"type": "levels", "peak_db", "rms_db", "source_peak_db"}   ten times a second; dropped when the client is slow
///     {"type": "guest", "person", "line", "measured"}   four times a second for each guest; dropped likewise
///     {"type": "ping"}                    every 5 seconds
///
/// Nothing is read from the client: it acts by POST. The socket is closed with 4001 when its session ends.
class LiveSocket : public SocketEndpoint {
 public:
  static constexpr int kSessionEnded = 4001;

  /// What it is given outlives it.
  LiveSocket(uv_loop_t* loop, Sockets& sockets, secretariat::Secretariat& secretariat, Gate& gate, Viewers& viewers,
             std::function<Utc()> now = utc_now);
  ~LiveSocket() override;

  std::optional<Response> refusal(const Request& request) override;
  void adopt(Fd socket, const Request& request, const std::string& key) override;

  void send_levels(const link::Levels& levels);
  /// How a guest is doing, to the desks of the meeting.
  void send_guest(const std::string& meeting, const std::string& person, const link::PeerState& line);
  void set_guest_pages(GuestPages pages);
  void set_sign_ups(SignUps sign_ups);
  /// Shows the meeting anew: something that only desks see has changed.
  void refresh(const std::string& meeting);
  /// Closes the sockets of a session that ended.
  void end_session(const std::string& token);
  std::size_t count() const;

  struct Inner;

 private:
  std::shared_ptr<Inner> inner_;
};

/// What the desk sees: the public view and beside it guests, registrations, alarms, source, disk, media_connected,
/// viewers, undo, refused, journal.
Json desk_view(const secretariat::Secretariat& secretariat, const std::string& meeting, std::size_t viewers,
               const GuestPages& pages, const SignUps& sign_ups);

/// A guest's line as the desk gets it.
Json line_json(const link::PeerState& line);

}  // namespace tyndau::web
