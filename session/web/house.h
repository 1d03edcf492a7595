#pragma once
#include <uv.h>

#include <filesystem>
#include <memory>
#include <string>
#include <vector>

#include "media/base/config.h"
#include "session/http/http_server.h"
#include "session/live/recordings.h"
#include "session/secretariat/secretariat.h"
#include "session/store/store.h"

namespace tyndau::web {

/// Everything that answers on the web, put together: the server, the door, the API, the pages, the media and the desks'
/// socket. Loop thread only; what it is given outlives it.
class House {
 public:
  /// Listens at once; the secretariat may be started afterwards, before the loop turns.
  static Result<std::unique_ptr<House>> open(uv_loop_t* loop, const Config& config,
                                             secretariat::Secretariat& secretariat, store::Store& store,
                                             live::Recordings& recordings, const std::filesystem::path& assets);
  ~House();

  std::string address() const;
  int port() const;
  const std::vector<Route>& routes() const;
  /// After the secretariat's start: deletes what nobody needs any more of meetings that are over, now and daily.
  void keep_tidy();
  /// Stops listening and ends all connections. The loop must run until the handles are closed.
  void close();

 private:
  struct Inner;
  explicit House(std::unique_ptr<Inner> inner);
  std::unique_ptr<Inner> inner_;
};

}  // namespace tyndau::web
