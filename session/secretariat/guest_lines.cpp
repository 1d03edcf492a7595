#include <algorithm>

#include "session/secretariat/inner.h"

// Media says four times a second how each connection is. Of that only two things go into the journal: that an admitted
// guest is not heard any more, and that he is heard again. What follows of it for his turn is a rule (meeting/rules).

namespace tyndau::secretariat {

namespace {

/// Between two connections of a page that was loaded anew, or went to another network, nothing is lost.
constexpr std::uint64_t kBetweenConnectionsMs = 1000;
/// Whoever was just admitted may still be connecting.
constexpr std::chrono::seconds kArriving{5};

struct Place {
  std::string meeting, person;
};
Place place_of(const std::string& seat) {
  const std::size_t slash = seat.find('/');
  if (slash == std::string::npos) return {};
  return {seat.substr(0, slash), seat.substr(slash + 1)};
}

/// Somebody who only listens, and is nobody's line.
bool is_listener(const std::string& seat) { return seat.empty() || seat == link::kLoudspeakers; }

bool may_be_connected(const meeting::State& state, const std::string& person) {
  const meeting::Guest* guest = state.guest(person);
  return guest != nullptr && (guest->stage == meeting::Stage::kLobby || guest->stage == meeting::Stage::kAdmitted);
}

}  // namespace

void Secretariat::Inner::open_peer(const std::string& peer, const std::string& seat, std::string offer,
                                   const PeerAnswer& answer) {
  if (!studio.connected())
    return answer(tl::unexpected(Mistake{503, "media_away", "The broadcasting system is away."}));
  studio.send(link::PeerOpen{0, peer, std::move(offer), seat}, [this, peer, seat, answer](const auto& heard) {
    if (const auto* failed = std::get_if<link::Failed>(&heard)) {
      const bool bad = failed->code == "bad_offer";
      return answer(tl::unexpected(Mistake{bad ? 400 : 503, bad ? "bad_offer" : "media_away", failed->detail}));
    }
    peers[peer].seat = seat;
    left_at.erase(seat);
    answer(std::get<link::Done>(heard).answer.value_or(""));
    // He may have been sent away while media was asked.
    close_unwanted_peers();
  });
}

void Secretariat::Inner::close_peer(const std::string& peer) {
  const auto found = peers.find(peer);
  if (found == peers.end()) return;
  const std::string seat = found->second.seat;
  peers.erase(found);
  if (studio.connected()) studio.send(link::PeerClose{0, peer}, [](const auto&) {});
  left(seat);
}

void Secretariat::Inner::peer_gone(const std::string& peer) {
  const auto found = peers.find(peer);
  if (found == peers.end()) return;
  const std::string seat = found->second.seat;
  peers.erase(found);
  left(seat);
  if (owner.on_peer_gone) owner.on_peer_gone(peer);
}

/// A connection of this seat is no more.
void Secretariat::Inner::left(const std::string& seat) {
  if (link::is_hall_seat(seat)) return tell(place_of(seat).meeting);
  if (!is_listener(seat) && !line(seat)) left_at.emplace(seat, uv_now(loop));
}

void Secretariat::Inner::on_peer_state(const link::PeerState& state) {
  const auto found = peers.find(state.peer);
  if (found == peers.end() || is_listener(found->second.seat)) return;
  const bool changed = !found->second.state || found->second.state->line != state.line;
  const bool showed = found->second.state && found->second.state->width > 0;
  found->second.state = state;
  const Place place = place_of(found->second.seat);
  if (link::is_hall_seat(found->second.seat)) {
    if (changed || showed != (state.width > 0)) tell(place.meeting);
    return;
  }
  if (changed) judge_line(place.meeting, place.person);
  if (owner.on_guest_line) owner.on_guest_line(place.meeting, place.person, state);
}

void Secretariat::Inner::take_over_peers(const std::vector<link::PeerName>& names) {
  for (const link::PeerName& name : names) {
    if (peers.contains(name.peer)) continue;
    Peer& peer = peers[name.peer];
    peer.seat = name.seat;
    const Dossier* dossier = link::is_hall_seat(name.seat) ? find(place_of(name.seat).meeting) : nullptr;
    if (dossier != nullptr) peer.found_with = dossier->state().source_invitation;
  }
  // Whose desk a listener was is not known any more; it asks again.
  for (const link::PeerName& name : names) {
    if (is_listener(name.seat)) close_peer(name.peer);
  }
  close_unwanted_peers();
}

bool Secretariat::Inner::may_stay(const Peer& peer) const {
  if (is_listener(peer.seat)) return true;
  const Place place = place_of(peer.seat);
  const Dossier* dossier = find(place.meeting);
  if (dossier == nullptr) return false;
  if (!link::is_hall_seat(peer.seat)) return may_be_connected(dossier->state(), place.person);
  return !peer.found_with || meeting::may_send_the_hall(dossier->state(), *peer.found_with);
}

void Secretariat::Inner::close_unwanted_peers() {
  std::vector<std::string> unwanted;
  for (const auto& [name, peer] : peers) {
    if (!may_stay(peer)) unwanted.push_back(name);
  }
  for (const std::string& name : unwanted) {
    close_peer(name);
    if (owner.on_peer_gone) owner.on_peer_gone(name);
  }
}

std::optional<link::PeerState> Secretariat::Inner::line(const std::string& seat) const {
  const auto value = [](const link::PeerState& state) {
    const int line = state.line == "ok" ? 2 : state.line == "connecting" ? 1 : 0;
    const bool sends = state.width > 0 || state.level_db > -100;
    return 2 * line + (sends ? 1 : 0);
  };
  std::optional<link::PeerState> best;
  for (const auto& [name, peer] : peers) {
    if (peer.seat != seat || (link::is_hall_seat(seat) && !peer.state)) continue;
    const link::PeerState state = peer.state.value_or(link::PeerState{name, seat, "connecting"});
    if (!best || value(state) > value(*best)) best = state;
  }
  return best;
}

void Secretariat::Inner::judge_line(const std::string& meeting, const std::string& person) {
  const Dossier* dossier = find(meeting);
  if (dossier == nullptr || !dossier->state().is_admitted(person)) return;
  const std::string seat = Secretariat::seat_of(meeting, person);
  const auto now = line(seat);
  bool lost = now && now->line == "silent";
  if (!now) {
    const auto since = left_at.find(seat);
    const bool for_long = since == left_at.end() || uv_now(loop) - since->second >= kBetweenConnectionsMs;
    lost = for_long && now_for(*dossier) - dossier->state().guest(person)->since >= kArriving;
  }
  auto events = lost ? meeting::line_lost(dossier->state(), person) : std::vector<meeting::Event>{};
  if (now && now->line == "ok") events = meeting::line_restored(dossier->state(), person);
  if (events.empty()) return;
  note(meeting, "media", std::move(events));
  bring_in_line();
}

void Secretariat::Inner::judge_lines() {
  std::vector<Place> admitted;
  for (const auto& [id, dossier] : dossiers) {
    if (dossier.state().phase == meeting::Phase::kClosed) continue;
    for (const auto& [person, guest] : dossier.state().guests) {
      if (guest.stage == meeting::Stage::kAdmitted) admitted.push_back({id, person});
    }
  }
  for (const Place& place : admitted) judge_line(place.meeting, place.person);
}

}  // namespace tyndau::secretariat
