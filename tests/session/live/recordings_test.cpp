#include "session/live/recordings.h"

#include <fmt/format.h>
#include <gtest/gtest.h>
#include <stdlib.h>

#include <fstream>

#include "tests/session/live/recorded.h"

namespace tyndau::live {
namespace {

namespace fs = std::filesystem;

class RecordingsTest : public testing::Test {
 protected:
  RecordingsTest() {
    std::string name = (fs::temp_directory_path() / "tyndau-recordings-XXXXXX").string();
    directory_ = ::mkdtemp(name.data());
  }
  ~RecordingsTest() override { fs::remove_all(directory_); }

  fs::path disk() const { return directory_ / "disk"; }
  fs::path memory() const { return directory_ / "memory"; }
  static void append(const fs::path& path, const std::string& text) {
    fs::create_directories(path.parent_path());
    std::ofstream(path, std::ios::binary | std::ios::app) << text;
  }
  static std::string run(int number) { return link::format_line(test::sound_run(number)); }
  static std::string part(std::int64_t segment, int number, bool last = false) {
    return link::format_line(
        link::PartLine{segment, number, static_cast<std::uint64_t>(number) * 100, 100, 0, 5120, true, last});
  }
  fs::path index(const std::string& meeting = "sitting") const { return link::index_path(disk(), meeting, "floor"); }

