#pragma once
#include <chrono>
#include <deque>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "session/secretariat/dossier.h"
#include "session/secretariat/orders.h"
#include "session/secretariat/secretariat.h"
#include "session/store/store.h"

namespace tyndau::secretariat {

/// What the secretariat has on its desk. Its files: secretariat.cpp is what the screens ask and do, inner.cpp keeps
/// journal and dossiers, kept_sources.cpp passwords, media_side.cpp and guest_lines.cpp are the talk with media. Loop
/// thread only.
struct Secretariat::Inner {
  Inner(Secretariat& owner, uv_loop_t* loop, const Config& config, journal::Journal journal,
        live::Recordings& recordings, AnchoredClock::Sources time);

  // ---- inner.cpp: journal and dossiers ----
  Result<void> start();
  void close();
  /// Whether the clock may follow the system's: see AnchoredClock.
  bool clock_is_free() const;
  /// While something depends on it, time goes on as the process before counted it.
  void take_over_clock();
  void keep_clock();
  /// Reads meetings that the journal has and we do not.
  Result<bool> load_new();
  /// Reads what another program has written: new meetings, and a record that was corrected. Tells the screens.
  Result<void> read_from_elsewhere();
  const Dossier* find(const std::string& meeting) const;
  /// The meeting that is on air, or "".
  std::string on_air() const;
  /// The anchored clock's time, but never before the meeting's last event.
  Utc now_for(const Dossier& dossier) const { return std::max(clock.now(), dossier.last_utc()); }
  /// Journal first, then the dossier, then the screens: nobody hears of an event that is not on disk.
  Result<void> write(const std::string& meeting, Utc utc, const std::string& actor,
                     const std::vector<meeting::Event>& events,
                     const std::optional<journal::Journal::Remember>& remember = std::nullopt);
  /// For what cannot be refused because it has happened: kept and written later when the journal cannot be written now.
  void note(const std::string& meeting, const std::string& actor, std::vector<meeting::Event> events);
  void write_kept();
  Mistake journal_mistake(const Failure& failure);

  // ---- kept_sources.cpp: passwords of sources, which stand beside the journal and not in it ----
  /// Reads them; says once of each journal that has passwords in it, from before, which ones are to be changed.
  Result<void> load_sources();
  /// What source.set says of an address in the journal: {"uri"}, masked, and {"secret"} where it was masked. The
  /// address itself is kept before anybody is told its name.
  Result<Json> journalled(const std::string& uri);
  /// The address that the desk set, whole; "" for none, and where its password is not kept any more.
  std::string source_of(const meeting::State& state) const;
  /// Deletes those that nothing leads back to: of meetings that are over for a day, unless it is the hall's source
  /// still.
  void forget_sources();
  void tell(const std::string& meeting);
  /// Once a second: clock, new meetings, what could not be written.
  void tick();
  /// Every 200 ms while something is being recorded: the indexes of the recording.
  void look();
  void keep_looking();

  // ---- media_side.cpp ----
  void on_fact(const link::Fact& fact);
  void on_connection(bool connected);
  void on_snapshot(const link::Snapshot& snapshot);
  void on_run(const link::RunState& run);
  void on_run_ended(const link::RunEnded& ended);
  /// Media's state and the meeting that is on air: what changed goes into its journal.
  void note_conditions();
  void show_conditions();
  /// What media must do, by the journal.
  Posture must_be() const;
  std::string wanted_source() const;
  /// The meeting whose desk set the hall's source last; nullptr for none.
  const Dossier* source_setter() const;
  /// Says to media what leads from what it does to what it must do.
  void bring_in_line();
  /// Has media close the recordings of broadcasts that ended while it was away.
  void close_recordings();
  void after_action(const std::string& kind);

  // ---- guest_lines.cpp: connections, and what follows of a guest's line ----
  void open_peer(const std::string& peer, const std::string& seat, std::string offer, const PeerAnswer& answer);
  void close_peer(const std::string& peer);
  void peer_gone(const std::string& peer);
  void left(const std::string& seat);
  void on_peer_state(const link::PeerState& state);
  /// The connections that media had before we came.
  void take_over_peers(const std::vector<link::PeerName>& names);
  /// Whoever may not be here any more is not connected either.
  void close_unwanted_peers();
  std::optional<link::PeerState> line(const std::string& seat) const;
  /// Notes that a guest's line is lost or back, when it is.
  void judge_line(const std::string& meeting, const std::string& person);
  void judge_lines();

  /// What a command was sent for.
  struct Cause {
    std::string meeting;
    std::vector<std::int64_t> of;  ///< events that media's answer is noted for
    std::string source_before;     ///< source.set: what to go back to
  };
  void give(link::Command command, Cause cause);
  void applied(const Cause& cause, const link::Command& command, const link::Done& done);
  void refused(const Cause& cause, const link::Command& command, const link::Failed& failed);
  void broadcast_failed(const Cause& cause);
  void take_source_back(const Cause& cause, const link::SourceSet& refused, const link::Failed& failed);

  // Constant after construction
  Secretariat& owner;
  uv_loop_t* loop;
  Config config;
  live::Recordings& recordings;

  AnchoredClock clock;
  std::optional<ClockAnchor> kept_anchor;  ///< as it stands in the store
  journal::Journal journal;
  studio::Studio studio;
  std::optional<store::Store> store;
  std::map<std::string, std::string> kept_sources;  ///< store's
  std::map<std::string, Dossier> dossiers;
  std::map<int, Listener> listeners;
  int next_ticket = 1;

  struct Peer {
    std::string seat;  ///< "" for somebody who only listens
    std::optional<link::PeerState> state;
    /// Of a hall's encoder that media had before we came: the key that was valid then. Who came later is looked after
    /// by who let him in (web/peers).
    std::optional<std::int64_t> found_with = {};
  };
  bool may_stay(const Peer& peer) const;
  std::map<std::string, Peer> peers;             ///< WebRTC connections that media has
  std::map<std::string, std::uint64_t> left_at;  ///< seats without a connection: since when, the loop's milliseconds

  Alarms alarms;
  std::optional<link::SourceState> source;
  std::optional<link::DiskState> disk;
  bool slow = false;  ///< media's machine does not keep up
  /// What media does, as far as we know; nothing while there is no connection.
  std::optional<Posture> posture;
  /// Media is not missed before it had a moment to appear.
  bool missed = false;
  int ticks = 0;

  struct Kept {
    std::string meeting, actor;
    std::vector<meeting::Event> events;
  };
  std::deque<Kept> kept;

  uv_timer_t* tick_timer = nullptr;
  uv_timer_t* look_timer = nullptr;
  /// Broadcasts that have ended while their indexes had not: meeting and how many more times we look.
  std::map<std::string, int> finishing;
  /// Recordings that were seen with their end.
  std::set<std::string> closed;
};

}  // namespace tyndau::secretariat
