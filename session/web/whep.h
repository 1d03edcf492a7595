#pragma once
#include <memory>
#include <string>
#include <vector>

#include "media/base/config.h"
#include "session/access/guest_door.h"
#include "session/access/login.h"
#include "session/http/http.h"
#include "session/web/peers.h"

namespace tyndau::web {

/// WebRTC by HTTP. WHIP (RFC 9725): a guest's hardware encoder or OBS sends; WHEP (draft-ietf-wish-whep): his player,
/// or a desk, gets the programme. POST an SDP offer, get the answer; DELETE ends it. A guest comes with his token as
/// Bearer, a desk with its login. Loop thread only; what it is given outlives it.
///
/// POST and OPTIONS on /api/v1/whip and /api/v1/whep, DELETE and OPTIONS on what they answer as Location; there are no
/// trickled candidates, so PATCH is 405.
std::vector<Route> whip_routes(secretariat::Secretariat& secretariat, Gate& gate, GuestDoor& door, Peers& peers,
                               const Config::Webrtc& webrtc);

}  // namespace tyndau::web
