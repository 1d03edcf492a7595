#include "media/programme/voice_slot.h"

#include <gtest/gtest.h>

#include <atomic>
#include <numeric>
#include <thread>
#include <vector>

#include "tests/media/gstreamer.h"

namespace tyndau::programme {
namespace {

constexpr SteadyTime kSomeTime{std::chrono::seconds(5)};
constexpr std::size_t kMillisecond = Format::kSampleRate / 1000;

/// Samples that count on from `first`, so that what comes out can be told apart.
std::vector<float> counting(std::size_t first, std::size_t count) {
  std::vector<float> samples(count);
  std::iota(samples.begin(), samples.end(), static_cast<float>(first));
  return samples;
}

class VoiceSlotTest : public testing::Test {
 protected:
  void put(std::size_t first, std::size_t count) { slot.put(counting(first, count).data(), count, kSomeTime); }
  /// What came out, and how much of it was real in `real`.
  std::vector<float> take(std::size_t count) {
    std::vector<float> out(count, -1);
    real = slot.take(out.data(), count);
    return out;
  }
  VoiceSlot slot;
  std::size_t real = 0;
};

TEST_F(VoiceSlotTest, IsSilentUntilTheCushionIsThere) {
  EXPECT_EQ(take(100), std::vector<float>(100, 0.0F));
  EXPECT_EQ(real, 0U);
  put(1, 59 * kMillisecond);
  EXPECT_EQ(take(100), std::vector<float>(100, 0.0F));
  EXPECT_EQ(real, 0U);
  put(1 + 59 * kMillisecond, kMillisecond);
  EXPECT_EQ(take(100), counting(1, 100));
  EXPECT_EQ(real, 100U);
}

TEST_F(VoiceSlotTest, FillsWithSilenceWhenItRunsDryAndThenWaitsForANewCushion) {
  put(1, 60 * kMillisecond);
  take(50 * kMillisecond);
  const auto out = take(40 * kMillisecond);
  EXPECT_EQ(real, 10 * kMillisecond);
  EXPECT_EQ(out[10 * kMillisecond - 1], 60.0F * kMillisecond);
  EXPECT_EQ(out[10 * kMillisecond], 0.0F);
  put(5000, 40 * kMillisecond);
  take(40 * kMillisecond);
  EXPECT_EQ(real, 0U);
  put(6280, 20 * kMillisecond);
  EXPECT_EQ(take(10).front(), 5000.0F);
}

TEST_F(VoiceSlotTest, CutsBackToTheCushionWhenSoundPilesUp) {
  put(0, 190 * kMillisecond);
  put(190 * kMillisecond, 20 * kMillisecond);
  EXPECT_EQ(take(1).front(), static_cast<float>(150 * kMillisecond));  // 210 ms less the newest 60
  take(60 * kMillisecond);
  EXPECT_EQ(real, 60 * kMillisecond - 1);
}

TEST_F(VoiceSlotTest, KeepsTheNewestOfAPutThatIsTooLargeByItself) {
  put(0, 1000 * kMillisecond);
  const auto out = take(60 * kMillisecond);
  EXPECT_EQ(real, 60 * kMillisecond);
  EXPECT_EQ(out.back(), static_cast<float>(1000 * kMillisecond - 1));
}

TEST_F(VoiceSlotTest, LosesNothingGoingRoundTheRing) {
  std::size_t in = 0, out = 0;
  put(in, 80 * kMillisecond);
  in += 80 * kMillisecond;
  for (int round = 0; round < 100; ++round) {
    put(in, 1066);
    in += 1066;
    ASSERT_EQ(take(1066), counting(out, 1066)) << round;
    out += 1066;
  }
}

TEST_F(VoiceSlotTest, ForgetsEverythingWhenCleared) {
  put(1, 100 * kMillisecond);
  EXPECT_EQ(slot.arrived(), kSomeTime);
  slot.clear();
  EXPECT_EQ(slot.arrived(), std::nullopt);
  take(10);
  EXPECT_EQ(real, 0U);
}

TEST_F(VoiceSlotTest, StandsAWriterAndAReaderAtOnce) {
  std::atomic<bool> done = false;
  std::jthread writer([&] {
    for (std::size_t i = 0; i < 2000; ++i) put(1, 320);
    done = true;
  });
  std::size_t total = 0;
  for (bool last = false; !last;) {
    last = done;  // whatever the threads' order, then it has sound
    for (const float sample : take(320)) ASSERT_TRUE(sample >= 0 && sample <= 320);
    total += real;
  }
  EXPECT_GT(total, 0U);
  EXPECT_LE(total, 2000U * 320U);
}

}  // namespace
}  // namespace tyndau::programme
