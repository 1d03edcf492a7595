#include "session/live/playlist.h"

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/session/live/recorded.h"

namespace tyndau::live {
namespace {

using projections::Chapter;
using std::chrono::milliseconds;
using test::kStart;
using testing::HasSubstr;
using testing::Not;
using testing::StartsWith;

std::string live(const Recording& recording, const std::string& track = "720p", PlaylistWanted wanted = {}) {
  return media_playlist(recording, track, wanted, {});
}

std::size_t count(const std::string& text, const std::string& word) {
  std::size_t found = 0;
  for (auto at = text.find(word); at != std::string::npos; at = text.find(word, at + 1)) ++found;
  return found;
}

TEST(MediaPlaylist, AtTheStartHasOnlyParts) {
  EXPECT_EQ(live(test::recording_of(0, 2)),
            "#EXTM3U\n"
            "#EXT-X-VERSION:9\n"
            "#EXT-X-TARGETDURATION:2\n"
            "#EXT-X-SERVER-CONTROL:CAN-BLOCK-RELOAD=YES,PART-HOLD-BACK=0.48,CAN-SKIP-UNTIL=12.0\n"
            "#EXT-X-PART-INF:PART-TARGET=0.16\n"
            "#EXT-X-INDEPENDENT-SEGMENTS\n"
            "#EXT-X-MEDIA-SEQUENCE:0\n"
            "#EXT-X-MAP:URI=\"init-1.mp4\"\n"
            "#EXT-X-PROGRAM-DATE-TIME:2026-12-10T10:00:00.000Z\n"
            "#EXT-X-PART:DURATION=0.16000,URI=\"000000.0.m4s\",INDEPENDENT=YES\n"
            "#EXT-X-PART:DURATION=0.16000,URI=\"000000.1.m4s\"\n"
            "#EXT-X-PRELOAD-HINT:TYPE=PART,URI=\"000000.2.m4s\"\n"
            "#EXT-X-RENDITION-REPORT:URI=\"../floor/live.m3u8\",LAST-MSN=0,LAST-PART=1\n");
}

TEST(MediaPlaylist, SlidesAndKeepsPartsNearTheEdgeOnly) {
  const std::string text = live(test::recording_of(20, 3), "floor");
  EXPECT_THAT(text, HasSubstr("#EXT-X-MEDIA-SEQUENCE:12\n"
                              "#EXT-X-MAP:URI=\"init-1.mp4\"\n"
                              "#EXT-X-PROGRAM-DATE-TIME:2026-12-10T10:00:23.040Z\n"
                              "#EXTINF:1.92000,\n000012.m4s\n"
                              "#EXT-X-PROGRAM-DATE-TIME:2026-12-10T10:00:24.960Z\n"
                              "#EXTINF:1.92000,\n000013.m4s\n"));
  EXPECT_THAT(text, Not(HasSubstr("000011")));
  // Parts of what lies within three target durations of the end: segments 17, 18, 19 and the one in hand.
  EXPECT_THAT(text, Not(HasSubstr("000016.0.m4s")));
  EXPECT_THAT(text, HasSubstr("000017.0.m4s"));
  EXPECT_EQ(count(text, "#EXT-X-PART:"), 3u * 12 + 3);
  EXPECT_EQ(count(text, "#EXTINF"), 8u);
  EXPECT_THAT(text, testing::EndsWith("#EXT-X-PART:DURATION=0.16000,URI=\"000020.2.m4s\",INDEPENDENT=YES\n"
                                      "#EXT-X-PRELOAD-HINT:TYPE=PART,URI=\"000020.3.m4s\"\n"
                                      "#EXT-X-RENDITION-REPORT:URI=\"../720p/live.m3u8\",LAST-MSN=20,LAST-PART=2\n"));
}

TEST(MediaPlaylist, HintsAtTheNextSegmentWhenOneIsWhole) {
  const std::string text = live(test::recording_of(20, 0));
  EXPECT_THAT(text, HasSubstr("#EXT-X-MEDIA-SEQUENCE:12\n"));
  EXPECT_THAT(text, HasSubstr("000019.m4s\n#EXT-X-PRELOAD-HINT:TYPE=PART,URI=\"000020.0.m4s\"\n"));
}

TEST(MediaPlaylist, FromTheStartListsWholeSegmentsAndNothingElse) {
  EXPECT_EQ(live(test::recording_of(2, 7), "720p", {View::kStart}),
            "#EXTM3U\n"
            "#EXT-X-VERSION:9\n"
            "#EXT-X-TARGETDURATION:2\n"
            "#EXT-X-SERVER-CONTROL:CAN-BLOCK-RELOAD=YES,CAN-SKIP-UNTIL=12.0\n"
            "#EXT-X-PLAYLIST-TYPE:EVENT\n"
            "#EXT-X-INDEPENDENT-SEGMENTS\n"
            "#EXT-X-START:TIME-OFFSET=0\n"
            "#EXT-X-MEDIA-SEQUENCE:0\n"
            "#EXT-X-MAP:URI=\"init-1.mp4\"\n"
            "#EXT-X-PROGRAM-DATE-TIME:2026-12-10T10:00:00.000Z\n"
            "#EXTINF:1.92000,\n000000.m4s\n"
            "#EXT-X-PROGRAM-DATE-TIME:2026-12-10T10:00:01.920Z\n"
            "#EXTINF:1.92000,\n000001.m4s\n");
}

TEST(MediaPlaylist, IsTheWholeRecordingOnceEnded) {
  auto recording = test::recording_of(30, 6);
  test::end(recording, kStart + milliseconds(58560));
  const std::string text = live(recording);
  EXPECT_THAT(text, StartsWith("#EXTM3U\n"
                               "#EXT-X-VERSION:9\n"
                               "#EXT-X-TARGETDURATION:2\n"
                               "#EXT-X-PLAYLIST-TYPE:VOD\n"
                               "#EXT-X-INDEPENDENT-SEGMENTS\n"
                               "#EXT-X-MEDIA-SEQUENCE:0\n"
                               "#EXT-X-MAP"));
  EXPECT_EQ(count(text, "#EXTINF"), 31u);
  EXPECT_EQ(count(text, "#EXT-X-PART"), 0u);
  EXPECT_THAT(text, testing::EndsWith("#EXTINF:0.96000,\n000030.m4s\n#EXT-X-ENDLIST\n"));
  EXPECT_EQ(text, live(recording, "720p", {View::kStart}));
}

TEST(MediaPlaylist, EndsForAPlayerThatFollowsWithTheWindowItKnows) {
  auto recording = test::recording_of(30, 6);
  test::end(recording, kStart + milliseconds(58560));
  const std::string text = live(recording, "720p", {View::kLive, false, true});
  EXPECT_THAT(text, HasSubstr("#EXT-X-MEDIA-SEQUENCE:23\n"));
  EXPECT_THAT(text, HasSubstr("#EXT-X-PART:"));
  EXPECT_THAT(text, Not(HasSubstr("PRELOAD-HINT")));
  EXPECT_THAT(text, testing::EndsWith("#EXTINF:0.96000,\n000030.m4s\n#EXT-X-ENDLIST\n"));
}

/// A crash after three parts of segment 5; the next run begins with segment 6.
Recording crashed(std::int64_t segments_after) {
  auto recording = test::recording_of(5, 3);
  recording.tracks["720p"].add(test::picture_run(2, kStart + milliseconds(13000)));
  recording.tracks["floor"].add(test::sound_run(2, kStart + milliseconds(13000)));
  for (auto& [name, track] : recording.tracks) test::add_segments(track, 6, 5 + segments_after, 1, 6);
  return recording;
}

TEST(MediaPlaylist, MarksTheSeamOfTwoRuns) {
  EXPECT_THAT(live(crashed(1)), HasSubstr("#EXTINF:0.48000,\n000005.m4s\n"
                                          "#EXT-X-DISCONTINUITY\n"
                                          "#EXT-X-MAP:URI=\"init-2.mp4\"\n"
                                          "#EXT-X-PROGRAM-DATE-TIME:2026-12-10T10:00:13.000Z\n"
                                          "#EXT-X-PART:DURATION=0.16000,URI=\"000006.0.m4s\",INDEPENDENT=YES\n"));
  EXPECT_THAT(live(crashed(1)), Not(HasSubstr("DISCONTINUITY-SEQUENCE")));
}

TEST(MediaPlaylist, CountsTheSeamsThatItNoLongerShows) {
  const std::string text = live(crashed(8));  // the window begins with the second run's first segment
  EXPECT_THAT(text, HasSubstr("#EXT-X-MEDIA-SEQUENCE:6\n"
                              "#EXT-X-DISCONTINUITY-SEQUENCE:1\n"
                              "#EXT-X-MAP:URI=\"init-2.mp4\"\n"
                              "#EXT-X-PROGRAM-DATE-TIME"));
  EXPECT_THAT(text, Not(HasSubstr("#EXT-X-DISCONTINUITY\n")));
}

TEST(MediaPlaylist, SaysGapForANumberThatOnlyAnotherTrackHas) {
  auto recording = test::recording_of(5, 0);
  // The crash left two parts of segment 5 of the sound and none of the picture.
  test::add_segments(recording.tracks["floor"], 5, 4, 2, 0);
  recording.tracks["720p"].add(test::picture_run(2, kStart + milliseconds(13000)));
  recording.tracks["floor"].add(test::sound_run(2, kStart + milliseconds(13000)));
  for (auto& [name, track] : recording.tracks) test::add_segments(track, 6, 6, 0, 6);
  EXPECT_THAT(live(recording), HasSubstr("000004.m4s\n"
                                         "#EXT-X-PROGRAM-DATE-TIME:2026-12-10T10:00:09.600Z\n"
                                         "#EXT-X-GAP\n"
                                         "#EXTINF:0.32000,\n000005.m4s\n"
                                         "#EXT-X-DISCONTINUITY\n"
                                         "#EXT-X-MAP:URI=\"init-2.mp4\"\n"));
  EXPECT_THAT(live(recording, "floor"), Not(HasSubstr("GAP")));
}

TEST(MediaPlaylist, SaysGapForANumberThatNoTrackHas) {
  auto recording = test::recording_of(3, 0);
  for (auto& [name, track] : recording.tracks) test::add_segments(track, 4, 4, 0, 0);
  for (const char* track : {"720p", "floor"}) {
    EXPECT_THAT(live(recording, track), HasSubstr("000002.m4s\n"
                                                  "#EXT-X-PROGRAM-DATE-TIME:2026-12-10T10:00:05.760Z\n"
                                                  "#EXT-X-GAP\n"
                                                  "#EXTINF:1.92000,\n000003.m4s\n"
                                                  "#EXT-X-PROGRAM-DATE-TIME:2026-12-10T10:00:07.680Z\n"));
  }
}

TEST(MediaPlaylist, LeavesOutWhatIsOlderThanTheSkipBoundary) {
  const auto recording = test::recording_of(100, 3);
  const std::string text = live(recording, "720p", {View::kStart, true});
  // 192 s: everything that ends before second 180.
  EXPECT_THAT(text, HasSubstr("#EXT-X-MEDIA-SEQUENCE:0\n"
                              "#EXT-X-SKIP:SKIPPED-SEGMENTS=93\n"
                              "#EXT-X-MAP:URI=\"init-1.mp4\"\n"
                              "#EXT-X-PROGRAM-DATE-TIME:2026-12-10T10:02:58.560Z\n"
                              "#EXTINF:1.92000,\n000093.m4s\n"));
  EXPECT_EQ(count(text, "#EXTINF"), 7u);
}

TEST(MediaPlaylist, IsWholeWhenThereIsNothingToSkip) {
  const auto recording = test::recording_of(4, 0);
  EXPECT_EQ(live(recording, "720p", {View::kLive, true}), live(recording));
}

TEST(MediaPlaylist, TellsASeamRightBehindWhatWasSkipped) {
  // The window is 8 whole segments and a part; with 0.16 s in hand the first two are older than twelve seconds.
  const auto recording = crashed(6);  // the window begins with 4; 5 is the last of the first run
  const std::string text = live(recording, "720p", {View::kLive, true});
  EXPECT_THAT(text, HasSubstr("#EXT-X-SKIP:SKIPPED-SEGMENTS=1\n"));
  EXPECT_THAT(text, HasSubstr("000005.m4s\n#EXT-X-DISCONTINUITY\n"));
}

Chapter item(int start_ms, std::optional<int> end_ms) {
  Chapter chapter;
  chapter.id = "a1";
  chapter.kind = "item";
  chapter.item = "a1";
  chapter.title = {"«Ауызсу» \"туралы\"\nесеп", "О воде", ""};
  chapter.start = kStart + milliseconds(start_ms);
  if (end_ms) chapter.end = kStart + milliseconds(*end_ms);
  return chapter;
}

TEST(MediaPlaylist, NamesWhatBeganInTheSegmentInHandWhenThatIsWhole) {
  // Segment 2 begins at second 3.84.
  EXPECT_EQ(count(media_playlist(test::recording_of(2, 3), "720p", {}, {item(3840, std::nullopt)}), "DATERANGE"), 0u);
  EXPECT_EQ(count(media_playlist(test::recording_of(2, 3), "720p", {}, {item(3839, std::nullopt)}), "DATERANGE"), 1u);
  EXPECT_EQ(count(media_playlist(test::recording_of(3, 0), "720p", {}, {item(3840, std::nullopt)}), "DATERANGE"), 1u);
}

TEST(MediaPlaylist, NamesItemsAndSpeakersOfItsWindow) {
  const auto recording = test::recording_of(20, 0);  // from second 23.04 on
  Chapter turn = item(30000, std::nullopt);
  turn.id = "a1-t17";
  turn.kind = "turn";
  turn.person = "p08";
  turn.title = {"Әсел Құрманова", "Асель Курманова", ""};
  const std::string text = media_playlist(recording, "720p", {}, {item(1000, 23040), item(5000, 31000), turn});
  EXPECT_EQ(count(text, "#EXT-X-DATERANGE"), 2u);
  EXPECT_THAT(text,
              HasSubstr("#EXT-X-DATERANGE:ID=\"a1\",CLASS=\"kz.tyndau.item\",START-DATE=\"2026-12-10T10:00:05.000Z\","
                        "END-DATE=\"2026-12-10T10:00:31.000Z\",X-ITEM=\"a1\",X-TITLE-KK=\"«Ауызсу» ”туралы” есеп\","
                        "X-TITLE-RU=\"О воде\"\n"));
  EXPECT_THAT(
      text, HasSubstr("#EXT-X-DATERANGE:ID=\"a1-t17\",CLASS=\"kz.tyndau.turn\",START-DATE=\"2026-12-10T10:00:30.000Z\","
                      "X-ITEM=\"a1\",X-PERSON=\"p08\",X-TITLE-KK=\"Әсел Құрманова\",X-TITLE-RU=\"Асель Курманова\"\n"));
}

TEST(MediaPlaylist, OfEightHoursIsAsLongAsPromisedAndItsDeltaShort) {
  const auto recording = test::recording_of(15000, 0);
  EXPECT_LT(live(recording, "720p", {View::kStart}).size(), 1'500'000u);
  EXPECT_LT(live(recording, "720p", {View::kStart, true}).size(), 2'000u);
}

TEST(MultivariantPlaylist, ListsTheBestFirstAndSoundAloneLast) {
  auto recording = test::recording_of(0, 1);
  recording.tracks["360p"].add(test::picture_run(1, kStart, 640, 360));
  EXPECT_EQ(multivariant_playlist(recording, View::kLive, 25),
            "#EXTM3U\n"
            "#EXT-X-VERSION:9\n"
            "#EXT-X-INDEPENDENT-SEGMENTS\n"
            "#EXT-X-MEDIA:TYPE=AUDIO,GROUP-ID=\"sound\",NAME=\"Зал\",DEFAULT=YES,AUTOSELECT=YES,CHANNELS=\"1\","
            "URI=\"floor/live.m3u8\"\n"
            "#EXT-X-STREAM-INF:BANDWIDTH=2580000,AVERAGE-BANDWIDTH=2064000,CODECS=\"avc1.64001f,mp4a.40.2\","
            "RESOLUTION=1280x720,FRAME-RATE=25.000,AUDIO=\"sound\"\n"
            "720p/live.m3u8\n"
            "#EXT-X-STREAM-INF:BANDWIDTH=705000,AVERAGE-BANDWIDTH=564000,CODECS=\"avc1.64001f,mp4a.40.2\","
            "RESOLUTION=640x360,FRAME-RATE=25.000,AUDIO=\"sound\"\n"
            "360p/live.m3u8\n"
            "#EXT-X-STREAM-INF:BANDWIDTH=80000,AVERAGE-BANDWIDTH=64000,CODECS=\"mp4a.40.2\",AUDIO=\"sound\"\n"
            "floor/live.m3u8\n");
}

TEST(MultivariantPlaylist, MeasuresTheBitratesOnceThereIsEnough) {
  const auto recording = test::recording_of(10, 1);
  // 40,000 bytes of picture and 1,280 of sound in 160 ms.
  EXPECT_THAT(
      multivariant_playlist(recording, View::kStart, 25),
      HasSubstr("BANDWIDTH=2064000,AVERAGE-BANDWIDTH=2064000,CODECS=\"avc1.64001f,mp4a.40.2\",RESOLUTION=1280x720,"
                "FRAME-RATE=25.000,AUDIO=\"sound\"\n720p/start.m3u8\n"));
}

TEST(MultivariantPlaylist, NeedsNoSound) {
  auto recording = test::recording_of(0, 1);
  recording.tracks.erase("floor");
  const std::string text = multivariant_playlist(recording, View::kLive, 50);
  EXPECT_THAT(text, Not(HasSubstr("AUDIO")));
  EXPECT_THAT(text, HasSubstr("CODECS=\"avc1.64001f\",RESOLUTION=1280x720,FRAME-RATE=50.000\n"));
}

}  // namespace
}  // namespace tyndau::live
