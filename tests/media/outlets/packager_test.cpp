#include "media/outlets/packager.h"

#include <gtest/gtest.h>

namespace tyndau::outlets {
namespace {

/// A real AudioSpecificConfig (AAC-LC, 32 kHz, mono); the frames' bytes are not looked at by the muxer.
TrackFormat sound() { return {"floor", false, 0, 0, 32000, {0x12, 0x88}}; }

/// A real avcC of baseline 3.0 with one SPS and one PPS.
TrackFormat picture() {
  return {"720p", true, 320, 180, 90000, {0x01, 0x42, 0xc0, 0x1e, 0xff, 0xe1, 0x00, 0x09, 0x67, 0x42, 0xc0, 0x1e,
                                          0xd9, 0x01, 0x41, 0x3e, 0x40, 0x01, 0x00, 0x04, 0x68, 0xce, 0x3c, 0x80}};
}

EncodedFrame aac(std::int64_t number) { return {number * 1024, 1024, true, std::vector<std::uint8_t>(100, 0x21)}; }
EncodedFrame h264(std::int64_t number) {
  return {number * 3600, 3600, number % 48 == 0, {0, 0, 0, 4, 0x65, 0x88, 0x84, 0x00}};
}

class Packaging : public testing::Test {
 protected:
  TrackPackager packager_{3, 100, [this](Writer::Job job) { jobs_.push_back(std::move(job)); }};
  std::vector<Writer::Job> jobs_;

  std::vector<Writer::Part> parts() const {
    std::vector<Writer::Part> parts;
    for (const auto& job : jobs_) {
      if (const auto* part = std::get_if<Writer::Part>(&job)) parts.push_back(*part);
    }
    return parts;
  }
};

std::string box_type(const std::string& bytes, std::size_t at) { return bytes.substr(at + 4, 4); }
std::uint32_t box_size(const std::string& bytes, std::size_t at) {
  std::uint32_t size = 0;
  for (std::size_t i = 0; i < 4; ++i) size = size << 8 | static_cast<std::uint8_t>(bytes[at + i]);
  return size;
}

TEST_F(Packaging, BeginsWithTheInitSegment) {
  const Utc started = *parse_utc("2026-12-10T10:00:00Z");
  ASSERT_TRUE(packager_.add(sound(), aac(0), started));
  ASSERT_EQ(jobs_.size(), 1U);
  const auto& run = std::get<Writer::Run>(jobs_[0]);
  EXPECT_EQ(run.track, "floor");
  EXPECT_EQ(run.line.run, 3);
  EXPECT_EQ(run.line.started, started);
  EXPECT_EQ(run.line.codec, "mp4a.40.2");
  EXPECT_EQ(run.line.timescale, 32000U);
  EXPECT_EQ(box_type(run.init, 0), "ftyp");
  EXPECT_EQ(box_type(run.init, box_size(run.init, 0)), "moov");
}

TEST_F(Packaging, APartOfSoundIsFiveFramesAndIsCutWithoutWaiting) {
  for (int i = 0; i < 5; ++i) ASSERT_TRUE(packager_.add(sound(), aac(i), {}));
  ASSERT_EQ(parts().size(), 1U);
  const auto part = parts()[0];
  EXPECT_EQ(part.line.segment, 100);
  EXPECT_EQ(part.line.part, 0);
  EXPECT_EQ(part.line.duration, 5120U);
  EXPECT_TRUE(part.line.independent);
  EXPECT_EQ(box_type(part.bytes, box_type(part.bytes, 0) == "styp" ? box_size(part.bytes, 0) : 0), "moof");
}

TEST_F(Packaging, SoundAndPictureShareTheGrid) {
  TrackPackager other(3, 100, [this](Writer::Job job) { jobs_.push_back(std::move(job)); });
  for (int i = 0; i < 5 * 13; ++i) ASSERT_TRUE(packager_.add(sound(), aac(i), {}));
  const auto of_sound = parts();
  jobs_.clear();
  for (int i = 0; i < 4 * 13; ++i) ASSERT_TRUE(other.add(picture(), h264(i), {}));
  const auto of_picture = parts();
  ASSERT_EQ(of_sound.size(), 13U);
  ASSERT_EQ(of_picture.size(), 13U);
  for (std::size_t i = 0; i < 13; ++i) {
    EXPECT_EQ(of_sound[i].line.segment, of_picture[i].line.segment);
    EXPECT_EQ(of_sound[i].line.part, of_picture[i].line.part);
    EXPECT_EQ(of_sound[i].line.last, i == 11);
    EXPECT_EQ(of_picture[i].line.last, i == 11);
    EXPECT_EQ(of_sound[i].line.decode_time / 32, of_picture[i].line.decode_time / 90);  // milliseconds
  }
  EXPECT_TRUE(of_picture[0].line.independent);
  EXPECT_FALSE(of_picture[1].line.independent);
  EXPECT_TRUE(of_picture[12].line.independent);
  EXPECT_EQ(of_picture[12].line.segment, 101);
}

TEST_F(Packaging, AGapInTheFramesIsAGapInTheParts) {
  for (const int i : {0, 1, 2, 3, 4, 5, 9, 10, 11}) ASSERT_TRUE(packager_.add(picture(), h264(i), {}));
  const auto read = parts();
  ASSERT_EQ(read.size(), 3U);
  EXPECT_EQ(read[1].line.duration, 2U * 3600);
  EXPECT_EQ(read[2].line.part, 2);
  EXPECT_EQ(read[2].line.decode_time, 9U * 3600);
}

TEST_F(Packaging, TheEndClosesTheShortPart) {
  for (int i = 0; i < 7; ++i) ASSERT_TRUE(packager_.add(sound(), aac(i), {}));
  const Utc end = *parse_utc("2026-12-10T10:00:01Z");
  ASSERT_TRUE(packager_.finish(end));
  ASSERT_EQ(parts().size(), 2U);
  EXPECT_EQ(parts()[1].line.duration, 2048U);
  EXPECT_TRUE(parts()[1].line.last);
  EXPECT_EQ(std::get<Writer::End>(jobs_.back()).line.at, end);
}

TEST_F(Packaging, APauseLeavesTheRecordingOpen) {
  for (int i = 0; i < 5; ++i) ASSERT_TRUE(packager_.add(sound(), aac(i), {}));
  ASSERT_TRUE(packager_.finish(std::nullopt));
  EXPECT_TRUE(std::holds_alternative<Writer::Part>(jobs_.back()));
}

TEST_F(Packaging, CodecDataIsNeeded) {
  TrackFormat bare = sound();
  bare.private_data.clear();
  EXPECT_FALSE(packager_.add(bare, aac(0), {}));
}

}  // namespace
}  // namespace tyndau::outlets
