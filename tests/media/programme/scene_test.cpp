#include "media/programme/scene.h"

#include <gtest/gtest.h>

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

}  // namespace
}  // namespace tyndau::programme
