#include <fmt/format.h>

#include "media/base/log.h"
#include "media/link/source_uri.h"
#include "session/secretariat/inner.h"

// Media is told what to do by comparison, never by replay: `posture` is what it does, must_be() is what the journal
// says, and orders() leads from one to the other. So every way of losing each other (media killed, session killed
// between the journal and the command, a command that failed) heals by the same few lines, at the next snapshot.

namespace tyndau::secretariat {

namespace {

bool is_one_of(const std::string& word, std::initializer_list<const char*> words) {
  return std::any_of(words.begin(), words.end(), [&](const char* one) { return word == one; });
}

/// Percent of the sound of ten seconds: as much as a single short gap is.
constexpr int kMostMissing = 1;

/// In steps, so that the words do not change every second.
int told_share(int percent) { return percent < 10 ? percent : percent / 10 * 10; }

/// For the journal: a device's complaint may be long and need not be text.
std::string cut(const std::string& detail) {
  constexpr std::size_t kMost = 500;
  return detail.size() <= kMost ? detail : detail.substr(0, detail.find_last_of(' ', kMost)) + " …";
}

}  // namespace

void Secretariat::Inner::on_fact(const link::Fact& fact) {
  if (const auto* snapshot = std::get_if<link::Snapshot>(&fact)) return on_snapshot(*snapshot);
  if (const auto* levels = std::get_if<link::Levels>(&fact)) {
    if (owner.on_levels) owner.on_levels(*levels);
  } else if (const auto* look = std::get_if<link::Look>(&fact)) {
    // Media's word becomes a path: only ids that the journal knows.
    if (find(look->meeting) != nullptr) recordings.look(look->meeting);
  } else if (const auto* run = std::get_if<link::RunStarted>(&fact)) {
    on_run(run->run);
  } else if (const auto* ended = std::get_if<link::RunEnded>(&fact)) {
    on_run_ended(*ended);
  } else if (const auto* its_source = std::get_if<link::SourceState>(&fact)) {
    if (!is_one_of(its_source->state, {"starting", "ok", "lost"})) return;
    source = *its_source;
    note_conditions();
    show_conditions();
    tell("");
  } else if (const auto* its_disk = std::get_if<link::DiskState>(&fact)) {
    if (!is_one_of(its_disk->state, {"ok", "low", "full", "lost"})) return;
    disk = *its_disk;
    note_conditions();
    show_conditions();
    tell("");
  } else if (const auto* programme = std::get_if<link::ProgrammeState>(&fact)) {
    slow = programme->pace == "slow";
    show_conditions();
  } else if (const auto* peer = std::get_if<link::PeerGone>(&fact)) {
    peer_gone(peer->peer);
  } else if (const auto* peer_state = std::get_if<link::PeerState>(&fact)) {
    on_peer_state(*peer_state);
  }
}

void Secretariat::Inner::on_connection(bool connected) {
  while (!peers.empty()) peer_gone(std::string(peers.begin()->first));
  missed = true;
  // Connected: the snapshot follows at once, and all is done there.
  if (connected) return;
  posture.reset();
  slow = false;
  note_conditions();
  show_conditions();
  tell("");
}

void Secretariat::Inner::on_snapshot(const link::Snapshot& snapshot) {
  if (snapshot.version != link::kProtocolVersion) {
    if (alarms.raise("media_lost", clock.now(), "version")) tell("");
    return;
  }
  if (is_one_of(snapshot.source.state, {"starting", "ok", "lost"})) source = snapshot.source;
  if (is_one_of(snapshot.disk.state, {"ok", "low", "full", "lost"})) disk = snapshot.disk;
  posture = Posture{snapshot.run ? snapshot.run->meeting : "", snapshot.scene, snapshot.source.uri};
  // Media hides secrets in the URI that it tells: where it may be the one that is wanted, it is.
  if (may_be_source(posture->source, wanted_source())) posture->source = wanted_source();
  // Before anybody is told of anything: who comes back asks whether his connection lives.
  take_over_peers(snapshot.peers);
  note_conditions();
  show_conditions();
  if (snapshot.run) on_run(*snapshot.run);
  const std::string live = on_air();
  if (const Dossier* dossier = find(live); dossier != nullptr && !snapshot.run && dossier->conditions().run) {
    note(live, "media", {{"run.ended", {{"run", *dossier->conditions().run}, {"reason", "lost"}}}});
  }
  tell("");
  bring_in_line();
  close_recordings();
}

void Secretariat::Inner::close_recordings() {
  for (const auto& [id, dossier] : dossiers) {
    if (dossier.state().on_air != meeting::OnAir::kEnded || (posture && posture->meeting == id)) continue;
    // Ten years of archive are not read for the one that may lack its end.
    if (closed.contains(id)) continue;
    if (!recordings.lacks_its_end(id)) {
      closed.insert(id);
      continue;
    }
    recordings.look(id);
    const live::Recording* recording = recordings.find(id);
    if (recording != nullptr && !recording->tracks.empty() && !recording->ended())
      give(link::RecordingClose{0, id, now_for(dossier)}, {id, {}, {}});
  }
}

void Secretariat::Inner::on_run(const link::RunState& run) {
  if (posture) posture->meeting = run.meeting;
  closed.erase(run.meeting);
  if (on_air() != run.meeting) return;
  const auto known = find(run.meeting)->conditions().run;
  if (known == run.run) return;
  std::vector<meeting::Event> events;
  if (known) events.push_back({"run.ended", {{"run", *known}, {"reason", "lost"}}});
  events.push_back({"run.started", {{"run", run.run}, {"started", format_utc(run.started)}}});
  note(run.meeting, "media", std::move(events));
  recordings.look(run.meeting);
}

void Secretariat::Inner::on_run_ended(const link::RunEnded& ended) {
  const Dossier* dossier = find(ended.meeting);
  if (dossier == nullptr || dossier->conditions().run != ended.run) return;
  note(ended.meeting, "media", {{"run.ended", {{"run", ended.run}, {"reason", ended.reason}}}});
  recordings.look(ended.meeting);
  // A run that we did not end is begun again by the next tick, and not at once: what fails at once fails again.
  if (ended.reason != "stopped" && posture && posture->meeting == ended.meeting) posture->meeting.clear();
}

void Secretariat::Inner::note_conditions() {
  const std::string live = on_air();
  // While something waits to be written, the dossier does not show what was noted already.
  if (live.empty() || !kept.empty()) return;
  const Dossier::Conditions& known = find(live)->conditions();
  const bool connected = studio.connected();
  std::vector<meeting::Event> events;
  if (missed && known.media_lost == connected) events.push_back({connected ? "media.returned" : "media.lost"});
  if (connected && source) {
    if (source->state == "lost" && !known.source_lost) {
      events.push_back({"source.lost", {{"uri", source->uri}, {"detail", cut(source->detail)}}});
    } else if (source->state == "ok" && known.source_lost) {
      events.push_back({"source.restored", {{"uri", source->uri}}});
    }
  }
  if (connected && disk && disk->state != known.disk) {
    events.push_back({"disk." + disk->state, {{"free_bytes", disk->free_bytes}, {"free_hours", disk->free_hours}}});
  }
  note(live, "media", std::move(events));
}

void Secretariat::Inner::show_conditions() {
  const bool connected = studio.connected();
  const Utc now = clock.now();
  bool changed = false;
  // Media of another version is away too, but its alarm says more.
  if (connected) changed |= alarms.clear("media_lost");
  if (!connected && missed && !alarms.stands("media_lost")) changed |= alarms.raise("media_lost", now);
  if (connected && source && source->state == "lost") {
    changed |= alarms.raise("source_lost", now, source->reason == "refused" ? "refused" : "");
  } else {
    changed |= alarms.clear("source_lost");
  }
  const int missing = connected && source && source->state == "ok" ? source->sound_missing_percent : 0;
  changed |= missing > kMostMissing ? alarms.raise("sound_missing", now, "", told_share(missing))
                                    : alarms.clear("sound_missing");
  for (const char* state : {"low", "full", "lost"}) {
    changed |= alarms.set(fmt::format("disk_{}", state), connected && disk && disk->state == state, now);
  }
  changed |= alarms.set("programme_slow", connected && slow && !on_air().empty(), now);
  if (changed) tell("");
}

const Dossier* Secretariat::Inner::source_setter() const {
  // The hall has one source for all meetings: the one that the desk set last.
  const Dossier* latest = nullptr;
  for (const auto& [id, dossier] : dossiers) {
    if (!dossier.source_changed()) continue;
    if (latest == nullptr || *latest->source_changed() <= *dossier.source_changed()) latest = &dossier;
  }
  return latest;
}

std::string Secretariat::Inner::wanted_source() const {
  const Dossier* latest = source_setter();
  const std::string set = latest != nullptr ? source_of(latest->state()) : "";
  if (set.empty()) return config.programme.source;
  // An encoder's key ends with its meeting: the next one begins with the hall's own source.
  const meeting::State& state = latest->state();
  const auto uri = link::parse_source_uri(set);
  const bool remote = uri && uri->kind == link::SourceUri::Kind::kWhip;
  return remote && meeting::is_over(state) ? config.programme.source : set;
}

Posture Secretariat::Inner::must_be() const {
  const std::string live = on_air();
  return {live, live.empty() ? link::Scene{} : scene_of(find(live)->state()), wanted_source()};
}

void Secretariat::Inner::bring_in_line() {
  if (!posture || !studio.connected()) return;
  const Posture is = *posture;
  const Posture target = must_be();
  posture = target;
  for (const link::Command& command : orders(is, target)) {
    Cause cause;
    if (std::holds_alternative<link::SourceSet>(command)) {
      cause.source_before = is.source;
    } else {
      cause.meeting = std::holds_alternative<link::BroadcastStop>(command) ? is.meeting : target.meeting;
      if (const Dossier* dossier = find(cause.meeting)) cause.of = dossier->unanswered();
    }
    give(command, std::move(cause));
  }
}

void Secretariat::Inner::after_action(const std::string& kind) {
  bool changed = false;
  if (kind == "broadcast.start") changed |= alarms.clear("broadcast_failed");
  if (kind == "source.set") changed |= alarms.clear("source_refused");
  if (kind == "source.set" || kind == "sitting.close") forget_sources();
  if (changed) tell("");
  close_unwanted_peers();
  // The same address once more, while nothing comes from there: it was set right over there, and is to be tried now.
  const bool anew = kind == "source.set" && posture && source && source->state != "ok";
  if (anew && posture->source == wanted_source()) give(link::SourceSet{0, posture->source}, {{}, {}, posture->source});
  bring_in_line();
}

void Secretariat::Inner::give(link::Command command, Cause cause) {
  if (auto* start = std::get_if<link::BroadcastStart>(&command)) start->clock = clock.anchor();
  const link::Command sent = command;
  studio.send(std::move(command), [this, sent, cause = std::move(cause)](const auto& answer) {
    if (const auto* done = std::get_if<link::Done>(&answer)) return applied(cause, sent, *done);
    refused(cause, sent, std::get<link::Failed>(answer));
  });
}

void Secretariat::Inner::applied(const Cause& cause, const link::Command& command, const link::Done& done) {
  const char* alarm = std::holds_alternative<link::BroadcastStart>(command) ? "broadcast_failed"
                      : std::holds_alternative<link::SourceSet>(command)    ? "source_refused"
                                                                            : "media_refused";
  if (alarms.clear(alarm)) tell("");
  if (!done.at) return;
  std::vector<meeting::Event> events;
  for (const std::int64_t seq : cause.of) {
    events.push_back(
        {"media.applied",
         {{"of", seq}, {"run", done.at->run}, {"offset_ms", done.at->offset_ms}, {"utc", format_utc(done.at->utc)}}});
  }
  note(cause.meeting, "media", std::move(events));
}

void Secretariat::Inner::refused(const Cause& cause, const link::Command& command, const link::Failed& failed) {
  // The next snapshot heals it.
  if (failed.code == "media_gone") return;
  link::Command shown = command;
  if (auto* set = std::get_if<link::SourceSet>(&shown)) set->uri = link::safe_uri(set->uri);
  log::warning("media: '{}' failed: {}: {}", link::encode(shown).substr(0, 200), failed.code, failed.detail);
  const bool start = std::holds_alternative<link::BroadcastStart>(command);
  // What was asked for is so already: this happens when session was killed between asking and hearing the answer.
  if (start && failed.code == "already_on_air") return;
  if (std::holds_alternative<link::BroadcastStop>(command) && failed.code == "not_on_air") return;
  if (const auto* set = std::get_if<link::SourceSet>(&command)) {
    if (alarms.raise("source_refused", clock.now())) tell("");
    return take_source_back(cause, *set, failed);
  }
  if (!cause.of.empty()) {
    note(cause.meeting, "media",
         {{"media.refused", {{"of", cause.of.front()}, {"code", failed.code}, {"detail", cut(failed.detail)}}}});
  }
  if (start) return broadcast_failed(cause);
  if (alarms.raise("media_refused", clock.now())) tell("");
}

void Secretariat::Inner::broadcast_failed(const Cause& cause) {
  if (posture && posture->meeting == cause.meeting) posture->meeting.clear();
  if (alarms.raise("broadcast_failed", clock.now())) tell("");
  const Dossier* dossier = find(cause.meeting);
  if (dossier == nullptr || !meeting::is_on_air(dossier->state())) return;
  note(cause.meeting, "system", {{"broadcast.ended", {{"action", dossier->state().seq + 1}, {"reason", "failed"}}}});
}

void Secretariat::Inner::take_source_back(const Cause& cause, const link::SourceSet& refused,
                                          const link::Failed& failed) {
  for (const auto& [id, dossier] : dossiers) {
    const auto& events = dossier.events();
    const auto found =
        std::find_if(events.rbegin(), events.rend(), [](const auto& e) { return e.event.kind == "source.set"; });
    // Only what the desk asked for is taken back; a configuration that media refuses stays what it is.
    if (source_of(dossier.state()) != refused.uri || found == events.rend()) continue;
    // Values, for note() adds to the events.
    const std::int64_t set_seq = found->seq;
    const std::optional<std::int64_t> set_action = action_of(*found);
    const std::string meeting = id;
    const auto undoable = dossier.state().undoable();
    // Also the configuration's may have a password in it. Without room for that nothing is taken back now, but at the
    // next start.
    auto configured = journalled(config.programme.source);
    if (!configured) {
      log::error("{}", configured.error().what);
      break;
    }
    (*configured)["reason"] = "refused";
    meeting::Event back{"source.set", std::move(*configured)};
    if (undoable && undoable->action == set_action) {
      back = {"action.undone", {{"action", undoable->action}, {"kind", undoable->kind}}};
    } else {
      back.payload["action"] = dossier.state().seq + 2;  // it stands behind media.refused
    }
    const Json why{{"of", set_seq}, {"code", failed.code}, {"detail", cut(failed.detail)}};
    note(meeting, "media", {{"media.refused", why}});
    note(meeting, "system", {std::move(back)});
    break;
  }
  // Media still shows the source before. Where nothing could be taken back, it is not asked again and again.
  if (wanted_source() != refused.uri && posture && posture->source == refused.uri)
    posture->source = cause.source_before;
  bring_in_line();
}

}  // namespace tyndau::secretariat
