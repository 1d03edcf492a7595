#include "media/programme/mixer.h"

#include <gtest/gtest.h>

#include <atomic>
#include <condition_variable>
#include <cstring>
#include <thread>

#include "media/programme/limiter.h"
#include "tests/media/gstreamer.h"

namespace tyndau::programme {
namespace {

constexpr Format kFormat{320, 180, 25};

gst::Buffer flat(std::uint8_t luma) {
  GstBuffer* buffer = gst_buffer_new_allocate(nullptr, kFormat.picture_bytes(), nullptr);
  gst_buffer_memset(buffer, 0, luma, kFormat.picture_bytes());
  return gst::Buffer::adopt(buffer);
}

/// Keeps what the mixer makes; wait() until a frame satisfies a condition.
class Watcher : public Outlet {
 public:
  struct Seen {
    std::int64_t index, scene;
    std::uint8_t corner, middle;
    float loudest;
    int loud;  ///< samples
  };
  void frame(const Frame& frame) override {
    Seen seen{frame.index, frame.scene, 0, 0, 0, 0};
    gst_buffer_extract(frame.picture.get(), 0, &seen.corner, 1);
    gst_buffer_extract(frame.picture.get(), kFormat.width * kFormat.height / 2 + kFormat.width / 2, &seen.middle, 1);
    for (int i = 0; i < kFormat.samples_per_frame(); ++i) {
      seen.loudest = std::max(seen.loudest, std::fabs(frame.sound[i]));
      if (std::fabs(frame.sound[i]) > 0.4F) ++seen.loud;
    }
    const std::lock_guard lock(mutex_);
    seen_.push_back(seen);
    changed_.notify_all();
  }
  template <class Condition>
  bool wait(Condition condition) {
    std::unique_lock lock(mutex_);
    return changed_.wait_for(lock, std::chrono::seconds(5), [&] { return !seen_.empty() && condition(seen_.back()); });
  }
  std::vector<Seen> seen() {
    const std::lock_guard lock(mutex_);
    return seen_;
  }

 private:
  std::mutex mutex_;
  std::condition_variable changed_;
  std::vector<Seen> seen_;
};

class MixerTest : public testing::Test {
 protected:
  void SetUp() override { mixer_.add(watcher_); }
  PictureSlot picture_;
  SoundSlot sound_;
  Mixer mixer_{kFormat, picture_, sound_};
  std::shared_ptr<Watcher> watcher_ = std::make_shared<Watcher>();
};

TEST_F(MixerTest, GoesOnWithoutAnySource) {
  mixer_.start();
  ASSERT_TRUE(watcher_->wait([](const auto& s) { return s.index >= 10; }));
  mixer_.stop();
  const auto seen = watcher_->seen();
  for (std::size_t i = 0; i < seen.size(); ++i) EXPECT_EQ(seen[i].index, static_cast<std::int64_t>(i));  // never skips
}

TEST_F(MixerTest, ShowsTheHallAndThenTheCardWithTheSoundOff) {
  const std::vector<float> tone(32000 / 5, 0.5F);
  picture_.put(flat(200), std::chrono::steady_clock::now());
  sound_.put(tone.data(), tone.size(), std::chrono::steady_clock::now());
  mixer_.start();
  ASSERT_TRUE(watcher_->wait([](const auto& s) { return s.corner == 200 && s.loudest > 0.4F; }));

  link::Scene scene;
  scene.card = link::Card{{"Үзіліс", "Перерыв"}, {}};
  const auto generation = mixer_.set_scene(scene);
  ASSERT_TRUE(watcher_->wait([&](const auto& s) { return s.scene == generation; }));
  const std::int64_t at_put = watcher_->seen().back().index;
  sound_.put(tone.data(), tone.size(), std::chrono::steady_clock::now());
  ASSERT_TRUE(watcher_->wait([&](const auto& s) { return s.index > at_put + 6; }));
  mixer_.stop();
  for (const auto& seen : watcher_->seen()) {
    if (seen.scene != generation) continue;
    EXPECT_EQ(seen.loudest, 0.0F);
    EXPECT_NE(seen.corner, 200);
  }
}

TEST_F(MixerTest, TellsTheFirstFrameOfAScene) {
  std::mutex mutex;
  std::vector<std::pair<std::int64_t, std::int64_t>> told;
  mixer_.on_scene = [&](std::int64_t scene, std::int64_t frame) {
    const std::lock_guard lock(mutex);
    told.emplace_back(scene, frame);
  };
  mixer_.start();
  ASSERT_TRUE(watcher_->wait([](const auto& s) { return s.index >= 2; }));
  const auto generation = mixer_.set_scene({});
  ASSERT_TRUE(watcher_->wait([&](const auto& s) { return s.scene == generation && s.index >= 5; }));
  mixer_.stop();
  const auto seen = watcher_->seen();
  const auto first = std::find_if(seen.begin(), seen.end(), [&](const auto& s) { return s.scene == generation; });
  ASSERT_NE(first, seen.end());
  EXPECT_EQ(told.back(), std::make_pair(generation, first->index));
}

/// Holds the mixer up once, for longer than it may be late.
class Brake : public Outlet {
 public:
  struct Seen {
    std::int64_t index, scene;
    bool repeated;
    const GstBuffer* picture;
  };
  void frame(const Frame& frame) override {
    std::unique_lock lock(mutex_);
    frames_.push_back({frame.index, frame.scene, frame.repeated, frame.picture.get()});
    if (frame.index == kAt) {
      stands_ = true;
      changed_.notify_all();
      changed_.wait(lock, [&] { return !stands_; });
    }
    changed_.notify_all();
  }
  /// Waits until it holds the mixer up, for `stall` from then on, and lets it go after `meanwhile`.
  template <class Meanwhile>
  void hold(std::chrono::milliseconds stall, Meanwhile meanwhile) {
    std::unique_lock lock(mutex_);
    ASSERT_TRUE(changed_.wait_for(lock, std::chrono::seconds(5), [&] { return stands_; }));
    lock.unlock();
    std::this_thread::sleep_for(stall);  // the time itself is what is tested
    meanwhile();
    lock.lock();
    stands_ = false;
    changed_.notify_all();
  }
  /// Those after the stall, once it goes on as before.
  std::vector<Seen> after() {
    std::unique_lock lock(mutex_);
    const auto caught_up = [&] { return frames_.size() > kAt + 12 && !frames_.back().repeated; };
    EXPECT_TRUE(changed_.wait_for(lock, std::chrono::seconds(5), caught_up));
    return {frames_.begin() + kAt, frames_.end()};
  }
  static constexpr std::int64_t kAt = 4;

