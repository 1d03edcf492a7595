#include "media/guests/guests.h"

#include <gmock/gmock.h>
#include <gst/gst.h>
#include <gtest/gtest.h>

#include <optional>

#include "tests/media/guests/offers.h"

namespace tyndau::guests {
namespace {

using namespace test;
using testing::HasSubstr;
using testing::Not;

class GuestsTest : public testing::Test {
 protected:
  static void SetUpTestSuite() { gst_init(nullptr, nullptr); }
  GuestsTest() { mixer_.start(); }
  ~GuestsTest() override { mixer_.stop(); }

  /// Opens a peer and runs the main loop until it is answered.
  Result<std::string> open(Guests& guests, const std::string& peer, const std::string& offer) {
    std::optional<Result<std::string>> heard;
    guests.open(peer, offer, [&heard](const Result<std::string>& answer) { heard = answer; });
    while (!heard) g_main_context_iteration(nullptr, TRUE);
    return *heard;
  }

  programme::PictureSlot picture_;
  programme::SoundSlot sound_;
  programme::Mixer mixer_{programme::Format{320, 180, 25}, picture_, sound_};
};

TEST_F(GuestsTest, AnswerAViewerWithWhatItIsSent) {
  Guests guests(mixer_);
  const auto answer = open(guests, "one", kViewer);
  ASSERT_TRUE(answer) << answer.error().what;
  EXPECT_THAT(*answer, HasSubstr("m=video"));
  EXPECT_THAT(*answer, HasSubstr("a=rtpmap:109 H264/90000"));
  EXPECT_THAT(*answer, Not(HasSubstr("VP8/90000")));
  EXPECT_THAT(*answer, HasSubstr("a=rtpmap:111 OPUS/48000/2"));
  EXPECT_THAT(*answer, HasSubstr("a=sendonly"));
  EXPECT_THAT(*answer, HasSubstr("a=fingerprint:"));
  EXPECT_THAT(*answer, HasSubstr("a=candidate:"));
  EXPECT_EQ(guests.size(), 1U);
  EXPECT_TRUE(guests.close("one"));
  EXPECT_FALSE(guests.close("one"));
  EXPECT_EQ(guests.size(), 0U);
}

TEST_F(GuestsTest, ServeSoundAloneAndPictureAlone) {
  Guests guests(mixer_);
  const auto sound = open(guests, "sound", kListener);
  ASSERT_TRUE(sound) << sound.error().what;
  EXPECT_THAT(*sound, Not(HasSubstr("m=video")));
  const auto picture = open(guests, "picture", kWatcher);
  ASSERT_TRUE(picture) << picture.error().what;
  EXPECT_THAT(*picture, Not(HasSubstr("m=audio")));
}

TEST_F(GuestsTest, RefuseWhoTakesNothingThatWeSend) {
  Guests guests(mixer_);
  EXPECT_THAT(open(guests, "one", kHead + video_line("sendonly")).error().what, HasSubstr("neither H.264"));
  EXPECT_FALSE(open(guests, "two", "garbage"));
  EXPECT_EQ(guests.size(), 0U);
}

TEST_F(GuestsTest, RefuseASecondPeerOfTheSameName) {
  Guests guests(mixer_);
  ASSERT_TRUE(open(guests, "one", kViewer));
  EXPECT_FALSE(open(guests, "one", kViewer));
  EXPECT_EQ(guests.size(), 1U);
}

TEST_F(GuestsTest, EndWhileTheirPeersAreBeingMade) {
  bool told = false;
  {
    Guests guests(mixer_);
    guests.open("one", kViewer, [&told](const Result<std::string>&) { told = true; });
    guests.open("two", kViewer, [](const Result<std::string>&) {});
    EXPECT_TRUE(guests.close("two"));
  }
  while (g_main_context_iteration(nullptr, FALSE)) {
  }
  EXPECT_FALSE(told) << "nobody is told by a house that is gone";
}

}  // namespace
}  // namespace tyndau::guests
