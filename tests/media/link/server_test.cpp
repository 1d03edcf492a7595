#include "media/link/server.h"

#include <gtest/gtest.h>
#include <poll.h>
#include <sys/socket.h>
#include <sys/un.h>

#include <array>

namespace tyndau::link {
namespace {

class LinkServer : public testing::Test {
 protected:
  void SetUp() override {
    path_ = std::filesystem::path(testing::TempDir()) / ("link-" + std::to_string(::getpid()) + ".sock");
    Server::Events events;
    events.on_command = [this](const Command& command) { commands_.push_back(command); };
    events.on_gone = [this] { ++gone_; };
    auto server = Server::listen(path_, std::move(events));
    ASSERT_TRUE(server) << server.error().what;
    server_.emplace(std::move(*server));
  }
  void TearDown() override { std::filesystem::remove(path_); }

  Fd connect() {
    Fd fd(::socket(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0));
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    path_.native().copy(address.sun_path, sizeof address.sun_path - 1);
    EXPECT_EQ(::connect(fd.get(), reinterpret_cast<const sockaddr*>(&address), sizeof address), 0);
    turn();
    return fd;
  }
  /// Waits until the server has something to do, and lets it.
  void turn() {
    pollfd waiting{server_->fd(), POLLIN, 0};
    ASSERT_EQ(::poll(&waiting, 1, 2000), 1);
    server_->dispatch();
  }
  void say(const Fd& client, const std::string& packet) {
    ASSERT_EQ(::send(client.get(), packet.data(), packet.size(), MSG_NOSIGNAL), static_cast<ssize_t>(packet.size()));
    turn();
  }
  static std::string hear(const Fd& client) {
    std::array<char, 65536> packet{};
    const auto size = ::recv(client.get(), packet.data(), packet.size(), 0);
    return size > 0 ? std::string(packet.data(), static_cast<std::size_t>(size)) : "";
  }

  std::filesystem::path path_;
  std::optional<Server> server_;
  std::vector<Command> commands_;
  int gone_ = 0;
};

TEST_F(LinkServer, CarriesCommandsAndFacts) {
  const Fd client = connect();
  say(client, encode(Command(SourceSet{7, "test:"})));
  ASSERT_EQ(commands_.size(), 1U);
  EXPECT_EQ(std::get<SourceSet>(commands_[0]).uri, "test:");
  server_->send(Done{7, std::nullopt});
  const auto fact = decode_fact(hear(client));
  ASSERT_TRUE(fact);
  EXPECT_EQ(std::get<Done>(*fact).id, 7);
}

TEST_F(LinkServer, PassesOverPacketsThatAreNoCommands) {
  const Fd client = connect();
  for (const char* packet : {"nonsense", "{\"type\":\"rm -rf\"}", "{\"type\":\"source.set\",\"id\":1,\"uri\":5}",
                             "{\"type\":\"source.set\",\"id\":1,\"uri\":\"test:\",\"extra\":1}"}) {
    say(client, packet);
  }
  EXPECT_TRUE(commands_.empty());
  EXPECT_TRUE(server_->connected());
  say(client, encode(Command(BroadcastStop{1})));
  EXPECT_EQ(commands_.size(), 1U);
}

TEST_F(LinkServer, ANewSessionTakesTheOldOnesPlace) {
  const Fd old = connect();
  const Fd fresh = connect();
  EXPECT_EQ(gone_, 1);
  EXPECT_EQ(hear(old), "");
  server_->send(Look{"m"});
  EXPECT_NE(hear(fresh), "");
}

TEST_F(LinkServer, NoticesThatTheSessionHasGone) {
  { const Fd client = connect(); }
  turn();
  EXPECT_FALSE(server_->connected());
  EXPECT_EQ(gone_, 1);
}

TEST_F(LinkServer, DropsLevelsForASlowSessionAndCutsItOffForTheRest) {
  const Fd client = connect();
  for (int i = 0; i < 5000; ++i) server_->send(Levels{});
  EXPECT_TRUE(server_->connected());
  server_->send(Done{1, std::nullopt});
  EXPECT_FALSE(server_->connected());
}

TEST_F(LinkServer, RefusesToReplaceALivingServer) {
  EXPECT_FALSE(Server::listen(path_, {[](const Command&) {}, [] {}}));
}

TEST_F(LinkServer, ReplacesWhatADeadOneLeft) {
  server_.reset();
  ASSERT_TRUE(std::filesystem::exists(path_));
  EXPECT_TRUE(Server::listen(path_, {[](const Command&) {}, [] {}}));
}

}  // namespace
}  // namespace tyndau::link
