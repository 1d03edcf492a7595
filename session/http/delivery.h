#pragma once
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "media/base/fd.h"
#include "media/base/result.h"
#include "session/http/http.h"

namespace tyndau::web {

/// What a request says about how it wants its answer; kept while the request waits, when the request itself is gone.
struct Wishes {
  bool head_only = false;
  bool keep_alive = true;
  bool version_1_0 = false;
  std::string if_none_match, range, if_range;

  static Wishes of(const Request& request);
};

/// Turns a whole 200 into 304, 206 or 416 where the wishes say so (RFC 9110, 13 and 14). One range; several are
/// answered with the whole, which the RFC allows. Adds Accept-Ranges where ranges are answered.
void apply_wishes(const Wishes& wishes, Response& response);

/// The status line and all headers: the handler's, then those that every answer has unless the handler said otherwise.
std::string head_bytes(const Response& response, const Wishes& wishes, std::string_view date);

std::uint64_t body_bytes(const Response& response);

/// Opens the first file of the body, if it has one, before anything is promised: what is gone or shorter than it was
/// fails here, with errno. Empty when the body has no file.
Result<Fd> open_first_file(const Response& response);

/// Sends one response into one socket, as far as the socket takes it. Files are open only while they are being sent.
class Delivery {
 public:
  Delivery(Response response, const Wishes& wishes, std::string_view date, Fd first_file);

  enum class Progress { kDone, kBlocked, kBroken };
  /// kBroken: the connection must end now. The client went, or a file shrank while it was being sent: there is no
  /// honest way to go on.
  Progress send(int socket);
  std::uint64_t sent() const { return sent_; }

 private:
  Progress send_memory(int socket);
  Progress send_file(int socket);

  std::vector<Piece> pieces_;  ///< the head is the first
  std::size_t next_ = 0;       ///< the piece in hand
  std::uint64_t done_ = 0;     ///< bytes of it that were sent
  Fd file_;                    ///< of the piece in hand, or the first one to come
  std::uint64_t sent_ = 0;
};

}  // namespace tyndau::web
