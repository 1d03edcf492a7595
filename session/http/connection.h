#pragma once
#include <uv.h>

#include <cstdint>
#include <memory>
#include <optional>
#include <string>

#include "media/base/fd.h"
#include "session/http/delivery.h"
#include "session/http/http.h"
#include "session/http/request_reader.h"

namespace tyndau::web {

class HttpServer;

/// One client's connection: one request at a time, read strictly, answered at once or later, sent as fast as it is
/// taken. Owned by the server; everything on the loop thread.
class Connection : public std::enable_shared_from_this<Connection> {
 public:
  Connection(HttpServer& server, Fd socket, std::string peer);
  ~Connection();

  void begin();
  /// Ends it now. A handler that still owes an answer hears so through on_gone.
  void close();
  /// Ends it when its time is up. `now`: the loop's milliseconds.
  void check_time(std::uint64_t now);

  bool waiting() const { return phase_ == Phase::kWaiting; }
  /// Between two requests, with nothing read of the next.
  bool idle() const { return phase_ == Phase::kHead && received_.empty() && !closed_; }
  std::uint64_t deadline() const { return deadline_; }

 private:
  class Pending;
  enum class Phase { kHead, kBody, kWaiting, kSending, kLingering };

  void on_event(int status, int events);
  void receive();
  void pump();
  bool advance();
  bool read_request();
  void hand_over();
  void upgrade();
  void refuse(const BadRequest& bad);
  void answered(Response response);
  void start_sending(Response response);
  bool go_on_sending();
  void linger();
  void listen_for(int events);
  void expire_in(std::uint64_t milliseconds);

  HttpServer& server_;
  Fd socket_;
  const std::string peer_;
  uv_poll_t* poll_ = nullptr;
  int events_ = 0;
  Phase phase_ = Phase::kHead;
  bool closed_ = false, pumping_ = false, ends_after_ = false;
  std::uint64_t deadline_ = 0;
  std::uint64_t sent_before_ = 0;  ///< when `deadline_` was last put off
  std::size_t lingered_ = 0;
  std::string received_;  ///< not yet understood
  std::size_t scanned_ = 0;
  std::optional<Head> head_;  ///< while reading a body
  Wishes wishes_;
  std::string route_;                 ///< pattern of the request in hand, for the metrics
  std::shared_ptr<Pending> pending_;  ///< the reply that a handler owes
  std::optional<Response> response_;  ///< given, not yet being sent
  std::optional<Delivery> delivery_;
};

}  // namespace tyndau::web
