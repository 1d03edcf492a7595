#pragma once
#include <filesystem>
#include <functional>
#include <memory>
#include <string>

#include "media/gst/pipeline_threads.h"
#include "media/guests/line_meter.h"
#include "media/guests/offer.h"
#include "media/guests/return_feed.h"
#include "media/guests/seat_intake.h"

namespace tyndau::guests {

/// Where connections are made.
struct Network {
  int port_min = 0, port_max = 0;  ///< UDP; 0 for any
  std::string stun;                ///< "stun://host:port", "" for none: only behind a NAT of one's own
};

/// Whose seat a peer fills.
struct Place {
  std::string seat;                    ///< "" for somebody who only listens
  std::shared_ptr<SeatIntake> intake;  ///< null with it, and for who only listens in the hall
  std::filesystem::path still;         ///< a small JPEG of the face, once a second; empty for nowhere
  std::string unheard = {};            ///< the voice that is left out of what goes back
};

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

  /// `offer` wants pictures or sound of us on at least one line, or sends some that we take.
  static Result<std::unique_ptr<Peer>> open(gst::PipelineThreads& threads, const Offer& offer, Place place,
                                            const Network& network, Events events);
  /// Does not wait for the connection's end. Take the listener out of the return feed before.
  ~Peer();

  /// Where the programme goes in, and how its pictures are encoded there.
  std::shared_ptr<Listener> listener() const;
  Codec codec() const;
  /// Called by its owner four times a second: how the line is. Notices a dead or unfinished connection.
  LineMeter::Line look();

 private:
  struct Inner;
  explicit Peer(std::shared_ptr<Inner> inner);
  std::shared_ptr<Inner> inner_;
};

}  // namespace tyndau::guests
