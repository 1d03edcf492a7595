#include "media/outlets/encoders.h"

#include <gtest/gtest.h>

#include <random>

#include "tests/media/gstreamer.h"

namespace tyndau::outlets {
namespace {

constexpr programme::Format kFormat{640, 360, 25};

/// What no encoder can foresee, so that it takes its time.
gst::Buffer noise(unsigned seed) {
  std::minstd_rand random(seed);
  std::vector<std::uint32_t> bytes(kFormat.picture_bytes() / sizeof(std::uint32_t));
  std::generate(bytes.begin(), bytes.end(), [&] { return static_cast<std::uint32_t>(random()); });
  return gst::Buffer::adopt(gst_buffer_new_memdup(bytes.data(), kFormat.picture_bytes()));
}

/// The real encoders, given more than they can take.
class EncodersTest : public testing::Test {
 protected:
  void SetUp() override {
    Config::Programme config;
    config.width = kFormat.width;
    config.height = kFormat.height;
    config.preset = "medium";
    config.renditions = {{"360p", 640, 360, 4000}, {"180p", 320, 180, 1000}};
    Encoders::Events events;
    events.on_begin = [](std::int64_t, Utc) {};
    events.on_frame = [this](std::size_t track, const TrackFormat&, const EncodedFrame& frame) {
      const std::lock_guard lock(mutex_);
      if (track < 2) times_.at(track).push_back(frame.time);
      changed_.notify_all();
    };
    events.on_error = [this](const std::string& what) {
      const std::lock_guard lock(mutex_);
      error_ = what;
    };
    auto encoders = Encoders::create(config, std::move(events));
    ASSERT_TRUE(encoders) << encoders.error().what;
    encoders_ = *encoders;
    for (unsigned seed = 1; seed <= 5; ++seed) pictures_.push_back(noise(seed));
  }
  void TearDown() override { encoders_.reset(); }  // before what its threads write to
  void wait_for(std::size_t frames) {
    std::unique_lock lock(mutex_);
    EXPECT_TRUE(changed_.wait_for(lock, std::chrono::seconds(30), [&] {
      return std::all_of(times_.begin(), times_.end(), [&](const auto& times) { return times.size() >= frames; });
    }));
  }
  void put(std::int64_t index, bool repeated = false) {
    programme::Frame frame;
    frame.index = index;
    frame.scene = 1 + index / 30;
    frame.picture = pictures_.at(static_cast<std::size_t>(index) % pictures_.size());
    frame.repeated = repeated;
    frame.sound = silence_.data();
    encoders_->frame(frame);
  }
  std::string error() {
    const std::lock_guard lock(mutex_);
    return error_;
  }

  std::shared_ptr<Encoders> encoders_;
  std::vector<gst::Buffer> pictures_;
  std::vector<float> silence_ = std::vector<float>(static_cast<std::size_t>(kFormat.samples_per_frame()));
  std::mutex mutex_;
  std::condition_variable changed_;
  std::array<std::vector<std::int64_t>, 2> times_;
  std::string error_;
};

TEST_F(EncodersTest, RepeatPicturesWhileTheyAreBehindAndLoseNoFrame) {
  constexpr std::int64_t kFrames = 60;
  for (std::int64_t i = 0; i < kFrames; ++i) put(i);
  wait_for(kFrames - 2);  // the last ones may be waited for by finish() alone
  encoders_->finish();
  EXPECT_EQ(error(), "");
  EXPECT_GT(encoders_->repeated(), 0);
  // Those of kMostWaiting were their own, at least, the first of the second scene, and one a second.
  EXPECT_LE(encoders_->repeated(), kFrames - 28);
  const std::lock_guard lock(mutex_);
  for (const auto& times : times_) {
    ASSERT_EQ(times.size(), static_cast<std::size_t>(kFrames));
    for (std::size_t i = 0; i < times.size(); ++i) EXPECT_EQ(times[i], static_cast<std::int64_t>(i) * 3600);
  }
}

TEST_F(EncodersTest, DoNotCountWhatTheMixerRepeated) {
  for (std::int64_t i = 0; i < 40; ++i) put(i, i > 0);
  wait_for(38);
  encoders_->finish();
  EXPECT_EQ(encoders_->repeated(), 0);
}

TEST_F(EncodersTest, TooFarBehindIsAnError) {
  for (std::int64_t i = 0; i < 100'000 && error().empty(); ++i) put(i);
  EXPECT_NE(error().find("too slow"), std::string::npos) << error();
}

}  // namespace
}  // namespace tyndau::outlets
