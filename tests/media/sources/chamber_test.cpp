#include <gtest/gtest.h>

#include <chrono>
#include <set>
#include <string>
#include <vector>

#include "media/sources/chamber_picture.h"
#include "media/sources/machine_clock.h"
#include "tests/media/gstreamer.h"

namespace tyndau::sources {
namespace {

using test::bytes_of;

using namespace std::chrono_literals;

constexpr Utc kNoon{1796896800250ms};  // CLOCK.md's example

TEST(MachineClock, IsWrittenAsDocumented) {
  const ClockRow row = encode_clock(kNoon);
  std::string text;
  for (const bool white : row) text += white ? '1' : '0';
  EXPECT_EQ(text.substr(0, 4), "1010");
  EXPECT_EQ(text.substr(4, 48), "000000011010001001011111011001010011110111111010");
  EXPECT_EQ(text.substr(52, 8), "01011110");
  EXPECT_EQ(text.substr(60), "0101");
  EXPECT_EQ(decode_clock(row), kNoon);
}

TEST(MachineClock, FindsAnyFlippedBlock) {
  for (std::size_t i = 0; i < kClockBlocks; ++i) {
    ClockRow row = encode_clock(kNoon);
    row[i] = !row[i];
    EXPECT_FALSE(decode_clock(row)) << i;
  }
}

class ChamberPictureTest : public testing::TestWithParam<programme::Format> {};
INSTANTIATE_TEST_SUITE_P(Sizes, ChamberPictureTest,
                         testing::Values(programme::Format{.width = 1280, .height = 720},
                                         programme::Format{.width = 1920, .height = 1080},
                                         programme::Format{.width = 640, .height = 360},
                                         programme::Format{.width = 854, .height = 480}),
                         [](const auto& one) { return std::to_string(one.param.height); });

TEST_P(ChamberPictureTest, CarriesTheTimeForMachines) {
  const programme::Format format = GetParam();
  ChamberPicture chamber(format);
  for (int i = 0; i < 50; ++i) {
    const Utc now = kNoon + i * 40ms;
    const auto bytes = bytes_of(chamber.paint(now, i / 25.0, 0.5));
    ASSERT_EQ(bytes.size(), format.picture_bytes());
    ASSERT_EQ(read_clock(bytes.data(), format.width, format.height), now);
  }
}

TEST_P(ChamberPictureTest, NeverChangesAPictureThatSomebodyHolds) {
  ChamberPicture chamber(GetParam());
  std::vector<gst::Buffer> held;
  std::vector<std::vector<std::uint8_t>> was;
  for (int i = 0; i < 40; ++i) {
    held.push_back(chamber.paint(kNoon + i * 1s, i, i % 2));
    if (i % 2 == 1) held.back() = gst::Buffer::adopt(gst_buffer_copy(held.back().get()));  // shares the memory
    was.push_back(bytes_of(held.back()));
  }
  for (std::size_t i = 0; i < held.size(); ++i) EXPECT_EQ(bytes_of(held[i]), was[i]) << i;
}

TEST_P(ChamberPictureTest, UsesFewBuffersWhenTheyComeBack) {
  ChamberPicture chamber(GetParam());
  std::set<GstBuffer*> seen;
  gst::Buffer in_slot;
  for (int i = 0; i < 100; ++i) {
    in_slot = chamber.paint(kNoon, i, 0);
    seen.insert(in_slot.get());
  }
  EXPECT_LE(seen.size(), 2U);
}

TEST_P(ChamberPictureTest, LeavesNoTrailOfTheSpeaker) {
  ChamberPicture chamber(GetParam());
  const auto first = bytes_of(chamber.paint(kNoon, 0, 0));
  const auto other = bytes_of(chamber.paint(kNoon, 1.5, 1));
  EXPECT_NE(first, other) << "the speaker does not move";
  EXPECT_EQ(bytes_of(chamber.paint(kNoon, 0, 0)), first);
}

}  // namespace
}  // namespace tyndau::sources
