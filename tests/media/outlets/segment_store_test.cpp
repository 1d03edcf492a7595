#include "media/outlets/segment_store.h"

#include <gtest/gtest.h>
#include <sys/mount.h>

#include <fstream>

namespace tyndau::outlets {
namespace {

namespace fs = std::filesystem;

std::string content(const fs::path& path) {
  std::ifstream in(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(in), std::istreambuf_iterator<char>()};
}

class SegmentStoreTest : public testing::Test {
 protected:
  void SetUp() override {
    root_ = fs::path(testing::TempDir()) / ("store-" + std::to_string(::getpid()));
    fs::remove_all(root_);
    fs::create_directories(root_ / "disk");
    fs::create_directories(root_ / "memory");
    places_ = {root_ / "disk", root_ / "memory", 1 << 20, 0};
  }
  void TearDown() override {
    if (mounted_) ::umount((root_ / "disk").c_str());
    fs::remove_all(root_);
  }
  /// Gives the disk a size of its own. False where the machine does not let us mount.
  bool small_disk(const char* size) {
    mounted_ = ::mount("none", (root_ / "disk").c_str(), "tmpfs", 0, (std::string("size=") + size).c_str()) == 0;
    return mounted_;
  }
  SegmentStore open() {
    auto store = SegmentStore::open(places_, "m");
    EXPECT_TRUE(store) << store.error().what;
    return std::move(*store);
  }
  static void part(SegmentStore& store, std::int64_t segment, int number, const std::string& bytes, bool last = false) {
    link::PartLine line;
    line.segment = segment;
    line.part = number;
    line.duration = 14400;
    line.last = last;
    store.write_part("720p", line, bytes);
  }
  static void run(SegmentStore& store, int number) {
    link::RunLine line;
    line.run = number;
    line.timescale = 90000;
    line.init_bytes = 4;
    line.codec = "avc1.64001f";
    store.write_run("720p", line, "init");
  }
  std::vector<link::IndexLine> lines(const fs::path& place) {
    std::vector<link::IndexLine> read;
    std::ifstream in(link::index_path(place, "m", "720p"));
    for (std::string line; std::getline(in, line);) {
      auto parsed = link::parse_line(line);
      EXPECT_TRUE(parsed) << line;
      if (parsed) read.push_back(*parsed);
    }
    return read;
  }

