#pragma once
#include <string>
#include <string_view>
#include <vector>

#include "media/base/utc.h"
#include "session/meeting/types.h"

namespace tyndau::secretariat {

/// What is wrong now, in plain words with what to do; in /metrics tyndau_alarm{code="..."} is 1 while it stands.
struct Alarm {
  std::string code;  ///< one of alarm_codes()
  meeting::Text text;
  Utc since{};
};

/// source_lost, sound_missing (of what should be heard from the hall), media_lost, disk_low, disk_full, disk_lost,
/// programme_slow (the machine does not keep up), clock_jumped; broadcast_failed (media could not go on air),
/// media_refused (another command failed), source_refused (a URI was not understood), journal_failed (it cannot be
/// written).
const std::vector<std::string>& alarm_codes();

/// The alarms that stand, oldest first.
class Alarms {
 public:
  /// `variant` picks another wording of the code ("version" of media_lost, "refused" of source_lost); `percent` is said
  /// where the wording has a place for it. Whether anything changed.
  bool raise(std::string_view code, Utc now, std::string_view variant = {}, int percent = 0);
  bool clear(std::string_view code);
  bool set(std::string_view code, bool stands, Utc now) { return stands ? raise(code, now) : clear(code); }
  bool stands(std::string_view code) const;
  const std::vector<Alarm>& all() const { return alarms_; }

 private:
  std::vector<Alarm> alarms_;
};

}  // namespace tyndau::secretariat
