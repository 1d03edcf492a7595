#include "media/programme/mixer.h"

#include <pthread.h>

#include <algorithm>
#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <ctime>

#include "media/base/log.h"
#include "media/programme/levels.h"
#include "media/programme/painter.h"

namespace tyndau::programme {

using std::chrono::steady_clock;

struct Mixer::Levels {
  LevelMeter meter;
  std::vector<float> source, programme;
};

namespace {

/// Pictures that the mixer writes itself come from a pool: a fresh 1.4 MB allocation per frame is a page fault storm.
gst::Object<GstBufferPool> make_pool(const Format& format) {
  auto made = gst::Object<GstBufferPool>::adopt(gst_buffer_pool_new());
  GstBufferPool* pool = made.get();
  GstStructure* config = gst_buffer_pool_get_config(pool);
  gst_buffer_pool_config_set_params(config, nullptr, static_cast<guint>(format.picture_bytes()), 4, 0);
  gst_buffer_pool_set_config(pool, config);
  gst_buffer_pool_set_active(pool, TRUE);
  return made;
}

void sleep_until(SteadyTime time) {
  // std::this_thread::sleep_until drifts by the scheduler's slack when it is asked for short spans; the absolute sleep
  // of the monotonic clock (which steady_clock is on Linux) does not.
  const auto since = time.time_since_epoch();
  timespec at{};
  at.tv_sec = std::chrono::duration_cast<std::chrono::seconds>(since).count();
  at.tv_nsec = (std::chrono::nanoseconds(since) % std::chrono::seconds(1)).count();
  while (clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &at, nullptr) == EINTR) {
  }
}

}  // namespace

Mixer::Mixer(Format format, const PictureSlot& picture, SoundSlot& sound)
    : format_(format),
      picture_(picture),
      sound_(sound),
      slate_(paint_slate(format)),
      levels_(std::make_unique<Levels>()),
      pool_(make_pool(format)) {
  levels_->source.resize(static_cast<std::size_t>(format_.samples_per_frame()));
  levels_->programme.resize(levels_->source.size());
  set_scene({});
}

Mixer::~Mixer() {
  stop();
  outlets_.clear();
  gst_buffer_pool_set_active(pool_.get(), FALSE);
}

std::int64_t Mixer::set_scene(const link::Scene& scene) {
  auto prepared = std::make_shared<Prepared>();
  prepared->scene = scene;
  prepared->generation = ++generation_;
  if (scene.card) prepared->card = paint_card(format_, *scene.card);
  if (scene.caption) prepared->caption = Blend(format_, paint_caption(format_, *scene.caption));
  scene_ = scene;
  const std::lock_guard lock(prepared_mutex_);
  prepared_ = std::move(prepared);
  return generation_;
}

void Mixer::add(std::shared_ptr<Outlet> outlet) {
  const std::lock_guard lock(outlets_mutex_);
  outlets_.push_back(std::move(outlet));
}

void Mixer::remove(const std::shared_ptr<Outlet>& outlet) {
  const std::lock_guard lock(outlets_mutex_);
  std::erase(outlets_, outlet);
}

void Mixer::start() {
  last_tick_ = steady_clock::now().time_since_epoch().count();
  thread_ = std::thread([this] { run(); });
  pthread_setname_np(thread_.native_handle(), "mixer");
}

void Mixer::stop() {
  stopping_ = true;
  if (thread_.joinable()) thread_.join();
}

void Mixer::run() {
  const auto period = std::chrono::nanoseconds(std::chrono::seconds(1)) / format_.frame_rate;
  const SteadyTime begin = steady_clock::now();
  for (std::int64_t index = 0; !stopping_; ++index) {
    const SteadyTime due = begin + index * period;
    sleep_until(due);
    if (steady_clock::now() - due > kTooLate) {
      log::error("the programme could not run for {} s: starting anew", kTooLate.count());
      std::_Exit(3);  // no clean-up: whatever held this thread up may hold up the clean-up too
    }
    tick(index);
    last_tick_ = steady_clock::now().time_since_epoch().count();
  }
}

void Mixer::tick(std::int64_t index) {
  std::shared_ptr<const Prepared> prepared;
  {
    const std::lock_guard lock(prepared_mutex_);
    prepared = prepared_;
  }
  const auto newest = picture_.newest();
  std::optional<std::chrono::milliseconds> age;
  if (newest) {
    age = std::chrono::duration_cast<std::chrono::milliseconds>(steady_clock::now() - newest->arrived);
  }
  const Plan now = plan(prepared->scene, age);

  // The hall is taken from its slot even when it is not heard, so that a recess does not end with old sound.
  auto& source = levels_->source;
  auto& programme = levels_->programme;
  sound_.take(source.data(), source.size());
  if (now.sound) {
    std::transform(source.begin(), source.end(), programme.begin(), [](float s) { return std::clamp(s, -1.0F, 1.0F); });
  } else {
    std::fill(programme.begin(), programme.end(), 0.0F);
  }
  levels_->meter.add(programme.data(), source.data(), programme.size());

  Frame frame;
  frame.index = index;
  frame.utc = utc_now();
  frame.scene = prepared->generation;
  frame.picture = compose(*prepared, now, newest ? newest->buffer : gst::Buffer());
  frame.sound = programme.data();
  {
    const std::lock_guard lock(outlets_mutex_);
    for (const auto& outlet : outlets_) outlet->frame(frame);
  }
  if (shown_ != prepared->generation) {
    shown_ = prepared->generation;
    if (on_scene) on_scene(shown_, index);
  }
  if (levels_->meter.ready()) {
    const link::Levels levels = levels_->meter.take();
    if (on_levels) on_levels(levels);
  }
}

gst::Buffer Mixer::compose(const Prepared& prepared, const Plan& plan, const gst::Buffer& hall) {
  const gst::Buffer& ground = plan.ground == Plan::Ground::kCard    ? prepared.card
                              : plan.ground == Plan::Ground::kSlate ? slate_
                                                                    : hall;
  if (!plan.caption || prepared.caption.empty()) return ground;
  GstBuffer* fresh = nullptr;
  if (gst_buffer_pool_acquire_buffer(pool_.get(), &fresh, nullptr) != GST_FLOW_OK) return ground;
  gst::Buffer picture = gst::Buffer::adopt(fresh);
  GstMapInfo from;
  GstMapInfo to;
  if (gst_buffer_map(ground.get(), &from, GST_MAP_READ) == FALSE) return ground;
  if (gst_buffer_map(picture.get(), &to, GST_MAP_WRITE) != FALSE) {
    std::memcpy(to.data, from.data, std::min(to.size, from.size));
    prepared.caption.lay_over(to.data);
    gst_buffer_unmap(picture.get(), &to);
  }
  gst_buffer_unmap(ground.get(), &from);
  return picture;
}

}  // namespace tyndau::programme
