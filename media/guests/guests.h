#pragma once
#include <functional>
#include <map>
#include <memory>
#include <string>

#include "media/gst/pipeline_threads.h"
#include "media/gst/timer.h"
#include "media/guests/peer.h"
#include "media/guests/return_feed.h"

namespace tyndau::guests {

/// Everybody who is connected by WebRTC. Main thread.
class Guests {
 public:
  static constexpr std::size_t kMostPeers = 24;

  /// The mixer outlives it.
  explicit Guests(programme::Mixer& mixer);
  ~Guests();

  /// Makes a connection of the offer. `answer` is called once, later or at once: the SDP answer, or why there is none.
  using Answer = std::function<void(Result<std::string>)>;
  void open(const std::string& peer, const std::string& offer, Answer answer);
  /// Whether there was such a peer.
  bool close(const std::string& peer);
  std::size_t size() const { return seats_.size(); }

  /// A peer has gone without close(): it left, its line broke, it failed.
  std::function<void(const std::string& peer, const std::string& why)> on_gone;

 private:
  struct Seat {
    std::unique_ptr<Peer> peer;
    Answer answer;
    bool listens = false;
  };
  void answered(const std::string& peer, const Result<std::string>& answer);
  void leave(const std::string& peer, const std::string& why);
  void look();

  ReturnFeed feed_;
  std::map<std::string, Seat> seats_;
  gst::Timer timer_;
  std::shared_ptr<int> here_ = std::make_shared<int>();  ///< what is posted later asks whether this is still there
  gst::PipelineThreads threads_;                         // last: waits for the peers' pipelines
};

}  // namespace tyndau::guests
