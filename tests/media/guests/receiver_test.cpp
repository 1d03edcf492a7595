#include "media/guests/receiver.h"

#include <gtest/gtest.h>

#include <cmath>

#include "media/gst/elements.h"
#include "tests/media/gstreamer.h"

namespace tyndau::guests {
namespace {

namespace fs = std::filesystem;

/// What a browser sends, encoded and packed as it would be, and received until its end.
class ReceiverTest : public testing::Test {
 protected:
  /// `sender`: a pipeline whose last element is named "rtp".
  void send(const std::string& sender, const Arrival& arrival) {
    auto pipeline = gst::parse_pipeline(sender);
    ASSERT_TRUE(pipeline) << pipeline.error().what;
    const auto rtp = gst::Element::adopt(gst_bin_get_by_name(GST_BIN(pipeline->get()), "rtp"));
    const auto pad = gst::Pad::adopt(gst_element_get_static_pad(rtp.get(), "src"));
    const auto joined = receive(GST_BIN(pipeline->get()), pad.get(), arrival, intake);
    ASSERT_TRUE(joined) << joined.error().what;
    gst_element_set_state(pipeline->get(), GST_STATE_PLAYING);
    const auto bus = gst::Object<GstBus>::adopt(gst_element_get_bus(pipeline->get()));
    const auto last = gst::Message::adopt(
        gst_bus_timed_pop_filtered(bus.get(), 20 * GST_SECOND, GstMessageType(GST_MESSAGE_EOS | GST_MESSAGE_ERROR)));
    ASSERT_TRUE(last) << "it does not come to its end";
    EXPECT_EQ(GST_MESSAGE_TYPE(last.get()), GST_MESSAGE_EOS);
    gst_element_set_state(pipeline->get(), GST_STATE_NULL);
  }
  static std::string picture(const std::string& size) {
    return "videotestsrc is-live=true num-buffers=5 ! video/x-raw,format=I420,framerate=25/1," + size;
  }
  static std::string vp8() { return " ! vp8enc deadline=1 cpu-used=16 threads=2 ! rtpvp8pay name=rtp"; }

  /// Of the face that is there after a VP8 picture of this size was sent.
  std::pair<int, int> received_size(const std::string& size) {
    send(picture(size) + vp8(), {"VP8"});
    const auto face = seat->picture.newest();
    return face ? std::make_pair(face->width, face->height) : std::make_pair(0, 0);
  }

  std::shared_ptr<programme::Seat> seat = std::make_shared<programme::Seat>();
  std::shared_ptr<SeatIntake> intake = std::make_shared<SeatIntake>(seat);
};

TEST_F(ReceiverTest, APictureIsLeftAsItIs) {
  EXPECT_EQ(received_size("width=1280,height=720"), std::make_pair(1280, 720));
}

TEST_F(ReceiverTest, ALargerOneIsMadeSmallerInItsShape) {
  EXPECT_EQ(received_size("width=2560,height=1440"), std::make_pair(1920, 1080));
}

TEST_F(ReceiverTest, APhoneHeldUprightIsLimitedToo) {
  EXPECT_EQ(received_size("width=1440,height=2560"), std::make_pair(1080, 1920));
}

TEST_F(ReceiverTest, AVp9PictureIsSeen) {
  send(picture("width=640,height=360") + " ! vp9enc deadline=1 cpu-used=8 threads=2 ! rtpvp9pay name=rtp", {"VP9"});
  ASSERT_TRUE(seat->picture.newest());
  EXPECT_EQ(seat->picture.newest()->width, 640);
}

TEST_F(ReceiverTest, AnH264PresentationIsOne) {
  send(picture("width=640,height=360") + " ! x264enc tune=zerolatency speed-preset=ultrafast ! rtph264pay name=rtp",
       {"H264", SeatIntake::Picture::kPresentation, {}});
  EXPECT_FALSE(seat->picture.newest());
  ASSERT_TRUE(seat->presentation.newest());
  EXPECT_EQ(seat->presentation.newest()->width, 640);
}

TEST_F(ReceiverTest, AStillOfTheFaceIsWritten) {
  const fs::path still = fs::path(testing::TempDir()) / ("still-" + std::to_string(::getpid()) + ".jpg");
  send(picture("width=640,height=360") + vp8(), {"VP8", SeatIntake::Picture::kFace, still});
  EXPECT_GT(fs::file_size(still), 1000U);
  EXPECT_FALSE(fs::exists(still.string() + ".new"));
  fs::remove(still);
}

TEST_F(ReceiverTest, AStillThatCannotBeWrittenIsNoReasonToEndAnything) {
  send(picture("width=640,height=360") + vp8(), {"VP8", SeatIntake::Picture::kFace, "/proc/nowhere/still.jpg"});
  EXPECT_TRUE(seat->picture.newest());
}

TEST_F(ReceiverTest, AVoiceIsHeard) {
  send(
      "audiotestsrc is-live=true num-buffers=20 samplesperbuffer=960 wave=sine freq=1000 volume=0.5 ! "
      "audio/x-raw,rate=48000,channels=1 ! opusenc ! rtpopuspay name=rtp",
      {"OPUS"});
  EXPECT_NEAR(intake->look().peak_db, 20 * std::log10(0.5), 1.5);
}

TEST_F(ReceiverTest, WhatDoesNotFitItsDecoderIsAFailure) {
  auto pipeline = gst::parse_pipeline("videotestsrc ! vp8enc ! rtpvp8pay name=rtp");
  ASSERT_TRUE(pipeline);
  const auto rtp = gst::Element::adopt(gst_bin_get_by_name(GST_BIN(pipeline->get()), "rtp"));
  const auto pad = gst::Pad::adopt(gst_element_get_static_pad(rtp.get(), "src"));
  EXPECT_FALSE(receive(GST_BIN(pipeline->get()), pad.get(), {"OPUS"}, intake));
  gst_element_set_state(pipeline->get(), GST_STATE_NULL);
}

}  // namespace
}  // namespace tyndau::guests
