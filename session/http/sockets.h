#pragma once
#include <uv.h>

#include <functional>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "media/base/fd.h"
#include "media/base/json.h"
#include "media/base/result.h"

struct lws;
struct lws_context;
struct lws_vhost;

namespace tyndau::web {

/// A message to a socket; shared by all sockets that get the same bytes.
class SocketMessage {
 public:
  explicit SocketMessage(const Json& json);
  /// Whether it was taken.
  bool write(lws* socket);

 private:
  std::vector<unsigned char> bytes_;  ///< with the room in front that libwebsockets needs
};
using SharedMessage = std::shared_ptr<SocketMessage>;

/// One open WebSocket, as its endpoint sees it. It belongs to Sockets and is destroyed when the connection is over.
class SocketClient {
 public:
  virtual ~SocketClient() = default;
  /// The next message to send, when the connection can take one; null when there is none now.
  virtual SharedMessage next() = 0;
  /// A whole text message came. What is no text, or longer than `most_bytes`, closes the socket with kBadMessage; where
  /// that is 0, nothing is read.
  virtual void heard(const std::string& text);
  /// There is something for next().
  void wake();
  /// Closes the socket when next() has nothing more to send, or the client has taken nothing for a few seconds. The
  /// first code counts.
  void close(int code);
  bool closing() const { return close_code_ != 0; }

  static constexpr int kBadMessage = 4006;

 protected:
  std::size_t most_bytes = 0;

 private:
  friend class Sockets;
  lws* socket_ = nullptr;
  std::string incoming_;
  int close_code_ = 0;
};

/// The WebSocket protocol, by libwebsockets, on connections whose HTTP was read by HttpServer. Loop thread only.
class Sockets {
 public:
  static constexpr std::size_t kMost = 300;  ///< screens of people who act, not of citizens

  static Result<std::unique_ptr<Sockets>> create(uv_loop_t* loop);
  ~Sockets();

  /// `key`: Sec-WebSocket-Key. The client lives from now on, or is gone when this returns.
  void adopt(Fd socket, const std::string& key, std::unique_ptr<SocketClient> client);
  bool full() const;

  /// Closes everything. The loop must run until its handles are closed.
  void close();

  struct Inner;

 private:
  explicit Sockets(std::unique_ptr<Inner> inner);
  std::unique_ptr<Inner> inner_;
};

/// A timer of libuv that outlives its owner by the turn of the loop that libuv needs.
class LoopTimer {
 public:
  LoopTimer(uv_loop_t* loop, std::function<void()> function);
  ~LoopTimer();
  LoopTimer(const LoopTimer&) = delete;
  LoopTimer& operator=(const LoopTimer&) = delete;
  void start(std::uint64_t after_ms, std::uint64_t every_ms);

 private:
  struct Handle;
  Handle* handle_;
};

}  // namespace tyndau::web
