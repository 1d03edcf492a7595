#pragma once
#include <optional>
#include <string>
#include <vector>

#include "session/meeting/state.h"

namespace tyndau::projections {

/// A stretch of the hearing that a citizen can jump to: the opening, an agenda item, a turn inside an item, a recess.
/// Times are wall times of what the public saw (the media's answer where there is one, the event's own time otherwise).
struct Chapter {
  std::string id;                ///< "a1", "a1-t17" (turn named by its seq), "opening", "recess-23"
  std::string kind;              ///< "opening", "item", "turn", "recess"
  std::string item, person, as;  ///< "" where there is none
  meeting::Text title;           ///< the item's title, the person's name, "Recess"
  Utc start{};
  std::optional<Utc> end = std::nullopt;  ///< empty while it lasts
};

/// A fold of one meeting's events, in order of start. Undone actions leave no chapter.
std::vector<Chapter> chapters(const std::vector<meeting::StoredEvent>& events);

}  // namespace tyndau::projections
