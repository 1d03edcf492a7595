#include "media/guests/guests.h"

#include <fmt/format.h>
#include <malloc.h>

#include <algorithm>
#include <chrono>
#include <utility>

#include "media/base/log.h"
#include "media/gst/main_thread.h"

namespace tyndau::guests {

namespace {

constexpr std::chrono::milliseconds kLookEvery{250};
constexpr std::chrono::seconds kTidyAfter{5};

/// "{meeting}/{person}": both become names of a folder and a file.
bool is_seat(const std::string& seat) {
  const std::size_t slash = seat.find('/');
  if (slash == 0 || slash == std::string::npos || slash + 1 == seat.size()) return false;
  return std::count(seat.begin(), seat.end(), '/') == 1 && std::all_of(seat.begin(), seat.end(), [](char c) {
           return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' || c == '_' ||
                  c == '/';
         });
}

/// Of a browser that watches and speaks, and is nowhere.
constexpr const char* kRehearsal =
    "v=0\r\no=- 1 1 IN IP4 127.0.0.1\r\ns=-\r\nt=0 0\r\na=group:BUNDLE 0 1\r\n"
    "a=fingerprint:sha-256 "
    "00:00:00:00:00:00:00:00:00:00:00:00:00:00:00:00:00:00:00:00:00:00:00:00:00:00:00:00:00:00:00:"
    "00\r\n"
    "a=ice-ufrag:rehearse\r\na=ice-pwd:rehearsalrehearsalrehearsal\r\n"
    "m=audio 9 UDP/TLS/RTP/SAVPF 111\r\nc=IN IP4 0.0.0.0\r\na=setup:actpass\r\na=mid:0\r\na=sendrecv\r\n"
    "a=rtcp-mux\r\na=rtpmap:111 opus/48000/2\r\n"
    "m=video 9 UDP/TLS/RTP/SAVPF 109\r\nc=IN IP4 0.0.0.0\r\na=setup:actpass\r\na=mid:1\r\na=recvonly\r\n"
    "a=rtcp-mux\r\na=rtpmap:109 H264/90000\r\na=fmtp:109 profile-level-id=42e01f;packetization-mode=1\r\n";

}  // namespace

Guests::Guests(programme::Mixer& mixer, Options options)
    : mixer_(mixer), options_(std::move(options)), feed_(mixer), timer_(kLookEvery, [this] { look(); }) {}

Guests::~Guests() {
  rehearsal_.reset();
  for (auto& [id, connection] : std::exchange(peers_, {})) give_up(std::move(connection));
}

/// What a connection has is given back, in the order that leaves nobody with something that is gone.
void Guests::give_up(Connection connection) {
  left_at_ = std::chrono::steady_clock::now();
  if (connection.listens) feed_.remove(connection.peer->listener());
  if (connection.intake) connection.intake->close();
  connection.peer.reset();
  const bool another = std::any_of(peers_.begin(), peers_.end(),
                                   [&](const auto& other) { return other.second.seat == connection.seat; });
  if (connection.seat.empty() || link::is_hall_seat(connection.seat) || another) return;
  mixer_.remove_seat(connection.seat);
  seats_.erase(connection.seat);
  std::error_code error;  // nobody's face is kept; where there is none there is nothing to remove
  if (!options_.stills.empty()) std::filesystem::remove(still_of(connection.seat), error);
}

std::filesystem::path Guests::still_of(const std::string& seat) const { return options_.stills / (seat + ".jpg"); }

Result<Place> Guests::take_place(const std::string& seat) {
  if (seat.empty()) return Place{};
  const std::string hall(programme::kHallVoice);
  if (seat == link::kLoudspeakers) return Place{"", nullptr, {}, hall};
  if (link::is_hall_seat(seat) && options_.halls != nullptr) {
    return Place{seat, std::make_shared<SeatIntake>(options_.halls->at(seat)), {}, hall};
  }
  if (!is_seat(seat)) return fail("this is no name of a seat");
  auto& known = seats_[seat];
  if (!known) {
    if (seats_.size() > link::kMostSeats) {
      seats_.erase(seat);
      return fail(fmt::format("all {} seats are taken", link::kMostSeats));
    }
    known = std::make_shared<programme::Seat>();
    mixer_.add_seat(seat, known);
  }
  Place place{seat, std::make_shared<SeatIntake>(known), {}, seat};
  if (!options_.stills.empty()) {
    place.still = still_of(seat);
    std::error_code error;  // without the folder there are no stills, and all else works
    std::filesystem::create_directories(place.still.parent_path(), error);
  }
  return place;
}

void Guests::rehearse() {
  const auto offer = read_offer(kRehearsal);
  if (!offer) return log::error("The rehearsal of a connection failed: {}", offer.error().what);
  Peer::Events events;
  events.on_answer = [this](const Result<std::string>& answer) {
    if (!answer) log::error("The rehearsal of a connection failed: {}", answer.error().what);
    gst::post([this, here = std::weak_ptr(here_)] {
      if (here.lock()) rehearsal_.reset();
    });
  };
  events.on_gone = [](const std::string&) {};
  events.on_keyframe_wanted = [] {};
  auto opened = Peer::open(threads_, *offer, {}, options_.network, std::move(events));
  if (!opened) return log::error("The rehearsal of a connection failed: {}", opened.error().what);
  rehearsal_ = std::move(*opened);
}

void Guests::open(const std::string& peer, const std::string& seat, const std::string& text, Answer answer) {
  if (peers_.contains(peer)) return answer(fail("there is a peer of this name"));
  if (peers_.size() >= kMostPeers) return answer(fail(fmt::format("there are {} peers already", kMostPeers)));
  const auto offer = read_offer(text);
  if (!offer) return answer(tl::unexpected(offer.error()));
  auto place = take_place(seat);
  if (!place) return answer(tl::unexpected(place.error()));
  const bool sends = std::any_of(offer->lines.begin(), offer->lines.end(),
                                 [](const OfferedLine& line) { return line.sends && !line.taken.empty(); });
  // How the line of the hall's loudspeakers is is nobody's question.
  if (link::is_hall_seat(seat) && !sends) place->intake = nullptr;

  Peer::Events events;
  events.on_answer = [this, peer](const Result<std::string>& its_answer) { answered(peer, its_answer); };
  events.on_gone = [this, peer](const std::string& why) { leave(peer, why); };
  events.on_keyframe_wanted = [this, here = std::weak_ptr(here_)] {
    gst::post([this, here] {
      if (here.lock()) feed_.ask_for_keyframe();
    });
  };
  Connection connection;
  connection.seat = place->seat;
  connection.intake = place->intake;
  auto opened = Peer::open(threads_, *offer, std::move(*place), options_.network, std::move(events));
  if (!opened) {
    give_up(std::move(connection));
    return answer(tl::unexpected(opened.error()));
  }
  // The newest sending peer has the seat alone: the one before is dead, and only nobody has noticed yet.
  for (auto& [id, other] : peers_) {
    if (sends && other.intake && other.seat == connection.seat) other.intake->close();
  }
  connection.peer = std::move(*opened);
  connection.answer = std::move(answer);
  peers_.emplace(peer, std::move(connection));
}

void Guests::answered(const std::string& peer, const Result<std::string>& answer) {
  const auto found = peers_.find(peer);
  if (found == peers_.end()) return;
  const Answer tell = std::exchange(found->second.answer, nullptr);
  Result<void> fed;
  if (answer) fed = feed_.add(found->second.peer->listener(), found->second.peer->codec());
  if (answer && fed) {
    found->second.listens = true;
    return tell(answer);
  }
  Connection connection = std::move(found->second);
  peers_.erase(found);
  give_up(std::move(connection));
  tell(answer ? tl::unexpected(fed.error()) : answer);
}

bool Guests::close(const std::string& peer) {
  const auto found = peers_.find(peer);
  if (found == peers_.end()) return false;
  Connection connection = std::move(found->second);
  peers_.erase(found);
  const Answer tell = std::move(connection.answer);
  give_up(std::move(connection));
  if (tell) tell(fail("the peer was closed"));
  return true;
}

std::vector<link::PeerName> Guests::peers() const {
  std::vector<link::PeerName> names;
  for (const auto& [id, connection] : peers_) names.push_back({id, connection.seat});
  return names;
}

void Guests::leave(const std::string& peer, const std::string& why) {
  const auto found = peers_.find(peer);
  if (found == peers_.end()) return;
  const bool unanswered = static_cast<bool>(found->second.answer);
  log::info("peer {} is gone: {}", peer.substr(0, 8), why);
  // Not from within its own call: it is taken apart on the next turn of the loop.
  gst::post([this, peer, here = std::weak_ptr(here_)] {
    if (here.lock()) close(peer);
  });
  if (!unanswered && on_gone) on_gone(peer, why);
}

void Guests::look() {
  std::vector<std::string> names;
  for (const auto& [id, connection] : peers_) names.push_back(id);
  for (const std::string& id : names) {
    const auto found = peers_.find(id);
    if (found == peers_.end()) continue;
    const LineMeter::Line line = found->second.peer->look();
    if (found->second.intake) tell(id, found->second, line);
  }
  tidy();
}

void Guests::tidy() {
  if (!left_at_ || std::chrono::steady_clock::now() - *left_at_ < kTidyAfter) return;
  left_at_.reset();
  malloc_trim(0);
}

void Guests::tell(const std::string& peer, Connection& connection, const LineMeter::Line& line) {
  // A line that is silent shows nothing, at once: a presentation would stand for seconds.
  if (line.state == "silent" && connection.line != "silent") connection.intake->empty();
  connection.line = line.state;
  const SeatIntake::Look look = connection.intake->look();
  if (!on_state) return;
  on_state({peer, connection.seat, line.state, look.width, look.height, look.presentation, look.peak_db, line.kbps,
            line.loss_percent, line.rtt_ms});
}

}  // namespace tyndau::guests
