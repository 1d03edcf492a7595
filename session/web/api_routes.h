#pragma once
#include <filesystem>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "session/access/guest_door.h"
#include "session/access/login.h"
#include "session/access/registrations.h"
#include "session/http/http.h"
#include "session/secretariat/secretariat.h"
#include "session/web/state_feed.h"

namespace tyndau::web {

/// What the API's handlers need. References outlive the routes; loop thread only.
struct ApiContext {
  secretariat::Secretariat& secretariat;
  store::Store& store;
  Gate& gate;
  GuestDoor& door;
  Registrations& registrations;
  StateFeed& states;
  std::filesystem::path preview;  ///< the programme as it is now, written by media
  std::filesystem::path stills;   ///< {meeting}/{person}.jpg: guests' faces, written by media
  std::string public_url;         ///< web.public_url
  std::function<std::string()> metrics;
};

/// /healthz, /readyz, /metrics, /api/v1/meetings..., /api/v1/registrations, /api/v1/openapi.json, /api/v1/guest/probe,
/// /desk/preview.jpg, /desk/guests/{person}.jpg, and /api/v1/live and /api/v1/guest/live for those who come there
/// without a WebSocket. The contract is openapi.json in this folder; a test holds them together.
std::vector<Route> api_routes(ApiContext context);

/// openapi.json, as it was when this was built.
std::string_view openapi_document();

}  // namespace tyndau::web
