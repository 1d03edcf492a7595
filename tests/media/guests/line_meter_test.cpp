#include "media/guests/line_meter.h"

#include <gst/gst.h>
#include <gtest/gtest.h>

#include "media/gst/handles.h"
#include "tests/media/gstreamer.h"

namespace tyndau::guests {
namespace {

using namespace std::chrono_literals;
using std::chrono::steady_clock;

gst::Buffer packet(std::uint8_t first, std::uint8_t second, std::size_t bytes = 125) {
  GstBuffer* buffer = gst_buffer_new_allocate(nullptr, bytes, nullptr);
  const std::array<std::uint8_t, 2> head{first, second};
  gst_buffer_fill(buffer, 0, head.data(), head.size());
  return gst::Buffer::adopt(buffer);
}

class LineMeterTest : public testing::Test {
 protected:
  LineMeter meter;
};

TEST_F(LineMeterTest, ConnectsUntilSomethingIsHeard) {
  EXPECT_EQ(meter.look(nullptr, steady_clock::now()).state, "connecting");
  EXPECT_FALSE(meter.heard());
  meter.packet(packet(0x80, 96).get());
  EXPECT_EQ(meter.look(nullptr, steady_clock::now()).state, "ok");
  EXPECT_TRUE(meter.heard());
}

TEST_F(LineMeterTest, WhoSentMediaIsSilentAfterASecondAndAHalf) {
  meter.packet(packet(0x90, 111).get());
  const auto now = steady_clock::now();
  EXPECT_EQ(meter.look(nullptr, now + 1400ms).state, "ok");
  EXPECT_EQ(meter.look(nullptr, now + 1600ms).state, "silent");
}

TEST_F(LineMeterTest, WhoOnlyReportsIsGivenLonger) {
  meter.packet(packet(0x80, 200).get());  // a sender report: RTCP
  meter.packet(packet(20, 254).get());    // DTLS
  const auto now = steady_clock::now();
  EXPECT_EQ(meter.look(nullptr, now + 3900ms).state, "ok");
  EXPECT_EQ(meter.look(nullptr, now + 4100ms).state, "silent");
}

TEST_F(LineMeterTest, CountsWhatArrivesInTheLastSecond) {
  meter.packet(packet(0x80, 96).get());
  const auto begin = steady_clock::now();
  meter.look(nullptr, begin);
  for (int i = 0; i < 100; ++i) meter.packet(packet(0x80, 96).get());
  EXPECT_NEAR(meter.look(nullptr, begin + 1s).kbps, 100, 1);  // 100 packets of 1,000 bits
  EXPECT_NEAR(meter.look(nullptr, begin + 2s).kbps, 0, 1);
}

}  // namespace
}  // namespace tyndau::guests
