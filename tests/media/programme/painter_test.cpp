#include "media/programme/painter.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <string>

#include "tests/media/gstreamer.h"

namespace tyndau::programme {
namespace {

using test::bytes_of;

const link::Bilingual kItem{
    "Сайлаушылардың ауызсу мәселесі бойынша өтініштерін зерделеу және қоғамдық пікір сауалнамасының қорытындылары "
    "туралы",
    "Об итогах изучения обращений избирателей и опроса общественного мнения по вопросу питьевой воды"};
const link::Bilingual kPosition{"облыстың энергетика және тұрғын үй-коммуналдық шаруашылық басқармасының басшысы",
                                "руководитель управления энергетики и жилищно-коммунального хозяйства области"};
const link::Bilingual kName{"Тестбай Үлгіжанов", "Тестбай Улгижанов"};

/// A small picture of one colour, as Y, Cb and Cr.
std::array<int, 3> converted(std::uint8_t red, std::uint8_t green, std::uint8_t blue) {
  const Format format{.width = 4, .height = 4};
  std::vector<std::uint8_t> pixels;
  for (int i = 0; i < 16; ++i) pixels.insert(pixels.end(), {blue, green, red, 255});
  const auto bytes = bytes_of(to_i420(format, pixels.data(), 16));
  EXPECT_EQ(bytes.size(), format.picture_bytes());
  return {bytes[0], bytes[16], bytes[20]};
}

std::array<int, 3> by_the_standard(double red, double green, double blue) {
  const double luma = 0.2126 * red + 0.7152 * green + 0.0722 * blue;
  const auto level = [](double value, double span, double zero) {
    return static_cast<int>(std::lround(zero + span * value / 255));
  };
  return {level(luma, 219, 16), level((blue - luma) / 1.8556, 224, 128), level((red - luma) / 1.5748, 224, 128)};
}

TEST(Conversion, FollowsBt709InLimitedRange) {
  EXPECT_EQ(converted(0, 0, 0), (std::array<int, 3>{16, 128, 128}));
  EXPECT_EQ(converted(255, 255, 255), (std::array<int, 3>{235, 128, 128}));
  for (int red = 0; red < 256; red += 51) {
    for (int green = 0; green < 256; green += 51) {
      for (int blue = 0; blue < 256; blue += 51) {
        const auto is = converted(static_cast<std::uint8_t>(red), static_cast<std::uint8_t>(green),
                                  static_cast<std::uint8_t>(blue));
        const auto should = by_the_standard(red, green, blue);
        for (std::size_t i = 0; i < 3; ++i) ASSERT_NEAR(is[i], should[i], 1) << red << ' ' << green << ' ' << blue;
      }
    }
  }
}

TEST(Conversion, AveragesTheChromaOfFourPixels) {
  const Format format{.width = 2, .height = 2};
  // Two red pixels above two black ones: half of red's chroma.
  const std::uint8_t pixels[] = {0, 0, 255, 255, 0, 0, 255, 255, 0, 0, 0, 255, 0, 0, 0, 255};
  const auto bytes = bytes_of(to_i420(format, pixels, 8));
  const auto red = by_the_standard(255, 0, 0);
  EXPECT_EQ(bytes[0], red[0]);
  EXPECT_EQ(bytes[2], 16);
  EXPECT_NEAR(bytes[4], (128 + red[1]) / 2.0, 1);
  EXPECT_NEAR(bytes[5], (128 + red[2]) / 2.0, 1);
}

TEST(Conversion, ReadsLinesByTheirStride) {
  const Format format{.width = 2, .height = 2};
  std::vector<std::uint8_t> pixels(2 * 64, 0xee);
  std::fill_n(pixels.begin(), 8, 255);
  std::fill_n(pixels.begin() + 64, 8, 0);
  const auto bytes = bytes_of(to_i420(format, pixels.data(), 64));
  EXPECT_EQ(bytes[1], 235);
  EXPECT_EQ(bytes[3], 16);
}

class PainterTest : public testing::TestWithParam<Format> {};
INSTANTIATE_TEST_SUITE_P(Sizes, PainterTest,
                         testing::Values(Format{.width = 1280, .height = 720}, Format{.width = 1920, .height = 1080},
                                         Format{.width = 640, .height = 360}),
                         [](const auto& one) { return std::to_string(one.param.height); });

TEST_P(PainterTest, FillsTheWholePictureWithACard) {
  const Format format = GetParam();
  const auto card = bytes_of(paint_card(format, {.title = kItem, .detail = kPosition}));
  ASSERT_EQ(card.size(), format.picture_bytes());
  const auto luma = card.begin(), chroma = card.begin() + static_cast<std::ptrdiff_t>(format.width) * format.height;
  const auto [darkest, brightest] = std::minmax_element(luma, chroma);
  EXPECT_GE(*darkest, 16);
  EXPECT_GT(*brightest, 200) << "no text";
  EXPECT_LE(*brightest, 235);
  EXPECT_LT(std::count_if(luma, chroma, [](std::uint8_t y) { return y > 120; }), format.width * format.height / 4);
}

TEST_P(PainterTest, PaintsDifferentWordsDifferently) {
  const Format format = GetParam();
  const auto slate = bytes_of(paint_slate(format));
  EXPECT_EQ(slate, bytes_of(paint_slate(format)));
  EXPECT_NE(slate, bytes_of(paint_card(format, {.title = kItem, .detail = {}})));
}

TEST_P(PainterTest, PaintsAVoiceWithItsName) {
  const Format format = GetParam();
  const auto voice = bytes_of(paint_voice(format, kName, kPosition));
  ASSERT_EQ(voice.size(), format.picture_bytes());
  EXPECT_EQ(voice, bytes_of(paint_voice(format, kName, kPosition)));
  EXPECT_NE(voice, bytes_of(paint_voice(format, kName, {})));
  EXPECT_NE(voice, bytes_of(paint_voice(format, {}, kPosition)));
}

TEST_P(PainterTest, KeepsACaptionLargeAndAboveTheLowestSixth) {
  const Format format = GetParam();
  const Overlay overlay =
      paint_caption(format, {.name = kName, .position = kPosition, .item = kItem}, Language::kKazakh);
  EXPECT_EQ(overlay.bgra.size(), static_cast<std::size_t>(overlay.width) * overlay.height * 4);
  EXPECT_GE(overlay.x, format.width / 20);
  EXPECT_LE(overlay.x + overlay.width, format.width - format.width / 20 + 2);
  EXPECT_GE(overlay.y, format.height * 3 / 5);
  EXPECT_LE(overlay.y + overlay.height, format.height * 5 / 6);
  EXPECT_GT(overlay.height, 46 * format.height / 720);
  EXPECT_EQ((overlay.x | overlay.y | overlay.width | overlay.height) % 2, 0) << "chroma would be shared";
}

TEST_P(PainterTest, PremultipliesACaption) {
  const Overlay overlay =
      paint_caption(GetParam(), {.name = kName, .position = kPosition, .item = kItem}, Language::kKazakh);
  bool translucent = false;
  for (std::size_t i = 0; i < overlay.bgra.size(); i += 4) {
    const std::uint8_t alpha = overlay.bgra[i + 3];
    translucent |= alpha > 0 && alpha < 255;
    ASSERT_LE(std::max({overlay.bgra[i], overlay.bgra[i + 1], overlay.bgra[i + 2]}), alpha);
  }
  EXPECT_TRUE(translucent);
}

TEST_P(PainterTest, FitsThePlateToTheText) {
  const Format format = GetParam();
  const auto paint = [&](const link::Caption& caption, Language language = Language::kKazakh) {
    return paint_caption(format, caption, language);
  };
  const link::Caption all{.name = kName, .position = kPosition, .item = {"12. Су", "12. Вода"}};
  const link::Caption name{.name = kName, .position = {}, .item = {}};
  EXPECT_LT(paint(name).width, paint(all).width) << "the number stands before the name";
  EXPECT_EQ(paint(name).height, paint(all).height) << "one line";
  EXPECT_EQ(paint(name).x, paint(all).x);
  EXPECT_NE(paint(all).bgra, paint(all, Language::kRussian).bgra);
  link::Caption other = all;
  other.position = {};
  other.item = {"12. Жол", "12. Дорога"};
  EXPECT_EQ(paint(all).bgra, paint(other).bgra) << "title and position are the page's";
  EXPECT_GT(paint({.name = {}, .position = {}, .item = kItem}).width, format.width * 4 / 5)
      << "the item while nobody speaks";
}

TEST(Painter, CutsEndlessTexts) {
  const Format format;
  std::string endless;
  for (int i = 0; i < 400; ++i) endless += "қазақша сөз ";
  const link::Bilingual both{endless, endless};
  const Overlay overlay = paint_caption(format, {.name = both, .position = both, .item = both}, Language::kKazakh);
  EXPECT_GE(overlay.y, format.height * 3 / 5);
  const std::string word(4000, 'x');
  const Overlay unbroken =
      paint_caption(format, {.name = {word, word}, .position = {word, word}, .item = {word, word}}, Language::kKazakh);
  EXPECT_LE(unbroken.x + unbroken.width, format.width);
  const auto card = paint_card(format, {.title = both, .detail = both});
  EXPECT_EQ(gst_buffer_get_size(card.get()), format.picture_bytes());
}

TEST(Painter, DrawsNothingForAnEmptyCaption) {
  const Overlay overlay = paint_caption({}, {}, Language::kRussian);
  EXPECT_EQ(overlay.width, 0);
  EXPECT_TRUE(overlay.bgra.empty());
}

}  // namespace
}  // namespace tyndau::programme