  fs::path root_;
  SegmentStore::Places places_;
  bool mounted_ = false;
};

TEST_F(SegmentStoreTest, WritesPartsIntoOneFileAndLinesBehindThem) {
  auto store = open();
  run(store, 1);
  part(store, 0, 0, "aaaa");
  part(store, 0, 1, "bb", true);
  part(store, 1, 0, "c");
  EXPECT_EQ(content(link::segment_path(places_.disk, "m", "720p", 0)), "aaaabb");
  EXPECT_EQ(content(link::segment_path(places_.disk, "m", "720p", 1)), "c");
  const auto read = lines(places_.disk);
  ASSERT_EQ(read.size(), 4U);
  const auto second = std::get<link::PartLine>(read[2]);
  EXPECT_EQ(second.offset, 4U);
  EXPECT_EQ(second.bytes, 2U);
  EXPECT_EQ(store.state(), SegmentStore::State::kOk);
}

TEST_F(SegmentStoreTest, GivesTheNextRunAndSegmentAfterARestart) {
  {
    auto store = open();
    EXPECT_EQ(store.next_run(), 1);
    EXPECT_EQ(store.next_segment(), 1);
    run(store, 1);
    part(store, 1, 0, "aaaa");
    part(store, 2, 0, "b");
  }
  const auto store = open();
  EXPECT_EQ(store.next_run(), 2);
  EXPECT_EQ(store.next_segment(), 3);
}

TEST_F(SegmentStoreTest, CutsOffWhatACrashTore) {
  {
    auto store = open();
    run(store, 1);
    part(store, 0, 0, "aaaa");
  }
  const auto index = link::index_path(places_.disk, "m", "720p");
  const std::string whole = content(index);
  std::ofstream(index, std::ios::app) << "part 0 1 4 9 14400 144";
  std::ofstream(link::segment_path(places_.disk, "m", "720p", 0), std::ios::app) << "torn bytes";
  open();
  EXPECT_EQ(content(index), whole);
  EXPECT_EQ(content(link::segment_path(places_.disk, "m", "720p", 0)), "aaaa");
}

TEST_F(SegmentStoreTest, ClosesOnlyTheTracksThatWereLeftOpen) {
  {
    auto store = open();
    run(store, 1);
    part(store, 0, 0, "aaaa");
  }
  open().close_tracks({});
  ASSERT_EQ(lines(places_.disk).size(), 3U);
  EXPECT_TRUE(std::holds_alternative<link::EndLine>(lines(places_.disk).back()));
  open().close_tracks({});
  EXPECT_EQ(lines(places_.disk).size(), 3U);
}

TEST_F(SegmentStoreTest, KeepsWhatFollowsADamagedLine) {
  {
    auto store = open();
    run(store, 1);
    part(store, 0, 0, "aaaa");
    part(store, 1, 0, "b");
  }
  const auto index = link::index_path(places_.disk, "m", "720p");
  std::string damaged = content(index);
  damaged[damaged.find("part 0")] = 'X';
  std::ofstream(index) << damaged;
  EXPECT_EQ(open().next_segment(), 2);
  EXPECT_EQ(content(index), damaged);
}

TEST_F(SegmentStoreTest, GoesOnInMemoryWhenTheDiskIsFullAndComesHome) {
  ASSERT_TRUE(small_disk("256k")) << "needs the right to mount";
  auto store = open();
  run(store, 1);
  part(store, 0, 0, std::string(50000, 'a'));
  { std::ofstream(places_.disk / "filler") << std::string(300000, 'f'); }
  const std::string before = content(link::index_path(places_.disk, "m", "720p"));
  part(store, 0, 1, std::string(20000, 'b'), true);
  part(store, 1, 0, std::string(1000, 'c'));
  EXPECT_EQ(store.state(), SegmentStore::State::kInMemory);
  // What the disk had is not damaged, and the segment in hand lies whole in memory.
  EXPECT_EQ(content(link::index_path(places_.disk, "m", "720p")), before);
  EXPECT_EQ(content(link::segment_path(places_.memory, "m", "720p", 0)),
            std::string(50000, 'a') + std::string(20000, 'b'));
  EXPECT_EQ(lines(places_.memory).size(), 2U);

  fs::remove(places_.disk / "filler");
  part(store, 2, 0, "d");
  EXPECT_EQ(store.state(), SegmentStore::State::kOk);
  EXPECT_EQ(lines(places_.disk).size(), 5U);
  EXPECT_EQ(content(link::segment_path(places_.disk, "m", "720p", 0)).size(), 70000U);
  EXPECT_EQ(content(link::segment_path(places_.disk, "m", "720p", 1)), std::string(1000, 'c'));
  EXPECT_FALSE(fs::exists(link::index_path(places_.memory, "m", "720p")));
}

TEST_F(SegmentStoreTest, LeavesRoomForTheJournal) {
  ASSERT_TRUE(small_disk("1m")) << "needs the right to mount";
  places_.reserved_bytes = 512 << 10;
  auto store = open();
  run(store, 1);
  for (int segment = 0; segment < 8; ++segment) part(store, segment, 0, std::string(200000, 'a'), true);
  EXPECT_EQ(store.state(), SegmentStore::State::kInMemory);
  EXPECT_GT(fs::space(places_.disk).available, 300U << 10);
}

TEST_F(SegmentStoreTest, BringsHomeAtTheNextStartWhatWasInMemory) {
  ASSERT_TRUE(small_disk("64k")) << "needs the right to mount";
  {
    auto store = open();
    run(store, 1);
    part(store, 0, 0, std::string(100000, 'a'), true);
    EXPECT_EQ(store.state(), SegmentStore::State::kInMemory);
  }
  ASSERT_EQ(::umount((root_ / "disk").c_str()), 0);
  mounted_ = false;
  const auto store = open();
  EXPECT_EQ(store.next_segment(), 1);
  EXPECT_EQ(content(link::segment_path(places_.disk, "m", "720p", 0)).size(), 100000U);
}

TEST_F(SegmentStoreTest, LosesTheOldestWhenMemoryIsFullToo) {
  ASSERT_TRUE(small_disk("16k")) << "needs the right to mount";
  places_.memory_bytes = 100000;
  auto store = open();
  run(store, 1);
  for (int segment = 0; segment < 5; ++segment) part(store, segment, 0, std::string(40000, 'a'), true);
  EXPECT_EQ(store.state(), SegmentStore::State::kLosing);
  EXPECT_FALSE(fs::exists(link::segment_path(places_.memory, "m", "720p", 0)));
  EXPECT_TRUE(fs::exists(link::segment_path(places_.memory, "m", "720p", 4)));
  EXPECT_LE(store.bytes_in_memory(), places_.memory_bytes);
}

TEST_F(SegmentStoreTest, AnUnusableDirectoryIsNotTheEnd) {
  std::ofstream(places_.disk / "m") << "a file where the meeting's folder should be";
  auto store = open();
  run(store, 1);
  part(store, 0, 0, "aaaa");
  EXPECT_EQ(store.state(), SegmentStore::State::kInMemory);
  EXPECT_EQ(content(link::segment_path(places_.memory, "m", "720p", 0)), "aaaa");
}

}  // namespace
}  // namespace tyndau::outlets
