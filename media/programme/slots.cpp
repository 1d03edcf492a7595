#include "media/programme/slots.h"

#include <algorithm>
#include <utility>

namespace tyndau::programme {

using namespace std::chrono_literals;
using Time = std::chrono::nanoseconds;

namespace {

/// Pictures that wait: two seconds, which is the most that a source is kept back, of 60 a second.
constexpr std::size_t kMostWaiting = 128;
/// A picture this far behind gives way to the next: less is what uneven timestamps make (see advance()).
constexpr auto kBehind = 100ms;
/// So many pictures are looked at before one is left out because all of them were late by a tick.
constexpr int kLook = 50;

/// Timestamps this near to where the sound goes on mean just that: they are rounded, and clocks differ.
constexpr auto kNear = 40ms;
/// How much of that is believed with each put: a hundredth of its length at most, so that playing can follow.
constexpr double kBelieved = 0.02, kMostBelieved = 0.01;
/// The most that is kept: the reserve, and a heap that arrives at once.
constexpr std::size_t kMostKept = 5 * Format::kSampleRate;
/// Sound that is later than this cannot be played any more: it is left out.
constexpr auto kPictureTooLate = 100ms;
constexpr double kMostSpeed = 0.015;
constexpr double kCatchUp_s = 1;  // an error is made up for in about this time
constexpr auto kRight = 2ms;      // an error that needs no making up for
constexpr std::size_t kFade = Format::kSampleRate * 5 / 1000;

Time length(std::size_t samples) { return Time(static_cast<Time::rep>(samples) * 1'000'000'000 / Format::kSampleRate); }

std::size_t samples_in(Time time) {
  return time <= 0ms ? 0 : static_cast<std::size_t>(time.count() * Format::kSampleRate / 1'000'000'000);
}

double seconds(Time time) { return std::chrono::duration<double>(time).count(); }

}  // namespace

// ---- pictures ----

PictureSlot::PictureSlot(std::shared_ptr<Playhead> playhead) : playhead_(std::move(playhead)) {}

void PictureSlot::put(gst::Buffer picture, SteadyTime now, int width, int height) {
  std::optional<Picture> old{Picture{std::move(picture), now, width, height}};
  const std::lock_guard lock(mutex_);
  picture_.swap(old);  // the old picture is given back after the lock
}

void PictureSlot::put(Picture picture, Time stamp) {
  const SteadyTime arrived = picture.arrived;
  const SteadyTime place = playhead_->place(Playhead::Track::kPicture, stamp, arrived);
  const std::lock_guard lock(mutex_);
  playhead_->note(Playhead::Track::kPicture, place, arrived, waiting_.empty());
  if (waiting_.size() == kMostWaiting) waiting_.pop_front();
  waiting_.push_back({std::move(picture), place});
}

void PictureSlot::clear() {
  std::optional<Picture> old;
  std::deque<Waiting> waiting;
  const std::lock_guard lock(mutex_);
  picture_.swap(old);
  waiting_.swap(waiting);
  shown_ = 0;
  playhead_->reset();
}

/// One picture a tick, in their order: of two that are due at once by their timestamps, which jitter more than a
/// picture is long, the second waits for the next tick. So a picture is shown up to kBehind late before one is left
/// out; and when none came in time for a while, one is left out so that they do again.
void PictureSlot::advance(SteadyTime tick) const {
  // What belongs to the sound of this tick, whose end is a tick on.
  const SteadyTime due = playhead_->at(tick) + Playhead::kTick;
  if (waiting_.empty() || waiting_.front().place > due) return;
  const auto show = [&] {
    picture_ = std::move(waiting_.front().picture);
    picture_->arrived = tick;
    waiting_.pop_front();
  };
  Time behind = due - waiting_.front().place;
  show();
  while (!waiting_.empty() && waiting_.front().place <= due - kBehind) {
    behind = due - waiting_.front().place;
    show();
  }
  least_behind_ = shown_ == 0 ? behind : std::min(least_behind_, behind);
  if (++shown_ < kLook) return;
  shown_ = 0;
  if (least_behind_ > Playhead::kTick && !waiting_.empty() && waiting_.front().place <= due) show();
}

std::optional<PictureSlot::Picture> PictureSlot::newest(SteadyTime tick) const {
  const std::lock_guard lock(mutex_);
  if (!waiting_.empty()) advance(tick);
  return picture_;
}

bool PictureSlot::shows(SteadyTime now) const {
  const std::lock_guard lock(mutex_);
  return picture_ || (!waiting_.empty() && waiting_.front().place <= playhead_->at(now) + Playhead::kTick);
}

// ---- sound ----

void SoundTally::count(std::size_t due, std::size_t missing) {
  if (!begun_) {
    begun_ = missing < due;
    return;
  }
  if (seconds_.empty() || seconds_.back().due >= Format::kSampleRate) seconds_.emplace_back();
  seconds_.back().due += due;
  seconds_.back().missing += missing;
  if (seconds_.size() > static_cast<std::size_t>(kWindow.count())) seconds_.pop_front();
}

double SoundTally::missing() const {
  Second all;
  for (const Second& second : seconds_) {
    all.due += second.due;
    all.missing += second.missing;
  }
  // Of less than a second no share can be told.
  if (all.due < Format::kSampleRate) return 0;
  return std::min(1.0, static_cast<double>(all.missing) / static_cast<double>(all.due));
}

SoundSlot::SoundSlot(std::shared_ptr<Playhead> playhead) : playhead_(std::move(playhead)) {}

SteadyTime SoundSlot::head_place() const { return end_ - length(size()); }

void SoundSlot::drop(std::size_t count) {
  head_ += std::min(count, size());
  if (head_ < samples_.size() && head_ < Format::kSampleRate) return;
  samples_.erase(samples_.begin(), samples_.begin() + static_cast<std::ptrdiff_t>(head_));
  head_ = 0;
}

void SoundSlot::append(const float* samples, std::size_t count) {
  samples_.insert(samples_.end(), samples, samples + count);
  end_ += length(count);
}

/// Joins what begins at `place` to what is there; gives how many of its samples were there already.
std::size_t SoundSlot::go_on(std::size_t count, SteadyTime place) {
  const Time off = place - end_;
  if (off > kNear) {
    // A packet was lost: its time stays silent.
    const std::size_t silence = std::min(samples_in(off), kMostKept);
    samples_.resize(samples_.size() + silence);
    end_ += length(silence);
    tally_.count(0, silence);
    return 0;
  }
  if (off < -kNear) return std::min(count, samples_in(-off));
  const double most = seconds(length(count)) * kMostBelieved;
  const double believed = std::clamp(seconds(off) * kBelieved, -most, most);
  end_ += std::chrono::duration_cast<Time>(std::chrono::duration<double>(believed));
  return 0;
}

void SoundSlot::put(const float* samples, std::size_t count, SteadyTime now, std::optional<Time> stamp) {
  const std::lock_guard lock(mutex_);
  arrived_ = now;
  if (count == 0) return;
  const bool dry = size() == 0;
  // Without timestamps and with nothing left, now is as good a place as any.
  const Time begin = stamp ? *stamp : next_ && !dry ? *next_ : now.time_since_epoch();
  next_ = begin + length(count);
  const SteadyTime place = playhead_->place(Playhead::Track::kSound, begin, now);
  if (dry) {
    end_ = place;
  } else {
    const std::size_t known = go_on(count, place);
    samples += known;
    count -= known;
  }
  if (count == 0) return;
  playhead_->note(Playhead::Track::kSound, end_, now, dry);
  append(samples, count);
  if (size() > kMostKept) drop(size() - kMostKept);
}

/// Ends what was heard without a click.
void SoundSlot::stop(float* out, std::size_t real, std::size_t count) {
  const std::size_t fade = std::min(real, kFade);
  for (std::size_t i = 0; i < fade; ++i) {
    out[real - 1 - i] *= static_cast<float>(i) / static_cast<float>(kFade);
  }
  std::fill(out + real, out + count, 0.0F);
}

std::size_t SoundSlot::take(float* out, std::size_t count, SteadyTime tick) {
  const std::lock_guard lock(mutex_);
  const SteadyTime place = playhead_->at(tick);
  if (size() > 0 && place - head_place() > kPictureTooLate) drop(samples_in(place - head_place()));
  std::size_t silence = size() == 0 ? count : 0;
  if (size() > 0 && (!running_ || head_place() - place > kNear)) {
    silence = std::min(count, samples_in(head_place() - place));
  }
  std::fill(out, out + silence, 0.0F);
  std::size_t real = 0;
  if (silence < count) {
    const bool fresh = !running_ || silence > 0;
    if (fresh) resampler_.begin_anew();
    const Time behind = place + length(silence) - head_place();
    const double wanted = behind > kRight || behind < -kRight ? seconds(behind) / kCatchUp_s : 0;
    const double speed = 1 + std::clamp(wanted, -kMostSpeed, kMostSpeed);
    const auto done = resampler_.run(samples_.data() + head_, size(), out + silence, count - silence, speed);
    drop(done.read);
    real = done.written;
    for (std::size_t i = 0; fresh && i < std::min(real, kFade); ++i) {
      out[silence + i] *= static_cast<float>(i) / static_cast<float>(kFade);
    }
  }
  running_ = silence + real == count && real > 0;
  if (!running_) stop(out + silence, real, count - silence);
  tally_.count(count, count - real);
  return real;
}

void SoundSlot::clear() {
  const std::lock_guard lock(mutex_);
  samples_.clear();
  head_ = 0;
  running_ = false;
  tally_ = {};
  arrived_.reset();
  next_.reset();
  playhead_->reset();
}

std::optional<SteadyTime> SoundSlot::arrived() const {
  const std::lock_guard lock(mutex_);
  return arrived_;
}

double SoundSlot::missing() const {
  const std::lock_guard lock(mutex_);
  return tally_.missing();
}

}  // namespace tyndau::programme
