#pragma once
#include <uv.h>

#include <functional>
#include <memory>
#include <string>

#include "session/archive/virtual_mp4.h"

namespace tyndau::archive {

/// Films that were asked for lately. Each is made once, on a thread of the loop's pool; who asks meanwhile waits for
/// the same. Loop thread only.
class FilmShelf {
 public:
  using Taken = Result<std::shared_ptr<const Film>>;

  explicit FilmShelf(uv_loop_t* loop);
  ~FilmShelf();

  /// Calls `done` on the loop thread, at once when the film stands here. `version` names the state of recording and
  /// chapters; `source` is called when the film must be made. A failure is not kept: the next who asks tries again.
  void take(const std::string& name, std::uint64_t version, const std::function<FilmSource()>& source,
            std::function<void(const Taken&)> done);
  /// Whether this film would have to be made while as many are being made as may be: the pool's threads check
  /// passwords, too, and each film holds a recording's parts meanwhile.
  bool is_busy(const std::string& name, std::uint64_t version) const;
  static constexpr int kMostAtOnce = 2;

 private:
  struct Inner;
  std::shared_ptr<Inner> inner_;  // shared with the work that is under way
};

}  // namespace tyndau::archive
