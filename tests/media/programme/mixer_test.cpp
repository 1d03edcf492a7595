#include "media/programme/mixer.h"

#include <gtest/gtest.h>

#include <atomic>
#include <condition_variable>
#include <cstring>
#include <thread>

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
    std::uint8_t corner;
    float loudest;
  };
  void frame(const Frame& frame) override {
    Seen seen{frame.index, frame.scene, 0, 0};
    gst_buffer_extract(frame.picture.get(), 0, &seen.corner, 1);
    for (int i = 0; i < kFormat.samples_per_frame(); ++i)
      seen.loudest = std::max(seen.loudest, std::fabs(frame.sound[i]));
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
  sound_.put(tone.data(), tone.size(), std::chrono::steady_clock::now());
  ASSERT_TRUE(watcher_->wait([&](const auto& s) { return s.index > 8; }));
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
    float all = 0, without = 0;
    for (std::size_t i = 0; i < own.size(); ++i) {
      all = std::max(all, std::fabs(frame.sound[i]));
      without = std::max(without, std::fabs(own[i]));
    }
    const std::lock_guard lock(mutex_);
    heard_ = {all, without};
    changed_.notify_all();
  }
  template <class Condition>
  bool wait(Condition condition) {
    std::unique_lock lock(mutex_);
    return changed_.wait_for(lock, std::chrono::seconds(5), [&] { return condition(heard_.first, heard_.second); });
  }

 private:
  const std::string seat_;
  std::mutex mutex_;
  std::condition_variable changed_;
  std::pair<float, float> heard_;
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
  std::atomic<bool> stop{false};
  std::thread speaker([&] {
    const std::vector<float> words(kFormat.samples_per_frame(), 0.3F);
    while (!stop) {
      seat->sound.put(words.data(), words.size(), std::chrono::steady_clock::now());
      std::this_thread::sleep_for(std::chrono::milliseconds(40));
    }
  });
  EXPECT_TRUE(own->wait([](float all, float without) { return all > 0.2F && without < 1e-6F; }));
  EXPECT_TRUE(other->wait([](float all, float without) { return all > 0.2F && without == all; }));
  // The microphone is closed: nobody hears him, though he goes on.
  mixer_.set_scene({});
  EXPECT_TRUE(other->wait([](float all, float) { return all == 0; }));
  stop = true;
  speaker.join();
  mixer_.stop();
}

TEST_F(MixerTest, ShowsAGuestAndThenTheHallWhenTheLineIsLost) {
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
  ASSERT_TRUE(watcher_->wait([](const auto& s) { return s.corner == 90; }));
  mixer_.remove_seat("m/p1");
  ASSERT_TRUE(watcher_->wait([](const auto& s) { return s.index > 20 && s.corner == 90; }));
  mixer_.stop();
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
