#pragma once
#include <condition_variable>
#include <deque>
#include <functional>
#include <mutex>
#include <string>
#include <thread>
#include <variant>

#include "media/outlets/segment_store.h"

namespace tyndau::outlets {

/// Takes parts from the encoders' threads and writes them on one of its own ("writer"), so that a slow disk never holds
/// up an encoder; finished segments are made durable on another ("syncer").
class Writer {
 public:
  struct Run {
    std::string track;
    link::RunLine line;
    std::string init;
  };
  struct Part {
    std::string track;
    link::PartLine line;
    std::string bytes;
  };
  struct End {
    std::string track;
    link::EndLine line;
  };
  using Job = std::variant<Run, Part, End>;

  /// `on_written`: something was indexed; writer's thread.
  Writer(SegmentStore store, std::function<void()> on_written);
  ~Writer();

  /// Never blocks. Beyond some ten seconds of parts (a disk that hangs) parts are dropped, and the playlist says GAP.
  void post(Job job);
  /// Waits until everything posted is written and indexed.
  void drain();
  SegmentStore::State state() const;

 private:
  static constexpr std::size_t kMostJobs = 256;
  void write_loop();
  void sync_loop();
  void write(Job& job);

  // Writer's thread.
  SegmentStore store_;
  // Constant after construction.
  const std::function<void()> on_written_;
  // Guarded by mutex_.
  mutable std::mutex mutex_;
  std::condition_variable wake_, idle_;
  std::deque<Job> jobs_;
  bool busy_ = false, stopping_ = false, dropping_ = false;
  SegmentStore::State state_ = SegmentStore::State::kOk;
  // Guarded by sync_mutex_.
  std::mutex sync_mutex_;
  std::condition_variable sync_wake_;
  std::deque<Fd> to_sync_;
  bool sync_stopping_ = false;
  std::thread writer_, syncer_;
};

}  // namespace tyndau::outlets