 private:
  std::mutex mutex_;
  std::condition_variable changed_;
  bool stands_ = false;
  std::vector<Seen> frames_;
};

TEST_F(MixerTest, CatchesUpWithRepeatedPicturesAndWholeSound) {
  const auto brake = std::make_shared<Brake>();
  mixer_.add(brake);
  picture_.put(flat(90), std::chrono::steady_clock::now() + std::chrono::seconds(60));
  mixer_.start();
  const std::vector<float> tone(32000 / 10, 0.5F);
  std::int64_t generation = 0;
  brake->hold(std::chrono::milliseconds(500), [&] {
    sound_.put(tone.data(), tone.size(), std::chrono::steady_clock::now());
    generation = mixer_.set_scene({});
  });
  const auto frames = brake->after();
  EXPECT_TRUE(watcher_->wait([](const auto& s) { return s.loudest > 0.4F; }));
  EXPECT_TRUE(watcher_->wait([](const auto& s) { return s.loudest == 0; }));
  mixer_.stop();

  EXPECT_EQ(frames[1].scene, generation) << "a new scene is shown by its first frame";
  EXPECT_FALSE(frames[1].repeated);
  // 500 ms late, made up for until 80 ms are left: ten frames, and fewer only where the thread was not let run.
  std::int64_t repeated = 0;
  for (std::size_t i = 1; i < frames.size(); ++i) {
    EXPECT_EQ(frames[i].index, frames[i - 1].index + 1);
    if (!frames[i].repeated) continue;
    ++repeated;
    EXPECT_EQ(frames[i].picture, frames[i - 1].picture);
  }
  EXPECT_GE(repeated, 5);
  EXPECT_GE(mixer_.repeated(), repeated);
  const auto seen = watcher_->seen();
  int heard = 0;
  for (const auto& frame : seen) heard += frame.loud;
  EXPECT_NEAR(heard, 3200 - 160, 160) << "100 ms of sound, less what its beginning and end fade: none lost";
}

TEST_F(MixerTest, AStaleSourceBecomesTheSlate) {
  picture_.put(flat(200), std::chrono::steady_clock::now());
  mixer_.start();
  ASSERT_TRUE(watcher_->wait([](const auto& s) { return s.corner == 200; }));
  ASSERT_TRUE(watcher_->wait([](const auto& s) { return s.corner != 200; }));
  mixer_.stop();
}

/// Keeps each frame's loudest sample as everybody hears it and as one seat hears it.
class Ear : public Outlet {
 public:
  explicit Ear(std::string seat) : seat_(std::move(seat)) {}
  void frame(const Frame& frame) override {
    std::vector<float> own(static_cast<std::size_t>(kFormat.samples_per_frame()));
    frame.sound_without(seat_, own.data(), own.size());
    float all = 0, without = 0, later = 0;
    for (std::size_t i = 0; i < own.size(); ++i) {
      all = std::max(all, std::fabs(frame.sound[i]));
      without = std::max(without, std::fabs(own[i]));
      if (i >= Format::kSampleRate / 1000) later = std::max(later, std::fabs(frame.sound[i]));
    }
    const std::lock_guard lock(mutex_);
    heard_ = {all, without};
    loudest_ = {std::max(loudest_.first, later), std::max(loudest_.second, without)};
    ++frames_;
    changed_.notify_all();
  }
  template <class Condition>
  bool wait(Condition condition) {
    std::unique_lock lock(mutex_);
    return changed_.wait_for(lock, std::chrono::seconds(5), [&] { return condition(heard_.first, heard_.second); });
  }
  /// Of every frame until half a second from now: the loudest with the seat, but for its first millisecond
  /// (Limiter::gains), and without it.
  std::pair<float, float> loudest() {
    std::unique_lock lock(mutex_);
    const int enough = frames_ + kFormat.frame_rate / 2;
    EXPECT_TRUE(changed_.wait_for(lock, std::chrono::seconds(5), [&] { return frames_ >= enough; }));
    return loudest_;
  }

