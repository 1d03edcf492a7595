#include "session/web/guest_socket.h"

#include <algorithm>
#include <deque>
#include <map>
#include <set>
#include <utility>

#include "session/meeting/refusals.h"
#include "session/projections/view.h"
#include "session/web/ice.h"

namespace tyndau::web {

namespace {

constexpr std::size_t kMostBytes = 40 * 1024;
constexpr int kMostUnnamed = 50, kMostUnnamedOfOne = 16;  // sockets that have not said who they are; of one address
// Twenty messages a second for as long as a ping lasts: a page says three or four.
constexpr int kMostBetweenPings = 40;
constexpr std::size_t kMostUnread = 32;
constexpr std::uint64_t kTicksPerPing = 4;

constexpr int kBadToken = 4001, kTakenOver = 4002, kSentAway = 4003, kDenied = 4005;
constexpr int kGoneSilent = 1001, kTryLater = 1013;  // RFC 6455, 7.4.1, and IANA's registry

class Page;

SharedMessage message(Json json) { return std::make_shared<SocketMessage>(json); }

}  // namespace

struct GuestSocket::Inner : std::enable_shared_from_this<GuestSocket::Inner> {
  Inner(uv_loop_t* the_loop, Sockets& the_sockets, secretariat::Secretariat& the_secretariat, Gate& the_gate,
        GuestDoor& the_door, Peers& the_peers, Config::Webrtc the_webrtc, Patience the_patience)
      : loop(the_loop),
        sockets(the_sockets),
        secretariat(the_secretariat),
        gate(the_gate),
        door(the_door),
        peers(the_peers),
        webrtc(std::move(the_webrtc)),
        patience(the_patience),
        timer(the_loop, [this] { tick(); }) {}

  void tick();
  void on_change(const std::string& meeting);
  void take_seat(Page& page);
  void leave_seat(const Page& page);
  void ask_for_seat(Page& page);
  void answer_takeover(const Page& owner, bool yes);
  void let_in_next(const GuestId& guest);
  bool is_here(const GuestId& guest) const;
  /// Just started, we do not know yet which connections media has.
  bool awaits_media() {
    if (secretariat.media_connected()) return false;
    // From the first question on: before, the process was busy with its own start.
    if (!asked_first) asked_first = uv_now(loop);
    return uv_now(loop) - *asked_first < patience.media;
  }
  void send_away_the_lost();

  uv_loop_t* loop;
  Sockets& sockets;
  secretariat::Secretariat& secretariat;
  Gate& gate;
  GuestDoor& door;
  Peers& peers;
  const Config::Webrtc webrtc;
  const Patience patience;
  std::optional<std::uint64_t> asked_first;
  std::set<Page*> pages;
  std::map<GuestId, Page*> seated, asking;  ///< asking: a second page that waits for the first one's word
  std::map<GuestId, Json> measured;         ///< as the page said last
  std::map<GuestId, std::uint64_t> away;    ///< in the lobby, and gone since
  SharedMessage ping = message({{"type", "ping"}});
  int ticket = 0;
  LoopTimer timer;
};

namespace {

/// One page of a guest.
class Page : public SocketClient {
 public:
  Page(std::shared_ptr<GuestSocket::Inner> inner, std::string its_client)
      : client(std::move(its_client)), inner_(std::move(inner)), since_(uv_now(inner_->loop)), heard_at_(since_) {
    most_bytes = kMostBytes;
    inner_->pages.insert(this);
  }
  ~Page() override {
    inner_->pages.erase(this);
    inner_->leave_seat(*this);
  }

  SharedMessage next() override {
    if (!out_.empty()) {
      const SharedMessage first = out_.front();
      out_.pop_front();
      return first;
    }
    if (closing()) return nullptr;
    if (seated() && !waits_ && std::exchange(wants_view_, false)) return view();
    return std::exchange(wants_ping_, false) ? inner_->ping : nullptr;
  }

  void heard(const std::string& text) override;
  void say(Json json) {
    out_.push_back(message(std::move(json)));
    wake();
  }
  void show() {
    wants_view_ = true;
    wake();
  }
  void tick(std::uint64_t now);
  /// Whoever was sent away sees nothing more; whoever may come in now, or not any more, is told.
  void check();
  void welcome();
  bool waits() const { return waits_; }
  bool seated() const;
  /// Whether it named a media connection of this guest that lives.
  bool has_the_peer() const { return !peer_.empty() && inner_->peers.lives(peer_, visitor_); }

