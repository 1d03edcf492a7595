#include "media/programme/loudness.h"

#include <gtest/gtest.h>

#include <cmath>
#include <vector>

#include "media/programme/slots.h"

namespace tyndau::programme {
namespace {

constexpr std::size_t kSecond = Format::kSampleRate;

/// A tone of 1 kHz: of full scale it has -3 LUFS in one channel (EBU Tech 3341 gives -3.01 dB for its reference).
std::vector<float> tone(double peak_db, std::size_t samples) {
  std::vector<float> sound(samples);
  const double amplitude = std::pow(10.0, peak_db / 20);
  for (std::size_t i = 0; i < samples; ++i) {
    sound[i] = static_cast<float>(amplitude * std::sin(2 * M_PI * 1000 * static_cast<double>(i) / kSecond));
  }
  return sound;
}
const std::vector<float> kNothing(kSecond, 0.0F);

TEST(Loudness, IsThatOfR128) {
  Loudness loudness;
  EXPECT_FALSE(loudness.speech());
  const auto sound = tone(-20, 5 * kSecond);
  loudness.add(sound.data(), sound.size());
  ASSERT_TRUE(loudness.speech());
  EXPECT_NEAR(*loudness.speech(), -23.0, 0.3);
}

TEST(Loudness, PausesDoNotCount) {
  Loudness loudness;
  const auto sound = tone(-20, kSecond);
  for (int i = 0; i < 5; ++i) {
    loudness.add(sound.data(), sound.size());
    loudness.add(kNothing.data(), kNothing.size());
  }
  EXPECT_NEAR(*loudness.speech(), -23.0, 2.0);
}

TEST(Loudness, OfAnEmptyRoomIsNotKnown) {
  Loudness loudness;
  const auto hum = tone(-70, 3 * kSecond);
  loudness.add(hum.data(), hum.size());
  EXPECT_FALSE(loudness.speech());
}

/// What comes out of `seconds` of a tone, in dB above what went in.
double raised(Leveller& leveller, double peak_db, int seconds, double wanted) {
  const auto sound = tone(peak_db, kSecond / 25);
  for (int i = 0; i < seconds * 25; ++i) leveller.add(sound.data(), sound.size(), wanted);
  return 20 * std::log10(leveller.gain());
}

TEST(Leveller, BringsAQuietLibraryAndALoudHallTogether) {
  Leveller quiet, loud;
  EXPECT_NEAR(-33 - 3 + raised(quiet, -33, 10, -23), -23, 0.6);
  EXPECT_NEAR(-10 - 3 + raised(loud, -10, 10, -23), -23, 0.6);
}

TEST(Leveller, RaisesNobodyForEver) {
  Leveller leveller;
  EXPECT_NEAR(raised(leveller, -45, 20, -23), Leveller::kMostRaised_db, 0.1);
}

TEST(Leveller, LeavesAloneWhoHasNotSpoken) {
  Leveller leveller;
  leveller.add(kNothing.data(), kNothing.size(), -23);
  EXPECT_EQ(leveller.gain(), 1.0F);
}

TEST(Leveller, DoesNotJump) {
  Leveller leveller;
  const auto sound = tone(-40, kSecond / 25);
  double last = 0;
  for (int i = 0; i < 250; ++i) {
    leveller.add(sound.data(), sound.size(), -23);
    const double now = 20 * std::log10(leveller.gain());
    EXPECT_LE(std::fabs(now - last), 0.5);
    last = now;
  }
}

TEST(WantedLoudness, IsTheHallsWithinWhatIsPleasant) {
  Loudness hall;
  EXPECT_EQ(wanted_loudness(hall), -23);
  const auto loud = tone(-3, 3 * kSecond);
  hall.add(loud.data(), loud.size());
  EXPECT_EQ(wanted_loudness(hall), -16);
}

}  // namespace
}  // namespace tyndau::programme
