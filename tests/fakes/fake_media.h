#pragma once
#include <gtest/gtest.h>
#include <poll.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>
#include <uv.h>

#include <chrono>
#include <cstring>
#include <deque>
#include <filesystem>
#include <functional>
#include <optional>
#include <string>
#include <utility>

#include "media/base/fd.h"
#include "media/link/messages.h"

namespace tyndau::fakes {

/// A directory of its own, gone at the end of the test.
class TemporaryDirectory {
 public:
  TemporaryDirectory() {
    std::string pattern = (std::filesystem::temp_directory_path() / "tyndau-test-XXXXXX").string();
    path_ = ::mkdtemp(pattern.data());
  }
  ~TemporaryDirectory() {
    std::error_code ignored;
    std::filesystem::remove_all(path_, ignored);
  }
  TemporaryDirectory(const TemporaryDirectory&) = delete;
  TemporaryDirectory& operator=(const TemporaryDirectory&) = delete;

  const std::filesystem::path& path() const { return path_; }
  std::filesystem::path operator/(const std::string& name) const { return path_ / name; }

 private:
  std::filesystem::path path_;
};

/// A loop of libuv that is turned by hand until something is true.
class Loop {
 public:
  Loop() { uv_loop_init(&loop_); }
  ~Loop() {
    // Whoever opened handles has closed them by now; what is still alive is a leak that the test must name.
    for (int turn = 0; turn < 100 && uv_loop_alive(&loop_) != 0; ++turn) uv_run(&loop_, UV_RUN_NOWAIT);
    EXPECT_EQ(uv_loop_close(&loop_), 0) << "a handle was left open";
  }
  Loop(const Loop&) = delete;
  Loop& operator=(const Loop&) = delete;

  uv_loop_t* get() { return &loop_; }
  operator uv_loop_t*() { return &loop_; }

  /// Turns the loop until `reached`; false after `most`.
  bool until(const std::function<bool()>& reached, std::chrono::milliseconds most = std::chrono::seconds(5)) {
    const auto end = std::chrono::steady_clock::now() + most;
    while (!reached()) {
      if (std::chrono::steady_clock::now() > end) return false;
      if (uv_run(&loop_, UV_RUN_NOWAIT) == 0) ::usleep(500);
      ::poll(nullptr, 0, 1);
    }
    return true;
  }
  /// Lets everything happen that is going to happen within this time.
  void run_for(std::chrono::milliseconds time) {
    until([] { return false; }, time);
  }

 private:
  uv_loop_t loop_;
};

/// Media's end of the link, without media: a real listening socket that records commands and says what the test tells
/// it. Passive: the test turns the loop (Loop::until) and calls command() in the condition.
class FakeMedia {
 public:
  explicit FakeMedia(std::filesystem::path socket) : path_(std::move(socket)) { listen(); }
  ~FakeMedia() { die(); }

  void listen() {
    std::filesystem::remove(path_);
    listening_.reset(::socket(AF_UNIX, SOCK_SEQPACKET | SOCK_NONBLOCK | SOCK_CLOEXEC, 0));
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    std::strncpy(address.sun_path, path_.c_str(), sizeof address.sun_path - 1);
    EXPECT_EQ(::bind(listening_.get(), reinterpret_cast<const sockaddr*>(&address), sizeof address), 0);
    EXPECT_EQ(::listen(listening_.get(), 4), 0);
  }
  /// As kill -9: the connection and the listening socket are gone, the socket's file stays.
  void die() {
    client_.reset();
    listening_.reset();
    inbox_.clear();
  }

  /// Takes a waiting connection and what was said; true when session is connected.
  bool pump() {
    if (!client_ && listening_)
      client_.reset(::accept4(listening_.get(), nullptr, nullptr, SOCK_NONBLOCK | SOCK_CLOEXEC));
    std::string packet(link::kMaxPacketBytes, '\0');
    while (client_) {
      const ssize_t size = ::recv(client_.get(), packet.data(), packet.size(), MSG_DONTWAIT);
      if (size == 0) client_.reset();
      if (size <= 0) break;
      auto command = link::decode_command({packet.data(), static_cast<std::size_t>(size)});
      if (!command) {
        ADD_FAILURE() << "session said what is not in the protocol: " << command.error().what;
        continue;
      }
      if (std::holds_alternative<link::Hello>(*command)) {
        ++hellos;
        if (greets) say(snapshot);
        continue;
      }
      inbox_.push_back(std::move(*command));
    }
    return static_cast<bool>(client_);
  }

  /// The oldest command that was not taken yet.
  std::optional<link::Command> command() {
    pump();
    if (inbox_.empty()) return std::nullopt;
    auto command = std::move(inbox_.front());
    inbox_.pop_front();
    return command;
  }
  /// The same, when it is of this kind; anything else is a failure of the test.
  template <class Kind>
  std::optional<Kind> take(Loop& loop) {
    std::optional<link::Command> got;
    loop.until([&] { return (got = command()).has_value(); });
    if (!got) {
      ADD_FAILURE() << "no command came";
      return std::nullopt;
    }
    if (const auto* kind = std::get_if<Kind>(&*got)) return *kind;
    ADD_FAILURE() << "another command came: " << link::encode(*got);
    return std::nullopt;
  }
  /// That a secretariat says nothing, neither by now nor with its next tick. Commands come in order: what it is made to
  /// say after that must be the first that comes.
  template <class Secretariat>
  bool says_nothing(Loop& loop, Secretariat& secretariat) {
    // What media said before has been heard, with all that follows from it, when this is.
    bool heard = false;
    auto listener = std::exchange(secretariat.on_levels, [&heard](const link::Levels&) { heard = true; });
    say(link::Levels{});
    loop.until([&] { return heard; });
    secretariat.on_levels = std::move(listener);
    EXPECT_TRUE(heard) << "session does not hear media";
    secretariat.tick();
    secretariat.open_peer("barrier", "", "v=0", [](const auto&) {});
    const auto barrier = take<link::PeerOpen>(loop);
    EXPECT_TRUE(!barrier || barrier->peer == "barrier") << "a connection was asked for";
    return heard && barrier && barrier->peer == "barrier" && say(link::Failed{barrier->id, "bad_offer", ""});
  }

  bool say(const link::Fact& fact) { return say_bytes(link::encode(fact)); }
  bool say_bytes(const std::string& packet) {
    return client_ && ::send(client_.get(), packet.data(), packet.size(), MSG_NOSIGNAL | MSG_DONTWAIT) ==
                          static_cast<ssize_t>(packet.size());
  }
  void hang_up() { client_.reset(); }

  /// What is said after Hello.
  link::Snapshot snapshot{link::kProtocolVersion, {"test:", "ok", ""}, {}, std::nullopt, {"ok", 100'000'000'000, 80}};
  bool greets = true;
  int hellos = 0;

 private:
  std::filesystem::path path_;
  Fd listening_, client_;
  std::deque<link::Command> inbox_;
};

}  // namespace tyndau::fakes