 private:
  const std::string seat_;
  std::mutex mutex_;
  std::condition_variable changed_;
  std::pair<float, float> heard_, loudest_;
  int frames_ = 0;
};

/// Puts a sound into a slot as it goes, until it goes out of scope.
class Speaker {
 public:
  template <class Slot>
  Speaker(Slot& slot, float loudness)
      : thread_([this, &slot, words = std::vector<float>(kFormat.samples_per_frame(), loudness)] {
          while (!stop_) {
            slot.put(words.data(), words.size(), std::chrono::steady_clock::now());
            std::this_thread::sleep_for(std::chrono::milliseconds(40));
          }
        }) {}
  ~Speaker() {
    stop_ = true;
    thread_.join();
  }

 private:
  std::atomic<bool> stop_{false};
  std::thread thread_;
};

TEST_F(MixerTest, NobodyHearsHimself) {
  const auto seat = std::make_shared<Seat>();
  mixer_.add_seat("m/p1", seat);
  const auto own = std::make_shared<Ear>("m/p1"), other = std::make_shared<Ear>("m/p2");
  mixer_.add(own);
  mixer_.add(other);
  link::Scene scene;
  scene.microphones = {"m/p1"};
  mixer_.set_scene(scene);
  mixer_.start();
  const Speaker speaker(seat->sound, 0.3F);
  EXPECT_TRUE(own->wait([](float all, float) { return all > 0.2F; }));
  EXPECT_LT(own->loudest().second, 1e-6F) << "in no frame";
  EXPECT_TRUE(other->wait([](float all, float without) { return all > 0.2F && without == all; }));
  // The microphone is closed: nobody hears him, though he goes on.
  mixer_.set_scene({});
  EXPECT_TRUE(other->wait([](float all, float) { return all == 0; }));
  mixer_.stop();
}

TEST_F(MixerTest, TheHallsLoudspeakersGetWhatTheHallDoesNotSay) {
  const auto seat = std::make_shared<Seat>();
  mixer_.add_seat("m/p1", seat);
  const auto hall = std::make_shared<Ear>(std::string(kHallVoice));
  mixer_.add(hall);
  mixer_.start();
  const Speaker in_the_hall(sound_, 0.4F);
  EXPECT_TRUE(hall->wait([](float all, float) { return all > 0.3F; }));
  EXPECT_LT(hall->loudest().second, 1e-6F) << "in no frame";
  link::Scene scene;
  scene.microphones = {"m/p1"};
  mixer_.set_scene(scene);
  const Speaker remote(seat->sound, 0.2F);
  EXPECT_TRUE(hall->wait([](float all, float without) { return without > 0.1F && without < all - 0.2F; }));
  // A recess silences them too.
  scene.card = link::Card{{"Үзіліс", "Перерыв"}, {}};
  mixer_.set_scene(scene);
  EXPECT_TRUE(hall->wait([](float all, float without) { return all == 0 && without == 0; }));
  mixer_.stop();
}

TEST_F(MixerTest, TwoLoudVoicesDoNotCrackle) {
  const auto seat = std::make_shared<Seat>();
  mixer_.add_seat("m/p1", seat);
  link::Scene scene;
  scene.microphones = {"m/p1"};
  mixer_.set_scene(scene);
  const auto ear = std::make_shared<Ear>("m/p2");
  mixer_.add(ear);
  mixer_.start();
  const Speaker in_the_hall(sound_, 0.9F), remote(seat->sound, 0.9F);
  EXPECT_TRUE(ear->wait([](float all, float) { return all > 0.85F; }));
  EXPECT_LE(ear->loudest().first, Limiter::kCeiling + 1e-4F) << "in no frame, the first with both neither";
  mixer_.stop();
}

TEST_F(MixerTest, TakesTheHallFromASeatAndGivesItBack) {
  const auto now = std::chrono::steady_clock::now();
  const auto later = now + std::chrono::seconds(60);
  picture_.put(flat(90), later);
  const auto remote = std::make_shared<Seat>();
  const Format large{640, 480};  // of another size and shape
  GstBuffer* picture = gst_buffer_new_allocate(nullptr, large.picture_bytes(), nullptr);
  gst_buffer_memset(picture, 0, 200, large.picture_bytes());
  remote->picture.put(gst::Buffer::adopt(picture), later, large.width, large.height);
  mixer_.start();
  ASSERT_TRUE(watcher_->wait([](const auto& s) { return s.corner == 90; }));
  mixer_.take_hall(remote);
  // 4:3 in a picture of 16:9: bars at the sides, so the corner is plain, and the middle is the hall.
  ASSERT_TRUE(watcher_->wait([](const auto& s) { return s.corner != 90 && s.middle == 200; }));
  const Speaker there(remote->sound, 0.5F);
  ASSERT_TRUE(watcher_->wait([](const auto& s) { return s.loudest > 0.4F; }));
  mixer_.take_hall(nullptr);
  ASSERT_TRUE(watcher_->wait([](const auto& s) { return s.corner == 90 && s.middle == 90 && s.loudest == 0; }));
  mixer_.stop();
}

TEST_F(MixerTest, ShowsAGuestAndThenACardAndNeverTheHallWhenNobodyIsSeen) {
  const auto seat = std::make_shared<Seat>();
  mixer_.add_seat("m/p1", seat);
  link::Scene scene;
  scene.layout = "guest";
  scene.tiles = {{"m/p1", {"Бота", "Бота"}}};
  mixer_.set_scene(scene);
  seat->picture.put(flat(200), std::chrono::steady_clock::now());
  mixer_.start();
  ASSERT_TRUE(watcher_->wait([](const auto& s) { return s.corner == 200; }));
  picture_.put(flat(90), std::chrono::steady_clock::now() + std::chrono::seconds(60));
  const auto card = [](const auto& s) { return s.corner > 30 && s.corner < 60; };
  ASSERT_TRUE(watcher_->wait(card));
  mixer_.remove_seat("m/p1");
  ASSERT_TRUE(watcher_->wait([&](const auto& s) { return s.index > 60 && card(s); }));
  mixer_.stop();
  for (const auto& shown : watcher_->seen()) EXPECT_NE(shown.corner, 90) << "the hall at " << shown.index;
}

TEST_F(MixerTest, LeavesAloneAnOutletThatWasRemoved) {
  mixer_.start();
  ASSERT_TRUE(watcher_->wait([](const auto&) { return true; }));
  mixer_.remove(watcher_);
  const auto frames = watcher_->seen().size();
  const auto other = std::make_shared<Watcher>();
  mixer_.add(other);
  ASSERT_TRUE(other->wait([](const auto&) { return true; }));
  mixer_.stop();
  EXPECT_EQ(watcher_->seen().size(), frames);
}

}  // namespace
}  // namespace tyndau::programme
