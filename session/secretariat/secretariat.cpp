#include "session/secretariat/secretariat.h"

#include <fmt/format.h>

#include <algorithm>

#include "media/link/source_uri.h"
#include "session/projections/view.h"
#include "session/secretariat/inner.h"

namespace tyndau::secretariat {

namespace {

/// What an action's answer carries besides its seq; made of the events, so that a repeated request gets the same.
Json result_of(const std::vector<meeting::StoredEvent>& events, std::int64_t last) {
  if (last < 1 || last > static_cast<std::int64_t>(events.size())) return nullptr;
  const auto& event = events[static_cast<std::size_t>(last - 1)];
  const std::string& kind = event.event.kind;
  if (kind == "guest.invited" || kind == "source.invited") return {{"invitation", event.seq}};
  return kind == "floor.given" ? Json{{"turn", event.seq}} : Json(nullptr);
}

template <class Value>
const Value& empty() {
  static const Value value;
  return value;
}

}  // namespace

Secretariat::Secretariat(uv_loop_t* loop, const Config& config, journal::Journal journal, live::Recordings& recordings,
                         AnchoredClock::Sources time)
    : inner_(std::make_unique<Inner>(*this, loop, config, std::move(journal), recordings, std::move(time))) {}
Secretariat::~Secretariat() { close(); }

Result<void> Secretariat::start() { return inner_->start(); }
void Secretariat::close() { inner_->close(); }
void Secretariat::tick() { inner_->tick(); }

std::vector<std::string> Secretariat::meetings() const {
  std::vector<std::string> ids;
  for (const auto& [id, dossier] : inner_->dossiers) ids.push_back(id);
  std::stable_sort(ids.begin(), ids.end(), [&](const std::string& one, const std::string& other) {
    return inner_->dossiers.at(one).state().record.starts_at > inner_->dossiers.at(other).state().record.starts_at;
  });
  return ids;
}

const meeting::State* Secretariat::state(const std::string& meeting) const {
  const Dossier* dossier = inner_->find(meeting);
  return dossier != nullptr ? &dossier->state() : nullptr;
}
const std::vector<meeting::StoredEvent>& Secretariat::events(const std::string& meeting) const {
  const Dossier* dossier = inner_->find(meeting);
  return dossier != nullptr ? dossier->events() : empty<std::vector<meeting::StoredEvent>>();
}
const std::vector<projections::Chapter>& Secretariat::chapters(const std::string& meeting) const {
  const Dossier* dossier = inner_->find(meeting);
  return dossier != nullptr ? dossier->chapters() : empty<std::vector<projections::Chapter>>();
}

meeting::Surroundings Secretariat::surroundings(const std::string& meeting) const {
  meeting::Surroundings around;
  const Dossier* dossier = inner_->find(meeting);
  around.now = dossier != nullptr ? inner_->now_for(*dossier) : inner_->clock.now();
  around.media_connected = inner_->studio.connected();
  around.disk_free_hours = inner_->disk ? inner_->disk->free_hours : 0;
  around.disk_reserve_hours = inner_->config.data.reserve_hours;
  const std::string on_air = inner_->on_air();
  const Dossier* other = on_air == meeting ? nullptr : inner_->find(on_air);
  if (other != nullptr) around.other_on_air = projections::called(other->state().record);
  return around;
}

void Secretariat::open_peer(const std::string& peer, const std::string& seat, std::string offer, PeerAnswer answer) {
  inner_->open_peer(peer, seat, std::move(offer), answer);
}
bool Secretariat::has_peer(const std::string& peer, const std::string& seat) const {
  const auto found = inner_->peers.find(peer);
  return found != inner_->peers.end() && found->second.seat == seat;
}
std::optional<link::PeerState> Secretariat::line(const std::string& meeting, const std::string& person) const {
  return inner_->line(seat_of(meeting, person));
}
void Secretariat::close_peer(const std::string& peer) { inner_->close_peer(peer); }
std::size_t Secretariat::peers() const { return inner_->peers.size(); }

bool Secretariat::media_connected() const { return inner_->studio.connected(); }
const std::vector<Alarm>& Secretariat::alarms() const { return inner_->alarms.all(); }
const std::optional<link::SourceState>& Secretariat::source() const { return inner_->source; }
const std::optional<link::DiskState>& Secretariat::disk() const { return inner_->disk; }

int Secretariat::listen(Listener listener) {
  inner_->listeners.emplace(inner_->next_ticket, std::move(listener));
  return inner_->next_ticket++;
}
void Secretariat::forget(int ticket) { inner_->listeners.erase(ticket); }

Outcome Secretariat::act(const std::string& meeting, const std::string& actor, const meeting::Action& action,
                         const std::string& key, const std::string& body_digest) {
  if (inner_->find(meeting) == nullptr)
    return Mistake{404, "no_such_meeting", fmt::format("there is no meeting '{}'", meeting)};
  std::optional<journal::Journal::Remember> remember;
  if (!key.empty()) {
    // Lengths before the parts, so that no two triples make the same key.
    remember = journal::Journal::Remember{
        fmt::format("{}:{} {}:{} {}", actor.size(), actor, meeting.size(), meeting, key), body_digest};
    const auto known = inner_->journal.remembered(remember->key);
    if (!known) return inner_->journal_mistake(known.error());
    if (*known && (*known)->digest != body_digest) {
      return Mistake{422, "idempotency_mismatch", "this Idempotency-Key came before with another request"};
    }
    if (*known) return Accepted{(*known)->seq, result_of(events(meeting), (*known)->seq)};
  }
  if (action.kind == "source.set") {
    const auto uri = link::parse_source_uri(action.uri);
    if (!uri) return Mistake{422, "bad_source", uri.error().what};
    if (uri->kind == link::SourceUri::Kind::kWhip && uri->location != meeting) {
      return Mistake{422, "bad_source", "this is another meeting's encoder"};
    }
  }
  const meeting::Surroundings around = surroundings(meeting);
  auto decided = meeting::decide(*state(meeting), action, around);
  if (!decided) return decided.error();
  if (action.kind == "source.set" && !decided->empty()) {
    auto named = inner_->journalled(action.uri);
    if (!named) return inner_->journal_mistake(named.error());
    decided->front().payload.update(*named);
  }
  // It is so already: a page that was loaded anew says it once more.
  if (decided->empty()) return Accepted{state(meeting)->seq, nullptr};
  if (auto written = inner_->write(meeting, around.now, actor, *decided, remember); !written) {
    return inner_->journal_mistake(written.error());
  }
  const std::int64_t seq = state(meeting)->seq;
  inner_->after_action(action.kind);
  return Accepted{seq, result_of(events(meeting), seq)};
}

}  // namespace tyndau::secretariat
