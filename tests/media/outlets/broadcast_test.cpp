#include "media/outlets/broadcast.h"

#include <gtest/gtest.h>

#include <condition_variable>
#include <fstream>

#include "tests/media/gstreamer.h"

namespace tyndau::outlets {
namespace {

namespace fs = std::filesystem;

/// The real encoders, packager and files, from a mixer without a source: the slate and silence.
class BroadcastTest : public testing::Test {
 protected:
  void SetUp() override {
    root_ = fs::path(testing::TempDir()) / ("broadcast-" + std::to_string(::getpid()));
    fs::remove_all(root_);
    config_.data.directory = root_ / "data";
    config_.data.runtime_directory = root_ / "run";
    config_.programme.width = 640;
    config_.programme.height = 360;
    config_.programme.renditions = {{"360p", 640, 360, 500}, {"180p", 320, 180, 200}};
    mixer_ = std::make_unique<programme::Mixer>(programme::Format{640, 360, 25}, picture_, sound_);
    mixer_->start();
  }
  void TearDown() override {
    mixer_->stop();
    fs::remove_all(root_);
  }
  std::unique_ptr<Broadcast> start() {
    Broadcast::Events events;
    events.on_begin = [this](const link::RunState& run, std::int64_t) {
      const std::lock_guard lock(mutex_);
      run_ = run;
    };
    events.on_written = [this] {
      const std::lock_guard lock(mutex_);
      ++written_;
      changed_.notify_all();
    };
    events.on_error = [](const std::string& what) { ADD_FAILURE() << what; };
    auto broadcast = Broadcast::start(config_, *mixer_, "m", std::move(events));
    EXPECT_TRUE(broadcast) << broadcast.error().what;
    return std::move(*broadcast);
  }
  void wait_for_writes(int count) {
    std::unique_lock lock(mutex_);
    const int target = written_ + count;
    ASSERT_TRUE(changed_.wait_for(lock, std::chrono::seconds(20), [&] { return written_ >= target; }));
  }
  std::vector<link::IndexLine> index(const std::string& track) {
    std::vector<link::IndexLine> lines;
    std::ifstream in(link::index_path(config_.media_directory(), "m", track));
    for (std::string line; std::getline(in, line);) lines.push_back(link::parse_line(line).value());
    return lines;
  }
  /// What ffprobe, which nobody here wrote, makes of a run of one track.
  std::string probe(const std::string& track, int run) {
    const fs::path joined = root_ / "joined.mp4";
    std::ofstream out(joined, std::ios::binary);
    out << std::ifstream(link::init_path(config_.media_directory(), "m", track, run), std::ios::binary).rdbuf();
    for (std::int64_t segment = 1; fs::exists(link::segment_path(config_.media_directory(), "m", track, segment));
         ++segment) {
      out << std::ifstream(link::segment_path(config_.media_directory(), "m", track, segment), std::ios::binary)
                 .rdbuf();
    }
    out.close();
    const std::string command =
        "ffprobe -v error -count_frames -of csv=p=0 -show_entries "
        "stream=codec_name,nb_read_frames:packet=pts_time,flags -i '" +
        joined.string() + "' 2>&1";
    FILE* pipe = ::popen(command.c_str(), "r");
    std::string output;
    char buffer[4096];
    while (std::size_t size = std::fread(buffer, 1, sizeof buffer, pipe)) output.append(buffer, size);
    ::pclose(pipe);
    return output;
  }

  fs::path root_;
  Config config_;
  programme::PictureSlot picture_;
  programme::SoundSlot sound_;
  std::unique_ptr<programme::Mixer> mixer_;
  std::mutex mutex_;
  std::condition_variable changed_;
  link::RunState run_;
  int written_ = 0;
};

TEST_F(BroadcastTest, WritesAlignedTracksThatOthersCanRead) {
  auto broadcast = start();
  wait_for_writes(3 + 3 * 14);  // more than a segment
  broadcast->stop();

  const auto high = index("360p");
  const auto low = index("180p");
  const auto floor = index("floor");
  ASSERT_GT(high.size(), 14U);
  EXPECT_EQ(std::get<link::RunLine>(high[0]).started, run_.started);
  EXPECT_EQ(std::get<link::RunLine>(floor[0]).started, run_.started);
  for (std::size_t i = 1; i <= 13; ++i) {
    const auto a = std::get<link::PartLine>(high[i]);
    const auto b = std::get<link::PartLine>(low[i]);
    const auto c = std::get<link::PartLine>(floor[i]);
    EXPECT_EQ(a.decode_time, b.decode_time);
    EXPECT_EQ(a.independent, b.independent);
    EXPECT_EQ(a.independent, a.part == 0);
    EXPECT_EQ(a.decode_time / 90, c.decode_time / 32);
    EXPECT_EQ(a.last, c.last);
  }
  for (const auto& lines : {high, low, floor}) EXPECT_TRUE(std::holds_alternative<link::EndLine>(lines.back()));

  const std::string read = probe("360p", 1);
  EXPECT_NE(read.find("h264"), std::string::npos) << read;
  EXPECT_EQ(read.find("rror"), std::string::npos) << read;
  EXPECT_NE(read.find("0.000000,K"), std::string::npos) << read;
  EXPECT_NE(read.find("1.920000,K"), std::string::npos) << read;
  EXPECT_NE(probe("floor", 1).find("aac"), std::string::npos);
}

TEST_F(BroadcastTest, APauseAndANewRunContinueTheNumbers) {
  auto first = start();
  wait_for_writes(10);
  first->pause();
  first.reset();
  auto second = start();
  EXPECT_EQ(second->run(), 2);
  wait_for_writes(10);
  second->stop();
  const auto lines = index("floor");
  std::int64_t last_of_first = -1;
  std::int64_t first_of_second = -1;
  bool in_second = false;
  for (const auto& line : lines) {
    if (const auto* run = std::get_if<link::RunLine>(&line)) in_second = run->run == 2;
    if (const auto* part = std::get_if<link::PartLine>(&line)) {
      if (!in_second) last_of_first = part->segment;
      if (in_second && first_of_second < 0) first_of_second = part->segment;
    }
  }
  EXPECT_EQ(first_of_second, last_of_first + 1);
  EXPECT_TRUE(std::holds_alternative<link::EndLine>(lines.back()));
}

TEST_F(BroadcastTest, AnEncoderThatIsNotThereIsAClearFailure) {
  config_.programme.encoder = "v4l2";
  const auto checked = Encoders::check(config_.programme);
  ASSERT_FALSE(checked);
  EXPECT_NE(checked.error().what.find("v4l2"), std::string::npos);
}

}  // namespace
}  // namespace tyndau::outlets
