#include "media/sources/downmix.h"

#include <gtest/gtest.h>

#include <cmath>
#include <functional>
#include <vector>

namespace tyndau::sources {
namespace {

constexpr int kRate = 32000;

GstAudioInfo layout(int channels, guint64 mask) {
  std::vector<GstAudioChannelPosition> places(static_cast<std::size_t>(channels));
  EXPECT_TRUE(gst_audio_channel_positions_from_mask(channels, mask, places.data()));
  GstAudioInfo info;
  gst_audio_info_init(&info);
  gst_audio_info_set_format(&info, GST_AUDIO_FORMAT_F32LE, kRate, channels, places.data());
  return info;
}
const guint64 kStereo = 0x3, kFiveOne = 0x3f;  // FL FR FC LFE RL RR

double tone(int i) { return 0.3 * std::sin(2 * 3.14159265 * 440 * i / kRate); }

/// Seconds of what each channel has, mixed in pieces as they come; the loudness of the last half second, dB of the
/// tone.
double mixed(Downmix& mix, int channels, const std::function<double(int channel, int i)>& sound, int seconds = 4) {
  double power = 0;
  for (int begin = 0; begin < seconds * kRate; begin += 640) {
    std::vector<float> in(static_cast<std::size_t>(640 * channels)), out(640);
    for (int i = 0; i < 640 * channels; ++i) {
      in[static_cast<std::size_t>(i)] = static_cast<float>(sound(i % channels, begin + i / channels));
    }
    mix.run(in.data(), 640, out.data());
    if (begin < seconds * kRate - kRate / 2) continue;
    for (const float sample : out) power += static_cast<double>(sample) * static_cast<double>(sample);
  }
  return 10 * std::log10(power / (kRate / 2.0) / (0.3 * 0.3 / 2) + 1e-12);
}

TEST(Downmix, LeavesAVoiceAsLoudAsItIsInEachLayout) {
  Downmix mono, stereo, surround;
  const GstAudioInfo one = layout(1, 0x4);
  mono.place(one);
  EXPECT_NEAR(mixed(mono, 1, [](int, int i) { return tone(i); }), 0, 0.1);
  stereo.place(layout(2, kStereo));
  EXPECT_NEAR(mixed(stereo, 2, [](int, int i) { return tone(i); }), 0, 0.1);
  EXPECT_EQ(stereo.finding(), Downmix::Finding::kNothing);
  surround.place(layout(6, kFiveOne));
  EXPECT_NEAR(mixed(surround, 6, [](int channel, int i) { return channel == 2 ? tone(i) : 0; }), 0, 0.1)
      << "the centre, where the speaker is";
}

TEST(Downmix, LeavesOutWhatOnlyShakesTheFloor) {
  Downmix mix;
  mix.place(layout(6, kFiveOne));
  EXPECT_LT(mixed(mix, 6, [](int channel, int i) { return channel == 3 ? tone(i) : 0; }), -100);
}

TEST(Downmix, HearsOneChannelOfTwoAsLoudAsBoth) {
  for (const int lives : {0, 1}) {
    Downmix mix;
    mix.place(layout(2, kStereo));
    EXPECT_NEAR(mixed(mix, 2, [lives](int channel, int i) { return channel == lives ? tone(i) : 0; }), 0, 0.1);
    EXPECT_EQ(mix.finding(), Downmix::Finding::kOneChannel);
    EXPECT_NEAR(mixed(mix, 2, [](int, int i) { return tone(i); }), 0, 0.1) << "and takes it back";
    EXPECT_EQ(mix.finding(), Downmix::Finding::kNothing);
  }
}

TEST(Downmix, HearsChannelsThatAreEachOthersOpposite) {
  Downmix mix;
  mix.place(layout(2, kStereo));
  const auto opposite = [](int channel, int i) { return channel == 0 ? tone(i) : -0.9 * tone(i); };
  EXPECT_GT(mixed(mix, 2, opposite), -1);
  EXPECT_EQ(mix.finding(), Downmix::Finding::kOppositePhase);
  // A silence says nothing of it.
  mixed(mix, 2, [](int, int) { return 0.0; });
  EXPECT_EQ(mix.finding(), Downmix::Finding::kOppositePhase);
  EXPECT_GT(mixed(mix, 2, opposite, 1), -1);
}

TEST(Downmix, IsNotMisledByTwoSpeakers) {
  Downmix mix;
  mix.place(layout(2, kStereo));
  // One to the left, one to the right, and both a little in the other channel, in turns of half a second.
  mixed(mix, 2,
        [](int channel, int i) { return ((i / (kRate / 2)) % 2 == channel ? 1 : 0.2) * tone(i + 20 * channel); });
  EXPECT_EQ(mix.finding(), Downmix::Finding::kNothing);
}

}  // namespace
}  // namespace tyndau::sources
