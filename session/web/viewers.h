#pragma once
#include <chrono>
#include <map>
#include <string>

#include "media/base/utc.h"

namespace tyndau::web {

/// How many people watch: distinct clients that asked for a meeting's state or playlist in the last 15 seconds. Loop
/// thread only; time is handed in.
class Viewers {
 public:
  static constexpr std::chrono::seconds kMemory{15};

  /// `client` names one player as well as we can tell: address and browser.
  void saw(const std::string& meeting, const std::string& client, Utc now) {
    auto& clients = meetings_[meeting];
    if (clients.size() >= kMost && !clients.contains(client)) return;
    clients[client] = now;
  }
  std::size_t count(const std::string& meeting, Utc now) {
    auto found = meetings_.find(meeting);
    if (found == meetings_.end()) return 0;
    std::erase_if(found->second, [&](const auto& entry) { return now - entry.second > kMemory; });
    std::size_t count = found->second.size();
    if (count == 0) meetings_.erase(found);
    return count;
  }
  std::size_t count(Utc now) {
    std::size_t total = 0;
    for (auto next = meetings_.begin(); next != meetings_.end();) total += count((next++)->first, now);
    return total;
  }

 private:
  static constexpr std::size_t kMost = 100'000;  // a flood of made-up clients costs no more memory than this
  std::map<std::string, std::map<std::string, Utc>> meetings_;
};

}  // namespace tyndau::web
