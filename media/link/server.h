#pragma once
#include <filesystem>
#include <functional>
#include <string>

#include "media/base/fd.h"
#include "media/link/messages.h"

namespace tyndau::link {

/// Media's end of the link: a listening Unix SOCK_SEQPACKET socket and at most one client, the session. A new client
/// takes the place of an old one (a session that was killed and came back before its end was noticed). One thread;
/// never blocks.
class Server {
 public:
  struct Events {
    std::function<void(const Command&)> on_command;
    std::function<void()> on_gone;
  };
  /// Makes the socket (mode 0660), replacing one that a dead process left; a living server there is a failure.
  static Result<Server> listen(const std::filesystem::path& path, Events events);
  Server(Server&&) noexcept = default;
  Server& operator=(Server&&) noexcept = default;

  /// Readable when dispatch() has something to do: put it into the thread's loop.
  int fd() const { return epoll_.get(); }
  void dispatch();
  bool connected() const { return static_cast<bool>(client_); }
  /// To the client, if there is one. One that does not read its facts is cut off: it gets a snapshot when it comes
  /// back. Facts that are soon out of date anyway (Levels, Look) are dropped instead.
  void send(const Fact& fact);

 private:
  Server(Fd listener, Fd epoll, Events events);
  void accept();
  void receive();
  void drop();

  Fd listener_, epoll_, client_;
  Events events_;
};

}  // namespace tyndau::link
