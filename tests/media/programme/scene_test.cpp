#include "media/programme/scene.h"

#include <gtest/gtest.h>

#include <string>
#include <tuple>

namespace tyndau::programme {
namespace {

using namespace std::chrono_literals;

TEST(Plan, ACardCoversEverythingAndSilencesTheHall) {
  link::Scene scene;
  scene.card = link::Card{};
  scene.caption = link::Caption{};
  EXPECT_EQ(plan(scene, 10ms), (Plan{Plan::Ground::kCard, false, false}));
  EXPECT_EQ(plan(scene, std::nullopt), (Plan{Plan::Ground::kCard, false, false}));
}

TEST(Plan, AFreshPictureIsShownWithItsCaption) {
  link::Scene scene;
  EXPECT_EQ(plan(scene, 10ms), (Plan{Plan::Ground::kHall, false, true}));
  scene.caption = link::Caption{};
  EXPECT_EQ(plan(scene, kPictureLife), (Plan{Plan::Ground::kHall, true, true}));
}

TEST(Plan, AStalePictureBecomesTheSlateWhileTheSoundGoesOn) {
  EXPECT_EQ(plan({}, kPictureLife + 1ms), (Plan{Plan::Ground::kSlate, false, true}));
  EXPECT_EQ(plan({}, std::nullopt), (Plan{Plan::Ground::kSlate, false, true}));
}

link::Scene with(const std::string& layout, std::size_t tiles) {
  link::Scene scene;
  scene.layout = layout;
  for (std::size_t i = 0; i < tiles; ++i) scene.tiles.push_back({"m/p" + std::to_string(i), {}});
  return scene;
}
constexpr TileAge kFresh{20ms, std::nullopt};

std::vector<Piece::What> whats(const Plan& plan) {
  std::vector<Piece::What> all;
  for (const Piece& piece : plan.pieces) all.push_back(piece.what);
  return all;
}

TEST(Plan, AGuestFillsThePicture) {
  const Plan seen = plan(with("guest", 1), 10ms, {kFresh});
  EXPECT_EQ(seen.ground, Plan::Ground::kStage);
  ASSERT_EQ(seen.pieces.size(), 1U);
  EXPECT_EQ(seen.pieces[0], (Piece{Piece::What::kFace, 0, {0, 0, 1280, 720}}));
  EXPECT_TRUE(seen.sound);
}

TEST(Plan, AGuestWithoutALivingPictureIsACardWithTheNameAndNeverTheHall) {
  using enum Piece::What;
  link::Scene scene = with("guest", 1);
  scene.caption = link::Caption{};
  for (const TileAge& none : {TileAge{}, TileAge{kTileLife + 1ms, std::nullopt}}) {
    for (const Age hall : {Age(10ms), Age()}) {
      const Plan heard = plan(scene, hall, {none});
      EXPECT_EQ(heard.ground, Plan::Ground::kStage);
      EXPECT_EQ(whats(heard), (std::vector{kVoice}));
      EXPECT_EQ(heard.pieces[0].place, (Rect{0, 0, 1280, 720}));
      EXPECT_FALSE(heard.caption) << "the card bears the name";
      EXPECT_TRUE(heard.sound);
    }
  }
  EXPECT_TRUE(plan(scene, 10ms, {kFresh}).caption);
  EXPECT_EQ(whats(plan(with("side_by_side", 1), 10ms, {{}})), (std::vector{kHall, kVoice}));
}

TEST(Plan, SideBySideShowsTheSlateForALostHall) {
  using enum Piece::What;
  EXPECT_EQ(whats(plan(with("side_by_side", 1), 10ms, {kFresh})), (std::vector{kHall, kFace}));
  EXPECT_EQ(whats(plan(with("side_by_side", 1), std::nullopt, {kFresh})), (std::vector{kSlate, kFace}));
}

TEST(Plan, APresentationTakesTheTileAndKeepsTheFaceInItsCorner) {
  using enum Piece::What;
  const Plan both = plan(with("guest", 1), 10ms, {{20ms, 3000ms}});
  ASSERT_EQ(whats(both), (std::vector{kPresentation, kFace}));
  const Rect face = both.pieces[1].place;
  EXPECT_GT(face.x, 640);
  EXPECT_LT(face.y + face.height, 360);
  EXPECT_EQ(whats(plan(with("guest", 1), 10ms, {{std::nullopt, 20ms}})), (std::vector{kPresentation}));
  EXPECT_EQ(whats(plan(with("guest", 1), 10ms, {{20ms, kPresentationLife + 1ms}})), (std::vector{kFace}));
}

TEST(Plan, AGridHasAPlaceForEverybodyAndACardForVoices) {
  using enum Piece::What;
  EXPECT_EQ(whats(plan(with("grid", 3), 10ms, {kFresh, {}, kFresh})), (std::vector{kHall, kFace, kVoice, kFace}));
}

TEST(Plan, ACardCoversGuestsToo) {
  link::Scene scene = with("grid", 1);
  scene.card = link::Card{};
  EXPECT_EQ(plan(scene, 10ms, {kFresh}), (Plan{Plan::Ground::kCard, false, false}));
}

class Cells : public testing::TestWithParam<std::tuple<const char*, std::size_t, bool>> {};

TEST_P(Cells, AreEvenInsideThePictureAndApart) {
  const auto& [layout, tiles, captioned] = GetParam();
  link::Scene scene = with(layout, tiles);
  if (captioned) scene.caption = link::Caption{};
  const std::vector<Rect> places = cells(scene, 1280, 720);
  ASSERT_EQ(places.size(), std::string_view(layout) == "guest" ? 1U : tiles + 1);
  for (std::size_t i = 0; i < places.size(); ++i) {
    const Rect& a = places[i];
    EXPECT_EQ((a.x | a.y | a.width | a.height) & 1, 0);
    EXPECT_GE(a.x, 0);
    EXPECT_GE(a.y, 0);
    EXPECT_LE(a.x + a.width, 1280);
    EXPECT_LE(a.y + a.height, captioned && tiles > 0 && places.size() > 1 ? 522 : 720);
    EXPECT_GE(a.width, 200);
    for (std::size_t j = 0; j < i; ++j) {
      const Rect& b = places[j];
      const bool apart = a.x >= b.x + b.width || b.x >= a.x + a.width || a.y >= b.y + b.height || b.y >= a.y + a.height;
      EXPECT_TRUE(apart) << i << " and " << j;
    }
  }
}
INSTANTIATE_TEST_SUITE_P(Layouts, Cells,
                         testing::Values(std::tuple{"guest", 1U, true}, std::tuple{"side_by_side", 1U, false},
                                         std::tuple{"side_by_side", 1U, true}, std::tuple{"grid", 1U, false},
                                         std::tuple{"grid", 2U, true}, std::tuple{"grid", 4U, false},
                                         std::tuple{"grid", 8U, true}, std::tuple{"grid", 12U, false},
                                         std::tuple{"grid", 16U, true}));

}  // namespace
}  // namespace tyndau::programme
