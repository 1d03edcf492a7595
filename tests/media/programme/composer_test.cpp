#include "media/programme/composer.h"

#include <gtest/gtest.h>

#include "tests/media/gstreamer.h"

namespace tyndau::programme {
namespace {

constexpr Format kCanvas{320, 180, 25};

PictureSlot::Picture flat(int width, int height, std::uint8_t luma) {
  const std::size_t bytes = static_cast<std::size_t>(width) * height * 3 / 2;
  GstBuffer* buffer = gst_buffer_new_allocate(nullptr, bytes, nullptr);
  gst_buffer_memset(buffer, 0, luma, static_cast<std::size_t>(width) * height);
  gst_buffer_memset(buffer, static_cast<std::size_t>(width) * height, 128,
                    bytes - static_cast<std::size_t>(width) * height);
  return {gst::Buffer::adopt(buffer), {}, width, height};
}

class ComposerTest : public testing::Test {
 protected:
  /// The luma at x, y of what was composed.
  static int at(const gst::Buffer& picture, int x, int y) {
    std::uint8_t luma = 0;
    gst_buffer_extract(picture.get(), static_cast<std::size_t>(y) * kCanvas.width + x, &luma, 1);
    return luma;
  }
  Composer composer{kCanvas};
  gst::Buffer ground = flat(320, 180, 60).buffer;
};

TEST_F(ComposerTest, GivesTheGroundItselfWhenNothingLiesOnIt) {
  EXPECT_EQ(composer.compose(ground, {}, {}).get(), ground.get());
}

TEST_F(ComposerTest, ScalesAPictureIntoItsPlaceAndLeavesTheRestAlone) {
  const gst::Buffer made = composer.compose(ground, {{flat(640, 360, 200), {100, 40, 160, 90}}}, {});
  EXPECT_EQ(at(made, 102, 42), 200);
  EXPECT_EQ(at(made, 258, 128), 200);
  EXPECT_EQ(at(made, 97, 42), 60);
  EXPECT_EQ(at(made, 262, 42), 60);
  EXPECT_EQ(at(made, 102, 37), 60);
  EXPECT_EQ(at(made, 102, 132), 60);
}

TEST_F(ComposerTest, CutsTheEdgesOfAnOldCameraAndBarsAPhoneHeldUpright) {
  const Rect whole{0, 0, 320, 180};
  const gst::Buffer old = composer.compose(ground, {{flat(320, 240, 200), whole}}, {});
  EXPECT_EQ(at(old, 2, 90), 200);
  const gst::Buffer upright = composer.compose(ground, {{flat(180, 320, 200), whole}}, {});
  EXPECT_NE(at(upright, 2, 90), 200);
  EXPECT_NE(at(upright, 2, 90), 60) << "the hall shines through the bars";
  EXPECT_EQ(at(upright, 160, 90), 200);
}

TEST_F(ComposerTest, CutsNothingOfAPresentation) {
  const gst::Buffer made = composer.compose(ground, {{flat(320, 240, 200), {0, 0, 320, 180}, true}}, {});
  EXPECT_NE(at(made, 10, 90), 200);
  EXPECT_EQ(at(made, 160, 90), 200);
}

TEST_F(ComposerTest, SurvivesAPeerThatChangesItsSizeAllTheTime) {
  for (int width = 64; width < 400; width += 2) {
    const gst::Buffer made = composer.compose(ground, {{flat(width, 180, 200), {0, 0, 320, 180}}}, {});
    EXPECT_EQ(at(made, 160, 90), 200) << width;
  }
}

}  // namespace
}  // namespace tyndau::programme
