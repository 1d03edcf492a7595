#pragma once
#include <arpa/inet.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <sys/socket.h>

#include <algorithm>
#include <map>
#include <optional>
#include <string>
#include <string_view>

#include "media/base/fd.h"
#include "media/base/json.h"
#include "tests/fakes/fake_media.h"

namespace tyndau::web {

/// A response as it came over the wire.
struct Answer {
  int status = 0;
  std::multimap<std::string, std::string> headers;  ///< names in lower case
  std::string body;

  std::string header(const std::string& name) const {
    auto found = headers.find(name);
    return found == headers.end() ? "" : found->second;
  }
  Json json() const { return Json::parse(body, nullptr, false); }
};

/// A client that sends exactly the bytes it is told to, over a real socket, in the same thread as the server's loop.
class Client {
 public:
  Client(fakes::Loop& loop, int port) : loop_(loop) { connect(port); }

  void connect(int port, int receive_buffer = 0) {
    socket_ = Fd(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0));
    if (receive_buffer > 0) {
      ::setsockopt(socket_.get(), SOL_SOCKET, SO_RCVBUF, &receive_buffer, sizeof receive_buffer);
    }
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_port = htons(static_cast<std::uint16_t>(port));
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    ASSERT_EQ(::connect(socket_.get(), reinterpret_cast<sockaddr*>(&address), sizeof address), 0);
    ::fcntl(socket_.get(), F_SETFL, O_NONBLOCK);
    received_.clear();
    closed_ = false;
  }
  void close() { socket_.reset(); }
  int fd() const { return socket_.get(); }

  void send(std::string_view bytes) {
    EXPECT_EQ(::send(socket_.get(), bytes.data(), bytes.size(), MSG_NOSIGNAL), static_cast<ssize_t>(bytes.size()));
  }
  void get(const std::string& target, const std::string& headers = "", const std::string& method = "GET") {
    send(method + " " + target + " HTTP/1.1\r\nHost: localhost\r\n" + headers + "\r\n");
  }
  void post(const std::string& target, const std::string& body, const std::string& headers = "",
            const std::string& type = "application/json") {
    send("POST " + target + " HTTP/1.1\r\nHost: localhost\r\nContent-Type: " + type +
         "\r\nContent-Length: " + std::to_string(body.size()) + "\r\n" + headers + "\r\n" + body);
  }

  /// Reads what is there, without waiting.
  void pump() {
    char buffer[65536];
    for (ssize_t got; (got = ::recv(socket_.get(), buffer, sizeof buffer, 0)) != -1;) {
      if (got == 0) {
        closed_ = true;
        return;
      }
      received_.append(buffer, static_cast<std::size_t>(got));
    }
    if (errno == ECONNRESET) closed_ = true;
  }
  bool ended() {
    return loop_.until([this] {
      pump();
      return closed_;
    });
  }
  const std::string& received() const { return received_; }
  std::string take_received() { return std::exchange(received_, {}); }
  /// Whether something (or the end) has come by now.
  bool heard() {
    pump();
    return !received_.empty() || closed_;
  }

  /// The next response, or nothing when it does not come. `head_only`: without a body whatever Content-Length says.
  std::optional<Answer> answer(bool head_only = false) {
    std::optional<Answer> answer;
    loop_.until([&] {
      pump();
      answer = parse(head_only);
      return answer.has_value() || closed_;
    });
    return answer;
  }
  /// The status of the next response, 0 when none comes.
  int status() {
    auto next = answer();
    return next ? next->status : 0;
  }

 private:
  std::optional<Answer> parse(bool head_only) {
    auto end = received_.find("\r\n\r\n");
    if (end == std::string::npos) return std::nullopt;
    Answer answer;
    std::string_view head(received_.data(), end + 2);
    answer.status = std::stoi(std::string(head.substr(9, 3)));
    head.remove_prefix(head.find("\r\n") + 2);
    while (!head.empty()) {
      std::string_view line = head.substr(0, head.find("\r\n"));
      head.remove_prefix(line.size() + 2);
      std::string name(line.substr(0, line.find(':')));
      std::transform(name.begin(), name.end(), name.begin(), [](unsigned char c) { return std::tolower(c); });
      answer.headers.emplace(name, line.substr(line.find(':') + 2));
    }
    const std::string length = answer.header("content-length");
    const std::size_t bytes = head_only || length.empty() ? 0 : std::stoul(length);
    if (received_.size() < end + 4 + bytes) return std::nullopt;
    answer.body = received_.substr(end + 4, bytes);
    received_.erase(0, end + 4 + bytes);
    return answer;
  }

  fakes::Loop& loop_;
  Fd socket_;
  std::string received_;
  bool closed_ = false;
};

}  // namespace tyndau::web
