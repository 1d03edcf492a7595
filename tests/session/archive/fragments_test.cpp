#include "session/archive/fragments.h"

#include <gtest/gtest.h>

#include "session/archive/boxes.h"

namespace tyndau::archive {
namespace {

/// A moof with two samples: sizes 10 and 20, the first a keyframe.
std::string moof(std::uint32_t tfhd_flags, std::uint32_t data_offset) {
  BoxWriter out;
  {
    const auto traf = out.box("traf");
    {
      const auto tfhd = out.full_box("tfhd", 0, tfhd_flags);
      out.u32(1);
      if (tfhd_flags & 0x1) out.u64(0);
      if (tfhd_flags & 0x8) out.u32(3600);
    }
    {
      const auto tfdt = out.full_box("tfdt", 1, 0);
      out.u64(0x1'0000'0000);
    }
    {
      const auto trun = out.full_box("trun", 0, 0x1 | 0x4 | 0x200);
      out.u32(2);
      out.u32(data_offset);
      out.u32(0x02000000);
      out.u32(10);
      out.u32(20);
    }
  }
  return out.take();
}

TrackInit init() {
  TrackInit init;
  init.timescale = 90000;
  init.default_duration = 1;
  init.default_flags = 0x01010000;
  return init;
}

TEST(Fragments, TakeDefaultsFromTheNearestPlaceThatSaysThem) {
  const auto read = read_moof(moof(0x20008, 200), 8, init());
  ASSERT_TRUE(read) << read.error().what;
  EXPECT_EQ(read->decode_time, 0x1'0000'0000u);
  EXPECT_EQ(read->offset, 200u);
  ASSERT_EQ(read->samples.size(), 2u);
  EXPECT_EQ(read->samples[0].duration, 3600u);
  EXPECT_TRUE(read->samples[0].sync);
  EXPECT_FALSE(read->samples[1].sync);
  EXPECT_EQ(read->samples[1].size, 20u);
  EXPECT_EQ(read_moof(moof(0x20000, 200), 8, init())->samples[0].duration, 1u);
}

TEST(Fragments, RefuseWhatDoesNotStandOnItsOwn) {
  EXPECT_FALSE(read_moof(moof(0x1, 200), 8, init()));
  EXPECT_FALSE(read_moof(moof(0x20008, 20), 8, init()));  // samples inside the moof itself
  EXPECT_FALSE(read_moof("", 8, init()));
}

TEST(Fragments, RefuseEveryMoofCutShort) {
  const std::string whole = moof(0x20008, 200);
  for (std::size_t length = 0; length < whole.size(); ++length) {
    EXPECT_FALSE(read_moof(whole.substr(0, length), 8, init())) << length;
  }
}

TEST(Fragments, RefuseAnInitSegmentOfNonsense) {
  EXPECT_FALSE(read_init(""));
  EXPECT_FALSE(read_init("not a movie at all, however long it is"));
  BoxWriter out;
  {
    const auto moov = out.box("moov");
    const auto trak = out.box("trak");
  }
  EXPECT_FALSE(read_init(out.take()));
}

TEST(Boxes, NeverReadPastTheEnd) {
  BoxReader reader(std::string_view("\0\0\0\x20moov", 8));
  BoxReader::Box box;
  EXPECT_FALSE(reader.next(box));
  EXPECT_FALSE(reader.ok());
  BoxReader number(std::string_view("\1\2", 2));
  EXPECT_EQ(number.u32(), 0u);
  EXPECT_FALSE(number.ok());
}

TEST(Boxes, KnowTheirSizeWhenTheyAreClosed) {
  BoxWriter out;
  {
    const auto outer = out.box("moov");
    const auto inner = out.full_box("mvhd", 1, 2);
    out.u16(0x0304);
  }
  EXPECT_EQ(out.take(), std::string("\0\0\0\x16moov\0\0\0\x0emvhd\1\0\0\2\3\4", 22));
}

}  // namespace
}  // namespace tyndau::archive
