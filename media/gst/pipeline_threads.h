#pragma once
#include <chrono>
#include <functional>
#include <memory>

#include "media/gst/handles.h"

namespace tyndau::gst {

/// Changes the states of pipelines on threads of their own, because a change may wait for a dead network or device for
/// as long as it likes and must not stop the main loop, and because a pipeline must never be stopped by its own
/// threads.
class PipelineThreads {
 public:
  /// One pipeline under way. It goes to NULL and is given back when this is destroyed, without waiting for it.
  class Run {
   public:
    ~Run();
    Run(const Run&) = delete;
    Run& operator=(const Run&) = delete;
    /// Does something slow with the pipeline (a seek), after what was asked before and only if not yet stopped.
    void then(std::function<void(GstElement*)> task);

   private:
    friend class PipelineThreads;
    Run() = default;
    struct Shared;
    std::shared_ptr<Shared> shared_;
  };

  PipelineThreads();
  /// Waits for the stopped pipelines, `kPatience` at most; whatever hangs longer is left to its thread.
  ~PipelineThreads();
  PipelineThreads(const PipelineThreads&) = delete;
  PipelineThreads& operator=(const PipelineThreads&) = delete;

  /// Sets the pipeline to PLAYING on a new thread. If that fails the pipeline's bus has an error message.
  std::unique_ptr<Run> play(Element pipeline);
  /// How many threads have not finished yet, runs under way included.
  int unfinished() const;

  static constexpr std::chrono::seconds kPatience{3};

 private:
  struct House;
  std::shared_ptr<House> house_;
};

}  // namespace tyndau::gst
