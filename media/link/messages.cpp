#include "media/link/messages.h"

#include <fmt/format.h>

namespace tyndau::link {

namespace {

constexpr std::size_t kMostSdpBytes = 32 * 1024;
constexpr std::int64_t kMostPixels = 16'384;
constexpr std::int64_t kMaxInteger = std::int64_t{1} << 53;

Json bilingual_json(const Bilingual& text) { return {{"kk", text.kk}, {"ru", text.ru}}; }

Bilingual read_bilingual(Fields& parent, const char* key, std::size_t max_bytes = 4096) {
  const Json& json = parent.object(key);
  if (!json.is_object()) return {};
  Fields fields(json, key);
  Bilingual text{fields.string("kk", max_bytes), fields.string("ru", max_bytes)};
  if (auto wrong = fields.finish()) parent.complain(*wrong);
  return text;
}

constexpr std::size_t kMostSeatBytes = 160;

std::vector<Tile> read_tiles(Fields& parent, const Json& list) {
  if (list.size() > kMostSeats) parent.complain("there are too many tiles");
  std::vector<Tile> tiles;
  for (const Json& one : list) {
    Fields fields(one, "tile");
    tiles.push_back({fields.string("seat", kMostSeatBytes), read_bilingual(fields, "name", kMostNameBytes)});
    if (auto wrong = fields.finish()) parent.complain(*wrong);
  }
  return tiles;
}

std::vector<std::string> read_seats(Fields& parent, const Json& list) {
  if (list.size() > kMostSeats) parent.complain("there are too many microphones");
  std::vector<std::string> seats;
  for (const Json& one : list) {
    if (!one.is_string()) {
      parent.complain("a seat is not a string");
      break;
    }
    seats.push_back(one.get<std::string>());
  }
  return seats;
}

Scene read_scene(Fields& parent) {
  Scene scene;
  const Json& json = parent.object("scene");
  if (!json.is_object()) return scene;
  Fields fields(json, "scene");
  if (const Json* card = fields.optional_object("card")) {
    Fields inner(*card, "card");
    scene.card = Card{read_bilingual(inner, "title"), read_bilingual(inner, "detail")};
    if (auto wrong = inner.finish()) fields.complain(*wrong);
  }
  if (const Json* caption = fields.optional_object("caption")) {
    Fields inner(*caption, "caption");
    scene.caption =
        Caption{read_bilingual(inner, "name"), read_bilingual(inner, "position"), read_bilingual(inner, "item")};
    if (auto wrong = inner.finish()) fields.complain(*wrong);
  }
  scene.layout = fields.optional_string("layout", 32).value_or("hall");
  if (const Json* tiles = fields.optional_array("tiles")) scene.tiles = read_tiles(fields, *tiles);
  if (const Json* microphones = fields.optional_array("microphones")) {
    scene.microphones = read_seats(fields, *microphones);
  }
  if (auto wrong = fields.finish()) parent.complain(*wrong);
  return scene;
}

Utc read_utc(Fields& fields, const char* key) {
  auto time = parse_utc(fields.string(key));
  if (!time) {
    fields.complain(time.error().what);
    return {};
  }
  return *time;
}

Json clock_json(const ClockAnchor& c) { return {{"utc", format_utc(c.utc)}, {"steady_ms", c.steady.count()}}; }
ClockAnchor read_clock(Fields& parent) {
  const Json& json = parent.object("clock");
  if (!json.is_object()) return {};
  Fields fields(json, "clock");
  ClockAnchor clock{read_utc(fields, "utc"), std::chrono::milliseconds(fields.integer("steady_ms", 0, kMaxInteger))};
  if (auto wrong = fields.finish()) parent.complain(*wrong);
  return clock;
}

Json source_json(const SourceState& s) {
  return {{"uri", s.uri},       {"state", s.state},           {"detail", s.detail},
          {"reason", s.reason}, {"reserve_ms", s.reserve_ms}, {"sound_missing_percent", s.sound_missing_percent},
          {"sound", s.sound},   {"picture", s.picture}};
}
SourceState read_source(Fields& f) {
  return {f.string("uri"),
          f.string("state"),
          f.string("detail"),
          f.string("reason", 16),
          static_cast<int>(f.integer("reserve_ms", 0, 60'000)),
          static_cast<int>(f.integer("sound_missing_percent", 0, 100)),
          f.string("sound", 16),
          f.string("picture", 16)};
}

Json run_json(const RunState& r) {
  return {{"meeting", r.meeting}, {"run", r.run}, {"started", format_utc(r.started)}};
}
RunState read_run(Fields& f) {
  return {f.string("meeting", 128), static_cast<int>(f.integer("run", 0, INT32_MAX)), read_utc(f, "started")};
}

Json disk_json(const DiskState& d) {
  return {{"state", d.state}, {"free_bytes", d.free_bytes}, {"free_hours", d.free_hours}};
}
DiskState read_disk(Fields& f) {
  return {f.string("state"), f.integer("free_bytes", 0, INT64_MAX), f.number("free_hours")};
}

template <class Body>
std::string packet(const char* type, Body body) {
  Json json = std::move(body);
  json["type"] = type;
  // Texts were checked as UTF-8 on their way in; a device's odd detail text must not end the process.
  return json.dump(-1, ' ', false, Json::error_handler_t::replace);
}

struct CommandWriter {
  std::string operator()(const Hello& c) const { return packet("hello", Json{{"version", c.version}}); }
  std::string operator()(const BroadcastStart& c) const {
    return packet(
        "broadcast.start",
        Json{{"id", c.id}, {"meeting", c.meeting}, {"scene", to_json(c.scene)}, {"clock", clock_json(c.clock)}});
  }
  std::string operator()(const BroadcastStop& c) const { return packet("broadcast.stop", Json{{"id", c.id}}); }
  std::string operator()(const SceneSet& c) const {
    return packet("scene.set", Json{{"id", c.id}, {"scene", to_json(c.scene)}});
  }
  std::string operator()(const SourceSet& c) const { return packet("source.set", Json{{"id", c.id}, {"uri", c.uri}}); }
  std::string operator()(const RecordingClose& c) const {
    return packet("recording.close", Json{{"id", c.id}, {"meeting", c.meeting}, {"at", format_utc(c.at)}});
  }
  std::string operator()(const PeerOpen& c) const {
    Json json{{"id", c.id}, {"peer", c.peer}, {"offer", c.offer}};
    if (!c.seat.empty()) json["seat"] = c.seat;
    return packet("peer.open", std::move(json));
  }
  std::string operator()(const PeerClose& c) const {
    return packet("peer.close", Json{{"id", c.id}, {"peer", c.peer}});
  }
};

struct FactWriter {
  std::string operator()(const Snapshot& f) const {
    Json json{{"version", f.version},
              {"source", source_json(f.source)},
              {"scene", to_json(f.scene)},
              {"disk", disk_json(f.disk)}};
    if (f.run) json["run"] = run_json(*f.run);
    for (const PeerName& peer : f.peers) json["peers"].push_back({{"peer", peer.peer}, {"seat", peer.seat}});
    return packet("snapshot", std::move(json));
  }
  std::string operator()(const SourceState& f) const { return packet("source.state", source_json(f)); }
  std::string operator()(const DiskState& f) const { return packet("disk.state", disk_json(f)); }
  std::string operator()(const ProgrammeState& f) const { return packet("programme.state", Json{{"pace", f.pace}}); }
  std::string operator()(const Done& f) const {
    Json json{{"id", f.id}};
    if (f.answer) json["answer"] = *f.answer;
    if (f.at) json["at"] = Json{{"run", f.at->run}, {"offset_ms", f.at->offset_ms}, {"utc", format_utc(f.at->utc)}};
    return packet("done", std::move(json));
  }
  std::string operator()(const Failed& f) const {
    return packet("failed", Json{{"id", f.id}, {"code", f.code}, {"detail", f.detail}});
  }
  std::string operator()(const Levels& f) const {
    return packet("levels", Json{{"peak_db", f.peak_db}, {"rms_db", f.rms_db}, {"source_peak_db", f.source_peak_db}});
  }
  std::string operator()(const Look& f) const { return packet("look", Json{{"meeting", f.meeting}}); }
  std::string operator()(const RunStarted& f) const { return packet("run.started", run_json(f.run)); }
  std::string operator()(const RunEnded& f) const {
    return packet("run.ended", Json{{"meeting", f.meeting}, {"run", f.run}, {"reason", f.reason}});
  }
  std::string operator()(const PeerGone& f) const {
    return packet("peer.gone", Json{{"peer", f.peer}, {"why", f.why}});
  }
  std::string operator()(const PeerState& f) const {
    Json json{{"peer", f.peer},         {"seat", f.seat},     {"line", f.line},
              {"width", f.width},       {"height", f.height}, {"presentation", f.presentation},
              {"level_db", f.level_db}, {"kbps", f.kbps},     {"loss_percent", f.loss_percent}};
    if (f.rtt_ms) json["rtt_ms"] = *f.rtt_ms;
    return packet("peer.state", std::move(json));
  }
};

Command read_command(const std::string& type, Fields& f) {
  const auto id = [&] { return f.integer("id", 0, kMaxInteger); };
  if (type == "hello") return Hello{static_cast<int>(f.integer("version", 0, 1000000))};
  if (type == "broadcast.start") return BroadcastStart{id(), f.string("meeting", 128), read_scene(f), read_clock(f)};
  if (type == "broadcast.stop") return BroadcastStop{id()};
  if (type == "scene.set") return SceneSet{id(), read_scene(f)};
  if (type == "source.set") return SourceSet{id(), f.string("uri")};
  if (type == "recording.close") return RecordingClose{id(), f.string("meeting", 128), read_utc(f, "at")};
  if (type == "peer.open") {
    return PeerOpen{id(), f.string("peer", 64), f.string("offer", kMostSdpBytes),
                    f.optional_string("seat", kMostSeatBytes).value_or("")};
  }
  if (type == "peer.close") return PeerClose{id(), f.string("peer", 64)};
  f.complain("the type is not known");
  return Hello{};
}

std::vector<PeerName> read_peers(Fields& parent, const Json& list) {
  std::vector<PeerName> peers;
  for (const Json& one : list) {
    Fields fields(one, "peer");
    peers.push_back({fields.string("peer", 64), fields.string("seat", kMostSeatBytes)});
    if (auto wrong = fields.finish()) parent.complain(*wrong);
  }
  return peers;
}

PeerState read_peer_state(Fields& f) {
  PeerState state;
  state.peer = f.string("peer", 64);
  state.seat = f.string("seat", kMostSeatBytes);
  state.line = f.string("line", 16);
  state.width = static_cast<int>(f.integer("width", 0, kMostPixels));
  state.height = static_cast<int>(f.integer("height", 0, kMostPixels));
  state.presentation = f.boolean("presentation");
  state.level_db = f.number("level_db");
  state.kbps = f.number("kbps");
  state.loss_percent = f.number("loss_percent");
  state.rtt_ms = f.optional_number("rtt_ms");
  return state;
}

Fact read_fact(const std::string& type, Fields& f) {
  if (type == "snapshot") {
    Snapshot s;
    s.version = static_cast<int>(f.integer("version", 0, 1000000));
    Fields source(f.object("source"), "source");
    s.source = read_source(source);
    s.scene = read_scene(f);
    if (const Json* run = f.optional_object("run")) {
      Fields fields(*run, "run");
      s.run = read_run(fields);
      if (auto wrong = fields.finish()) f.complain(*wrong);
    }
    Fields disk(f.object("disk"), "disk");
    s.disk = read_disk(disk);
    if (const Json* peers = f.optional_array("peers")) s.peers = read_peers(f, *peers);
    for (Fields* part : {&source, &disk}) {
      if (auto wrong = part->finish()) f.complain(*wrong);
    }
    return s;
  }
  if (type == "source.state") return read_source(f);
  if (type == "disk.state") return read_disk(f);
  if (type == "programme.state") return ProgrammeState{f.string("pace", 16)};
  if (type == "done") {
    Done done{f.integer("id", 0, kMaxInteger), std::nullopt, f.optional_string("answer", kMostSdpBytes)};
    if (const Json* at = f.optional_object("at")) {
      Fields fields(*at, "at");
      done.at = ProgrammeTime{static_cast<int>(fields.integer("run", 0, INT32_MAX)),
                              fields.integer("offset_ms", 0, kMaxInteger), read_utc(fields, "utc")};
      if (auto wrong = fields.finish()) f.complain(*wrong);
    }
    return done;
  }
  if (type == "failed") return Failed{f.integer("id", 0, kMaxInteger), f.string("code"), f.string("detail")};
  if (type == "levels") return Levels{f.number("peak_db"), f.number("rms_db"), f.number("source_peak_db")};
  if (type == "look") return Look{f.string("meeting", 128)};
  if (type == "run.started") return RunStarted{read_run(f)};
  if (type == "run.ended") {
    return RunEnded{f.string("meeting", 128), static_cast<int>(f.integer("run", 0, INT32_MAX)), f.string("reason")};
  }
  if (type == "peer.state") return read_peer_state(f);
  if (type == "peer.gone") return PeerGone{f.string("peer", 64), f.string("why")};
  f.complain("the type is not known");
  return Look{};
}

template <class Message, class Reader>
Result<Message> decode(std::string_view packet, Reader reader) {
  auto json = parse_json(packet, kMaxPacketBytes);
  if (!json) return tl::unexpected(json.error());
  Fields fields(*json, "message");
  const std::string type = fields.string("type");
  Message message = reader(type, fields);
  if (auto wrong = fields.finish()) return fail(fmt::format("link message '{}': {}", type, *wrong));
  return message;
}

}  // namespace

Json to_json(const Scene& scene) {
  Json json = Json::object();
  if (scene.card) {
    json["card"] = Json{{"title", bilingual_json(scene.card->title)}, {"detail", bilingual_json(scene.card->detail)}};
  }
  if (scene.caption) {
    json["caption"] = Json{{"name", bilingual_json(scene.caption->name)},
                           {"position", bilingual_json(scene.caption->position)},
                           {"item", bilingual_json(scene.caption->item)}};
  }
  if (scene.layout != Scene{}.layout) json["layout"] = scene.layout;
  for (const Tile& tile : scene.tiles) {
    json["tiles"].push_back({{"seat", tile.seat}, {"name", bilingual_json(tile.name)}});
  }
  if (!scene.microphones.empty()) json["microphones"] = scene.microphones;
  return json;
}

const std::vector<std::string>& command_types() {
  static const std::vector<std::string> types = {"hello",      "broadcast.start", "broadcast.stop", "scene.set",
                                                 "source.set", "recording.close", "peer.open",      "peer.close"};
  return types;
}

const std::vector<std::string>& fact_types() {
  static const std::vector<std::string> types = {"snapshot",    "source.state", "disk.state", "programme.state",
                                                 "done",        "failed",       "levels",     "look",
                                                 "run.started", "run.ended",    "peer.gone",  "peer.state"};
  return types;
}

std::string encode(const Command& command) { return std::visit(CommandWriter{}, command); }
std::string encode(const Fact& fact) { return std::visit(FactWriter{}, fact); }
Result<Command> decode_command(std::string_view packet) { return decode<Command>(packet, read_command); }
Result<Fact> decode_fact(std::string_view packet) { return decode<Fact>(packet, read_fact); }

}  // namespace tyndau::link
