#pragma once
#include <map>
#include <memory>
#include <string>

namespace tyndau::web {

/// The requests that wait for news (blocked playlists and states), counted by client: one address may not hold them all
/// (web.max_waiting_per_client). Loop thread only. Copies share one count.
///
///     auto seat = waiting.enter(request.client);
///     if (!seat) return reply(Response::error(429, "too_many_waiting", "...").with("Retry-After", "1"));
///     ... keep `seat` with the parked reply; dropping it leaves.
class WaitingRoom {
 public:
  explicit WaitingRoom(int most_per_client) : inner_(std::make_shared<Inner>()) { inner_->most = most_per_client; }

  using Seat = std::shared_ptr<void>;
  /// Empty when this client has as many waiting requests as it may.
  Seat enter(const std::string& client) const {
    int& count = inner_->by_client[client];
    if (count >= inner_->most) return nullptr;
    ++count;
    ++inner_->total;
    return Seat(inner_.get(), [inner = inner_, client](void*) {
      --inner->total;
      auto found = inner->by_client.find(client);
      if (--found->second == 0) inner->by_client.erase(found);
    });
  }
  int count() const { return inner_->total; }

 private:
  struct Inner {
    int most = 0, total = 0;
    std::map<std::string, int> by_client;
  };
  std::shared_ptr<Inner> inner_;
};

}  // namespace tyndau::web
