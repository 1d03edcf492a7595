#include "media/sources/chamber.h"

#include <pthread.h>

#include <algorithm>
#include <chrono>
#include <cmath>
#include <condition_variable>
#include <mutex>
#include <thread>
#include <utility>
#include <vector>

#include "media/base/utc.h"
#include "media/sources/chamber_picture.h"
#include "media/sources/speech.h"

namespace tyndau::sources {

namespace {

using namespace std::chrono_literals;
using std::chrono::steady_clock;
using Samples = std::vector<std::int16_t>;

/// Loudness at which the mouth is wide open, RMS of full scale.
constexpr double kLoud = 0.16;

double rms_of(const std::vector<float>& samples) {
  double sum = 0;
  for (const float sample : samples) sum += static_cast<double>(sample) * sample;
  return samples.empty() ? 0 : std::sqrt(sum / static_cast<double>(samples.size()));
}

}  // namespace

struct Chamber::Inner {
  std::shared_ptr<Intake> intake;
  std::filesystem::path speech_directory;

  mutable std::mutex mutex;
  std::condition_variable changed;
  bool stop = false;                      // guarded by mutex
  std::string complaint;                  // guarded by mutex
  std::shared_ptr<const Samples> speech;  // guarded by mutex

  std::thread reader, painter;

  bool stopping() const {
    const std::lock_guard lock(mutex);
    return stop;
  }
  template <class Time>
  bool stopped_before(Time time) {
    std::unique_lock lock(mutex);
    return changed.wait_until(lock, time, [this] { return stop; });
  }
  void read();
  void paint();
  std::vector<float> sound_of(std::int64_t frame, std::int64_t& position);
};

void Chamber::Inner::read() {
  pthread_setname_np(pthread_self(), "chamber-speech");
  do {
    auto loaded = load_speech(speech_directory, [this] { return stopping(); });
    const std::lock_guard lock(mutex);
    if (loaded) {
      speech = std::make_shared<const Samples>(std::move(*loaded));
      complaint.clear();
      return;
    }
    complaint = loaded.error().what;
  } while (!stopped_before(steady_clock::now() + 1s));
}

/// The samples that belong to a frame; `position` goes round in the speech.
std::vector<float> Chamber::Inner::sound_of(std::int64_t frame, std::int64_t& position) {
  const int rate = intake->format().frame_rate;
  const auto until = [rate](std::int64_t n) { return n * programme::Format::kSampleRate / rate; };
  std::vector<float> samples(static_cast<std::size_t>(until(frame + 1) - until(frame)));
  std::shared_ptr<const Samples> source;
  {
    const std::lock_guard lock(mutex);
    source = speech;
  }
  if (!source || source->empty()) return samples;
  for (float& sample : samples) {
    sample = static_cast<float>((*source)[static_cast<std::size_t>(position)]) / 32768.0F;
    position = (position + 1) % static_cast<std::int64_t>(source->size());
  }
  return samples;
}

void Chamber::Inner::paint() {
  pthread_setname_np(pthread_self(), "chamber");
  ChamberPicture picture(intake->format());
  const int rate = intake->format().frame_rate;
  auto start = steady_clock::now();
  std::int64_t position = 0;
  double level = 0;
  for (std::int64_t frame = 0, since_start = 0;; ++frame, ++since_start) {
    auto due = start + std::chrono::nanoseconds(since_start * 1'000'000'000 / rate);
    // After a hang (a suspended machine) the time goes on from now instead of making up for it.
    if (steady_clock::now() - due > 200ms) {
      due = start = steady_clock::now();
      since_start = 0;
    }
    if (stopped_before(due)) return;
    const std::vector<float> samples = sound_of(frame, position);
    const double loud = std::min(1.0, rms_of(samples) / kLoud);
    level += (loud - level) * (loud > level ? 0.7 : 0.35);  // a mouth opens faster than it closes
    intake->put_sound(samples.data(), samples.size(), due.time_since_epoch());
    intake->put_picture(picture.paint(utc_now(), static_cast<double>(frame) / rate, level));
  }
}

Chamber::Chamber(std::shared_ptr<Intake> intake, std::filesystem::path speech_directory) : inner_(new Inner) {
  inner_->intake = std::move(intake);
  inner_->intake->has_video = true;
  inner_->speech_directory = std::move(speech_directory);
  inner_->reader = std::thread([inner = inner_.get()] { inner->read(); });
  inner_->painter = std::thread([inner = inner_.get()] { inner->paint(); });
}

Chamber::~Chamber() {
  {
    const std::lock_guard lock(inner_->mutex);
    inner_->stop = true;
    inner_->changed.notify_all();
  }
  inner_->reader.join();
  inner_->painter.join();
}

std::string Chamber::complaint() const {
  const std::lock_guard lock(inner_->mutex);
  return inner_->complaint;
}

}  // namespace tyndau::sources
