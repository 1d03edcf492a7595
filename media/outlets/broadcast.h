#pragma once
#include <functional>
#include <memory>
#include <string>

#include "media/base/config.h"
#include "media/outlets/encoders.h"
#include "media/outlets/packager.h"
#include "media/programme/mixer.h"

namespace tyndau::outlets {

/// One run of one meeting's broadcast: programme → encoders → parts → files. Main thread; the callbacks come on others.
class Broadcast {
 public:
  struct Events {
    std::function<void(const link::RunState&, std::int64_t first_frame)> on_begin;  ///< mixer's thread
    std::function<void()> on_written;                                               ///< writer's thread
    std::function<void(const std::string&)> on_error;                               ///< any: the run is dead
  };
  static Result<std::unique_ptr<Broadcast>> start(const Config& config, programme::Mixer& mixer,
                                                  const std::string& meeting, Events events);
  ~Broadcast();
  static SegmentStore::Places places(const Config& config);

  /// Ends the run: the last frame is on disk and every track has its end when this returns (some 100 ms).
  void stop();
  /// As stop(), but the recording is left open: no end is written, and the next run goes on after it.
  void pause();

  const std::string& meeting() const { return meeting_; }
  int run() const { return run_; }
  SegmentStore::State disk() const;
  /// How many frames got the picture of the one before because the encoders were behind.
  std::int64_t repeated() const { return encoders_ ? encoders_->repeated() : 0; }

 private:
  Broadcast(programme::Mixer& mixer, std::string meeting);
  void finish(bool end);
  programme::Mixer& mixer_;
  const std::string meeting_;
  int run_ = 0;
  Utc started_{};  // written by the mixer's thread before the encoders' threads, which read it, have a frame
  std::unique_ptr<Writer> writer_;
  std::vector<std::unique_ptr<TrackPackager>> tracks_;
  std::shared_ptr<Encoders> encoders_;
};

}  // namespace tyndau::outlets
