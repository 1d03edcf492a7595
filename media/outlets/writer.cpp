#include "media/outlets/writer.h"

#include <pthread.h>
#include <unistd.h>

#include "media/base/log.h"

namespace tyndau::outlets {

Writer::Writer(SegmentStore store, std::function<void()> on_written)
    : store_(std::move(store)), on_written_(std::move(on_written)), state_(store_.state()) {
  writer_ = std::thread([this] { write_loop(); });
  syncer_ = std::thread([this] { sync_loop(); });
  pthread_setname_np(writer_.native_handle(), "writer");
  pthread_setname_np(syncer_.native_handle(), "syncer");
}

Writer::~Writer() {
  {
    const std::lock_guard lock(mutex_);
    stopping_ = true;
  }
  wake_.notify_all();
  writer_.join();
  {
    const std::lock_guard lock(sync_mutex_);
    sync_stopping_ = true;
  }
  sync_wake_.notify_all();
  syncer_.join();
}

void Writer::post(Job job) {
  {
    const std::lock_guard lock(mutex_);
    if (jobs_.size() >= kMostJobs && std::holds_alternative<Part>(job)) {
      if (!dropping_) log::error("the disk does not answer: parts are being lost");
      dropping_ = true;
      state_ = SegmentStore::State::kLosing;
      return;
    }
    dropping_ = false;
    jobs_.push_back(std::move(job));
  }
  wake_.notify_one();
}

void Writer::drain() {
  std::unique_lock lock(mutex_);
  idle_.wait(lock, [&] { return jobs_.empty() && !busy_; });
}

SegmentStore::State Writer::state() const {
  const std::lock_guard lock(mutex_);
  return state_;
}

void Writer::write(Job& job) {
  struct {
    SegmentStore& store;
    void operator()(Run& run) const { store.write_run(run.track, run.line, run.init); }
    void operator()(Part& part) const { store.write_part(part.track, part.line, part.bytes); }
    void operator()(End& end) const { store.write_end(end.track, end.line); }
  } into{store_};
  std::visit(into, job);
  while (Fd finished = store_.take_finished()) {
    const std::lock_guard lock(sync_mutex_);
    to_sync_.push_back(std::move(finished));
    sync_wake_.notify_one();
  }
}

void Writer::write_loop() {
  std::unique_lock lock(mutex_);
  while (true) {
    wake_.wait(lock, [&] { return stopping_ || !jobs_.empty(); });
    if (jobs_.empty()) return;
    Job job = std::move(jobs_.front());
    jobs_.pop_front();
    busy_ = true;
    lock.unlock();
    write(job);
    on_written_();
    lock.lock();
    if (!dropping_) state_ = store_.state();
    busy_ = false;
    if (jobs_.empty()) idle_.notify_all();
  }
}

void Writer::sync_loop() {
  std::unique_lock lock(sync_mutex_);
  while (true) {
    sync_wake_.wait(lock, [&] { return sync_stopping_ || !to_sync_.empty(); });
    if (to_sync_.empty()) return;
    Fd file = std::move(to_sync_.front());
    to_sync_.pop_front();
    lock.unlock();
    if (::fdatasync(file.get()) != 0) log::error("a finished segment could not be made durable");
    file.reset();
    lock.lock();
  }
}

}  // namespace tyndau::outlets
