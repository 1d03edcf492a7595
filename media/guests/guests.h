#pragma once
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "media/gst/pipeline_threads.h"
#include "media/gst/timer.h"
#include "media/guests/peer.h"
#include "media/guests/return_feed.h"
#include "media/link/messages.h"

namespace tyndau::guests {

/// Everybody who is connected by WebRTC. Main thread.
class Guests {
 public:
  /// One that sends and one that receives for each seat, and some desks.
  static constexpr std::size_t kMostPeers = 2 * link::kMostSeats + 8;

  struct Options {
    Network network;
    std::filesystem::path stills;  ///< {seat}.jpg is written below it; empty for nowhere
    /// What peers with a link::hall_seat() fill, whether it is the hall just now or not; it outlives the guests. Null:
    /// there are no such peers.
    programme::HallSeats* halls = nullptr;
  };
  /// The mixer outlives it.
  Guests(programme::Mixer& mixer, Options options);
  ~Guests();

  /// Makes a connection to nobody and lets it go: what GStreamer loads for its first one would keep the first guest
  /// waiting for a quarter of a second. Returns at once.
  void rehearse();
  /// Makes a connection of the offer. `seat` as in link::PeerOpen. `answer` is called once, later or at once: the SDP
  /// answer, or why there is none.
  using Answer = std::function<void(Result<std::string>)>;
  void open(const std::string& peer, const std::string& seat, const std::string& offer, Answer answer);
  /// Whether there was such a peer.
  bool close(const std::string& peer);
  std::size_t size() const { return peers_.size(); }
  std::vector<link::PeerName> peers() const;

  /// A peer has gone without close(): it left, its line broke, it failed.
  std::function<void(const std::string& peer, const std::string& why)> on_gone;
  /// How a peer with a seat is doing, four times a second.
  std::function<void(const link::PeerState&)> on_state;

 private:
  struct Connection {
    std::unique_ptr<Peer> peer;
    std::string seat;
    std::shared_ptr<SeatIntake> intake;  ///< null for who only listens
    Answer answer;
    bool listens = false;
    std::string line = "connecting";  ///< as last told
  };
  Result<Place> take_place(const std::string& seat);
  void give_up(Connection connection);
  std::filesystem::path still_of(const std::string& seat) const;
  void answered(const std::string& peer, const Result<std::string>& answer);
  void leave(const std::string& peer, const std::string& why);
  void look();
  /// What they leave free the C library keeps, in pieces that the next one seldom fits into: some 70 MB after a day of
  /// coming and going. It is given back to the system when nobody has left for five seconds; that takes some
  /// milliseconds.
  void tidy();
  void tell(const std::string& peer, Connection& connection, const LineMeter::Line& line);

  programme::Mixer& mixer_;
  const Options options_;
  ReturnFeed feed_;
  std::map<std::string, Connection> peers_;
  programme::Seats seats_;  ///< those that some peer has
  std::unique_ptr<Peer> rehearsal_;
  std::optional<programme::SteadyTime> left_at_;  ///< the last one, until it was tidied up after
  gst::Timer timer_;
  std::shared_ptr<int> here_ = std::make_shared<int>();  ///< what is posted later asks whether this is still there
  gst::PipelineThreads threads_;                         // last: waits for the peers' pipelines
};

}  // namespace tyndau::guests
