#pragma once
#include <filesystem>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "session/secretariat/secretariat.h"
#include "session/web/http.h"
#include "session/web/login.h"
#include "session/web/state_feed.h"

namespace tyndau::web {

/// What the API's handlers need. References outlive the routes; loop thread only.
struct ApiContext {
  secretariat::Secretariat& secretariat;
  store::Store& store;
  Gate& gate;
  StateFeed& states;
  std::filesystem::path preview;  ///< the programme as it is now, written by media
  std::function<std::string()> metrics;
};

/// /healthz, /readyz, /metrics, /api/v1/meetings..., /api/v1/openapi.json, /desk/preview.jpg, and /api/v1/live for
/// those who come there without a WebSocket. The contract is openapi.json in this folder; a test holds them together.
std::vector<Route> api_routes(ApiContext context);

/// openapi.json, as it was when this was built.
std::string_view openapi_document();

}  // namespace tyndau::web
