#include "media/guests/guests.h"

#include <fmt/format.h>

#include <utility>
#include <vector>

#include "media/base/log.h"
#include "media/gst/main_thread.h"

namespace tyndau::guests {

namespace {
constexpr std::chrono::milliseconds kLookEvery{500};
}

Guests::Guests(programme::Mixer& mixer) : feed_(mixer), timer_(kLookEvery, [this] { look(); }) {}

Guests::~Guests() {
  for (const auto& [id, seat] : seats_) {
    if (seat.listens) feed_.remove(seat.peer->listener());
  }
  seats_.clear();
}

void Guests::open(const std::string& peer, const std::string& text, Answer answer) {
  if (seats_.contains(peer)) return answer(fail("there is a peer of this name"));
  if (seats_.size() >= kMostPeers) return answer(fail(fmt::format("there are {} peers already", kMostPeers)));
  const auto offer = read_offer(text);
  if (!offer) return answer(tl::unexpected(offer.error()));

  Peer::Events events;
  events.on_answer = [this, peer](const Result<std::string>& its_answer) { answered(peer, its_answer); };
  events.on_gone = [this, peer](const std::string& why) { leave(peer, why); };
  events.on_keyframe_wanted = [this, here = std::weak_ptr(here_)] {
    gst::post([this, here] {
      if (here.lock()) feed_.ask_for_keyframe();
    });
  };
  auto opened = Peer::open(threads_, *offer, std::move(events));
  if (!opened) return answer(tl::unexpected(opened.error()));
  seats_.emplace(peer, Seat{std::move(*opened), std::move(answer)});
}

void Guests::answered(const std::string& peer, const Result<std::string>& answer) {
  const auto seat = seats_.find(peer);
  if (seat == seats_.end()) return;
  const Answer tell = std::exchange(seat->second.answer, nullptr);
  if (!answer) {
    seats_.erase(seat);
    return tell(answer);
  }
  if (const auto added = feed_.add(seat->second.peer->listener()); !added) {
    seats_.erase(seat);
    return tell(tl::unexpected(added.error()));
  }
  seat->second.listens = true;
  tell(answer);
}

bool Guests::close(const std::string& peer) {
  const auto seat = seats_.find(peer);
  if (seat == seats_.end()) return false;
  if (seat->second.listens) feed_.remove(seat->second.peer->listener());
  const Answer tell = std::move(seat->second.answer);
  seats_.erase(seat);
  if (tell) tell(fail("the peer was closed"));
  return true;
}

void Guests::leave(const std::string& peer, const std::string& why) {
  const auto seat = seats_.find(peer);
  if (seat == seats_.end()) return;
  const bool unanswered = static_cast<bool>(seat->second.answer);
  log::info("peer {} is gone: {}", peer, why);
  // Not from within its own call: it is taken apart on the next turn of the loop.
  gst::post([this, peer, here = std::weak_ptr(here_)] {
    if (here.lock()) close(peer);
  });
  if (!unanswered && on_gone) on_gone(peer, why);
}

void Guests::look() {
  std::vector<Peer*> peers;
  for (const auto& [id, seat] : seats_) peers.push_back(seat.peer.get());
  for (Peer* peer : peers) peer->look();
}

}  // namespace tyndau::guests
