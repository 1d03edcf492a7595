#include "media/programme/overlay.h"

#include <gtest/gtest.h>

namespace tyndau::programme {
namespace {

constexpr Format kSmall{64, 32, 25};

Overlay solid(int x, int y, int width, int height, std::array<std::uint8_t, 4> bgra) {
  Overlay overlay{x, y, width, height, {}};
  for (int i = 0; i < width * height; ++i) overlay.bgra.insert(overlay.bgra.end(), bgra.begin(), bgra.end());
  return overlay;
}

std::vector<std::uint8_t> grey() { return std::vector<std::uint8_t>(kSmall.picture_bytes(), 128); }

TEST(Blend, PaintsWhiteWhereItIsOpaqueAndNothingElse) {
  auto picture = grey();
  Blend(kSmall, solid(8, 4, 16, 8, {255, 255, 255, 255})).lay_over(picture.data());
  for (int y = 0; y < 32; ++y) {
    for (int x = 0; x < 64; ++x) {
      const bool inside = x >= 8 && x < 24 && y >= 4 && y < 12;
      EXPECT_EQ(picture[static_cast<std::size_t>(y) * 64 + x], inside ? 235 : 128) << x << "," << y;
    }
  }
  for (std::size_t i = 64 * 32; i < picture.size(); ++i) EXPECT_EQ(picture[i], 128);  // white has no colour
}

TEST(Blend, MixesHalfAndHalf) {
  auto picture = grey();
  Blend(kSmall, solid(0, 0, 64, 32, {0, 0, 0, 128})).lay_over(picture.data());
  EXPECT_NEAR(picture[0], (16 + 128) / 2, 1);  // half black: 16 in limited range
  EXPECT_NEAR(picture[64 * 32], 128, 1);
}

TEST(Blend, ATransparentOverlayChangesNothing) {
  auto picture = grey();
  Blend(kSmall, solid(2, 2, 20, 20, {0, 0, 0, 0})).lay_over(picture.data());
  EXPECT_EQ(picture, grey());
}

TEST(Blend, IsCroppedToThePicture) {
  auto picture = grey();
  Blend(kSmall, solid(-5, -3, 200, 100, {255, 255, 255, 255})).lay_over(picture.data());
  EXPECT_EQ(picture[0], 235);
  EXPECT_EQ(picture[64 * 32 - 1], 235);
  Blend outside(kSmall, solid(100, 100, 10, 10, {255, 255, 255, 255}));
  EXPECT_TRUE(outside.empty());
  outside.lay_over(picture.data());
}

TEST(Blend, OddPlacesAreRoundedOutwards) {
  auto picture = grey();
  Blend(kSmall, solid(3, 3, 3, 3, {255, 255, 255, 255})).lay_over(picture.data());
  EXPECT_EQ(picture[3 * 64 + 3], 235);
  EXPECT_EQ(picture[5 * 64 + 5], 235);
  EXPECT_EQ(picture[2 * 64 + 2], 128);
  EXPECT_EQ(picture[6 * 64 + 6], 128);
}

}  // namespace
}  // namespace tyndau::programme
