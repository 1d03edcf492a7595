#include "session/secretariat/inner.h"

#include <fmt/format.h>

#include "media/base/log.h"

namespace tyndau::secretariat {

namespace {

constexpr std::uint64_t kTickMs = 1000;
constexpr std::uint64_t kLookMs = 200;
constexpr int kReadElsewhereEvery = 2;  // ticks
constexpr int kMediaAppearsWithin = 2;  // ticks
constexpr int kLooksAfterTheEnd = 75;   // 15 s
constexpr std::size_t kMostKept = 10'000;

/// A libuv handle lives until its close callback has run, which is later than its owner's end.
void close_timer(uv_timer_t*& timer) {
  if (timer == nullptr) return;
  uv_close(reinterpret_cast<uv_handle_t*>(timer),
           [](uv_handle_t* closed) { delete reinterpret_cast<uv_timer_t*>(closed); });
  timer = nullptr;
}

}  // namespace

Secretariat::Inner::Inner(Secretariat& its_owner, uv_loop_t* its_loop, const Config& its_config,
                          journal::Journal its_journal, live::Recordings& its_recordings, AnchoredClock::Sources time)
    : owner(its_owner),
      loop(its_loop),
      config(its_config),
      recordings(its_recordings),
      clock(std::move(time)),
      journal(std::move(its_journal)),
      studio(
          its_loop, its_config.link_socket(),
          {[this](const link::Fact& fact) { on_fact(fact); }, [this](bool connected) { on_connection(connected); }}) {}

Result<void> Secretariat::Inner::start() {
  if (auto loaded = load_new(); !loaded) return tl::unexpected(loaded.error());
  if (auto loaded = load_sources(); !loaded) return loaded;
  take_over_clock();
  for (uv_timer_t** timer : {&tick_timer, &look_timer}) {
    *timer = new uv_timer_t;
    uv_timer_init(loop, *timer);
    (*timer)->data = this;
  }
  uv_timer_start(
      tick_timer, [](uv_timer_t* timer) { static_cast<Inner*>(timer->data)->tick(); }, kTickMs, kTickMs);
  keep_looking();
  studio.connect();
  return {};
}

bool Secretariat::Inner::clock_is_free() const {
  if (!on_air().empty()) return false;
  return std::none_of(dossiers.begin(), dossiers.end(), [this](const auto& entry) {
    const Dossier& dossier = entry.second;
    const bool ahead = meeting::is_under_way(dossier.state()) && dossier.last_utc() > clock.wall();
    return dossier.state().floor.has_value() || ahead;
  });
}

void Secretariat::Inner::take_over_clock() {
  if (clock_is_free()) return keep_clock();
  const auto before = store->kept_clock(clock.boot());
  if (!before) log::error("clock: {}", before.error().what);
  if (before && *before) {
    clock.go_on_from(**before);
  } else {
    // The machine has booted meanwhile: how long that took nobody knows, but it was not before what has happened.
    for (const auto& [id, dossier] : dossiers) {
      if (meeting::is_under_way(dossier.state())) clock.not_before(dossier.last_utc());
    }
  }
  keep_clock();
}

void Secretariat::Inner::keep_clock() {
  if (kept_anchor == clock.anchor()) return;
  if (const auto written = store->keep_clock(clock.boot(), clock.anchor()); !written) {
    log::error("clock: {}", written.error().what);  // asked again in a second
    return;
  }
  kept_anchor = clock.anchor();
}

void Secretariat::Inner::close() {
  close_timer(tick_timer);
  close_timer(look_timer);
  studio.close();
}

Result<bool> Secretariat::Inner::load_new() {
  auto ids = journal.meetings();
  if (!ids) return tl::unexpected(ids.error());
  bool any = false;
  for (const std::string& id : *ids) {
    if (dossiers.contains(id)) continue;
    auto events = journal.events(id);
    if (!events) return tl::unexpected(events.error());
    Dossier dossier;
    for (const auto& event : *events) dossier.take(event);
    dossier.settle();
    dossiers.emplace(id, std::move(dossier));
    any = true;
  }
  return any;
}

Result<void> Secretariat::Inner::read_from_elsewhere() {
  const auto heads = journal.heads_written_elsewhere();
  if (!heads) return tl::unexpected(heads.error());
  if (!*heads) return {};
  for (auto& [id, dossier] : dossiers) {
    const auto head = (*heads)->find(id);
    if (head == (*heads)->end() || head->second <= dossier.state().seq) continue;
    const auto events = journal.events(id, dossier.state().seq);
    if (!events) return tl::unexpected(events.error());
    for (const auto& event : *events) dossier.take(event);
    dossier.settle();
    tell(id);
  }
  const auto loaded = load_new();
  if (!loaded) return tl::unexpected(loaded.error());
  if (*loaded) tell("");
  return {};
}

const Dossier* Secretariat::Inner::find(const std::string& meeting) const {
  const auto found = dossiers.find(meeting);
  return found != dossiers.end() ? &found->second : nullptr;
}

std::string Secretariat::Inner::on_air() const {
  for (const auto& [id, dossier] : dossiers) {
    if (meeting::is_on_air(dossier.state())) return id;
  }
  return {};
}

Result<void> Secretariat::Inner::write(const std::string& meeting, Utc utc, const std::string& actor,
                                       const std::vector<meeting::Event>& events,
                                       const std::optional<journal::Journal::Remember>& remember) {
  Dossier& dossier = dossiers.at(meeting);
  const bool was_on_air = meeting::is_on_air(dossier.state());
  auto stored = journal.append(meeting, utc, actor, events, remember, dossier.state().seq);
  if (!stored) {
    log::error("journal: {}", stored.error().what);
    // Another program wrote to this meeting: what we know of it is old, and is read anew.
    if (stored.error().code == EEXIST) {
      dossiers.erase(meeting);
      if (auto loaded = load_new(); !loaded) log::error("journal: {}", loaded.error().what);
      tell(meeting);
    } else if (alarms.raise("journal_failed", clock.now())) {
      tell("");
    }
    return tl::unexpected(stored.error());
  }
  for (const auto& event : *stored) dossier.take(event);
  dossier.settle();
  if (was_on_air && !meeting::is_on_air(dossier.state())) finishing[meeting] = kLooksAfterTheEnd;
  keep_looking();
  tell(meeting);
  if (alarms.clear("journal_failed")) tell("");
  return {};
}

void Secretariat::Inner::note(const std::string& meeting, const std::string& actor,
                              std::vector<meeting::Event> events) {
  const Dossier* dossier = find(meeting);
  if (dossier == nullptr || events.empty()) return;
  // In order: what was kept goes first.
  if (kept.empty() && write(meeting, now_for(*dossier), actor, events)) return;
  if (kept.size() < kMostKept) kept.push_back({meeting, actor, std::move(events)});
}

void Secretariat::Inner::write_kept() {
  while (!kept.empty()) {
    const Kept& first = kept.front();
    const Dossier* dossier = find(first.meeting);
    if (dossier != nullptr && !write(first.meeting, now_for(*dossier), first.actor, first.events)) return;
    kept.pop_front();
  }
}

Mistake Secretariat::Inner::journal_mistake(const Failure& failure) {
  return {503, "journal_failed", "the journal could not be written, nothing has changed: " + failure.what};
}

void Secretariat::Inner::tell(const std::string& meeting) {
  // A listener may forget itself or another: what is called is looked up each time.
  std::vector<int> tickets;
  for (const auto& [ticket, listener] : listeners) tickets.push_back(ticket);
  for (const int ticket : tickets) {
    const auto found = listeners.find(ticket);
    if (found == listeners.end()) continue;
    const Listener listener = found->second;
    listener(meeting);
  }
}

void Secretariat::Inner::tick() {
  ++ticks;
  if (alarms.set("clock_jumped", clock.check(clock_is_free()), clock.now())) tell("");
  keep_clock();
  if (ticks >= kMediaAppearsWithin) missed = true;
  if (ticks % kReadElsewhereEvery == 0) {
    if (const auto read = read_from_elsewhere(); !read) log::error("journal: {}", read.error().what);
  }
  write_kept();
  note_conditions();
  show_conditions();
  judge_lines();
  bring_in_line();
}

void Secretariat::Inner::keep_looking() {
  if (look_timer == nullptr || uv_is_active(reinterpret_cast<uv_handle_t*>(look_timer)) != 0) return;
  if (on_air().empty() && finishing.empty()) return;
  uv_timer_start(
      look_timer, [](uv_timer_t* timer) { static_cast<Inner*>(timer->data)->look(); }, kLookMs, kLookMs);
}

void Secretariat::Inner::look() {
  const std::string live = on_air();
  if (!live.empty()) recordings.look(live);
  for (auto entry = finishing.begin(); entry != finishing.end();) {
    recordings.look(entry->first);
    const live::Recording* recording = recordings.find(entry->first);
    const bool over = (recording != nullptr && recording->ended()) || --entry->second <= 0 || entry->first == live;
    entry = over ? finishing.erase(entry) : std::next(entry);
  }
  if (live.empty() && finishing.empty()) uv_timer_stop(look_timer);
}

}  // namespace tyndau::secretariat
