#pragma once
#include <string>
#include <vector>

#include "media/base/config.h"
#include "media/base/json.h"
#include "media/base/utc.h"

/// The servers by which a guest behind a firewall reaches us (STUN, RFC 8489; TURN, RFC 8656). Pure.
namespace tyndau::web {

/// As RTCPeerConnection takes them: [{"urls", "username"?, "credential"?}]. TURN credentials are made of the secret and
/// end by themselves (draft-uberti-behave-turn-rest; coturn's use-auth-secret).
Json ice_servers(const Config::Webrtc& config, Utc now);

/// The password of a name (draft-uberti-behave-turn-rest, 2.2): base64(HMAC-SHA1(secret, username)).
std::string turn_credential(const std::string& secret, const std::string& username);

/// The same as values of the Link header (RFC 9725, 4.6).
std::vector<std::string> ice_links(const Config::Webrtc& config, Utc now);

}  // namespace tyndau::web
