#pragma once
#include <map>
#include <string>

#include "session/access/throttle.h"

namespace tyndau::web {

/// How often somebody may do what the journal keeps for ever: a few times at once, then once in a while (a leaky
/// bucket). Pure: time is handed in.
class Presses {
 public:
  static constexpr int kAtOnce = 10;
  static constexpr Throttle::Wait kEvery{2000};

  /// Counts it and gives zero, or gives how long `who` must wait and counts nothing.
  Throttle::Wait press(const std::string& who, Utc now);

 private:
  static constexpr std::size_t kMost = 1000;
  std::map<std::string, Utc> full_until_;  // when all that was pressed is forgotten
};

}  // namespace tyndau::web
