#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "media/base/clock_anchor.h"
#include "media/base/json.h"
#include "media/base/result.h"
#include "media/base/utc.h"

/// The contract between the two processes: what session may ask (Command) and what media says (Fact). PROTOCOL.md
/// describes each message; media owns both files. One JSON object per SOCK_SEQPACKET packet, {"type": ..., ...}.
namespace tyndau::link {

inline constexpr int kProtocolVersion = 3;
inline constexpr std::size_t kMaxPacketBytes = 64 * 1024;

/// A text in the two working languages, as it is drawn into the picture: media knows no translation.
struct Bilingual {
  std::string kk, ru;
  bool operator==(const Bilingual&) const = default;
};

/// The name under the speaker, and the open item above it. Empty parts are not drawn.
struct Caption {
  Bilingual name, position, item;
  bool operator==(const Caption&) const = default;
};

/// A full-screen text that stands in for the picture. With a card the sound is always off.
struct Card {
  Bilingual title, detail;
  bool operator==(const Card&) const = default;
};

/// Somebody remote in the picture, and what stands under the face where the layout has room for it.
struct Tile {
  std::string seat;
  Bilingual name;
  bool operator==(const Tile&) const = default;
};

/// Who and what is in the programme. `card` set: it covers everything and the sound is off; else the layout of the hall
/// and the tiles with an optional caption. A seat without a living picture is left out by media itself.
struct Scene {
  std::optional<Card> card;
  std::optional<Caption> caption;
  /// "hall", "guest" (the first tile, full), "side_by_side" (the hall and the first tile), "grid" (hall and all tiles)
  std::string layout = "hall";
  std::vector<Tile> tiles = {};
  std::vector<std::string> microphones = {};  ///< seats that are heard
  bool operator==(const Scene&) const = default;
};

inline constexpr std::size_t kMostSeats = 16;       ///< tiles and microphones of a scene
inline constexpr std::size_t kMostNameBytes = 512;  ///< of a tile, in one language
/// The seat of whoever sends the hall's picture for a meeting by WebRTC; it is the hall while the source is
/// "whip:{meeting}". No person's id has an @.
inline std::string hall_seat(const std::string& meeting) { return meeting + "/@hall"; }
inline bool is_hall_seat(std::string_view seat) { return seat.ends_with("/@hall"); }
/// The seat of who listens for the hall's loudspeakers. What goes back there, and to the seat before, lacks the hall's
/// own sound.
inline constexpr std::string_view kLoudspeakers = "@loudspeakers";

/// A moment of the programme as the public sees it: milliseconds since the start of a run, and the wall time printed in
/// the playlists (EXT-X-PROGRAM-DATE-TIME) for the same frame.
struct ProgrammeTime {
  int run = 0;
  std::int64_t offset_ms = 0;
  Utc utc{};
  bool operator==(const ProgrammeTime&) const = default;
};

// ---- commands, session -> media. `id` comes back in Done or Failed. ----

struct Hello {
  int version = kProtocolVersion;
};
/// Opens (or continues) the meeting's recording with a new run, showing `scene`. Done carries the first frame's time.
struct BroadcastStart {
  std::int64_t id = 0;
  std::string meeting;
  Scene scene;
  /// The session's time, which the run is counted in: the journal and the recording tell one time.
  ClockAnchor clock = {};
};
/// Ends the run and closes the recording: the index gets its `end`. Done carries the last frame's end.
struct BroadcastStop {
  std::int64_t id = 0;
};
/// Done carries the first frame that shows it.
struct SceneSet {
  std::int64_t id = 0;
  Scene scene;
};
/// Replaces the hall's source. Done means that the URI was understood; SourceState tells the rest.
struct SourceSet {
  std::int64_t id = 0;
  std::string uri;
};

/// Closes a recording that was left open: its broadcast ended while media was away. Writes the `end` that is missing.
struct RecordingClose {
  std::int64_t id = 0;
  std::string meeting;
  Utc at{};  ///< now, by the session's time
};

/// Makes a WebRTC connection of an SDP offer. Done carries the answer. With a seat, what the peer sends becomes the
/// seat's picture and sound, and what it gets back lacks the seat's own sound.
struct PeerOpen {
  std::int64_t id = 0;
  std::string peer;       ///< the session's name for it
  std::string offer;      ///< at most 32 KiB
  std::string seat = {};  ///< "" for somebody who only listens; "{meeting}/{person}", hall_seat(), kLoudspeakers
};
/// Ends a connection.
struct PeerClose {
  std::int64_t id = 0;
  std::string peer;
};

using Command =
    std::variant<Hello, BroadcastStart, BroadcastStop, SceneSet, SourceSet, RecordingClose, PeerOpen, PeerClose>;

// ---- facts, media -> session ----

struct SourceState {
  std::string uri;
  std::string state;              ///< "starting", "ok" or "lost"
  std::string detail;             ///< for the operator, in English, without passwords; empty when ok
  std::string reason = {};        ///< of "lost": "refused" (it wants another name or password), else ""
  int reserve_ms = 0;             ///< how long what comes first waits for what comes last
  int sound_missing_percent = 0;  ///< of the sound of the last 10 s, rounded up; it did not come, or too late
  /// "one_channel" (the other of two is silent) or "opposite_phase" (two that cancel each other out): it is made right,
  /// and should be mended in the hall; else ""
  std::string sound = {};
  std::string picture = {};  ///< "unknown_coding": nothing here decodes its pictures, which are left out; else ""
  bool operator==(const SourceState&) const = default;
};
/// A run that is being recorded now.
struct RunState {
  std::string meeting;
  int run = 0;
  Utc started{};  ///< wall time of the run's first frame
  bool operator==(const RunState&) const = default;
};
struct DiskState {
  std::string state;  ///< "ok", "low" (less than an hour), "full" (writing to memory), "lost" (memory is full too)
  std::int64_t free_bytes = 0;
  double free_hours = 0;  ///< at the configured bitrates
  bool operator==(const DiskState&) const = default;
};
/// Whether the machine keeps up with the programme.
struct ProgrammeState {
  std::string pace;  ///< "ok", or "slow": so many pictures are repeated that it is seen
  bool operator==(const ProgrammeState&) const = default;
};
struct PeerName {
  std::string peer, seat;
  bool operator==(const PeerName&) const = default;
};
/// The whole state; always the first fact after Hello.
struct Snapshot {
  int version = kProtocolVersion;
  SourceState source;
  Scene scene;
  std::optional<RunState> run;
  DiskState disk;
  std::vector<PeerName> peers = {};  ///< connections that were made before this session came
};
struct Done {
  std::int64_t id = 0;
  std::optional<ProgrammeTime> at;
  std::optional<std::string> answer = {};  ///< of peer.open: SDP with all candidates
};
struct Failed {
  std::int64_t id = 0;
  std::string code;
  std::string detail;
};  ///< codes: PROTOCOL.md
/// Ten times a second: loudest sample and RMS of the programme's sound, dBFS, -100 for silence; and of the source.
struct Levels {
  double peak_db = -100, rms_db = -100, source_peak_db = -100;
};
/// There is something new in the meeting's track indexes.
struct Look {
  std::string meeting;
};
struct RunStarted {
  RunState run;
};
struct RunEnded {
  std::string meeting;
  int run = 0;
  std::string reason;
};  ///< "stopped"

/// A peer has gone without being closed: it left, its line broke, it failed.
struct PeerGone {
  std::string peer;
  std::string why;
};

/// How a peer with a seat is doing: four times a second, and at once when `line` changes.
struct PeerState {
  std::string peer, seat;
  std::string line;           ///< "connecting", "ok", or "silent" (nothing was heard of it for 1.5 s)
  int width = 0, height = 0;  ///< of the picture that it sends; 0 for none
  bool presentation = false;  ///< whether its second picture arrives
  double level_db = -100;     ///< loudest sample since the last one, dBFS
  double kbps = 0;            ///< that arrive from it
  double loss_percent = 0;    ///< of its packets in the last second, before repeats
  std::optional<double> rtt_ms = {};
  bool operator==(const PeerState&) const = default;
};

using Fact = std::variant<Snapshot, SourceState, DiskState, ProgrammeState, Done, Failed, Levels, Look, RunStarted,
                          RunEnded, PeerGone, PeerState>;

/// The type names as they stand on the wire, in the order of the variants. For tests, which hold PROTOCOL.md against
/// them.
const std::vector<std::string>& command_types();
const std::vector<std::string>& fact_types();

std::string encode(const Command& command);
std::string encode(const Fact& fact);
/// Strict: unknown types, unknown members and values of the wrong type are failures.
Result<Command> decode_command(std::string_view packet);
Result<Fact> decode_fact(std::string_view packet);

/// A scene as it stands in messages. What is as it is without guests is left out.
Json to_json(const Scene& scene);

}  // namespace tyndau::link
