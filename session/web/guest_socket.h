#pragma once
#include <functional>
#include <memory>
#include <optional>
#include <string>

#include "media/base/config.h"
#include "session/access/guest_door.h"
#include "session/access/login.h"
#include "session/http/http_server.h"
#include "session/http/sockets.h"
#include "session/secretariat/secretariat.h"
#include "session/web/live_socket.h"
#include "session/web/peers.h"

namespace tyndau::web {

/// The WebSocket of a guest's page: /api/v1/guest/live. Text JSON of at most 40 KiB. Loop thread only.
///
/// From the page:
///     {"type": "hello", "token", "peer"?}        first, within 5 seconds; peer: the connection that the page has
///     {"type": "arrive"}                         he has agreed to be broadcast and recorded, and waits in the lobby
///     {"type": "leave"}
///     {"type": "offer", "sdp"}                   in the lobby and the seat
///     {"type": "hand.raise", "kind"}, {"type": "hand.lower"}
///     {"type": "line", "uplink_kbps", "rtt_ms", "loss_percent"}    numbers or null: what the page measured
///     {"type": "takeover", "yes"}                the answer to takeover_asked
///     {"type": "pong"}                           anything within 6 seconds keeps the socket
/// To the page:
///     {"type": "welcome", "ice_servers", "peer"} peer: the connection that still lives, or null
///     {"type": "view", "view"}                   projections::guest_view, after the welcome and each change
///     {"type": "answer", "sdp", "peer"} or {"type": "refused", "code", "detail"}    to an offer
///     {"type": "refusal", "code", "text"}        to what cannot be done now; text in kk, ru, en
///     {"type": "reconnect"}                      the connection is gone: offer anew
///     {"type": "occupied"}, {"type": "takeover_denied"}   to a second page with the same seat
///     {"type": "takeover_asked"}                 to the first
///     {"type": "ping"}                           every 2 seconds
/// Closed with 4001 (no valid token), 4002 (another page has the seat now), 4003 (revoked, removed, or invited anew),
/// 4005 (the other page keeps the seat), 4006 (a message that is none, or too many); 1001 (silence) and 1013 (this
/// address has guessed too often) are for trying again.
class GuestSocket : public SocketEndpoint {
 public:
  /// In milliseconds.
  struct Patience {
    std::uint64_t hello = 5000;      ///< for the first message
    std::uint64_t ping = 2000;       ///< between pings
    std::uint64_t silence = 6000;    ///< of a page, until its socket is given up
    std::uint64_t takeover = 20000;  ///< for the first page's word
    std::uint64_t media =
        1500;  ///< from the first page that asks after our start, until media says which connections it has
    std::uint64_t away = 10000;  ///< with somebody who left the lobby without a word
  };

  /// What it is given outlives it; Sockets are closed before it goes.
  GuestSocket(uv_loop_t* loop, Sockets& sockets, secretariat::Secretariat& secretariat, Gate& gate, GuestDoor& door,
              Peers& peers, const Config::Webrtc& webrtc, Patience patience);
  ~GuestSocket() override;

  std::optional<Response> refusal(const Request& request) override;
  void adopt(Fd socket, const Request& request, const std::string& key) override;
  /// For the desk.
  GuestPage page_of(const GuestId& guest) const;

  struct Inner;

 private:
  std::shared_ptr<Inner> inner_;
};

}  // namespace tyndau::web