  const std::string client;  ///< its address, as guesses are counted
  std::optional<GuestId> who;
  std::uint64_t asked_at = 0;  ///< when it asked for somebody else's seat
  void deny() {
    say({{"type", "takeover_denied"}});
    close(kDenied);
  }

 private:
  SharedMessage view() const;
  std::string waits_for() const;
  void hello(Fields& fields);
  void takeover(Fields& fields);
  void act(const std::string& kind, Fields& fields);
  void offer(Fields& fields);
  void answered(const tl::expected<Peers::Opened, secretariat::Mistake>& opened);
  void measure(Fields& fields);

  std::shared_ptr<GuestSocket::Inner> inner_;
  const std::uint64_t since_;
  std::uint64_t heard_at_, pinged_at_ = 0;
  GuestDoor::Visitor visitor_;
  std::string peer_;        ///< that it said it has
  bool waits_ = false;      ///< for media's word about its connection, to be welcomed
  std::string waited_for_;  ///< projections::guest_waits() as it was last
  int heard_since_ping_ = 0;
  std::deque<SharedMessage> out_;
  bool wants_view_ = false, wants_ping_ = false;
  std::shared_ptr<const int> life_ = std::make_shared<const int>();  ///< for answers that come later
};

bool Page::seated() const {
  if (!who) return false;
  const auto found = inner_->seated.find(*who);
  return found != inner_->seated.end() && found->second == this;
}

SharedMessage Page::view() const {
  const meeting::State* state = inner_->secretariat.state(who->meeting);
  if (state == nullptr || state->record.person(who->person) == nullptr) return nullptr;
  const auto around = inner_->secretariat.surroundings(who->meeting);
  return message({{"type", "view"}, {"view", projections::guest_view(*state, who->person, around)}});
}

void Page::heard(const std::string& text) {
  if (++heard_since_ping_ > kMostBetweenPings) return close(kBadMessage);
  // Whoever does not read what he is told is not listened to, and so falls silent.
  if (out_.size() >= kMostUnread) return;
  heard_at_ = uv_now(inner_->loop);
  const auto json = parse_json(text, kMostBytes);
  if (!json || !json->is_object()) return close(kBadMessage);
  Fields fields(*json, "message");
  const std::string type = fields.string("type", 32);
  if (!who) return type == "hello" ? hello(fields) : close(kBadMessage);
  if (type == "pong") return;
  if (type == "arrive" || type == "leave" || type == "finish" || type == "ask") {
    act("guest." + type, fields);
  } else if (type == "hand.raise" || type == "hand.lower") {
    act(type, fields);
  } else if (type == "offer") {
    offer(fields);
  } else if (type == "line") {
    measure(fields);
  } else if (type == "takeover") {
    takeover(fields);
  } else {
    close(kBadMessage);
  }
}

void Page::hello(Fields& fields) {
  const std::string token = fields.string("token", 128);
  peer_ = fields.optional_string("peer", 64).value_or("");
  if (fields.finish()) return close(kBadMessage);
  const auto known = inner_->door.visitor(token, client);
  if (!known) return close(known.error() > GuestDoor::Later::zero() ? kTryLater : kBadToken);
  visitor_ = *known;
  who = known->guest;
  inner_->ask_for_seat(*this);
}

void Page::takeover(Fields& fields) {
  const bool yes = fields.boolean("yes");
  if (fields.finish()) return close(kBadMessage);
  if (seated()) inner_->answer_takeover(*this, yes);
}

void Page::welcome() {
  const bool lives = has_the_peer();
  waits_ = !peer_.empty() && !lives && inner_->awaits_media();
  if (waits_) return;
  say({{"type", "welcome"},
       {"ice_servers", ice_servers(inner_->webrtc, utc_now())},
       {"peer", lives ? Json(peer_) : Json()}});
  show();
}

void Page::act(const std::string& kind, Fields& fields) {
  Json asked{{"action", kind}};
  if (kind == "hand.raise") asked["kind"] = fields.string("kind", 32);
  if (fields.finish()) return close(kBadMessage);
  if (!seated()) return;
  // Before the day nobody is in the lobby: the secretary has another meeting, or none.
  if (kind == "guest.arrive" && waits_for() == "day") {
    return say({{"type", "refused"}, {"code", "not_yet"}, {"detail", "The day of this meeting has not come."}});
  }
  const auto action = meeting::read_action(asked, who->person);
  if (!action) return close(kBadMessage);
  const bool hasty = inner_->door.press(*who) > GuestDoor::Later::zero();
  const auto outcome = hasty ? secretariat::Outcome(meeting::refusal("too_hasty"))
                             : inner_->secretariat.act(who->meeting, "guest:" + who->person, *action, "", "");
  if (const auto* refusal = std::get_if<meeting::Refusal>(&outcome)) {
    const meeting::Text& text = refusal->text;
    return say({{"type", "refusal"},
                {"code", refusal->code},
                {"text", {{"kk", text.in("kk")}, {"ru", text.in("ru")}, {"en", text.in("en")}}}});
  }
  if (const auto* mistake = std::get_if<secretariat::Mistake>(&outcome)) {
    return say({{"type", "refused"}, {"code", mistake->code}, {"detail", mistake->detail}});
  }
  show();
}

void Page::offer(Fields& fields) {
  const std::string sdp = fields.string("sdp", kMostBytes);
  if (fields.finish()) return close(kBadMessage);
  if (!seated()) return;
  if (!inner_->is_here(*who)) {
    return say({{"type", "refused"}, {"code", "not_here"}, {"detail", "Arrive first."}});
  }
  const Peers::Owner owner{"", visitor_, Peers::Way::kPage};
  const auto answer = [weak = std::weak_ptr(inner_), life = std::weak_ptr(life_), page = this,
                       owner](const tl::expected<Peers::Opened, secretariat::Mistake>& opened) {
    const auto inner = weak.lock();
    if (!inner) return;
    // The page may be gone by now, and another one in the seat.
    if (!life.expired() && page->seated()) return page->answered(opened);
    if (opened) inner->peers.close(opened->peer, owner);
  };
  inner_->peers.open(owner, sdp, answer);
}

void Page::answered(const tl::expected<Peers::Opened, secretariat::Mistake>& opened) {
  if (!opened) {
    return say({{"type", "refused"}, {"code", opened.error().code}, {"detail", opened.error().detail}});
  }
  say({{"type", "answer"}, {"sdp", opened->answer}, {"peer", opened->peer}});
  inner_->peers.close_older(*opened);
}

void Page::measure(Fields& fields) {
  Json said = Json::object();
  for (const char* key : {"uplink_kbps", "rtt_ms", "loss_percent"}) {
    const auto value = fields.optional_number(key);
    said[key] = value ? Json(*value) : Json();
  }
  if (fields.finish()) return close(kBadMessage);
  if (seated()) inner_->measured[*who] = std::move(said);
}

void Page::check() {
  if (who && !inner_->door.may_stay(visitor_)) close(kSentAway);
  const std::string now = waits_for();
  if (std::exchange(waited_for_, now) != now && seated()) show();
}

std::string Page::waits_for() const {
  const meeting::State* state = who ? inner_->secretariat.state(who->meeting) : nullptr;
  if (state == nullptr) return "";
  return std::string(projections::guest_waits(*state, inner_->secretariat.surroundings(who->meeting)));
}

void Page::tick(std::uint64_t now) {
  if (closing()) return;
  if (waits_) welcome();
  check();
  if (!who && now - since_ > inner_->patience.hello) return close(kBadToken);
  // A page that does not answer is asleep or its line is dead: the seat must be free for its next attempt.
  if (who && now - heard_at_ > inner_->patience.silence) return close(kGoneSilent);
  if (asked_at != 0 && now - asked_at > inner_->patience.takeover) return deny();
  if (who && now - pinged_at_ >= inner_->patience.ping) {
    pinged_at_ = now;
    heard_since_ping_ = 0;
    wants_ping_ = true;
    wake();
  }
}

}  // namespace

void GuestSocket::Inner::ask_for_seat(Page& page) {
  const auto found = seated.find(*page.who);
  if (found == seated.end() || found->second->closing()) return take_seat(page);
  if (page.has_the_peer()) {
    // The same page, come back while its old connection is half dead: it alone knows the name.
    found->second->close(kTakenOver);
    return take_seat(page);
  }
  if (const auto other = asking.find(*page.who); other != asking.end()) other->second->deny();
  asking[*page.who] = &page;
  page.asked_at = uv_now(loop);
  page.say({{"type", "occupied"}});
  found->second->say({{"type", "takeover_asked"}});
}

void GuestSocket::Inner::take_seat(Page& page) {
  seated[*page.who] = &page;
  page.asked_at = 0;
  away.erase(*page.who);
  page.welcome();
}

void GuestSocket::Inner::answer_takeover(const Page& owner, bool yes) {
  const auto found = asking.find(*owner.who);
  if (found == asking.end() || found->second->closing()) return;
  if (yes) {
    seated.at(*owner.who)->close(kTakenOver);
    return let_in_next(*owner.who);
  }
  found->second->deny();
  asking.erase(found);
}

void GuestSocket::Inner::let_in_next(const GuestId& guest) {
  const auto found = asking.find(guest);
  if (found == asking.end() || found->second->closing()) return;
  Page* const page = found->second;
  asking.erase(found);
  take_seat(*page);
}

void GuestSocket::Inner::leave_seat(const Page& page) {
  if (!page.who) return;
  // By value: the page is going.
  const GuestId guest = *page.who;
  if (const auto waits = asking.find(guest); waits != asking.end() && waits->second == &page) asking.erase(waits);
  const auto found = seated.find(guest);
  if (found == seated.end() || found->second != &page) return;
  seated.erase(found);
  measured.erase(guest);
  let_in_next(guest);
}

bool GuestSocket::Inner::is_here(const GuestId& id) const {
  const meeting::State* state = secretariat.state(id.meeting);
  const meeting::Guest* guest = state != nullptr ? state->guest(id.person) : nullptr;
  return guest != nullptr && (guest->stage == meeting::Stage::kLobby || guest->stage == meeting::Stage::kAdmitted);
}

void GuestSocket::Inner::on_change(const std::string& meeting) {
  for (Page* page : pages) {
    if (!page->who) continue;
    page->check();
    if (!meeting.empty() && page->who->meeting != meeting) continue;
    if (page->waits()) page->welcome();
    if (page->seated()) page->show();
  }
}

void GuestSocket::Inner::tick() {
  const std::uint64_t now = uv_now(loop);
  for (Page* page : std::vector<Page*>(pages.begin(), pages.end())) {
    if (pages.contains(page)) page->tick(now);
  }
  send_away_the_lost();
}

/// Whoever left the lobby by closing the page is not waited for.
void GuestSocket::Inner::send_away_the_lost() {
  std::vector<GuestId> gone;
  for (const std::string& meeting : secretariat.meetings()) {
    for (const auto& [person, guest] : secretariat.state(meeting)->guests) {
      const GuestId id{meeting, person};
      const bool here =
          guest.stage != meeting::Stage::kLobby || seated.contains(id) || secretariat.line(meeting, person);
      if (here) {
        away.erase(id);
      } else if (uv_now(loop) - away.emplace(id, uv_now(loop)).first->second > patience.away) {
        gone.push_back(id);
      }
    }
  }
  for (const GuestId& id : gone) {
    meeting::Action leave;
    leave.kind = "guest.leave";
    leave.guest = id.person;
    secretariat.act(id.meeting, "guest:" + id.person, leave, "", "");
    away.erase(id);
  }
}

GuestSocket::GuestSocket(uv_loop_t* loop, Sockets& sockets, secretariat::Secretariat& secretariat, Gate& gate,
                         GuestDoor& door, Peers& peers, const Config::Webrtc& webrtc, Patience patience)
    : inner_(std::make_shared<Inner>(loop, sockets, secretariat, gate, door, peers, webrtc, patience)) {
  inner_->ticket =
      secretariat.listen([inner = inner_.get()](const std::string& meeting) { inner->on_change(meeting); });
  peers.on_gone = [inner = inner_.get()](const GuestId& guest, const std::string&) {
    // Whoever was sent away, or left, need not come back.
    const auto page = inner->seated.find(guest);
    if (page != inner->seated.end() && inner->is_here(guest)) page->second->say({{"type", "reconnect"}});
  };
  const std::uint64_t tick = patience.ping / kTicksPerPing;
  inner_->timer.start(tick, tick);
}

GuestSocket::~GuestSocket() {
  inner_->secretariat.forget(inner_->ticket);
  inner_->peers.on_gone = nullptr;
}

std::optional<Response> GuestSocket::refusal(const Request& request) {
  if (auto foreign = inner_->gate.foreign(request)) return foreign;
  int unnamed = 0, of_one = 0;
  for (const Page* page : inner_->pages) {
    if (page->who) continue;
    ++unnamed;
    if (page->client == client_group(request.client)) ++of_one;
  }
  if (inner_->sockets.full() || unnamed >= kMostUnnamed || of_one >= kMostUnnamedOfOne) {
    return Response::error(503, "full", "All sockets are taken.").with("Retry-After", "5");
  }
  return std::nullopt;
}

void GuestSocket::adopt(Fd socket, const Request& request, const std::string& key) {
  inner_->sockets.adopt(std::move(socket), key, std::make_unique<Page>(inner_, client_group(request.client)));
}

GuestPage GuestSocket::page_of(const GuestId& guest) const {
  const auto measured = inner_->measured.find(guest);
  return {inner_->seated.contains(guest), measured == inner_->measured.end() ? Json() : measured->second};
}

}  // namespace tyndau::web
