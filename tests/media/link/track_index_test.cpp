#include "media/link/track_index.h"

#include <gtest/gtest.h>

#include <fstream>
#include <sstream>

namespace tyndau::link {
namespace {

const Utc kRunStart = parse_utc("2026-12-10T10:00:30.250Z").value();

std::string without_newline(std::string line) {
  EXPECT_EQ(line.back(), '\n');
  line.pop_back();
  return line;
}

TEST(TrackIndex, ReadsWhatItWrites) {
  const std::vector<IndexLine> lines = {
      RunLine{3, kRunStart, 90000, 811, "avc1.64001f", 1280, 720},
      PartLine{INT64_C(123456789), 11, UINT64_C(5'000'000'000), 4'000'000'000u, UINT64_C(1) << 62, 14400, true, true},
      PartLine{0, 0, 0, 0, 0, 0, false, false}, EndLine{kRunStart}};
  for (const IndexLine& line : lines) {
    const auto read = parse_line(without_newline(format_line(line)));
    ASSERT_TRUE(read) << format_line(line);
    EXPECT_TRUE(*read == line) << format_line(line);
  }
}

TEST(TrackIndex, IsWrittenAsItsDescriptionSays) {
  EXPECT_EQ(format_line(RunLine{1, kRunStart, 32000, 711, "mp4a.40.2", 0, 0}),
            "run 1 2026-12-10T10:00:30.250Z 32000 711 mp4a.40.2 0 0 .\n");
  EXPECT_EQ(format_line(PartLine{0, 1, 1402, 1398, 5120, 5120, true, false}), "part 0 1 1402 1398 5120 5120 1 0 .\n");
  EXPECT_EQ(format_line(EndLine{kRunStart}), "end 2026-12-10T10:00:30.250Z .\n");
}

TEST(TrackIndex, ReadsTheExampleOfItsDescription) {
  std::ifstream description(TYNDAU_SOURCE_DIR "/media/link/INDEX.md");
  std::string line;
  while (line != "## An example" && std::getline(description, line)) {
  }
  int read = 0;
  while (std::getline(description, line) && line.starts_with("    ")) {
    EXPECT_TRUE(parse_line(line.substr(4))) << line;
    ++read;
  }
  EXPECT_EQ(read, 6);
}

TEST(TrackIndex, TakesNoLineThatIsCutShort) {
  for (const IndexLine& line :
       {IndexLine(RunLine{1, kRunStart, 32000, 711, "mp4a.40.2", 0, 0}),
        IndexLine(PartLine{7, 1, 1402, 1398, 5120, 5120, true, false}), IndexLine(EndLine{kRunStart})}) {
    const std::string whole = without_newline(format_line(line));
    for (std::size_t length = 0; length < whole.size(); ++length) {
      EXPECT_FALSE(parse_line(whole.substr(0, length))) << whole.substr(0, length);
    }
  }
}

TEST(TrackIndex, TakesNothingElse) {
  for (const char* line : {"", ".", "part .", "part 1 0 0 10 0 10 1 0 . .", "part -1 0 0 10 0 10 1 0 .",
                           "part 1 0 0 4294967296 0 10 1 0 .", "part 1 0 0 10 0 10 2 0 .", "part 1 0 0 0x10 0 10 1 0 .",
                           "part  1 0 0 10 0 10 1 0 .", "run 1 yesterday 32000 711 mp4a.40.2 0 0 .",
                           "run 1 2026-12-10T10:00:30.250Z 0 711 mp4a.40.2 0 0 .", "end never .", "stop 1 .",
                           "part 1 0 0 10 0 10 1 0 .\r"}) {
    EXPECT_FALSE(parse_line(line)) << line;
  }
}

TEST(TrackIndex, NamesItsFiles) {
  EXPECT_EQ(index_path("/media", "sitting", "floor"), "/media/sitting/floor/index");
  EXPECT_EQ(init_path("/media", "sitting", "720p", 12), "/media/sitting/720p/init-12.mp4");
  EXPECT_EQ(segment_path("/media", "sitting", "720p", 42), "/media/sitting/720p/000042.m4s");
  EXPECT_EQ(segment_path("/media", "sitting", "720p", 1234567), "/media/sitting/720p/1234567.m4s");
}

}  // namespace
}  // namespace tyndau::link
