#include "session/archive/virtual_mp4.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <map>

#include "media/base/json.h"
#include "tests/session/archive/recorded.h"

namespace tyndau::archive {
namespace {

using std::chrono::milliseconds;
using test::Recorder;
using testing::DoubleNear;
using testing::SizeIs;

const std::string kMeeting = "2026-12-10-auyzsu";
const Utc kStart = parse_utc("2026-12-10T10:00:00.000Z").value();

projections::Chapter chapter(const std::string& id, const std::string& kind, const std::string& kk,
                             const std::string& ru, int start_ms, std::optional<int> end_ms) {
  projections::Chapter made;
  made.id = id;
  made.kind = kind;
  made.title = {kk, ru, ""};
  made.start = kStart + milliseconds(start_ms);
  if (end_ms) made.end = kStart + milliseconds(*end_ms);
  return made;
}

/// Encoding takes a second: once for all tests.
struct Encodings {
  test::TemporaryDirectory directory;
  test::Encoded picture = test::encode_picture(directory.path(), 8);
  test::Encoded other_picture = test::encode_picture(directory.path(), 6, "-profile:v high -x264opts ref=3:8x8dct=1");
  test::Encoded sound = test::encode_sound(directory.path(), 8);
  static const Encodings& get() {
    static const Encodings made;
    return made;
  }
};

class VirtualMp4 : public testing::Test {
 protected:
  Film make(const std::vector<projections::Chapter>& chapters, const std::string& language = "kk") {
    live::Recordings recordings(media(), directory_.path() / "memory");
    const live::Recording* recording = recordings.find(kMeeting);
    EXPECT_NE(recording, nullptr);
    auto film = make_film(film_source(recordings, *recording, chapters, language));
    EXPECT_TRUE(film) << film.error().what;
    return *film;
  }
  /// As a client would have it after the download.
  std::string download(const Film& film) {
    const auto path = directory_.path() / "film.mp4";
    std::ofstream out(path, std::ios::binary);
    out << *film.head;
    for (const auto& stretch : film.media) {
      out << test::read_file(stretch.path).substr(stretch.offset, stretch.bytes);
    }
    out.close();
    EXPECT_EQ(std::filesystem::file_size(path), film.bytes);
    return path.string();
  }
  Json probe(const std::string& file, const std::string& what) {
    return Json::parse(test::run("ffprobe -v error -of json " + what + " " + file));
  }
  /// Presentation times of all packets of "v" or "a", seconds.
  std::vector<double> times(const std::string& file, const std::string& stream) {
    std::vector<double> found;
    const Json probed = probe(file, "-select_streams " + stream + " -show_entries packet=pts_time");
    for (const Json& packet : probed["packets"]) {
      found.push_back(std::stod(packet["pts_time"].get<std::string>()));
    }
    return found;
  }
  std::filesystem::path media() const { return directory_.path() / "media"; }

