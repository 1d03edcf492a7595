#include "media/link/server.h"

#include <sys/epoll.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>

#include <array>
#include <vector>

#include "media/base/log.h"

namespace tyndau::link {

namespace {

Result<sockaddr_un> address_of(const std::filesystem::path& path) {
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  if (path.native().size() >= sizeof address.sun_path) return fail("the socket's path is too long: " + path.string());
  path.native().copy(address.sun_path, sizeof address.sun_path - 1);
  return address;
}

bool watch(const Fd& epoll, const Fd& fd) {
  epoll_event event{};
  event.events = EPOLLIN;
  event.data.fd = fd.get();
  return ::epoll_ctl(epoll.get(), EPOLL_CTL_ADD, fd.get(), &event) == 0;
}

}  // namespace

Server::Server(Fd listener, Fd epoll, Events events)
    : listener_(std::move(listener)), epoll_(std::move(epoll)), events_(std::move(events)) {}

Result<Server> Server::listen(const std::filesystem::path& path, Events events) {
  const auto address = address_of(path);
  if (!address) return tl::unexpected(address.error());
  const auto* where = reinterpret_cast<const sockaddr*>(&*address);

  const Fd probe(::socket(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC | SOCK_NONBLOCK, 0));
  if (probe && ::connect(probe.get(), where, sizeof *address) == 0) {
    return fail(path.string() + ": another media process is listening there");
  }
  ::unlink(path.c_str());
  Fd listener(::socket(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC | SOCK_NONBLOCK, 0));
  if (!listener || ::bind(listener.get(), where, sizeof *address) != 0)
    return fail_errno("cannot make " + path.string());
  if (::chmod(path.c_str(), 0660) != 0 || ::listen(listener.get(), 4) != 0) {
    return fail_errno("cannot listen on " + path.string());
  }
  Fd epoll(::epoll_create1(EPOLL_CLOEXEC));
  if (!epoll || !watch(epoll, listener)) return fail_errno("cannot watch " + path.string());
  return Server(std::move(listener), std::move(epoll), std::move(events));
}

void Server::dispatch() {
  std::array<epoll_event, 4> events{};
  const int count = ::epoll_wait(epoll_.get(), events.data(), static_cast<int>(events.size()), 0);
  for (int i = 0; i < count; ++i) {
    const int fd = events.at(static_cast<std::size_t>(i)).data.fd;
    if (fd == listener_.get()) {
      accept();
    } else if (client_ && fd == client_.get()) {
      receive();
    }
  }
}

void Server::accept() {
  Fd fresh(::accept4(listener_.get(), nullptr, nullptr, SOCK_CLOEXEC | SOCK_NONBLOCK));
  if (!fresh) return;
  drop();
  if (watch(epoll_, fresh)) client_ = std::move(fresh);
}

void Server::receive() {
  std::vector<char> packet(kMaxPacketBytes + 1);
  while (client_) {
    const auto size = ::recv(client_.get(), packet.data(), packet.size(), 0);
    if (size < 0 && errno == EINTR) continue;
    if (size < 0 && (errno == EAGAIN || errno == EWOULDBLOCK)) return;
    if (size <= 0) return drop();
    const auto command = decode_command(std::string_view(packet.data(), static_cast<std::size_t>(size)));
    if (command) {
      events_.on_command(*command);
    } else {
      log::warning("link: {}", command.error().what);
    }
  }
}

void Server::drop() {
  if (!client_) return;
  client_.reset();  // closing takes it out of epoll
  events_.on_gone();
}

void Server::send(const Fact& fact) {
  if (!client_) return;
  const std::string packet = encode(fact);
  const auto sent = ::send(client_.get(), packet.data(), packet.size(), MSG_NOSIGNAL | MSG_DONTWAIT);
  if (sent >= 0) return;
  const bool fleeting = std::holds_alternative<Levels>(fact) || std::holds_alternative<Look>(fact) ||
                        std::holds_alternative<PeerState>(fact);
  if ((errno == EAGAIN || errno == EWOULDBLOCK) && fleeting) return;
  log::warning("link: the session does not take its facts; cutting it off");
  drop();
}

}  // namespace tyndau::link
