#pragma once
#include <uv.h>

#include <list>
#include <map>
#include <memory>
#include <string>

#include "session/http/http.h"
#include "session/secretariat/secretariat.h"
#include "session/web/waiting.h"

namespace tyndau::web {

/// GET /api/v1/meetings/{id}/state[?since=N]: the public view, now or as soon as it is newer than N, after 25 seconds
/// in any case. A plain, cacheable GET, so that an edge cache can serve any number of citizens. Loop thread only.
class StateFeed {
 public:
  static constexpr std::uint64_t kPatienceMilliseconds = 25'000;

  StateFeed(uv_loop_t* loop, secretariat::Secretariat& secretariat, WaitingRoom waiting,
            std::uint64_t patience_milliseconds = kPatienceMilliseconds);
  ~StateFeed();

  void answer(const Request& request, const Reply& reply);
  /// Lets everybody who waits go (503) and frees the timer; the loop must run once more.
  void close();

 private:
  struct Waiting {
    std::int64_t since = 0;
    std::uint64_t until = 0;  ///< the loop's milliseconds
    bool gzip = false;
    Reply reply;
    WaitingRoom::Seat seat;
  };
  /// One rendering serves all who are woken together: 2,000 times the same bytes, made and compressed once.
  struct Rendering {
    std::int64_t seq = 0;
    std::uint64_t made = 0;
    std::shared_ptr<const std::string> plain, zipped;
  };

  void on_change(const std::string& meeting);
  void give_up_old();
  Response view(const std::string& meeting, bool bare, bool gzip);
  Rendering& rendering(const std::string& meeting);

  uv_loop_t* loop_;
  secretariat::Secretariat& secretariat_;
  WaitingRoom room_;
  const std::uint64_t patience_;
  int ticket_ = 0;
  uv_timer_t* timer_ = nullptr;
  std::map<std::string, std::list<Waiting>> waiting_;  ///< by meeting, in order of arrival
  std::map<std::string, Rendering> renderings_;
};

}  // namespace tyndau::web
