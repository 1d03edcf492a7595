#include "session/live/renderings.h"

#include <gtest/gtest.h>
#include <zlib.h>

namespace tyndau::live {
namespace {

std::string gunzip(const std::string& zipped) {
  z_stream stream{};
  EXPECT_EQ(inflateInit2(&stream, 16 + 15), Z_OK);
  std::string out(1 << 20, '\0');
  stream.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(zipped.data()));
  stream.avail_in = static_cast<uInt>(zipped.size());
  stream.next_out = reinterpret_cast<Bytef*>(out.data());
  stream.avail_out = static_cast<uInt>(out.size());
  EXPECT_EQ(inflate(&stream, Z_FINISH), Z_STREAM_END);
  out.resize(stream.total_out);
  inflateEnd(&stream);
  return out;
}

TEST(Gzip, IsWhatOthersUnpack) {
  std::string text;
  for (int i = 0; i < 1000; ++i) text += "#EXTINF:1.92000,\n" + std::to_string(i) + ".m4s\n";
  const std::string zipped = gzip(text);
  EXPECT_LT(zipped.size(), text.size() / 4);
  EXPECT_EQ(gunzip(zipped), text);
  EXPECT_EQ(gunzip(gzip("")), "");
}

TEST(Renderings, AreMadeOnceForAVersionAndSharedByAll) {
  Renderings renderings;
  int made = 0;
  const auto render = [&] { return "text " + std::to_string(++made); };
  const auto first = renderings.plain("a", 1, render);
  EXPECT_EQ(renderings.plain("a", 1, render), first);
  EXPECT_EQ(*renderings.plain("a", 2, render), "text 2");
  EXPECT_EQ(*renderings.plain("b", 2, render), "text 3");
  EXPECT_EQ(*first, "text 1");
}

TEST(Renderings, AreCompressedOnce) {
  Renderings renderings;
  int made = 0;
  const auto render = [&] { return "text " + std::to_string(++made); };
  const auto zipped = renderings.zipped("a", 1, render);
  EXPECT_EQ(renderings.zipped("a", 1, render), zipped);
  EXPECT_EQ(gunzip(*zipped), *renderings.plain("a", 1, render));
  EXPECT_EQ(gunzip(*renderings.zipped("a", 2, render)), "text 2");
}

TEST(Renderings, ForgetTheOneThatWasLongestUnused) {
  Renderings renderings(2);
  int made = 0;
  const auto render = [&] { return std::to_string(++made); };
  renderings.plain("a", 1, render);
  renderings.plain("b", 1, render);
  renderings.plain("a", 1, render);
  renderings.plain("c", 1, render);
  EXPECT_EQ(*renderings.plain("a", 1, render), "1");
  EXPECT_EQ(*renderings.plain("b", 1, render), "4");
}

}  // namespace
}  // namespace tyndau::live
