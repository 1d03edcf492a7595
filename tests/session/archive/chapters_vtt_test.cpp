#include "session/archive/chapters_vtt.h"

#include <gtest/gtest.h>

namespace tyndau::archive {
namespace {

using projections::Chapter;
using std::chrono::milliseconds;

const Utc kOnAir = parse_utc("2026-12-10T10:00:00.000Z").value();

/// Ten seconds on air, a hole of a minute, ten more seconds.
live::Track track_with_a_hole() {
  live::Track track;
  track.add(link::RunLine{1, kOnAir, 32000, 700, "mp4a.40.2", 0, 0});
  track.add(link::PartLine{0, 0, 0, 100, 0, 320000, true, true});
  track.add(link::RunLine{2, kOnAir + milliseconds(70000), 32000, 700, "mp4a.40.2", 0, 0});
  track.add(link::PartLine{1, 0, 0, 100, 0, 320000, true, true});
  return track;
}

Chapter chapter(const std::string& id, int start_ms, std::optional<int> end_ms, const std::string& title = "Тақырып") {
  Chapter made;
  made.id = id;
  made.kind = "item";
  made.item = id;
  made.title = {title, "Тема", ""};
  made.start = kOnAir + milliseconds(start_ms);
  if (end_ms) made.end = kOnAir + milliseconds(*end_ms);
  return made;
}

std::vector<Cue> cues_of(const std::vector<Chapter>& chapters, const std::string& language = "kk") {
  return cues(chapters, live::RecordingClock(track_with_a_hole()), language);
}

TEST(Cues, CountTheRecordingsOwnTimeOverAHole) {
  const auto found = cues_of({chapter("a1", 2000, 75000)});
  ASSERT_EQ(found.size(), 1u);
  EXPECT_DOUBLE_EQ(found[0].start_s, 2.0);
  EXPECT_DOUBLE_EQ(found[0].end_s, 15.0);
}

TEST(Cues, LeaveOutWhatNobodyCanSee) {
  EXPECT_TRUE(cues_of({chapter("before", -5000, -1000)}).empty());
  EXPECT_TRUE(cues_of({chapter("in-the-hole", 20000, 30000)}).empty());
  EXPECT_TRUE(cues_of({chapter("after", 90000, 95000)}).empty());
}

TEST(Cues, BeginAtZeroWhenTheChapterBeganBeforeTheBroadcast) {
  const auto found = cues_of({chapter("a1", -5000, 3000)});
  ASSERT_EQ(found.size(), 1u);
  EXPECT_DOUBLE_EQ(found[0].start_s, 0.0);
}

TEST(Cues, EndWithTheRecordingWhileTheChapterLasts) {
  EXPECT_DOUBLE_EQ(cues_of({chapter("a1", 2000, std::nullopt)}).at(0).end_s, 20.0);
}

TEST(ChaptersVtt, IsWebVttWithTheTitleInTheLanguageAskedFor) {
  EXPECT_EQ(chapters_vtt(cues_of({chapter("a1", 2250, 75000)}, "ru")),
            "WEBVTT\n\na1\n00:00:02.250 --> 00:00:15.000\nТема\n");
}

TEST(ChaptersVtt, IsValidWithoutChapters) { EXPECT_EQ(chapters_vtt({}), "WEBVTT\n"); }

TEST(ChaptersVtt, LetsNoTitleActAsMarkup) {
  const auto text = chapters_vtt(cues_of({chapter("a1", 0, 1000, "<v Ә> & --> \n\nнота")}));
  EXPECT_EQ(text, "WEBVTT\n\na1\n00:00:00.000 --> 00:00:01.000\n&lt;v Ә&gt; &amp; --&gt;   нота\n");
}

TEST(ChaptersVtt, CountsBeyondAnHour) {
  Cue cue;
  cue.id = "a9";
  cue.start_s = 3 * 3600 + 25 * 60 + 45.6785;
  cue.end_s = 100 * 3600;
  EXPECT_EQ(chapters_vtt({cue}), "WEBVTT\n\na9\n03:25:45.679 --> 100:00:00.000\n\n");
}

TEST(ChaptersJson, SaysNullWhereThereIsNothing) {
  auto opening = chapter("opening", 0, 1000, "Ашылуы");
  opening.kind = "opening";
  opening.item = "";
  EXPECT_EQ(chapters_json(cues_of({opening})),
            Json::parse(R"([{"id": "opening", "kind": "opening", "start_s": 0.0, "end_s": 1.0, "title": "Ашылуы",
                             "item": null, "person": null}])"));
}

}  // namespace
}  // namespace tyndau::archive
