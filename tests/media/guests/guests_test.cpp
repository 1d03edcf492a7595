#include "media/guests/guests.h"

#include <gmock/gmock.h>
#include <gst/gst.h>
#include <gtest/gtest.h>
#include <sys/socket.h>

#include <chrono>
#include <filesystem>
#include <functional>
#include <optional>
#include <string>

#include "tests/media/gstreamer.h"
#include "tests/media/guests/offers.h"

namespace tyndau::guests {
namespace {

using namespace test;
using testing::HasSubstr;
using testing::Not;

class GuestsTest : public testing::Test {
 protected:
  GuestsTest() { mixer_.start(); }
  ~GuestsTest() override { mixer_.stop(); }

  /// Opens a peer and runs the main loop until it is answered.
  Result<std::string> open(Guests& guests, const std::string& peer, const std::string& offer,
                           const std::string& seat = "") {
    std::optional<Result<std::string>> heard;
    guests.open(peer, seat, offer, [&heard](const Result<std::string>& answer) { heard = answer; });
    while (!heard) g_main_context_iteration(nullptr, TRUE);
    return *heard;
  }

  programme::PictureSlot picture_;
  programme::SoundSlot sound_;
  programme::Mixer mixer_{programme::Format{320, 180, 25}, picture_, sound_};
};

TEST_F(GuestsTest, AnswerAViewerWithWhatItIsSent) {
  Guests guests(mixer_, {});
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

TEST_F(GuestsTest, AnswerInVp8WhoHasNothingElse) {
  std::string offer = kViewer;
  for (std::size_t at; (at = offer.find("H264")) != std::string::npos;) offer.replace(at, 4, "AV1X");
  Guests guests(mixer_, {});
  const auto answer = open(guests, "one", offer);
  ASSERT_TRUE(answer) << answer.error().what;
  EXPECT_THAT(*answer, HasSubstr("a=rtpmap:96 VP8/90000"));
  EXPECT_TRUE(open(guests, "two", kViewer)) << "beside one in H.264";
  EXPECT_TRUE(guests.close("one"));
  EXPECT_TRUE(guests.close("two"));
}

TEST_F(GuestsTest, ServeSoundAloneAndPictureAlone) {
  Guests guests(mixer_, {});
  const auto sound = open(guests, "sound", kListener);
  ASSERT_TRUE(sound) << sound.error().what;
  EXPECT_THAT(*sound, Not(HasSubstr("m=video")));
  const auto picture = open(guests, "picture", kWatcher);
  ASSERT_TRUE(picture) << picture.error().what;
  EXPECT_THAT(*picture, Not(HasSubstr("m=audio")));
}

TEST_F(GuestsTest, RefuseWhoTakesNothingThatWeSend) {
  Guests guests(mixer_, {});
  EXPECT_THAT(open(guests, "one", kHead + video_line("sendonly")).error().what, HasSubstr("neither H.264"));
  EXPECT_FALSE(open(guests, "two", "garbage"));
  EXPECT_EQ(guests.size(), 0U);
}

/// The directions of an answer's lines, in order.
std::vector<std::string> directions(const std::string& answer) {
  std::vector<std::string> all;
  for (std::size_t at = 0; (at = answer.find("\r\nm=", at)) != std::string::npos; ++at) {
    const std::string line = answer.substr(at, answer.find("\r\nm=", at + 1) - at);
    for (const char* direction : {"sendrecv", "sendonly", "recvonly", "inactive"}) {
      if (line.find(std::string("a=") + direction) != std::string::npos) all.emplace_back(direction);
    }
  }
  return all;
}

TEST_F(GuestsTest, TakeWhatAGuestSendsAndSendTheProgramme) {
  Guests guests(mixer_, {});
  const auto answer = open(guests, "one", guest_offer(), "m/p1");
  ASSERT_TRUE(answer) << answer.error().what;
  EXPECT_EQ(directions(*answer), (std::vector<std::string>{"sendrecv", "sendonly", "recvonly", "recvonly"})) << *answer;
  EXPECT_THAT(*answer, HasSubstr("a=rtpmap:96 VP8/90000"));
  EXPECT_THAT(*answer, HasSubstr("a=rtpmap:109 H264/90000"));
  EXPECT_EQ(guests.peers(), (std::vector<link::PeerName>{{"one", "m/p1"}}));
}

TEST_F(GuestsTest, ServeAVoiceAloneAndWhoOnlySends) {
  Guests guests(mixer_, {});
  EXPECT_TRUE(open(guests, "voice", head_of("1") + audio_line("sendrecv"), "m/p1"));
  EXPECT_TRUE(open(guests, "encoder", kHead + video_line("sendonly") + audio_line("sendonly"), "m/p2"));
  EXPECT_TRUE(open(guests, "player", kViewer, "m/p2")) << "a second peer of a seat";
}

// What nobody here can read must not be sent: it would end the connection a second later.
TEST_F(GuestsTest, RefuseInTheAnswerWhatCannotBeRead) {
  const auto replace = [](std::string text, const std::string& what, const std::string& by) {
    for (std::size_t at; (at = text.find(what)) != std::string::npos;) text.replace(at, what.size(), by);
    return text;
  };
  Guests guests(mixer_, {});
  const std::string video = replace(replace(video_line("sendonly"), "H264", "AV1X"), "VP8", "AV1");
  const auto answer = open(guests, "av1", kHead + video + audio_line("sendonly"), "m/p1");
  ASSERT_TRUE(answer) << answer.error().what;
  EXPECT_EQ(directions(*answer), (std::vector<std::string>{"inactive", "recvonly"})) << *answer;
  EXPECT_THAT(*answer, Not(HasSubstr("PCMU"))) << "beside Opus";
  EXPECT_THAT(open(guests, "alone", kHead + video, "m/p2").error().what, HasSubstr("neither takes nor sends"));
  const auto vp9 = open(guests, "vp9", kHead + replace(video, "AV1/", "VP9/"), "m/p2");
  ASSERT_TRUE(vp9) << vp9.error().what;
  EXPECT_THAT(*vp9, HasSubstr("a=rtpmap:96 VP9/90000"));
  EXPECT_THAT(*vp9, Not(HasSubstr("AV1X")));
}

TEST_F(GuestsTest, RefuseASeatThatIsNoName) {
  Guests guests(mixer_, {});
  for (const char* seat : {"p1", "/p1", "m/", "m/../x", "m/p 1", "a/b/c"}) {
    EXPECT_FALSE(open(guests, "one", guest_offer(), seat)) << seat;
  }
  EXPECT_EQ(guests.size(), 0U);
}

TEST_F(GuestsTest, RefuseASeatTooMany) {
  Guests guests(mixer_, {});
  for (std::size_t i = 0; i < link::kMostSeats; ++i) {
    ASSERT_TRUE(open(guests, std::to_string(i), head_of("1") + audio_line("sendrecv"), "m/p" + std::to_string(i)));
  }
  EXPECT_THAT(open(guests, "late", head_of("1") + audio_line("sendrecv"), "m/late").error().what,
              HasSubstr("seats are taken"));
  EXPECT_TRUE(guests.close("0"));
  EXPECT_TRUE(open(guests, "late", head_of("1") + audio_line("sendrecv"), "m/late"));
}

TEST_F(GuestsTest, TellHowAGuestIsDoing) {
  Guests guests(mixer_, {});
  std::optional<link::PeerState> told;
  guests.on_state = [&told](const link::PeerState& state) { told = state; };
  ASSERT_TRUE(open(guests, "one", guest_offer(), "m/p1"));
  ASSERT_TRUE(open(guests, "desk", kViewer));
  while (!told) g_main_context_iteration(nullptr, TRUE);
  EXPECT_EQ(told->peer, "one");
  EXPECT_EQ(told->line, "connecting");
  EXPECT_EQ(told->width, 0);
}

/// How many this process has: each connection has some.
int udp_sockets() {
  int sockets = 0;
  for (const auto& entry : std::filesystem::directory_iterator("/proc/self/fd")) {
    int type = 0, domain = 0;
    socklen_t size = sizeof type;
    const int fd = std::stoi(entry.path().filename());
    if (::getsockopt(fd, SOL_SOCKET, SO_TYPE, &type, &size) != 0 || type != SOCK_DGRAM) continue;
    if (::getsockopt(fd, SOL_SOCKET, SO_DOMAIN, &domain, &size) != 0) continue;
    if (domain == AF_INET || domain == AF_INET6) ++sockets;
  }
  return sockets;
}

TEST_F(GuestsTest, RehearseWithNobody) {
  testing::internal::CaptureStderr();
  const auto until = [](const std::function<bool()>& reached) {
    const auto end = std::chrono::steady_clock::now() + std::chrono::seconds(10);
    const gst::Timer tick(std::chrono::milliseconds(5), [] {});
    while (!reached() && std::chrono::steady_clock::now() < end) g_main_context_iteration(nullptr, TRUE);
    return reached();
  };
  {
    Guests guests(mixer_, {});
    const int before = udp_sockets();
    guests.rehearse();
    EXPECT_TRUE(until([&] { return udp_sockets() > before; })) << "there was no connection";
    EXPECT_EQ(guests.size(), 0U);
    EXPECT_TRUE(until([&] { return udp_sockets() <= before; })) << "it was not let go";
  }
  {
    Guests guests(mixer_, {});
    guests.rehearse();
    EXPECT_TRUE(open(guests, "one", kViewer));
    EXPECT_EQ(guests.size(), 1U);
    Guests another(mixer_, {});
    another.rehearse();  // ends with it, before there was an answer
  }
  EXPECT_THAT(testing::internal::GetCapturedStderr(), Not(HasSubstr("rehearsal")));
}

TEST_F(GuestsTest, RefuseASecondPeerOfTheSameName) {
  Guests guests(mixer_, {});
  ASSERT_TRUE(open(guests, "one", kViewer));
  EXPECT_FALSE(open(guests, "one", kViewer));
  EXPECT_EQ(guests.size(), 1U);
}

TEST_F(GuestsTest, EndWhileTheirPeersAreBeingMade) {
  bool told = false;
  {
    Guests guests(mixer_, {});
    guests.open("one", "", kViewer, [&told](const Result<std::string>&) { told = true; });
    guests.open("two", "", kViewer, [](const Result<std::string>&) {});
    EXPECT_TRUE(guests.close("two"));
  }
  while (g_main_context_iteration(nullptr, FALSE)) {
  }
  EXPECT_FALSE(told) << "nobody is told by a house that is gone";
}

}  // namespace
}  // namespace tyndau::guests
