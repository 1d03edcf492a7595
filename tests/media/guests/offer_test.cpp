#include "media/guests/offer.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/media/guests/offers.h"

namespace tyndau::guests {
namespace {

using namespace test;
using testing::HasSubstr;

std::string without(std::string text, const std::string& line) {
  for (std::size_t at; (at = text.find(line)) != std::string::npos;) text.erase(at, text.find('\n', at) + 1 - at);
  return text;
}

std::string replaced(std::string text, const std::string& what, const std::string& by) {
  for (std::size_t at; (at = text.find(what)) != std::string::npos;) text.replace(at, what.size(), by);
  return text;
}

TEST(Offer, NamesTheCodecsThatWeSend) {
  const auto offer = read_offer(kViewer);
  ASSERT_TRUE(offer) << offer.error().what;
  ASSERT_EQ(offer->lines.size(), 2U);
  EXPECT_EQ(offer->lines[0].kind, OfferedLine::Kind::kVideo);
  EXPECT_TRUE(offer->lines[0].wants);
  EXPECT_EQ(offer->lines[0].payload, 109);  // of two H.264 the constrained baseline
  EXPECT_EQ(offer->lines[0].sent, "H264");
  EXPECT_EQ(offer->lines[0].settings, "42e01f");
  EXPECT_EQ(offer->lines[1].kind, OfferedLine::Kind::kAudio);
  EXPECT_EQ(offer->lines[1].payload, 111);
}

TEST(Offer, GivesTheDtlsClientsPartToWhoeverLeavesItOpen) {
  const std::string text = read_offer(kViewer)->text;
  EXPECT_THAT(text, HasSubstr("a=setup:active\r\n"));
  EXPECT_EQ(text.find("actpass"), std::string::npos);
  std::string fixed = kViewer;
  for (std::size_t at; (at = fixed.find("actpass")) != std::string::npos;) fixed.replace(at, 7, "passive");
  EXPECT_EQ(read_offer(fixed)->text, fixed) << "what was decided is left";
}

// As OBS and everything else of libdatachannel does.
TEST(Offer, SaysInEachLineWhatIsSaidOnceForAll) {
  const std::string bare_video = replaced(video_line(), kIce, ""), bare_audio = replaced(audio_line(), kIce, "");
  const auto offer = read_offer(kHead + kIce + bare_video + bare_audio);
  ASSERT_TRUE(offer) << offer.error().what;
  const std::string taken = replaced(kIce, "actpass", "active");
  EXPECT_EQ(offer->text, kHead + taken + bare_video + taken + bare_audio + taken);
  EXPECT_TRUE(offer->lines[0].wants);
}

TEST(Offer, SaysInEachLineADirectionThatIsSaidOnceForAll) {
  const std::string all = "a=sendonly\r\n";
  const std::string video = replaced(video_line("x"), "a=x\r\n", ""), audio = audio_line("inactive");
  const auto offer = read_offer(kHead + all + video + audio);
  ASSERT_TRUE(offer) << offer.error().what;
  EXPECT_TRUE(offer->lines[0].sends);
  EXPECT_FALSE(offer->lines[0].wants);
  EXPECT_FALSE(offer->lines[1].sends || offer->lines[1].wants);
  EXPECT_EQ(offer->text, replaced(kHead + all + video + all + audio, "actpass", "active"));
}

// RFC 8829, 5.2.1: what is bundled leaves out what the first line says of the connection.
TEST(Offer, TakesTheConnectionOfABundleFromItsFirstLine) {
  const std::string bundled =
      replaced(replaced(video_line("sendonly"), kIce, ""), "m=video 9 ", "m=video 0 ") + "a=bundle-only\r\n";
  const auto offer = read_offer(kHead + audio_line() + bundled);
  ASSERT_TRUE(offer) << offer.error().what;
  EXPECT_TRUE(offer->lines[1].sends);
  EXPECT_EQ(offer->text, replaced(kHead + audio_line() + bundled + kIce, "actpass", "active"));
  const std::string alone = replaced(bundled, "a=bundle-only\r\n", "");
  EXPECT_THAT(read_offer(kHead + audio_line() + alone).error().what, HasSubstr("m-line 1 of the offer has no"));
}

// As OBS 32 offers them.
TEST(Offer, DoesNotMentionLayersOfSimulcast) {
  const std::string plain = kHead + video_line("sendonly");
  const std::string layers = "a=rid:0 send\r\na=rid:1 send\r\na=simulcast:send 0;1\r\n";
  EXPECT_EQ(read_offer(plain + layers)->text, read_offer(plain)->text);
}

TEST(Offer, LeavesALineItsOwnWord) {
  const std::string own = replaced(audio_line(), "4ZcD", "Own1");
  const std::string text = read_offer(kHead + kIce + own)->text;
  EXPECT_EQ(text, replaced(kHead + kIce + own, "actpass", "active")) << "nothing is added to it";
}

TEST(Offer, AsksNobodyForNamesOfTheNetworkThatTheGuestIsIn) {
  const std::string name =
      "a=candidate:1 1 udp 2113937151 7b5f2a0c-51f5-4b1a-9d8a-0f1e2d3c4b5a.local 50000 typ host\r\n";
  const std::string host = "a=candidate:2 1 udp 2113937150 10.0.0.7 50001 typ host\r\n";
  const std::string relay =
      "a=candidate:3 1 udp 41885695 192.0.2.1 3478 typ relay raddr x.local rport 9 generation 0\r\n";
  const std::string plain = kHead + video_line();
  const auto offer = read_offer(plain + name + host + relay + "a=candidate:short.local\r\n");
  ASSERT_TRUE(offer) << offer.error().what;
  EXPECT_EQ(offer->text, read_offer(plain)->text + host + relay + "a=candidate:short.local\r\n");
}

TEST(Offer, KnowsWhoWantsNothingOfUs) {
  EXPECT_FALSE(read_offer(kHead + video_line("sendonly"))->lines[0].wants);
  EXPECT_FALSE(read_offer(kHead + video_line("inactive"))->lines[0].wants);
  EXPECT_TRUE(read_offer(kHead + video_line("sendrecv"))->lines[0].wants);
}

TEST(Offer, NamesTheFirstCodecThatWeTake) {
  const auto offer = read_offer(guest_offer());
  ASSERT_TRUE(offer) << offer.error().what;
  ASSERT_EQ(offer->lines.size(), 4U);
  EXPECT_TRUE(offer->lines[0].sends && offer->lines[0].wants);
  EXPECT_EQ(offer->lines[0].taken, "OPUS");
  EXPECT_FALSE(offer->lines[1].sends);
  EXPECT_TRUE(offer->lines[2].sends);
  EXPECT_FALSE(offer->lines[2].wants);
  EXPECT_EQ(offer->lines[2].taken, "VP8");
  EXPECT_EQ(offer->lines[2].taken_payload, 96);
  const auto h264 = read_offer(kHead + without(video_line("sendonly"), "a=rtpmap:96"));
  EXPECT_EQ(h264->lines[0].taken, "H264");
  EXPECT_EQ(h264->lines[0].taken_payload, 103) << "we take any profile";
}

TEST(Offer, LeavesLinesOpenThatHaveNoCodecOfOurs) {
  const auto offer = read_offer(replaced(replaced(kHead + video_line(), "H264", "AV1X"), "VP8", "AV1"));
  ASSERT_TRUE(offer);
  EXPECT_EQ(offer->lines[0].sent, "");
  EXPECT_EQ(offer->lines[0].payload, -1);
  EXPECT_EQ(offer->lines[0].taken, "");
}

TEST(Offer, TakesVp9ButDoesNotSendIt) {
  const auto offer = read_offer(replaced(replaced(kHead + video_line("sendrecv"), "H264", "AV1X"), "VP8", "VP9"));
  ASSERT_TRUE(offer);
  EXPECT_EQ(offer->lines[0].sent, "");
  EXPECT_EQ(offer->lines[0].taken, "VP9");
}

// RFC 8866, 6.6. As GStreamer's own client writes them.
TEST(Offer, KnowsCodecsInAnyCase) {
  const auto offer = read_offer(replaced(replaced(guest_offer(), "opus/", "OPUS/"), "VP8/", "vp8/"));
  ASSERT_TRUE(offer);
  EXPECT_EQ(offer->lines[0].taken, "OPUS");
  EXPECT_EQ(offer->lines[2].taken, "VP8");
}

TEST(Offer, SendsVp8ToWhoTakesNoH264OfOurs) {
  const auto other = read_offer(replaced(kHead + video_line(), "42e01f", "640c1f"));
  EXPECT_EQ(other->lines[0].sent, "VP8");
  EXPECT_EQ(other->lines[0].payload, 96);
  EXPECT_EQ(other->lines[0].settings, "");
  EXPECT_EQ(read_offer(kHead + video_line())->lines[0].sent, "H264") << "though VP8 is offered first";
}

// As Firefox offers all but the first of its lines: RFC 9143, 6.
TEST(Offer, TakesALineThatIsOnlyInTheBundle) {
  const std::string bundled = replaced(video_line("sendonly"), "m=video 9 ", "m=video 0 ");
  const auto offer = read_offer(kHead + audio_line() + bundled + "a=bundle-only\r\n");
  ASSERT_TRUE(offer) << offer.error().what;
  EXPECT_TRUE(offer->lines[1].sends);
  EXPECT_FALSE(read_offer(kHead + audio_line() + bundled)->lines[1].sends) << "this one is switched off";
}

TEST(Offer, IsRefusedWhenItIsNone) {
  for (const std::string& text :
       {std::string("garbage"), std::string(), std::string("v=0\r\n\0x", 7), std::string("{}")}) {
    EXPECT_FALSE(read_offer(text)) << text;
  }
  EXPECT_THAT(read_offer(kHead).error().what, HasSubstr("no m-line"));
  EXPECT_THAT(read_offer(kViewer + "a=x:\xff\r\n").error().what, HasSubstr("not UTF-8"));
}

TEST(Offer, IsRefusedWithoutWhatMakesAConnectionSafe) {
  EXPECT_THAT(read_offer(without(kViewer, "a=fingerprint")).error().what,
              HasSubstr("m-line 0 of the offer has no fingerprint"));
  EXPECT_THAT(read_offer(without(kViewer, "a=ice-ufrag")).error().what, HasSubstr("ice-ufrag"));
  EXPECT_THAT(read_offer(without(kViewer, "a=ice-pwd")).error().what, HasSubstr("ice-pwd"));
}

// GStreamer would see an m-line where the text that it gets is not prepared for one.
TEST(Offer, IsRefusedWhenItsLinesAreReadInTwoWays) {
  const std::string bare_cr = replaced(audio_line(), "\r\n", "\r");
  for (const std::string& hidden : {std::string("a=x\r") + audio_line(), bare_cr, std::string("a=x\r"),
                                    std::string("m="), " " + audio_line(), "\f" + audio_line()}) {
    EXPECT_FALSE(read_offer(kHead + video_line() + hidden)) << hidden;
  }
  EXPECT_TRUE(read_offer(replaced(kViewer, "\r\n", "\n"))) << "RFC 8866, 5: a LF alone should be taken";
  EXPECT_TRUE(read_offer(kViewer + "\r\n")) << "an empty line is not another";
}

TEST(Offer, IsRefusedWithPayloadTypesThatAreNone) {
  for (const std::string type : {"128", "-1", "18446744073709551712", "96x", "x"}) {
    EXPECT_FALSE(read_offer(replaced(kViewer, "SAVPF 96 ", "SAVPF " + type + " "))) << type;
  }
  EXPECT_TRUE(read_offer(kHead + video_line() + "m=application 9 UDP/DTLS/SCTP webrtc-datachannel\r\n" + kIce));
}

TEST(Offer, IsRefusedWhenItIsTooLarge) {
  std::string lines = kHead;
  for (std::size_t i = 0; i <= kMostLines; ++i) lines += audio_line();
  EXPECT_THAT(read_offer(lines).error().what, HasSubstr("more than 8 m-lines"));
  EXPECT_THAT(read_offer(kViewer + std::string(kMostOfferBytes, ' ')).error().what, HasSubstr("bytes"));
}

}  // namespace
}  // namespace tyndau::guests
