#pragma once
#include <uv.h>

#include <filesystem>
#include <functional>
#include <memory>

#include "media/link/messages.h"

namespace tyndau::studio {

/// Session's end of media/link: says commands, hears facts, survives media's absence. Loop thread only.
///
/// connect() keeps trying every 100 ms while media is away. After each connection Hello is sent and `on_fact` gets a
/// Snapshot first; on_connection(false) comes when media goes away, before the answers to open commands are given up
/// (their callbacks get Failed with code "media_gone").
class Studio {
 public:
  struct Events {
    std::function<void(const link::Fact&)> on_fact;  ///< all facts but Done and Failed
    std::function<void(bool connected)> on_connection;
  };
  using Answer = std::function<void(const std::variant<link::Done, link::Failed>&)>;

  Studio(uv_loop_t* loop, std::filesystem::path socket, Events events);
  ~Studio();

  void connect();
  bool connected() const;
  /// Sends the command with a fresh id. `answer` is called once, never from inside this call.
  void send(link::Command command, Answer answer);
  /// Stops trying and closes the handles; the loop must run once more for that.
  void close();

 private:
  struct Inner;
  std::shared_ptr<Inner> inner_;
};

}  // namespace tyndau::studio
