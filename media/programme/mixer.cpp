#include "media/programme/mixer.h"

#include <pthread.h>
#include <sys/resource.h>

#include <algorithm>
#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <ctime>

#include "media/base/log.h"
#include "media/programme/levels.h"
#include "media/programme/limiter.h"
#include "media/programme/loudness.h"
#include "media/programme/painter.h"

namespace tyndau::programme {

using std::chrono::steady_clock;

struct Mixer::Sound {
  explicit Sound(std::size_t samples) : hall(samples), sum(samples), programme(samples) {}
  LevelMeter meter;
  Loudness loudness;  ///< of the hall
  Limiter limiter;
  std::vector<float> hall, sum, programme;
};

namespace {

constexpr std::chrono::seconds kCaptionTurn{6};  // of each language: a name is read twice in it
constexpr int kNicer = 5;                        // than the process's other threads

/// In Linux a priority is a thread's own; 0 is the calling one.
void go_before_others() {
  errno = 0;
  const int nice = getpriority(PRIO_PROCESS, 0);
  if (errno != 0 || setpriority(PRIO_PROCESS, 0, nice - kNicer) != 0) {
    log::info("the mixer has no priority of its own: {}", std::strerror(errno));
  }
}

/// What the limiter could not foresee, and what adds up to more without a voice than with it.
float clipped(float sample) { return std::clamp(sample, -1.0F, 1.0F); }

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
      sounds_(std::make_unique<Sound>(static_cast<std::size_t>(format.samples_per_frame()))),
      composer_(format) {
  set_scene({});
}

Mixer::~Mixer() {
  stop();
  outlets_.clear();
}

void Frame::sound_without(std::string_view seat, float* out, std::size_t samples) const {
  const auto own = std::find_if(voices.begin(), voices.end(), [&](const Voice& voice) { return voice.seat == seat; });
  if (own == voices.end()) {
    std::copy_n(sound, samples, out);
    return;
  }
  for (std::size_t i = 0; i < samples; ++i) out[i] = clipped((sum[i] - own->samples[i]) * gains[i]);
}

std::int64_t Mixer::set_scene(const link::Scene& scene) {
  auto prepared = std::make_shared<Prepared>();
  prepared->scene = scene;
  prepared->generation = ++generation_;
  if (scene.card) prepared->card = paint_card(format_, *scene.card);
  if (scene.caption) {
    prepared->captions = {Blend(format_, paint_caption(format_, *scene.caption, Language::kKazakh)),
                          Blend(format_, paint_caption(format_, *scene.caption, Language::kRussian))};
  }
  const std::vector<Rect> places = cells(scene, format_.width, format_.height);
  // One who fills the picture has the caption; the first place of the other layouts is the hall's.
  for (std::size_t i = 0; i < scene.tiles.size() && i + 1 < places.size(); ++i) {
    prepared->labels.emplace_back(format_, paint_label(format_, places[i + 1], scene.tiles[i].name));
  }
  const bool alone = scene.layout == "guest";
  for (std::size_t i = 0; i < scene.tiles.size() && i + (alone ? 0 : 1) < places.size(); ++i) {
    Format size = format_;
    size.width = places[i + (alone ? 0 : 1)].width;
    size.height = places[i + (alone ? 0 : 1)].height;
    // Of one who fills the picture the caption knows more than the name.
    const bool known = alone && scene.caption && scene.caption->name == scene.tiles[i].name;
    const auto position = known ? scene.caption->position : link::Bilingual{};
    prepared->voices.push_back({paint_voice(size, scene.tiles[i].name, position), {}, size.width, size.height});
  }
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
  go_before_others();
  const SteadyTime begin = steady_clock::now();
  for (std::int64_t index = 0; !stopping_; ++index) {
    const SteadyTime due = begin + index * period;
    sleep_until(due);
    const auto late = steady_clock::now() - due;
    if (late > kTooLate) {
      log::error("the programme could not run for {} s: starting anew", kTooLate.count());
      std::_Exit(3);  // no clean-up: whatever held this thread up may hold up the clean-up too
    }
    tick(index, due, late > kLate);
    last_tick_ = steady_clock::now().time_since_epoch().count();
  }
}

std::shared_ptr<const Seats> Mixer::seats() const {
  const std::lock_guard lock(seats_mutex_);
  return seats_;
}

void Mixer::add_seat(const std::string& name, std::shared_ptr<Seat> seat) {
  seat->voice.samples.resize(static_cast<std::size_t>(format_.samples_per_frame()));
  auto all = std::make_shared<Seats>(*seats());
  all->insert_or_assign(name, std::move(seat));
  const std::lock_guard lock(seats_mutex_);
  seats_ = std::move(all);
}

void Mixer::remove_seat(const std::string& name) {
  auto all = std::make_shared<Seats>(*seats());
  all->erase(name);
  const std::lock_guard lock(seats_mutex_);
  seats_ = std::move(all);
}

void Mixer::set_clock(const ClockAnchor& clock) {
  const std::lock_guard lock(clock_mutex_);
  clock_ = clock;
}

Utc Mixer::now() const {
  const std::lock_guard lock(clock_mutex_);
  return clock_.now();
}

void Mixer::take_hall(std::shared_ptr<Seat> seat) {
  const std::lock_guard lock(seats_mutex_);
  hall_seat_ = std::move(seat);
}

void Mixer::tick(std::int64_t index, SteadyTime due, bool late) {
  std::shared_ptr<const Prepared> prepared;
  {
    const std::lock_guard lock(prepared_mutex_);
    prepared = prepared_;
  }
  const auto seats = this->seats();
  std::shared_ptr<Seat> hall;
  {
    const std::lock_guard lock(seats_mutex_);
    hall = hall_seat_;
  }
  Frame frame;
  frame.index = index;
  frame.utc = now();
  frame.scene = prepared->generation;
  // A new scene is shown by its first frame, however late.
  frame.repeated = late && shown_ == prepared->generation;
  if (frame.repeated) {
    ++repeated_;
  } else {
    picture_before_ = compose(*prepared, *seats, (hall ? hall->picture : picture_).newest(due), hall != nullptr,
                              caption_at(*prepared, index));
  }
  frame.picture = picture_before_;
  const std::size_t samples = sounds_->hall.size();
  if (hall) {
    hall->sound.take(sounds_->hall.data(), samples);
  } else {
    sound_.take(sounds_->hall.data(), samples, due);
  }
  mix(*prepared, *seats, frame);
  {
    const std::lock_guard lock(outlets_mutex_);
    for (const auto& outlet : outlets_) outlet->frame(frame);
  }
  if (shown_ != prepared->generation) {
    shown_ = prepared->generation;
    if (on_scene) on_scene(shown_, index);
  }
  if (sounds_->meter.ready()) {
    const link::Levels levels = sounds_->meter.take();
    if (on_levels) on_levels(levels);
  }
}

/// Everything is taken from its slot even when it is not heard, so that neither a recess ends nor a microphone opens
/// with old sound.
void Mixer::mix(const Prepared& prepared, const Seats& seats, Frame& frame) {
  Sound& now = *sounds_;
  const std::size_t count = now.sum.size();
  const bool sound = !prepared.scene.card;
  now.loudness.add(now.hall.data(), count);
  const double wanted = wanted_loudness(now.loudness);
  std::fill(now.sum.begin(), now.sum.end(), 0.0F);
  if (sound) {
    std::copy(now.hall.begin(), now.hall.end(), now.sum.begin());
    frame.voices.push_back({kHallVoice, now.hall.data()});
  }
  const auto& open = prepared.scene.microphones;
  for (const auto& [name, seat] : seats) {
    Seat::Voice& voice = seat->voice;
    seat->sound.take(voice.samples.data(), count);
    voice.leveller.add(voice.samples.data(), count, wanted);
    const bool heard = sound && std::find(open.begin(), open.end(), name) != open.end();
    const float before = std::exchange(voice.gain, heard ? voice.leveller.gain() : 0.0F);
    if (before == 0 && voice.gain == 0) continue;
    const float step = (voice.gain - before) / static_cast<float>(count);
    for (std::size_t i = 0; i < count; ++i) {
      voice.samples[i] *= before + step * static_cast<float>(i + 1);
      now.sum[i] += voice.samples[i];
    }
    frame.voices.push_back({name, voice.samples.data()});
  }
  frame.gains = now.limiter.gains(now.sum.data(), count);
  for (std::size_t i = 0; i < count; ++i) now.programme[i] = clipped(now.sum[i] * frame.gains[i]);
  now.meter.add(now.programme.data(), now.hall.data(), count);
  frame.sound = now.programme.data();
  frame.sum = now.sum.data();
}

/// The caption in the language whose turn it is; a new one begins in Kazakh.
const Blend& Mixer::caption_at(const Prepared& prepared, std::int64_t index) {
  if (caption_ != prepared.scene.caption) {
    caption_ = prepared.scene.caption;
    caption_since_ = index;
  }
  const auto turn = (index - caption_since_) / (static_cast<std::int64_t>(kCaptionTurn.count()) * format_.frame_rate);
  const bool same = caption_ && caption_->name.kk == caption_->name.ru && !caption_->name.kk.empty();
  const Blend& wanted = prepared.captions[turn % 2 == 0 || same ? 0 : 1];
  return wanted.empty() ? prepared.captions[turn % 2 == 0 ? 1 : 0] : wanted;
}

gst::Buffer Mixer::compose(const Prepared& prepared, const Seats& seats,
                           const std::optional<PictureSlot::Picture>& hall, bool over_a_line, const Blend& caption) {
  const SteadyTime now = steady_clock::now();
  const auto age = [now](const std::optional<PictureSlot::Picture>& picture) -> Age {
    if (!picture) return std::nullopt;
    return std::chrono::duration_cast<std::chrono::milliseconds>(now - picture->arrived);
  };
  const link::Scene& scene = prepared.scene;
  std::vector<std::optional<PictureSlot::Picture>> faces(scene.tiles.size()), presentations(scene.tiles.size());
  std::vector<TileAge> ages(scene.tiles.size());
  for (std::size_t i = 0; i < scene.tiles.size(); ++i) {
    const auto seat = seats.find(scene.tiles[i].seat);
    if (seat == seats.end()) continue;
    faces[i] = seat->second->picture.newest();
    presentations[i] = seat->second->presentation.newest();
    ages[i] = {age(faces[i]), age(presentations[i])};
  }
  Age hall_age = age(hall);
  // Over a line a picture may pause as long as a guest's.
  if (over_a_line && hall_age) *hall_age -= kTileLife - kPictureLife;
  // One that promised a picture every five seconds is not late before.
  if (hall_age && hall->life > kPictureLife) *hall_age -= hall->life - kPictureLife;
  const Plan plan = programme::plan(scene, hall_age, ages, format_.width, format_.height);

  std::vector<Composer::Layer> layers;
  std::vector<const Blend*> overlays;
  for (const Piece& piece : plan.pieces) {
    switch (piece.what) {
      case Piece::What::kHall:
        layers.push_back({*hall, piece.place});
        break;
      case Piece::What::kSlate:
        layers.push_back({{slate_, now}, piece.place});
        break;
      case Piece::What::kFace:
        layers.push_back({*faces[piece.tile], piece.place});
        break;
      case Piece::What::kPresentation:
        layers.push_back({*presentations[piece.tile], piece.place, true});
        break;
      case Piece::What::kVoice:
        layers.push_back({prepared.voices[piece.tile], piece.place});
        break;
    }
    const bool seen = piece.what == Piece::What::kFace || piece.what == Piece::What::kPresentation;
    if (seen && piece.tile < prepared.labels.size()) overlays.push_back(&prepared.labels[piece.tile]);
  }
  if (plan.caption && !caption.empty()) overlays.push_back(&caption);
  const bool hall_fits = hall && (hall->width == 0 || (hall->width == format_.width && hall->height == format_.height));
  if (plan.ground == Plan::Ground::kHall && !hall_fits) {
    layers.insert(layers.begin(), {*hall, {0, 0, format_.width, format_.height}, true});
  }
  const gst::Buffer& ground = plan.ground == Plan::Ground::kCard                ? prepared.card
                              : plan.ground == Plan::Ground::kSlate             ? slate_
                              : plan.ground == Plan::Ground::kHall && hall_fits ? hall->buffer
                                                                                : composer_.stage();
  return composer_.compose(ground, layers, overlays);
}

}  // namespace tyndau::programme
