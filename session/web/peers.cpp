#include "session/web/peers.h"

#include <sodium.h>

#include <algorithm>
#include <array>
#include <utility>
#include <vector>

namespace tyndau::web {

namespace {

/// 128 random bits: who knows it may end the connection, nobody guesses it.
std::string fresh_name() {
  std::array<unsigned char, 16> bytes{};
  randombytes_buf(bytes.data(), bytes.size());
  std::array<char, 2 * bytes.size() + 1> text{};
  return sodium_bin2hex(text.data(), text.size(), bytes.data(), bytes.size());
}

/// Text lines, as SDP is (RFC 8866, 5).
bool is_text(const std::string& body) {
  return !body.empty() && std::all_of(body.begin(), body.end(), [](char c) {
    return static_cast<unsigned char>(c) >= 0x20 || c == '\r' || c == '\n' || c == '\t';
  });
}

std::string seat_of(const Peers::Owner& owner) {
  if (!owner.visitor) return "";
  return secretariat::Secretariat::seat_of(owner.visitor->guest.meeting, owner.visitor->guest.person);
}

bool is_of(const Peers::Owner& owner, const GuestId& guest) { return owner.visitor && owner.visitor->guest == guest; }

}  // namespace

struct Peers::Inner {
  secretariat::Secretariat& secretariat;
  const GuestDoor& door;
  std::map<std::string, Owner> owners = {};   ///< by peer
  std::map<GuestId, std::size_t> asked = {};  ///< offers that media has not answered yet
  int ticket = 0;

  std::size_t count(const GuestId& guest) const {
    const auto pending = asked.find(guest);
    const auto open =
        std::count_if(owners.begin(), owners.end(), [&](const auto& entry) { return is_of(entry.second, guest); });
    return static_cast<std::size_t>(open) + (pending == asked.end() ? 0 : pending->second);
  }
  bool may_stay(const Owner& owner) const { return !owner.visitor || door.may_stay(*owner.visitor); }
  void settle(const GuestId& guest) {
    if (--asked[guest] == 0) asked.erase(guest);
  }
  template <class Condition>
  void close_if(Condition condition) {
    std::vector<std::string> names;
    for (const auto& [peer, owner] : owners) {
      if (condition(peer, owner)) names.push_back(peer);
    }
    for (const std::string& peer : names) {
      owners.erase(peer);
      secretariat.close_peer(peer);
    }
  }
};

Peers::Peers(secretariat::Secretariat& secretariat, const GuestDoor& door) : inner_(new Inner{secretariat, door}) {
  inner_->ticket = secretariat.listen([inner = inner_.get()](const std::string&) {
    inner->close_if([&](const std::string&, const Owner& owner) { return !inner->may_stay(owner); });
  });
  secretariat.on_peer_gone = [this](const std::string& peer) {
    const auto found = inner_->owners.find(peer);
    if (found == inner_->owners.end()) return;
    const Owner owner = found->second;
    inner_->owners.erase(found);
    if (owner.visitor && owner.way == Way::kPage && on_gone) on_gone(owner.visitor->guest, peer);
  };
}

Peers::~Peers() {
  inner_->secretariat.forget(inner_->ticket);
  inner_->secretariat.on_peer_gone = nullptr;
}

void Peers::open(const Owner& owner, const std::string& offer, Answer answer) {
  using secretariat::Mistake;
  if (offer.size() > kMostOfferBytes) {
    return answer(tl::unexpected(Mistake{413, "too_large", "An offer may have 32768 bytes."}));
  }
  if (!is_text(offer)) return answer(tl::unexpected(Mistake{400, "bad_offer", "The offer is not SDP."}));
  if (owner.visitor) {
    if (inner_->count(owner.visitor->guest) >= kMostPerGuest) {
      return answer(tl::unexpected(Mistake{429, "too_many", "This guest has too many connections."}));
    }
    ++inner_->asked[owner.visitor->guest];
  }
  const std::string peer = fresh_name();
  inner_->secretariat.open_peer(
      peer, seat_of(owner), offer,
      [weak = std::weak_ptr(inner_), owner, peer, answer](const tl::expected<std::string, Mistake>& answered) {
        const auto inner = weak.lock();
        if (!inner) return;
        if (owner.visitor) inner->settle(owner.visitor->guest);
        if (!answered) return answer(tl::unexpected(answered.error()));
        if (!inner->may_stay(owner)) {
          inner->secretariat.close_peer(peer);
          return answer(tl::unexpected(Mistake{401, "bad_token", "The invitation is not valid any more."}));
        }
        inner->owners[peer] = owner;
        answer(Opened{peer, *answered});
      });
}

bool Peers::close(const std::string& peer, const Owner& owner) {
  const auto found = inner_->owners.find(peer);
  if (found == inner_->owners.end() || seat_of(found->second) != seat_of(owner)) return false;
  inner_->owners.erase(found);
  inner_->secretariat.close_peer(peer);
  return true;
}

bool Peers::lives(const std::string& peer, const GuestDoor::Visitor& visitor) {
  const auto found = inner_->owners.find(peer);
  if (found != inner_->owners.end()) return is_of(found->second, visitor.guest);
  const Owner owner{"", visitor, Way::kPage};
  if (!inner_->secretariat.has_peer(peer, seat_of(owner))) return false;
  inner_->owners[peer] = owner;
  return true;
}

void Peers::close_older(const Opened& newest) {
  const auto found = inner_->owners.find(newest.peer);
  if (found == inner_->owners.end() || !found->second.visitor || found->second.way == Way::kWhep) return;
  const Owner its = found->second;
  inner_->close_if([&](const std::string& peer, const Owner& owner) {
    return is_of(owner, its.visitor->guest) && owner.way == its.way && peer != newest.peer;
  });
}

void Peers::end_session(const std::string& token) {
  inner_->close_if([&](const std::string&, const Owner& owner) { return !owner.visitor && owner.session == token; });
}

}  // namespace tyndau::web
