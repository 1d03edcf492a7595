#include "session/access/throttle.h"

#include <arpa/inet.h>

#include <algorithm>
#include <vector>

namespace tyndau::web {
namespace {
constexpr std::chrono::hours kForgiveness{1};
}

Throttle::Wait Throttle::penalty(int count) const {
  if (count < free_) return Wait{0};
  const int doublings = std::min(count - free_, 20);
  return std::min<Wait>(std::chrono::seconds(1LL << doublings), longest_);
}

Throttle::Wait Throttle::wait(const std::string& who, Utc now) const {
  auto found = failures_.find(who);
  if (found == failures_.end() || now - found->second.last > kForgiveness) return Wait{0};
  // Never longer than the penalty itself, also when the clock was set back.
  const Wait whole = penalty(found->second.count);
  return std::clamp(Wait(found->second.last + whole - now), Wait{0}, whole);
}

void Throttle::trying(const std::string& who, Utc now) {
  if (!failures_.contains(who)) make_room();
  Failures& failures = failures_[who];
  if (now - failures.last > kForgiveness) failures.count = 0;
  ++failures.count;
  failures.last = now;
}

/// Somebody who tries under ever new names must not fill the memory: the older half is forgotten.
void Throttle::make_room() {
  if (failures_.size() < kMost) return;
  std::vector<Utc> times;
  for (const auto& [who, failures] : failures_) times.push_back(failures.last);
  auto middle = times.begin() + static_cast<std::ptrdiff_t>(times.size() / 2);
  std::nth_element(times.begin(), middle, times.end());
  std::erase_if(failures_, [&](const auto& entry) { return entry.second.last <= *middle; });
}

std::string client_group(const std::string& address) {
  in6_addr bytes{};
  if (::inet_pton(AF_INET6, address.c_str(), &bytes) != 1) return address;
  std::fill(bytes.s6_addr + 8, bytes.s6_addr + 16, std::uint8_t{0});
  char text[INET6_ADDRSTRLEN] = "";
  ::inet_ntop(AF_INET6, &bytes, text, sizeof text);
  return std::string(text) + "/64";
}

}  // namespace tyndau::web
