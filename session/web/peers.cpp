#include "session/web/peers.h"

#include <sodium.h>

#include <algorithm>
#include <array>
#include <utility>
#include <vector>

#include "session/projections/view.h"

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
  if (!owner.visitor) return owner.for_the_hall ? std::string(link::kLoudspeakers) : "";
  return secretariat::Secretariat::seat_of(owner.visitor->guest.meeting, owner.visitor->guest.person);
}

/// Who made a connection may end it, and so may another desk.
bool is_same_party(const Peers::Owner& one, const Peers::Owner& other) {
  if (!one.visitor || !other.visitor) return !one.visitor && !other.visitor;
  return one.visitor->guest == other.visitor->guest;
}

bool is_of(const Peers::Owner& owner, const GuestId& guest) { return owner.visitor && owner.visitor->guest == guest; }

}  // namespace

struct Peers::Inner {
  secretariat::Secretariat& secretariat;
  const GuestDoor& door;
  struct Known {
    Owner owner;
    std::uint64_t number = 0;  ///< in the order of their offers, which media may answer in another
  };
  std::map<std::string, Known> known = {};    ///< by peer
  std::map<GuestId, std::size_t> asked = {};  ///< offers that media has not answered yet
  std::uint64_t offers = 0;
  int ticket = 0;

  std::size_t count(const GuestId& guest) const {
    const auto pending = asked.find(guest);
    const auto open =
        std::count_if(known.begin(), known.end(), [&](const auto& entry) { return is_of(entry.second.owner, guest); });
    return static_cast<std::size_t>(open) + (pending == asked.end() ? 0 : pending->second);
  }
  bool may_stay(const Owner& owner) const { return !owner.visitor || (door.may_stay(*owner.visitor) && !waits(owner)); }
  /// A person who would see and hear somebody else's meeting, or be seen before theirs. The hall's encoder is nobody.
  bool waits(const Owner& owner) const {
    if (!owner.visitor || owner.visitor->guest.person.empty()) return false;
    const std::string& meeting = owner.visitor->guest.meeting;
    const meeting::State* state = secretariat.state(meeting);
    return state != nullptr && !projections::guest_waits(*state, secretariat.surroundings(meeting)).empty();
  }
  void settle(const GuestId& guest) {
    if (--asked[guest] == 0) asked.erase(guest);
  }
  template <class Condition>
  void close_if(Condition condition) {
    std::vector<std::string> names;
    for (const auto& [peer, its] : known) {
      if (condition(its)) names.push_back(peer);
    }
    for (const std::string& peer : names) {
      known.erase(peer);
      secretariat.close_peer(peer);
    }
  }
};

Peers::Peers(secretariat::Secretariat& secretariat, const GuestDoor& door) : inner_(new Inner{secretariat, door}) {
  inner_->ticket = secretariat.listen([inner = inner_.get()](const std::string&) {
    inner->close_if([&](const Inner::Known& its) { return !inner->may_stay(its.owner); });
  });
  secretariat.on_peer_gone = [this](const std::string& peer) {
    const auto found = inner_->known.find(peer);
    if (found == inner_->known.end()) return;
    const Owner owner = found->second.owner;
    inner_->known.erase(found);
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
  if (inner_->waits(owner)) {
    return answer(tl::unexpected(Mistake{409, "not_yet", "This meeting is not the one that is seen and heard now."}));
  }
  if (owner.visitor) {
    if (inner_->count(owner.visitor->guest) >= kMostPerGuest) {
      return answer(tl::unexpected(Mistake{429, "too_many", "This guest has too many connections."}));
    }
    ++inner_->asked[owner.visitor->guest];
  }
  const std::string peer = fresh_name();
  inner_->secretariat.open_peer(
      peer, seat_of(owner), offer,
      [weak = std::weak_ptr(inner_), owner, peer, answer,
       number = ++inner_->offers](const tl::expected<std::string, Mistake>& answered) {
        const auto inner = weak.lock();
        if (!inner) return;
        if (owner.visitor) inner->settle(owner.visitor->guest);
        if (!answered) return answer(tl::unexpected(answered.error()));
        if (!inner->may_stay(owner)) {
          inner->secretariat.close_peer(peer);
          return answer(tl::unexpected(Mistake{401, "bad_token", "The invitation is not valid any more."}));
        }
        inner->known[peer] = {owner, number};
        answer(Opened{peer, *answered});
      });
}

bool Peers::close(const std::string& peer, const Owner& owner) {
  const auto found = inner_->known.find(peer);
  if (found == inner_->known.end() || !is_same_party(found->second.owner, owner)) return false;
  inner_->known.erase(found);
  inner_->secretariat.close_peer(peer);
  return true;
}

bool Peers::lives(const std::string& peer, const GuestDoor::Visitor& visitor) {
  const auto found = inner_->known.find(peer);
  if (found != inner_->known.end()) return is_of(found->second.owner, visitor.guest);
  const Owner owner{"", visitor, Way::kPage};
  if (!inner_->secretariat.has_peer(peer, seat_of(owner))) return false;
  inner_->known[peer] = {owner, 0};
  return true;
}

void Peers::close_older(const Opened& newest) {
  const auto found = inner_->known.find(newest.peer);
  if (found == inner_->known.end() || !found->second.owner.visitor || found->second.owner.way == Way::kWhep) return;
  const Inner::Known its = found->second;
  inner_->close_if([&](const Inner::Known& other) {
    return is_of(other.owner, its.owner.visitor->guest) && other.owner.way == its.owner.way &&
           other.number < its.number;
  });
}

void Peers::end_session(const std::string& token) {
  inner_->close_if([&](const Inner::Known& its) { return !its.owner.visitor && its.owner.session == token; });
}

}  // namespace tyndau::web
