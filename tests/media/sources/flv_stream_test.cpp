#include "media/sources/flv_stream.h"

#include <gtest/gtest.h>

#include <string>
#include <string_view>

namespace tyndau::sources {
namespace {

using Coding = FlvStream::Coding;
using namespace std::string_literals;

std::string number(std::size_t value, int bytes) {
  std::string text;
  for (int i = bytes - 1; i >= 0; --i) text += static_cast<char>(value >> (8 * i) & 0xff);
  return text;
}

const std::string kHeader = "FLV\x01\x05"s + number(9, 4) + number(0, 4);

/// A tag of that type at 1000 ms, with its size after it.
std::string tag(char type, const std::string& data) {
  return type + number(data.size(), 3) + number(1000, 3) + number(0, 4) + data + number(11 + data.size(), 4);
}
std::string video(const std::string& data) { return tag(9, data); }
const std::string kSound = tag(8, "\xaf\x01sound"s);

/// What comes out of the stream, which is given in pieces of that size.
std::string passed(const std::string& in, Coding* coding = nullptr, std::size_t piece = 1'000'000) {
  FlvStream stream;
  std::vector<std::uint8_t> out;
  for (std::size_t at = 0; at < in.size(); at += piece) {
    const auto* bytes = reinterpret_cast<const std::uint8_t*>(in.data()) + at;
    stream.take(bytes, std::min(piece, in.size() - at), out);
  }
  if (coding != nullptr) *coding = stream.coding();
  return {out.begin(), out.end()};
}

TEST(FlvStream, PassesWhatTheDemuxerKnows) {
  const std::string in = kHeader + tag(18, "onMetaData") + video("\x17\0\0\0\0avcC"s) + kSound +
                         video("\x27\x01\0\0\x28slice"s) + video("") + video("\x22sorenson"s);
  Coding coding{};
  EXPECT_EQ(passed(in, &coding), in);
  EXPECT_EQ(coding, Coding::kPlain);
}

TEST(FlvStream, MayBeCutAnywhere) {
  const std::string in = kHeader + kSound + video("\x90hvc1hvcC"s) + video("\xa1hvc1\0\0\x28slice"s) + kSound;
  const std::string whole = passed(in);
  for (std::size_t piece = 1; piece < in.size(); ++piece) EXPECT_EQ(passed(in, nullptr, piece), whole) << piece;
  EXPECT_EQ(passed(in.substr(0, in.size() - 1)), whole.substr(0, whole.size() - kSound.size())) << "whole tags only";
}

TEST(FlvStream, FramesHevcAsAvc) {
  Coding coding{};
  EXPECT_EQ(passed(kHeader + video("\x1c\0\0\0\0hvcC"s) + video("\x2c\x01\0\0\x28slice"s), &coding),
            kHeader + video("\x17\0\0\0\0hvcC"s) + video("\x27\x01\0\0\x28slice"s))
      << "codec 12, of cameras";
  EXPECT_EQ(coding, Coding::kHevc);
}

TEST(FlvStream, FramesEnhancedPacketsAsAvc) {
  Coding coding{};
  EXPECT_EQ(passed(kHeader + video("\x90hvc1hvcC"s) + video("\x91hvc1\0\0\x28key"s) + video("\xa3hvc1slice"s) +
                       video("\x92hvc1"s),
                   &coding),
            kHeader + video("\x17\0\0\0\0hvcC"s) + video("\x17\x01\0\0\x28key"s) + video("\x27\x01\0\0\0slice"s) +
                video("\x17\x02\0\0\0"s));
  EXPECT_EQ(coding, Coding::kHevc);
  EXPECT_EQ(passed(kHeader + video("\x90"s + "av01" + "av1C") + video("\x91"s + "av01" + "unit"), &coding),
            kHeader + video("\x17\0\0\0\0av1C"s) + video("\x17\x01\0\0\0unit"s));
  EXPECT_EQ(coding, Coding::kAv1);
  EXPECT_EQ(passed(kHeader + video("\x91vp09frame"s), &coding), kHeader + video("\x17\x01\0\0\0"s + "frame"));
  EXPECT_EQ(coding, Coding::kVp9);
}

TEST(FlvStream, FramesEnhancedAvcAsThePlainOne) {
  Coding coding{};
  const std::string in = video(
                             "\x90"
                             "avc1avcC"s) +
                         video(
                             "\xa1"
                             "avc1\0\0\x28slice"s) +
                         video(
                             "\xa3"
                             "avc1slice"s);
  EXPECT_EQ(passed(kHeader + in, &coding),
            kHeader + video("\x17\0\0\0\0avcC"s) + video("\x27\x01\0\0\x28slice"s) + video("\x27\x01\0\0\0slice"s))
      << "veovera, Enhanced RTMP v2";
  EXPECT_EQ(coding, Coding::kPlain);
}

TEST(FlvStream, LeavesOutWhatNobodyDecodes) {
  Coding coding{};
  for (const std::string& strange : {"\x90vvc1config"s, "\x9d"s, "\x1d\0\0\0\0config"s, "\x1fpicture"s}) {
    EXPECT_EQ(passed(kHeader + video(strange) + kSound, &coding), kHeader + kSound);
  }
  EXPECT_EQ(passed(kHeader + video("\x90vvc1config"s), &coding), kHeader);
  EXPECT_EQ(coding, Coding::kUnknown);
  EXPECT_EQ(passed(kHeader + video("\x94hvc1colours"s) + kSound), kHeader + kSound) << "metadata";
  EXPECT_EQ(passed(kHeader + video("\x91hvc1\0"s) + kSound), kHeader + kSound) << "too short for its time";
}

TEST(FlvStream, PassesWhatIsNoFlv) {
  const std::string in = "RTSP/1.0 404 Not Found\r\n\r\n";
  EXPECT_EQ(passed(in), in);
  EXPECT_EQ(passed(in, nullptr, 1), in);
  EXPECT_EQ(passed("FLV\x01\x05\xff\xff\xff\xff and more"s), "FLV\x01\x05\xff\xff\xff\xff and more"s);
}

}  // namespace
}  // namespace tyndau::sources
