#pragma once
#include <functional>
#include <memory>
#include <string>

#include "media/gst/pipeline_threads.h"
#include "media/guests/offer.h"
#include "media/guests/return_feed.h"

namespace tyndau::guests {

/// One WebRTC connection with a pipeline of its own: whatever goes wrong in it ends it and nothing else. Main thread,
/// where its events come too.
class Peer {
 public:
  struct Events {
    /// The answer to the offer, with all candidates in it; or why there is none. Once.
    std::function<void(Result<std::string>)> on_answer;
    /// It is over: closed by the other side, failed, or silent for too long. Once.
    std::function<void(const std::string& why)> on_gone;
    std::function<void()> on_keyframe_wanted;
  };

  /// `offer` wants pictures or sound of us on at least one line.
  static Result<std::unique_ptr<Peer>> open(gst::PipelineThreads& threads, const Offer& offer, Events events);
  /// Does not wait for the connection's end. Take the listener out of the return feed before.
  ~Peer();

  /// Where the programme goes in.
  std::shared_ptr<Listener> listener() const;
  /// Called by its owner about twice a second: notices a silent or unfinished connection.
  void look();

 private:
  struct Inner;
  explicit Peer(std::shared_ptr<Inner> inner);
  std::shared_ptr<Inner> inner_;
};

}  // namespace tyndau::guests
