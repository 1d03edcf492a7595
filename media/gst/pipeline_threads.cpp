#include "media/gst/pipeline_threads.h"

#include <pthread.h>

#include <condition_variable>
#include <deque>
#include <mutex>
#include <thread>
#include <utility>

namespace tyndau::gst {

struct PipelineThreads::House {
  std::mutex mutex;
  std::condition_variable changed;
  int unfinished = 0;  // guarded by mutex
};

struct PipelineThreads::Run::Shared {
  std::mutex mutex;
  std::condition_variable changed;
  std::deque<std::function<void(GstElement*)>> tasks;  // guarded by mutex
  bool stop = false;                                   // guarded by mutex
};

namespace {

void start_playing(GstElement* pipeline) {
  if (gst_element_set_state(pipeline, GST_STATE_PLAYING) != GST_STATE_CHANGE_FAILURE) return;
  // Most elements have said why before; this is for those that have not.
  GError* error = g_error_new_literal(GST_CORE_ERROR, GST_CORE_ERROR_STATE_CHANGE, "the pipeline could not be started");
  gst_element_post_message(pipeline, gst_message_new_error(GST_OBJECT(pipeline), error, nullptr));
  g_error_free(error);
}

}  // namespace

PipelineThreads::PipelineThreads() : house_(std::make_shared<House>()) {}

PipelineThreads::~PipelineThreads() {
  std::unique_lock lock(house_->mutex);
  house_->changed.wait_for(lock, kPatience, [this] { return house_->unfinished == 0; });
}

int PipelineThreads::unfinished() const {
  const std::lock_guard lock(house_->mutex);
  return house_->unfinished;
}

std::unique_ptr<PipelineThreads::Run> PipelineThreads::play(Element pipeline) {
  std::unique_ptr<Run> run(new Run);
  run->shared_ = std::make_shared<Run::Shared>();
  {
    const std::lock_guard lock(house_->mutex);
    ++house_->unfinished;
  }
  std::thread([house = house_, shared = run->shared_, pipeline = std::move(pipeline)]() mutable {
    pthread_setname_np(pthread_self(), "pipeline");
    start_playing(pipeline.get());
    std::unique_lock lock(shared->mutex);
    for (;;) {
      shared->changed.wait(lock, [&] { return shared->stop || !shared->tasks.empty(); });
      if (shared->stop) break;
      const auto task = std::move(shared->tasks.front());
      shared->tasks.pop_front();
      lock.unlock();
      task(pipeline.get());
      lock.lock();
    }
    lock.unlock();
    gst_element_set_state(pipeline.get(), GST_STATE_NULL);
    pipeline = {};
    const std::lock_guard house_lock(house->mutex);
    --house->unfinished;
    house->changed.notify_all();
  }).detach();
  return run;
}

PipelineThreads::Run::~Run() {
  const std::lock_guard lock(shared_->mutex);
  shared_->stop = true;
  shared_->changed.notify_all();
}

void PipelineThreads::Run::then(std::function<void(GstElement*)> task) {
  const std::lock_guard lock(shared_->mutex);
  shared_->tasks.push_back(std::move(task));
  shared_->changed.notify_all();
}

}  // namespace tyndau::gst
