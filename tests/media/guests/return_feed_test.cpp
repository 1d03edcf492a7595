#include "media/guests/return_feed.h"

#include <gst/app/gstappsink.h>
#include <gst/app/gstappsrc.h>
#include <gtest/gtest.h>

#include <condition_variable>

#include "media/gst/elements.h"
#include "tests/media/gstreamer.h"

namespace tyndau::guests {
namespace {

using Colour = std::array<std::uint8_t, 3>;  // Y, Cb, Cr

constexpr programme::Format kFormat{320, 180, 25};
// Full red in 8 bits, limited range.
constexpr Colour kRed709{63, 102, 240};
constexpr Colour kRed601{81, 90, 240};

/// Keeps the first pictures, for which the encoder has had time to become good.
class Viewer : public Listener {
 public:
  void picture(const gst::Buffer& unit, bool keyframe, GstClockTime) override {
    const std::lock_guard lock(mutex_);
    EXPECT_TRUE(keyframe || !units_.empty()) << "a viewer begins with a whole picture";
    units_.push_back(unit);
    changed_.notify_all();
  }
  void sound(const programme::Frame&, std::size_t samples) override {
    const std::lock_guard lock(mutex_);
    samples_ += samples;
  }
  std::vector<gst::Buffer> wait_for(std::size_t count) {
    std::unique_lock lock(mutex_);
    EXPECT_TRUE(changed_.wait_for(lock, std::chrono::seconds(10), [&] { return units_.size() >= count; }));
    return units_;
  }
  std::size_t samples() {
    const std::lock_guard lock(mutex_);
    return samples_;
  }

 private:
  std::mutex mutex_;
  std::condition_variable changed_;
  std::vector<gst::Buffer> units_;
  std::size_t samples_ = 0;
};

/// The middle of the last of these pictures, as a decoder that knows nothing of us gives it.
Colour decoded(const std::vector<gst::Buffer>& units, const std::string& caps, const std::string& decoder) {
  auto pipeline = gst::parse_pipeline("appsrc name=in format=time caps=" + caps + " ! " + decoder +
                                      " ! video/x-raw,format=I420 ! appsink name=out sync=false max-buffers=0");
  EXPECT_TRUE(pipeline) << pipeline.error().what;
  const auto in = gst::Element::adopt(gst_bin_get_by_name(GST_BIN(pipeline->get()), "in"));
  const auto out = gst::Element::adopt(gst_bin_get_by_name(GST_BIN(pipeline->get()), "out"));
  gst_element_set_state(pipeline->get(), GST_STATE_PLAYING);
  for (const auto& unit : units) gst_app_src_push_buffer(GST_APP_SRC(in.get()), gst_buffer_copy(unit.get()));
  gst_app_src_end_of_stream(GST_APP_SRC(in.get()));
  gst::Sample last;
  while (auto sample = gst::Sample::adopt(gst_app_sink_pull_sample(GST_APP_SINK(out.get())))) last = std::move(sample);
  Colour colour{};
  if (last) {
    GstBuffer* picture = gst_sample_get_buffer(last.get());
    EXPECT_EQ(gst_buffer_get_size(picture), kFormat.picture_bytes());
    const std::size_t luma = static_cast<std::size_t>(kFormat.width) * kFormat.height;
    gst_buffer_extract(picture, luma / 2 + kFormat.width / 2, &colour[0], 1);
    gst_buffer_extract(picture, luma + luma / 8 + kFormat.width / 4, &colour[1], 1);
    gst_buffer_extract(picture, luma + luma / 4 + luma / 8 + kFormat.width / 4, &colour[2], 1);
  }
  gst_element_set_state(pipeline->get(), GST_STATE_NULL);
  return colour;
}

void expect_near(const Colour& is, const Colour& wanted) {
  for (std::size_t i = 0; i < is.size(); ++i) EXPECT_NEAR(is.at(i), wanted.at(i), 3) << "component " << i;
}

class ReturnFeedTest : public testing::Test {
 protected:
  void SetUp() override {
    const std::size_t luma = static_cast<std::size_t>(kFormat.width) * kFormat.height;
    GstBuffer* red = gst_buffer_new_allocate(nullptr, kFormat.picture_bytes(), nullptr);
    gst_buffer_memset(red, 0, kRed709[0], luma);
    gst_buffer_memset(red, luma, kRed709[1], luma / 4);
    gst_buffer_memset(red, luma + luma / 4, kRed709[2], luma / 4);
    picture_.put(gst::Buffer::adopt(red), std::chrono::steady_clock::now() + std::chrono::minutes(1));
    mixer_.start();
  }
  void TearDown() override { mixer_.stop(); }
  programme::PictureSlot picture_;
  programme::SoundSlot sound_;
  programme::Mixer mixer_{kFormat, picture_, sound_};
};

TEST_F(ReturnFeedTest, IsInTheColoursThatEachCodecMeans) {
  ReturnFeed feed(mixer_);
  const auto one = std::make_shared<Viewer>(), other = std::make_shared<Viewer>();
  ASSERT_TRUE(feed.add(one, Codec::kH264));
  ASSERT_TRUE(feed.add(other, Codec::kVp8));
  // H.264 says in its stream that it is of BT.709, VP8 cannot.
  expect_near(decoded(one->wait_for(10), "video/x-h264,stream-format=byte-stream,alignment=au", "avdec_h264"), kRed709);
  expect_near(decoded(other->wait_for(10), "video/x-vp8", "vp8dec"), kRed601);
  feed.remove(one);
  feed.remove(other);
}

TEST_F(ReturnFeedTest, AnEncoderGoesWithItsLastListenerAndLeavesTheOther) {
  ReturnFeed feed(mixer_);
  const auto stays = std::make_shared<Viewer>(), goes = std::make_shared<Viewer>();
  ASSERT_TRUE(feed.add(stays, Codec::kVp8));
  ASSERT_TRUE(feed.add(goes, Codec::kH264));
  goes->wait_for(2);
  feed.remove(goes);
  const std::size_t had = goes->samples();
  stays->wait_for(stays->wait_for(1).size() + 5);
  EXPECT_EQ(goes->samples(), had) << "who was removed is not called";
  EXPECT_GT(stays->samples(), 0U);
  feed.remove(stays);
}

}  // namespace
}  // namespace tyndau::guests