  fs::path directory_;
};

TEST_F(RecordingsTest, FindsNothingWhereNothingIs) {
  Recordings recordings(disk(), memory());
  EXPECT_EQ(recordings.find("sitting"), nullptr);
  append(index(), run(1));
  ASSERT_NE(recordings.find("sitting"), nullptr);  // nothing was remembered of the failure
}

TEST_F(RecordingsTest, TakesNoNameThatCouldBeAPath) {
  append(disk() / "floor" / "index", run(1));
  append(index(), run(1));
  Recordings recordings(disk(), memory());
  for (const char* name : {"", ".", "..", "../disk/sitting", "sitting/", "Sitting", "sit ting", "sitting\n"}) {
    EXPECT_EQ(recordings.find(name), nullptr) << name;
  }
  EXPECT_FALSE(is_name(std::string(65, 'a')));
  EXPECT_TRUE(is_name(std::string(64, 'a')));
  EXPECT_NE(recordings.find("sitting"), nullptr);
}

TEST_F(RecordingsTest, KnowsByTheLastLineWhetherOneLacksItsEnd) {
  Recordings recordings(disk(), memory());
  const std::string end = link::format_line(link::EndLine{});
  EXPECT_FALSE(recordings.lacks_its_end("sitting")) << "there is none";
  append(index(), run(1) + part(0, 0));
  EXPECT_TRUE(recordings.lacks_its_end("sitting"));
  append(index(), end.substr(0, end.size() - 1));
  EXPECT_TRUE(recordings.lacks_its_end("sitting")) << "torn by a crash";
  append(index(), "\n");
  EXPECT_FALSE(recordings.lacks_its_end("sitting"));
  // Each of its tracks, and in memory what did not fit on the disk.
  append(link::index_path(disk(), "sitting", "720p"), run(1));
  EXPECT_TRUE(recordings.lacks_its_end("sitting"));
  append(link::index_path(disk(), "sitting", "720p"), end);
  append(link::index_path(memory(), "sitting", "720p"), part(1, 0));
  EXPECT_TRUE(recordings.lacks_its_end("sitting"));
  append(link::index_path(memory(), "sitting", "720p"), end);
  EXPECT_FALSE(recordings.lacks_its_end("sitting"));
  // On air again.
  append(index(), run(2));
  EXPECT_TRUE(recordings.lacks_its_end("sitting"));
  EXPECT_FALSE(recordings.lacks_its_end("../disk/sitting"));
}

TEST_F(RecordingsTest, TellsListenersWhatWasAppended) {
  append(index(), run(1) + part(0, 0));
  Recordings recordings(disk(), memory());
  int told = 0;
  std::size_t parts = 0;
  const int ticket = recordings.listen([&](const Recording& recording) {
    ++told;
    parts = recording.sound()->segments().front().parts.size();
  });
  recordings.look("sitting");
  EXPECT_EQ(told, 1);
  recordings.look("sitting");  // nothing new
  EXPECT_EQ(told, 1);
  append(index(), part(0, 1) + part(0, 2));
  recordings.look("sitting");
  EXPECT_EQ(told, 2);
  EXPECT_EQ(parts, 3u);
  recordings.forget(ticket);
  append(index(), part(0, 3));
  recordings.look("sitting");
  EXPECT_EQ(told, 2);
  EXPECT_EQ(recordings.find("sitting")->sound()->segments().front().parts.size(), 4u);
}

TEST_F(RecordingsTest, WaitsForTheRestOfATornLine) {
  const std::string line = part(0, 1);
  for (std::size_t length = 1; length < line.size(); ++length) {
    fs::remove_all(disk());
    append(index(), run(1) + part(0, 0) + line.substr(0, length));
    Recordings recordings(disk(), memory());
    const auto* recording = recordings.find("sitting");
    ASSERT_EQ(recording->sound()->segments().front().parts.size(), 1u) << length;
    append(index(), line.substr(length));
    recordings.look("sitting");
    ASSERT_EQ(recording->sound()->segments().front().parts.size(), 2u) << length;
  }
}

TEST_F(RecordingsTest, GoesOnWhenATornLineWasTrimmed) {
  const std::string whole = run(1) + part(0, 0);
  append(index(), whole + "part 0 1 10");
  Recordings recordings(disk(), memory());
  ASSERT_NE(recordings.find("sitting"), nullptr);
  fs::resize_file(index(), whole.size());
  append(index(), run(2) + part(1, 0));
  recordings.look("sitting");
  const Track& track = *recordings.find("sitting")->sound();
  ASSERT_EQ(track.segments().size(), 2u);
  EXPECT_EQ(track.segments()[1].number, 1);
  EXPECT_EQ(track.runs().size(), 2u);
}

TEST_F(RecordingsTest, PassesOverALineThatADamagedDiskSpoiled) {
  append(index(), run(1) + part(0, 0) + "part 0 x .\n" + part(0, 1));
  Recordings recordings(disk(), memory());
  EXPECT_EQ(recordings.find("sitting")->sound()->segments().front().parts.size(), 2u);
}

TEST_F(RecordingsTest, ReadsMemoryAfterDiskAndTheSameLinesOnlyOnce) {
  const auto in_memory = link::index_path(memory(), "sitting", "floor");
  append(index(), run(1) + part(0, 0) + part(0, 1));
  append(in_memory, part(0, 2) + part(0, 3));
  Recordings recordings(disk(), memory());
  const Track* track = recordings.find("sitting")->sound();
  EXPECT_EQ(track->segments().front().parts.size(), 4u);
  // The disk has room again: the lines go there, and the broadcast goes on there.
  append(index(), part(0, 2) + part(0, 3) + part(0, 4));
  fs::remove_all(memory());
  recordings.look("sitting");
  EXPECT_EQ(track->segments().front().parts.size(), 5u);
  // Full again: another file under the name that was read before.
  append(in_memory, part(0, 5));
  recordings.look("sitting");
  EXPECT_EQ(track->segments().front().parts.size(), 6u);
}

TEST_F(RecordingsTest, SeesATrackThatComesLater) {
  append(index(), run(1));
  Recordings recordings(disk(), memory());
  ASSERT_NE(recordings.find("sitting"), nullptr);
  append(link::index_path(disk(), "sitting", "720p"), link::format_line(test::picture_run(1)));
  recordings.look("sitting");
  EXPECT_EQ(recordings.find("sitting")->best_picture(), "720p");
}

TEST_F(RecordingsTest, HasEndedWhenEveryTrackHas) {
  const std::string end = link::format_line(link::EndLine{test::kStart + std::chrono::seconds(9)});
  append(index(), run(1) + part(0, 0) + end);
  append(link::index_path(disk(), "sitting", "720p"), link::format_line(test::picture_run(1)));
  Recordings recordings(disk(), memory());
  EXPECT_FALSE(recordings.find("sitting")->ended());
  append(link::index_path(disk(), "sitting", "720p"), end);
  recordings.look("sitting");
  EXPECT_TRUE(recordings.find("sitting")->ended());
}

TEST_F(RecordingsTest, SaysWhichFileHasTheBytesNow) {
  Track::Segment segment{7, 0, false, {{0, 100, 0, 0, true}, {100, 50, 0, 0, false}, {150, 30, 0, 0, false}}};
  const auto on_disk = link::segment_path(disk(), "sitting", "floor", 7);
  const auto in_memory = link::segment_path(memory(), "sitting", "floor", 7);
  Recordings recordings(disk(), memory());
  append(on_disk, std::string(180, 'd'));
  auto stretches = recordings.stretches("sitting", "floor", segment, 0, 3);
  ASSERT_EQ(stretches.size(), 1u);
  EXPECT_EQ(stretches[0].path, on_disk);
  EXPECT_EQ(stretches[0].bytes, 180u);
  EXPECT_EQ(recordings.segment_file("sitting", "floor", segment), on_disk);

  fs::resize_file(on_disk, 100);  // the disk filled up within the segment
  append(in_memory, std::string(180, 'm'));
  stretches = recordings.stretches("sitting", "floor", segment, 0, 3);
  ASSERT_EQ(stretches.size(), 2u);
  EXPECT_EQ(stretches[1].path, in_memory);
  EXPECT_EQ(stretches[1].offset, 100u);
  EXPECT_EQ(stretches[1].bytes, 80u);
  EXPECT_EQ(recordings.segment_file("sitting", "floor", segment), in_memory);
  ASSERT_EQ(recordings.stretches("sitting", "floor", segment, 1, 1).size(), 1u);
  EXPECT_EQ(recordings.stretches("sitting", "floor", segment, 1, 1)[0].bytes, 50u);
}

TEST_F(RecordingsTest, ForgetsEndedRecordingsThatNobodyWatches) {
  const std::string end = link::format_line(link::EndLine{test::kStart + std::chrono::seconds(9)});
  for (int i = 0; i < 40; ++i) append(index(fmt::format("old-{}", i)), run(1) + part(0, 0, true) + end);
  append(index("live"), run(1) + part(0, 0));
  Recordings recordings(disk(), memory());
  const Recording* live = recordings.find("live");
  for (int i = 0; i < 40; ++i) ASSERT_NE(recordings.find(fmt::format("old-{}", i)), nullptr);
  EXPECT_EQ(recordings.find("live"), live);
  // What is forgotten is read again, what is not needs no file.
  EXPECT_NE(recordings.find("old-1"), nullptr);
  for (const char* gone : {"old-0", "old-39"}) fs::remove_all(disk() / gone);
  EXPECT_EQ(recordings.find("old-0"), nullptr);
  EXPECT_NE(recordings.find("old-39"), nullptr);
}

}  // namespace
}  // namespace tyndau::live
