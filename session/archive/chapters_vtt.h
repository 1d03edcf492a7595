#pragma once
#include <string>
#include <string_view>
#include <vector>

#include "media/base/json.h"
#include "session/live/track.h"
#include "session/projections/chapters.h"

namespace tyndau::archive {

/// A chapter on the recording's own clock.
struct Cue {
  std::string id, kind, title;  ///< title in one language
  std::string item, person;
  double start_s = 0, end_s = 0;  ///< start < end
};

/// What of the chapters can be seen in the recording, in order of start. A chapter that lasts still ends where the
/// recording does now; one that fell wholly into a hole or lies outside the broadcast is left out.
std::vector<Cue> cues(const std::vector<projections::Chapter>& chapters, const live::RecordingClock& clock,
                      std::string_view language);

/// The same without nesting, as a film has them: each lasts until the next, and when a turn or a recess is over, what
/// it was in goes on under its own name. What would go on for less than half a second does not.
std::vector<Cue> in_a_row(const std::vector<Cue>& cues);

/// WebVTT (W3C), a chapters track: turns are nested in their items.
std::string chapters_vtt(const std::vector<Cue>& cues);
/// [{"id", "kind", "start_s", "end_s", "title", "item", "person"}], the last two null where there is none.
Json chapters_json(const std::vector<Cue>& cues);

}  // namespace tyndau::archive