  test::TemporaryDirectory directory_;
  Recorder recorder_{media(), kMeeting};
};

double number(const Json& json) { return std::stod(json.get<std::string>()); }

TEST_F(VirtualMp4, IsAFilmThatOthersPlayWithoutAComplaint) {
  const auto& encoded = Encodings::get();
  recorder_.add_run("360p", 1, kStart, encoded.picture, 50, 0);
  recorder_.add_run("floor", 1, kStart, encoded.sound, 50, 0);
  for (const char* track : {"360p", "floor"}) recorder_.end(track, kStart + milliseconds(8000));

  const Film film = make({});
  const std::string file = download(film);
  const Json found = probe(file, "-show_format -show_streams");
  EXPECT_EQ(found["streams"].size(), 2u);
  EXPECT_EQ(found["streams"][0]["codec_name"], "h264");
  EXPECT_EQ(found["streams"][0]["width"], 320);
  EXPECT_EQ(found["streams"][1]["codec_name"], "aac");
  EXPECT_NEAR(number(found["format"]["duration"]), 8.0, 0.04);
  EXPECT_EQ(times(file, "v").size(), 200u);
  EXPECT_EQ(test::run("ffmpeg -v error -i " + file + " -f null -"), "");
  EXPECT_EQ(film.ended, kStart + milliseconds(8000));
}

TEST_F(VirtualMp4, SeeksToAKeyframeInTheMiddle) {
  const auto& encoded = Encodings::get();
  recorder_.add_run("360p", 1, kStart, encoded.picture, 50, 0);
  recorder_.add_run("floor", 1, kStart, encoded.sound, 50, 0);
  for (const char* track : {"360p", "floor"}) recorder_.end(track, kStart + milliseconds(8000));
  const std::string file = download(make({}));
  const Json keyframes = probe(file, "-select_streams v -skip_frame nokey -show_entries frame=pts_time");
  ASSERT_GE(keyframes["frames"].size(), 4u);
  EXPECT_NEAR(number(keyframes["frames"][1]["pts_time"]), 1.92, 0.001);
  EXPECT_EQ(test::run("ffmpeg -v error -ss 5 -i " + file + " -t 1 -f null -"), "");
}

TEST_F(VirtualMp4, HasItsChaptersInTheLanguageAskedFor) {
  const auto& encoded = Encodings::get();
  recorder_.add_run("360p", 1, kStart, encoded.picture, 50, 0);
  recorder_.add_run("floor", 1, kStart, encoded.sound, 50, 0);
  for (const char* track : {"360p", "floor"}) recorder_.end(track, kStart + milliseconds(8000));
  const std::vector<projections::Chapter> chapters = {
      chapter("opening", "opening", "Ашылуы", "Открытие", 480, 2000),
      chapter("a1", "item", "Ауызсу туралы", "О питьевой воде", 2000, 6000),
      chapter("a1-t9", "turn", "Әсел Құрманова", "Асель Курманова", 2000, 5000),
      chapter("a2", "item", "Қаулы", "Постановление", 6000, std::nullopt)};

  const Json kk = probe(download(make(chapters)), "-show_chapters")["chapters"];
  ASSERT_EQ(kk.size(), 5u);
  EXPECT_EQ(kk[0]["tags"]["title"], "Ашылуы");
  EXPECT_NEAR(number(kk[0]["start_time"]), 0.48, 0.002);
  EXPECT_EQ(kk[1]["tags"]["title"], "Ауызсу туралы");
  EXPECT_NEAR(number(kk[1]["start_time"]), 2.0, 0.002);
  EXPECT_EQ(kk[2]["tags"]["title"], "Әсел Құрманова");
  EXPECT_NEAR(number(kk[2]["start_time"]), 2.0, 0.003);
  EXPECT_EQ(kk[3]["tags"]["title"], "Ауызсу туралы") << "the item goes on after the turn";
  EXPECT_NEAR(number(kk[3]["start_time"]), 5.0, 0.003);
  EXPECT_EQ(kk[4]["tags"]["title"], "Қаулы");
  EXPECT_NEAR(number(kk[4]["end_time"]), 8.0, 0.04);

  const std::string russian = download(make(chapters, "ru"));
  EXPECT_EQ(probe(russian, "-show_chapters")["chapters"][4]["tags"]["title"], "Постановление");
  EXPECT_EQ(test::run("ffmpeg -v error -i " + russian + " -map 0:v -map 0:a -f null -"), "");
}

TEST_F(VirtualMp4, GoesOnWithTheItemAfterARecess) {
  const auto& encoded = Encodings::get();
  recorder_.add_run("360p", 1, kStart, encoded.picture, 50, 0);
  recorder_.end("360p", kStart + milliseconds(8000));
  const Json row = probe(download(make({chapter("a1", "item", "Ауызсу туралы", "О питьевой воде", 1000, 6000),
                                        chapter("recess-5", "recess", "Үзіліс", "Перерыв", 2000, 4000),
                                        chapter("a2", "item", "Қаулы", "Постановление", 6000, 7900),
                                        chapter("recess-9", "recess", "Үзіліс", "Перерыв", 7000, std::nullopt)})),
                         "-show_chapters")["chapters"];
  ASSERT_EQ(row.size(), 5u);
  EXPECT_EQ(row[1]["tags"]["title"], "Үзіліс");
  EXPECT_EQ(row[2]["tags"]["title"], "Ауызсу туралы");
  EXPECT_NEAR(number(row[2]["start_time"]), 4.0, 0.002);
  EXPECT_EQ(row[4]["tags"]["title"], "Үзіліс");
}

TEST_F(VirtualMp4, NamesChaptersForNeroPlayersToo) {
  const auto& encoded = Encodings::get();
  recorder_.add_run("floor", 1, kStart, encoded.sound, 50, 0);
  recorder_.end("floor", kStart + milliseconds(8000));
  std::string longest;
  for (int i = 0; i < 200; ++i) longest += "ә";  // 400 bytes: more than chpl holds
  const Film film = make({chapter("a1", "item", longest, "", 1000, std::nullopt)});
  const std::string_view chpl = find_box(*film.head, {"moov", "udta", "chpl"});
  BoxReader reader(chpl);
  reader.skip(8);
  EXPECT_EQ(reader.u8(), 1);
  EXPECT_EQ(reader.u64(), 10'000'000u);
  EXPECT_EQ(reader.u8(), 254);  // an even number of bytes: no half of a letter
  EXPECT_EQ(reader.rest(), std::string_view(longest).substr(0, 254));
}

TEST_F(VirtualMp4, KeepsSoundAndPictureTogetherOverACrash) {
  const auto& encoded = Encodings::get();
  // The crash took one part of the picture more than of the sound; the next run is encoded differently and begins 3 s
  // later.
  recorder_.add_run("360p", 1, kStart, encoded.picture, 17, 0);
  recorder_.add_run("floor", 1, kStart, encoded.sound, 18, 0);
  const Utc again = kStart + milliseconds(6000);
  recorder_.add_run("360p", 2, again, encoded.other_picture, 24, 2);
  recorder_.add_run("floor", 2, again, encoded.sound, 24, 2);
  for (const char* track : {"360p", "floor"}) recorder_.end(track, again + milliseconds(3840));

  const std::string file = download(make({chapter("a1", "item", "Екінші", "", 7000, std::nullopt)}));
  EXPECT_EQ(test::run("ffmpeg -v error -i " + file + " -map 0:v -map 0:a -f null -"), "");
  const double hole = 18 * 0.16;  // where the second run begins in the film
  const auto picture = times(file, "v");
  const auto sound = times(file, "a");
  ASSERT_EQ(picture.size(), 17u * 4 + 24 * 4);
  EXPECT_NEAR(picture[17 * 4], hole, 0.001);
  EXPECT_NEAR(sound[18 * 5], hole, 0.001);
  EXPECT_NEAR(sound.back() + 0.032, hole + 24 * 0.16, 0.002);
  EXPECT_NEAR(picture.back() + 0.04, hole + 24 * 0.16, 0.002);
  // An item that opened a second into the second run.
  const Json chapters = probe(file, "-show_chapters")["chapters"];
  ASSERT_EQ(chapters.size(), 1u);
  EXPECT_NEAR(number(chapters[0]["start_time"]), hole + 1.0, 0.002);
}

TEST_F(VirtualMp4, DropsPictureThatTheSoundDoesNotReach) {
  const auto& encoded = Encodings::get();
  recorder_.add_run("360p", 1, kStart, encoded.picture, 20, 0);
  recorder_.add_run("floor", 1, kStart, encoded.sound, 18, 0);
  const Utc again = kStart + milliseconds(10000);
  recorder_.add_run("360p", 2, again, encoded.picture, 12, 2);
  recorder_.add_run("floor", 2, again, encoded.sound, 12, 2);
  for (const char* track : {"360p", "floor"}) recorder_.end(track, again + milliseconds(1920));
  const std::string file = download(make({}));
  EXPECT_EQ(test::run("ffmpeg -v error -i " + file + " -f null -"), "");
  const auto picture = times(file, "v");
  ASSERT_EQ(picture.size(), 18u * 4 + 12 * 4);
  EXPECT_NEAR(picture[18 * 4], 18 * 0.16, 0.001);
}

TEST_F(VirtualMp4, BeginsTheSoundLaterWhenItCameLater) {
  const auto& encoded = Encodings::get();
  recorder_.add_run("360p", 1, kStart, encoded.picture, 24, 0);
  recorder_.add_run("floor", 1, kStart + milliseconds(80), encoded.sound, 24, 0);
  for (const char* track : {"360p", "floor"}) recorder_.end(track, kStart + milliseconds(3840));
  const std::string file = download(make({}));
  EXPECT_NEAR(times(file, "v").front(), 0.0, 0.001);
  EXPECT_NEAR(times(file, "a").front(), 0.080, 0.001);
}

TEST_F(VirtualMp4, GoesOnWithoutASegmentThatIsLost) {
  const auto& encoded = Encodings::get();
  recorder_.add_run("360p", 1, kStart, encoded.picture, 50, 0);
  recorder_.add_run("floor", 1, kStart, encoded.sound, 50, 0);
  for (const char* track : {"360p", "floor"}) recorder_.end(track, kStart + milliseconds(8000));
  std::filesystem::remove(link::segment_path(media(), kMeeting, "360p", 1));
  const std::string file = download(make({}));
  const auto picture = times(file, "v");
  ASSERT_EQ(picture.size(), 200u - 48);
  EXPECT_NEAR(picture[48], 3.84, 0.001);
  EXPECT_NEAR(number(probe(file, "-show_format")["format"]["duration"]), 8.0, 0.04);
}

TEST_F(VirtualMp4, HasTheSameTagEachTimeAndAnotherForOtherChapters) {
  const auto& encoded = Encodings::get();
  recorder_.add_run("floor", 1, kStart, encoded.sound, 50, 0);
  recorder_.end("floor", kStart + milliseconds(8000));
  const auto item = chapter("a1", "item", "Бір", "Один", 0, std::nullopt);
  EXPECT_EQ(make({item}).etag, make({item}).etag);
  EXPECT_NE(make({item}).etag, make({item}, "ru").etag);
}

TEST_F(VirtualMp4, FailsWhenNothingCanBeRead) {
  const auto& encoded = Encodings::get();
  recorder_.add_run("floor", 1, kStart, encoded.sound, 12, 0);
  recorder_.end("floor", kStart + milliseconds(1920));
  std::filesystem::remove(link::init_path(media(), kMeeting, "floor", 1));
  live::Recordings recordings(media(), directory_.path() / "memory");
  const auto film = make_film(film_source(recordings, *recordings.find(kMeeting), {}, "kk"));
  ASSERT_FALSE(film);
  EXPECT_THAT(film.error().what, testing::HasSubstr("no part of the recording"));
}

}  // namespace
}  // namespace tyndau::archive
