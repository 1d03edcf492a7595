#pragma once
#include <algorithm>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "tests/session/http/client.h"

namespace tyndau::web {

/// The WebSocket's client side, frame by frame: what pages need, and what only strangers do.
class WebSocket {
 public:
  WebSocket(fakes::Loop& loop, Client client) : loop_(loop), client_(std::move(client)) {}

  void knock(const std::string& target, const std::string& headers = "") {
    client_.get(target,
                "Connection: keep-alive, Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\n"
                "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n" +
                    headers,
                "GET");
  }
  std::optional<Answer> answer() { return client_.answer(); }

  void say(const Json& message) { frame(kText, message.dump()); }
  /// Masked, as clients must (RFC 6455, 5.3). `last`: FIN.
  void frame(int opcode, const std::string& payload, bool last = true) {
    constexpr unsigned char kMask[] = {0x12, 0x34, 0x56, 0x78};
    std::string bytes(1, static_cast<char>((last ? 0x80 : 0) | opcode));
    if (payload.size() < 126) {
      bytes += static_cast<char>(0x80 | payload.size());
    } else if (payload.size() < 65536) {
      bytes += static_cast<char>(0x80 | 126);
      bytes += {static_cast<char>(payload.size() >> 8), static_cast<char>(payload.size() & 255)};
    } else {
      bytes += static_cast<char>(0x80 | 127);
      for (int shift = 56; shift >= 0; shift -= 8) bytes += static_cast<char>(payload.size() >> shift & 255);
    }
    bytes.append(reinterpret_cast<const char*>(kMask), sizeof kMask);
    for (std::size_t i = 0; i < payload.size(); ++i) bytes += static_cast<char>(payload[i] ^ kMask[i % 4]);
    client_.send(bytes);
  }
  static constexpr int kContinuation = 0, kText = 1, kBinary = 2, kClose = 8;

  /// The next message of this type; others are passed over, but pings are answered. Null when none comes.
  Json next(const std::string& type, std::chrono::milliseconds most = std::chrono::seconds(5)) {
    return first_of({type}, most);
  }
  /// The same, of several types: which of them came first. That something does not come is seen by what comes instead
  /// of it; a silence of some time would say the same of a slow machine.
  Json first_of(const std::vector<std::string>& types, std::chrono::milliseconds most = std::chrono::seconds(5)) {
    Json message;
    loop_.until(
        [&] {
          while (auto got = read()) {
            if (std::find(types.begin(), types.end(), got->value("type", "")) != types.end()) {
              message = *got;
              return true;
            }
          }
          return closed_with_.has_value();
        },
        most);
    return message;
  }
  /// What the socket was closed with; -1 when it was not.
  int closed_with(std::chrono::milliseconds most = std::chrono::seconds(5)) {
    next("nothing", most);
    return closed_with_.value_or(-1);
  }
  bool answers_pings = true;
  Client& client() { return client_; }

 private:
  std::optional<Json> read() {
    while (auto frame = read_frame()) {
      if (frame->first == kClose) {
        const auto byte = [&](std::size_t i) { return static_cast<int>(static_cast<unsigned char>(frame->second[i])); };
        closed_with_ = frame->second.size() >= 2 ? byte(0) * 256 + byte(1) : 0;
      }
      if (frame->first != kText) continue;
      Json json = Json::parse(frame->second, nullptr, false);
      if (json.value("type", "") == "ping" && answers_pings) say({{"type", "pong"}});
      return json;
    }
    return std::nullopt;
  }
  std::optional<std::pair<int, std::string>> read_frame() {
    client_.pump();
    bytes_ += client_.take_received();
    if (bytes_.size() < 2) return std::nullopt;
    auto byte = [this](std::size_t i) { return static_cast<std::size_t>(static_cast<unsigned char>(bytes_[i])); };
    std::size_t length = byte(1) & 127, head = 2;
    if (length == 126) head = 4;
    if (length == 127) head = 10;
    if (bytes_.size() < head) return std::nullopt;
    if (length >= 126) {
      length = 0;
      for (std::size_t i = 2; i < head; ++i) length = length * 256 + byte(i);
    }
    if (bytes_.size() < head + length) return std::nullopt;
    std::pair<int, std::string> frame{byte(0) & 15, bytes_.substr(head, length)};
    bytes_.erase(0, head + length);
    return frame;
  }

  fakes::Loop& loop_;
  Client client_;
  std::string bytes_;
  std::optional<int> closed_with_;
};

}  // namespace tyndau::web
