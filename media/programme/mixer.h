#pragma once
#include <array>
#include <atomic>
#include <cstdint>
#include <functional>
#include <memory>
#include <mutex>
#include <thread>
#include <vector>

#include "media/base/clock_anchor.h"
#include "media/base/utc.h"
#include "media/link/messages.h"
#include "media/programme/composer.h"
#include "media/programme/overlay.h"
#include "media/programme/scene.h"
#include "media/programme/seat.h"
#include "media/programme/slots.h"

namespace tyndau::programme {

/// What the hall says, among the voices of a frame.
inline constexpr std::string_view kHallVoice = "@hall";

/// One frame of the programme with its sound.
struct Frame {
  std::int64_t index = 0;        ///< since the mixer began; never skips
  Utc utc{};                     ///< wall time of the tick
  std::int64_t scene = 0;        ///< the generation that set_scene() gave
  gst::Buffer picture;           ///< tightly packed I420, read-only
  bool repeated = false;         ///< the picture is the frame's before, because there was no time for a new one
  const float* sound = nullptr;  ///< Format::samples_per_frame() samples, mono; only during the call

  /// The sound as one of those who are heard must get it: without his own voice (a mix-minus). `out` has room for
  /// `samples_per_frame` samples. "" gets all of it; kHallVoice what the hall's loudspeakers may play.
  void sound_without(std::string_view seat, float* out, std::size_t samples) const;

  /// The seats that are heard in this frame, and what each of them adds.
  struct Voice {
    std::string_view seat;
    const float* samples;
  };
  const float* sum = nullptr;    ///< before it was limited
  const float* gains = nullptr;  ///< what limited it, sample by sample
  std::vector<Voice> voices = {};
};

/// Whoever wants the programme: encoders, the preview. Called on the mixer's thread and must not block it.
class Outlet {
 public:
  virtual ~Outlet() = default;
  virtual void frame(const Frame& frame) = 0;
};

/// The programme itself: a thread ("mixer") that makes one frame for each tick of the cadence out of what lies in the
/// slots and the scene that was set, whatever its sources do. A tick that comes late is made up for at once, and one
/// that comes later than kLate repeats the picture, so that a machine that is too slow costs pictures, and neither
/// sound nor time. A thread that could not run for kTooLate is a machine that is not fit, and the process ends so that
/// it is started anew. The thread goes before the process's others where the system lets it.
class Mixer {
 public:
  static constexpr std::chrono::milliseconds kLate{80};
  static constexpr std::chrono::seconds kTooLate{3};

  Mixer(Format format, const PictureSlot& picture, SoundSlot& sound);
  ~Mixer();

  /// Paints what the scene needs and shows it from the next frame on. Gives its generation. Main thread.
  std::int64_t set_scene(const link::Scene& scene);
  const link::Scene& scene() const { return scene_; }

  /// Frames are given this wall time from the next on; the system's as it was at the beginning until then. Any thread.
  void set_clock(const ClockAnchor& clock);
  Utc now() const;

  /// A seat that the scene may name from now on; it is filled by others. Main thread.
  void add_seat(const std::string& name, std::shared_ptr<Seat> seat);
  void remove_seat(const std::string& name);

  /// The hall is what arrives in this seat from the next frame on, and not what lies in the slots that the mixer was
  /// made with; null: those again. Main thread.
  void take_hall(std::shared_ptr<Seat> seat);

  /// The first frame for which the outlet was or will be called. Main thread; remove() returns when the outlet is not
  /// and will not be inside frame().
  void add(std::shared_ptr<Outlet> outlet);
  void remove(const std::shared_ptr<Outlet>& outlet);

  /// Called on the mixer's thread, ten times a second, and for the first frame of each new scene.
  std::function<void(const link::Levels&)> on_levels;
  std::function<void(std::int64_t scene, std::int64_t frame)> on_scene;

  void start();
  void stop();
  /// When the last frame was made; for the watchdog. Any thread.
  SteadyTime last_tick() const { return SteadyTime(SteadyTime::duration(last_tick_.load())); }
  /// How many frames had no picture of their own so far. Any thread.
  std::int64_t repeated() const { return repeated_; }

  const Format& format() const { return format_; }

 private:
  struct Prepared {
    link::Scene scene;
    std::int64_t generation = 0;
    gst::Buffer card;
    std::array<Blend, 2> captions;             ///< Kazakh, Russian: shown in turn, Kazakh first
    std::vector<Blend> labels;                 ///< of the scene's tiles, where the layout has room for them
    std::vector<PictureSlot::Picture> voices;  ///< of the scene's tiles: what stands there while nobody is seen
  };
  void run();
  void tick(std::int64_t index, SteadyTime due, bool late);
  void mix(const Prepared& prepared, const Seats& seats, Frame& frame);
  gst::Buffer compose(const Prepared& prepared, const Seats& seats, const std::optional<PictureSlot::Picture>& hall,
                      bool over_a_line, const Blend& caption);
  const Blend& caption_at(const Prepared& prepared, std::int64_t index);
  std::shared_ptr<const Seats> seats() const;

  // Constant after construction.
  const Format format_;
  const PictureSlot& picture_;
  SoundSlot& sound_;
  gst::Buffer slate_;
  // Main thread.
  link::Scene scene_;
  std::int64_t generation_ = 0;
  std::thread thread_;
  // Shared.
  mutable std::mutex clock_mutex_;
  ClockAnchor clock_ = ClockAnchor::of_now();  // guarded by clock_mutex_
  std::mutex prepared_mutex_;
  std::shared_ptr<const Prepared> prepared_;  // guarded by prepared_mutex_
  mutable std::mutex seats_mutex_;
  std::shared_ptr<const Seats> seats_ = std::make_shared<const Seats>();  // guarded by seats_mutex_; replaced whole
  std::shared_ptr<Seat> hall_seat_;                                       // guarded by seats_mutex_
  std::mutex outlets_mutex_;                                              // held during a tick's calls
  std::vector<std::shared_ptr<Outlet>> outlets_;
  std::atomic<bool> stopping_{false};
  std::atomic<SteadyTime::rep> last_tick_{0};
  std::atomic<std::int64_t> repeated_{0};
  // Mixer's thread.
  std::int64_t shown_ = 0;
  std::int64_t caption_since_ = 0;        // the frame that the caption was shown from
  std::optional<link::Caption> caption_;  // that is shown
  gst::Buffer picture_before_;
  struct Sound;
  std::unique_ptr<Sound> sounds_;
  Composer composer_;
};

}  // namespace tyndau::programme
