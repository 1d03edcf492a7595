#pragma once
#include <functional>
#include <memory>
#include <string>

#include "media/gst/bus_watch.h"
#include "media/gst/pipeline_threads.h"
#include "media/sources/hall_source.h"
#include "media/sources/intake.h"

namespace tyndau::sources {

/// One attempt at a source by GStreamer, in a pipeline of its own that feeds an Intake. A file is played round and
/// round. Main thread only; destroying it stops the pipeline without waiting for it.
class Player {
 public:
  struct Failure {
    std::string what;      ///< may still contain secrets
    bool refused = false;  ///< it wants another name or password: to ask again at once would only lock us out
  };
  /// Told once, on the main thread, why the attempt is over.
  using OnFailure = std::function<void(const Failure&)>;

  /// Odd and even attempts go different ways where a kind has two (RTSP over TCP or UDP, two RTMP clients). A failure
  /// is a device or file that is not there, or an element that is not installed.
  static Result<std::unique_ptr<Player>> start(const SourceUri& source, int attempt, std::shared_ptr<Intake> intake,
                                               gst::PipelineThreads& threads, OnFailure on_failure);

 private:
  Player(SourceUri source, OnFailure on_failure);
  void on_message(GstMessage* message);
  void on_end();
  void rewind();

  const SourceUri source_;
  const OnFailure on_failure_;
  programme::SteadyTime rewound_ = std::chrono::steady_clock::now();
  std::unique_ptr<gst::PipelineThreads::Run> run_;
  std::unique_ptr<gst::BusWatch> watch_;
};

}  // namespace tyndau::sources
