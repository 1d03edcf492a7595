#include "session/projections/journalled_passwords.h"

#include <algorithm>

#include "media/link/source_uri.h"

namespace tyndau::projections {

std::vector<std::string> journalled_passwords(const std::vector<meeting::StoredEvent>& events) {
  std::vector<std::string> sources;
  for (const auto& [seq, utc, actor, event] : events) {
    if (event.kind != "source.set" || !event.payload.is_object()) continue;
    const auto uri = event.payload.find("uri");
    if (uri == event.payload.end() || !uri->is_string() || event.payload.contains("secret")) continue;
    const std::string whole = uri->get<std::string>();
    const std::string shown = link::safe_uri(whole);
    if (shown != whole && std::find(sources.begin(), sources.end(), shown) == sources.end()) sources.push_back(shown);
  }
  return sources;
}

}  // namespace tyndau::projections
