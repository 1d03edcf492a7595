#include "media/sources/intake.h"

#include <gtest/gtest.h>

#include <vector>

#include "media/programme/packing.h"
#include "tests/media/gstreamer.h"

namespace tyndau::sources {
namespace {

using test::bytes_of;

using programme::tightly_packed;

constexpr programme::Format kFormat{.width = 8, .height = 4, .frame_rate = 25};

/// An I420 picture whose lines are `stride` long (luma) and whose every visible sample tells plane and line.
gst::Sample picture(int width, int height, int stride) {
  const std::size_t luma = static_cast<std::size_t>(stride) * height;
  gst::Buffer buffer = gst::Buffer::adopt(gst_buffer_new_allocate(nullptr, luma * 3 / 2, nullptr));
  gst_buffer_memset(buffer.get(), 0, 0xee, luma * 3 / 2);
  gsize offsets[4] = {0, luma, luma + luma / 4, 0};
  gint strides[4] = {stride, stride / 2, stride / 2, 0};
  for (std::size_t plane = 0; plane < 3; ++plane) {
    for (int y = 0; y < (plane == 0 ? height : height / 2); ++y) {
      gst_buffer_memset(buffer.get(), offsets[plane] + static_cast<gsize>(y * strides[plane]),
                        static_cast<guint8>(plane * 16 + static_cast<std::size_t>(y)),
                        static_cast<gsize>(plane == 0 ? width : width / 2));
    }
  }
  gst_buffer_add_video_meta_full(buffer.get(), GST_VIDEO_FRAME_FLAG_NONE, GST_VIDEO_FORMAT_I420,
                                 static_cast<guint>(width), static_cast<guint>(height), 3, offsets, strides);
  const auto caps = gst::Caps::adopt(gst_caps_new_simple("video/x-raw", "format", G_TYPE_STRING, "I420", "width",
                                                         G_TYPE_INT, width, "height", G_TYPE_INT, height, nullptr));
  return gst::Sample::adopt(gst_sample_new(buffer.get(), caps.get(), nullptr, nullptr));
}

TEST(TightlyPacked, SharesAPictureThatIsTightAlready) {
  const gst::Sample sample = picture(8, 4, 8);
  EXPECT_EQ(tightly_packed(kFormat, sample.get()).get(), gst_sample_get_buffer(sample.get()));
}

TEST(TightlyPacked, CopiesAPictureWithPaddedLines) {
  const gst::Sample sample = picture(8, 4, 32);
  const gst::Buffer packed = tightly_packed(kFormat, sample.get());
  EXPECT_EQ(gst_buffer_n_memory(packed.get()), 1U);
  EXPECT_EQ(bytes_of(packed), bytes_of(tightly_packed(kFormat, picture(8, 4, 8).get())));
}

TEST(TightlyPacked, RefusesAPictureOfAnotherSizeOrFormat) {
  EXPECT_FALSE(tightly_packed(kFormat, picture(16, 4, 16).get()));
  const auto caps = gst::Caps::adopt(gst_caps_from_string("video/x-raw,format=NV12,width=8,height=4"));
  const gst::Buffer buffer = gst::Buffer::adopt(gst_buffer_new_allocate(nullptr, 48, nullptr));
  const auto sample = gst::Sample::adopt(gst_sample_new(buffer.get(), caps.get(), nullptr, nullptr));
  EXPECT_FALSE(tightly_packed(kFormat, sample.get()));
}

TEST(Intake, LetsNothingThroughOnceItIsClosed) {
  programme::PictureSlot pictures;
  programme::SoundSlot sounds;
  Intake intake(kFormat, pictures, sounds);
  const std::vector<float> sound(3200, 0.5F);
  intake.put_picture(picture(8, 4, 8).get());
  intake.put_sound(sound.data(), sound.size());
  EXPECT_TRUE(pictures.newest());
  EXPECT_EQ(intake.picture().count, 1);
  EXPECT_TRUE(intake.sound().first);
  intake.close();
  EXPECT_FALSE(pictures.newest());
  EXPECT_FALSE(sounds.arrived());
  intake.put_picture(picture(8, 4, 8).get());
  intake.put_sound(sound.data(), sound.size());
  EXPECT_FALSE(pictures.newest());
  EXPECT_FALSE(sounds.arrived());
}

}  // namespace
}  // namespace tyndau::sources
