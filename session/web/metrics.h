#pragma once
#include <filesystem>
#include <string>

#include "session/http/http_server.h"
#include "session/secretariat/secretariat.h"
#include "session/web/viewers.h"

namespace tyndau::web {

/// GET /metrics: Prometheus' text format, version 0.0.4.
std::string metrics_text(const secretariat::Secretariat& secretariat, const HttpServer& server, std::size_t sockets,
                         std::size_t viewers);

}  // namespace tyndau::web
