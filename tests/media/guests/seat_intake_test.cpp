#include "media/guests/seat_intake.h"

#include <gtest/gtest.h>

#include <vector>

#include "tests/media/gstreamer.h"

namespace tyndau::guests {
namespace {

gst::Sample picture(int width, int height, const char* format = "I420") {
  const auto caps = gst::Caps::adopt(gst_caps_new_simple("video/x-raw", "format", G_TYPE_STRING, format, "width",
                                                         G_TYPE_INT, width, "height", G_TYPE_INT, height, nullptr));
  const auto buffer = gst::Buffer::adopt(
      gst_buffer_new_allocate(nullptr, static_cast<gsize>(width + 8) * (height + 8) * 3 / 2, nullptr));
  return gst::Sample::adopt(gst_sample_new(buffer.get(), caps.get(), nullptr, nullptr));
}

class SeatIntakeTest : public testing::Test {
 protected:
  std::shared_ptr<programme::Seat> seat = std::make_shared<programme::Seat>();
  SeatIntake intake{seat};
};

TEST_F(SeatIntakeTest, LetsPicturesOfAnySizeThroughEvenOddOnes) {
  intake.put_picture(picture(640, 360).get(), SeatIntake::Picture::kFace);
  EXPECT_EQ(seat->picture.newest()->width, 640);
  EXPECT_EQ(seat->picture.newest()->height, 360);
  intake.put_picture(picture(321, 181).get(), SeatIntake::Picture::kFace);
  EXPECT_EQ(seat->picture.newest()->width, 320);
  EXPECT_EQ(seat->picture.newest()->height, 180);
  EXPECT_EQ(gst_buffer_get_size(seat->picture.newest()->buffer.get()), 320U * 180 * 3 / 2);
  EXPECT_FALSE(seat->presentation.newest());
  intake.put_picture(picture(320, 180, "YUY2").get(), SeatIntake::Picture::kPresentation);
  EXPECT_FALSE(seat->presentation.newest()) << "not I420";
}

/// A picture of one colour, and what is made of it.
std::vector<int> shown_as(SeatIntake& intake, const programme::Seat& seat, const char* colorimetry, guint8 luma,
                          guint8 blue, guint8 red) {
  const auto caps = gst::Caps::adopt(gst_caps_new_simple("video/x-raw", "format", G_TYPE_STRING, "I420", "width",
                                                         G_TYPE_INT, 16, "height", G_TYPE_INT, 8, "colorimetry",
                                                         G_TYPE_STRING, colorimetry, nullptr));
  const auto buffer = gst::Buffer::adopt(gst_buffer_new_allocate(nullptr, 192, nullptr));
  gst_buffer_memset(buffer.get(), 0, luma, 128);
  gst_buffer_memset(buffer.get(), 128, blue, 32);
  gst_buffer_memset(buffer.get(), 160, red, 32);
  intake.put_picture(gst::Sample::adopt(gst_sample_new(buffer.get(), caps.get(), nullptr, nullptr)).get(),
                     SeatIntake::Picture::kFace);
  EXPECT_EQ(tyndau::test::bytes_of(buffer)[0], luma) << "the decoder's own picture is left as it is";
  const auto bytes = tyndau::test::bytes_of(seat.picture.newest()->buffer);
  for (std::size_t i = 1; i < 128; ++i) EXPECT_EQ(bytes[i], bytes[0]);
  return {bytes[0], bytes[128], bytes[191]};
}

// Full red, green, blue and grey as both recommendations have them.
TEST_F(SeatIntakeTest, TurnsTheColoursOfBrowsersIntoThoseOfTheProgramme) {
  EXPECT_EQ(shown_as(intake, *seat, "bt601", 81, 90, 240), (std::vector<int>{62, 102, 240}));
  EXPECT_EQ(shown_as(intake, *seat, "bt601", 145, 54, 34), (std::vector<int>{173, 42, 26}));
  EXPECT_EQ(shown_as(intake, *seat, "bt601", 41, 240, 110), (std::vector<int>{32, 240, 118}));
  EXPECT_EQ(shown_as(intake, *seat, "bt601", 126, 128, 128), (std::vector<int>{126, 128, 128}));
  EXPECT_EQ(shown_as(intake, *seat, "bt709", 63, 102, 240), (std::vector<int>{63, 102, 240}));
}

TEST_F(SeatIntakeTest, SaysWhatArrivesLately) {
  EXPECT_EQ(intake.look().width, 0);
  EXPECT_EQ(intake.look().peak_db, -100);
  intake.put_picture(picture(320, 180).get(), SeatIntake::Picture::kPresentation);
  const std::vector<float> sound{0.0F, -0.5F, 0.1F};
  intake.put_sound(sound.data(), sound.size());
  const auto look = intake.look();
  EXPECT_EQ(look.width, 0);
  EXPECT_TRUE(look.presentation);
  EXPECT_NEAR(look.peak_db, -6.02, 0.01);
  EXPECT_EQ(intake.look().peak_db, -100) << "of what came since the last look";
}

TEST_F(SeatIntakeTest, TakesAwayWhatIsShownAndShowsWhatComesLater) {
  intake.put_picture(picture(320, 180).get(), SeatIntake::Picture::kFace);
  intake.empty();
  EXPECT_FALSE(seat->picture.newest());
  intake.put_picture(picture(320, 180).get(), SeatIntake::Picture::kFace);
  EXPECT_TRUE(seat->picture.newest());
}

TEST_F(SeatIntakeTest, WhoOnlyListensTakesNothingAway) {
  SeatIntake listener{seat};
  intake.put_picture(picture(640, 360).get(), SeatIntake::Picture::kFace);
  listener.empty();
  listener.close();
  EXPECT_TRUE(seat->picture.newest()) << "it is another connection's";
  intake.empty();
  EXPECT_FALSE(seat->picture.newest());
}

TEST_F(SeatIntakeTest, LetsNothingThroughOnceItIsClosed) {
  intake.put_picture(picture(320, 180).get(), SeatIntake::Picture::kFace);
  intake.close();
  EXPECT_FALSE(seat->picture.newest());
  intake.put_picture(picture(320, 180).get(), SeatIntake::Picture::kFace);
  const std::vector<float> sound(3200, 0.5F);
  intake.put_sound(sound.data(), sound.size());
  EXPECT_FALSE(seat->picture.newest());
  EXPECT_FALSE(seat->sound.arrived());
  EXPECT_EQ(intake.look().width, 0);
}

}  // namespace
}  // namespace tyndau::guests
