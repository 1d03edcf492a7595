#pragma once
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "media/base/config.h"
#include "session/journal/journal.h"
#include "session/live/recordings.h"
#include "session/meeting/rules.h"
#include "session/projections/chapters.h"
#include "session/projections/view.h"
#include "session/secretariat/alarms.h"
#include "session/secretariat/anchored_clock.h"
#include "session/studio/studio.h"

namespace tyndau::secretariat {

/// The accepted action: the journal has it.
struct Accepted {
  std::int64_t seq = 0;
  Json result;  ///< null when the action has none
};
struct Mistake {  ///< HTTP 404, 422, 503 ...: not a refusal
  int status = 400;
  std::string code, detail;
};
using Outcome = std::variant<Accepted, meeting::Refusal, Mistake>;

/// The word's way through the house: action -> decision -> journal -> projections -> screens and programme; and media's
/// answers back into the journal. The only place that writes the journal while the process runs. Loop thread only.
class Secretariat {
 public:
  Secretariat(uv_loop_t* loop, const Config& config, journal::Journal journal, live::Recordings& recordings,
              AnchoredClock::Sources time = {});
  ~Secretariat();

  /// Folds every meeting, connects to media, puts a meeting that was on air back on air.
  Result<void> start();
  /// Stops everything and closes the handles; the loop must run once more for that.
  void close();
  /// What it does once a second by itself: it looks at what may have changed unheard, and asks media again for what is
  /// not as it should be.
  void tick();

  /// Ids in order of start time, latest first.
  std::vector<std::string> meetings() const;
  /// nullptr when there is none.
  const meeting::State* state(const std::string& meeting) const;
  const std::vector<meeting::StoredEvent>& events(const std::string& meeting) const;
  const std::vector<projections::Chapter>& chapters(const std::string& meeting) const;
  meeting::Surroundings surroundings(const std::string& meeting) const;

  /// Decides, writes, tells. The screens are told before this returns. `key`: Idempotency-Key, "" for none. The result
  /// is
  /// {"turn": seq} for floor.give, {"invitation": seq} for guest.invite. Mistakes: 404 no_such_meeting; 422
  /// idempotency_mismatch (the key came before with another digest) and bad_source (a URI that no source has); 503
  /// journal_failed (nothing was written, nothing has changed).
  Outcome act(const std::string& meeting, const std::string& actor, const meeting::Action& action,
              const std::string& key, const std::string& body_digest);

  /// Relays an SDP offer to media under the name `peer`, and its answer back; it is not looked into. `seat`: seat_of()
  /// for a guest or the hall; "" or link::kLoudspeakers for somebody who only listens. `answer` is called once: now or
  /// later, on the loop thread. Mistakes: 400 bad_offer; 503 media_away.
  using PeerAnswer = std::function<void(const tl::expected<std::string, Mistake>&)>;
  void open_peer(const std::string& peer, const std::string& seat, std::string offer, PeerAnswer answer);
  /// `person` "": of the encoder that sends the hall for this meeting.
  static std::string seat_of(const std::string& meeting, const std::string& person) {
    return person.empty() ? link::hall_seat(meeting) : meeting + "/" + person;
  }
  /// Ends the connection, if there is one.
  void close_peer(const std::string& peer);
  std::size_t peers() const;
  /// Whether media has the connection for this seat, also one that was made before this process began.
  bool has_peer(const std::string& peer, const std::string& seat) const;
  /// A connection ended that nobody closed, or that its guest may not have any more; media has gone, perhaps.
  std::function<void(const std::string& peer)> on_peer_gone;
  /// How a guest's connection is, or with "" for the person that of the hall's encoder, as media last said; of several
  /// the one that sends. Nothing when there is none.
  std::optional<link::PeerState> line(const std::string& meeting, const std::string& person) const;
  /// Four times a second for each connection of a guest.
  std::function<void(const std::string& meeting, const std::string& person, const link::PeerState&)> on_guest_line;

  bool media_connected() const;
  const std::vector<Alarm>& alarms() const;
  const std::optional<link::SourceState>& source() const;
  const std::optional<link::DiskState>& disk() const;

  /// Something about `meeting` that a screen shows has changed ("" for what concerns the machine: media, disk, source).
  using Listener = std::function<void(const std::string& meeting)>;
  int listen(Listener listener);
  void forget(int ticket);
  std::function<void(const link::Levels&)> on_levels;

 private:
  struct Inner;
  std::unique_ptr<Inner> inner_;
};

}  // namespace tyndau::secretariat
