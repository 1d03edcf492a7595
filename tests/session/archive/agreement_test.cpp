#include <fmt/format.h>
#include <gtest/gtest.h>

#include <map>
#include <set>

#include "session/archive/chapters_vtt.h"
#include "session/projections/view.h"
#include "tests/session/meeting/clicker.h"

// Who spoke when is told in four places: the state that the desk shows, the chapters of the page, the journal in words,
// and the chapters of the film. Whatever is clicked, whoever comes and goes, and whatever is undone, they say the same.
namespace tyndau {
namespace {

using meeting::testing::Clicker;
using meeting::testing::Hearing;
using projections::Chapter;

/// What lasts: "item a1", "turn 17 p1", "recess 23".
std::set<std::string> lasting(const std::vector<Chapter>& chapters) {
  std::set<std::string> names;
  for (const Chapter& chapter : chapters) {
    if (chapter.end || chapter.kind == "opening") continue;
    names.insert(chapter.kind + " " + (chapter.kind == "turn" ? chapter.person : chapter.item));
  }
  return names;
}

std::set<std::string> lasting(const meeting::State& state) {
  std::set<std::string> names;
  if (!state.open_item.empty()) names.insert("item " + state.open_item);
  if (state.floor) names.insert("turn " + state.floor->person);
  if (state.recess != 0) names.insert("recess ");
  return names;
}

/// Who has the floor at that moment, by the chapters; "" for nobody.
std::string speaker(const std::vector<Chapter>& chapters, Utc at) {
  std::string found;
  for (const Chapter& chapter : chapters) {
    if (chapter.kind != "turn" || chapter.start > at || (chapter.end && *chapter.end <= at)) continue;
    EXPECT_EQ(found, "") << "two have the floor";
    found = chapter.person;
  }
  return found;
}

/// A recording that has been running since the first event and has no holes.
std::vector<archive::Cue> cues_of(const std::vector<Chapter>& chapters, Utc zero, Utc now) {
  const auto seconds = [&](Utc time) { return std::chrono::duration<double>(time - zero).count(); };
  std::vector<archive::Cue> cues;
  for (const Chapter& one : chapters) {
    const double end = seconds(one.end.value_or(now));
    if (end <= seconds(one.start)) continue;
    cues.push_back({one.id, one.kind, one.title.kk, one.item, one.person, seconds(one.start), end});
  }
  return cues;
}

void expect_the_film_agrees(const std::vector<Chapter>& chapters, Utc zero, Utc now) {
  const auto cues = cues_of(chapters, zero, now);
  const auto row = archive::in_a_row(cues);
  for (std::size_t i = 0; i < row.size(); ++i) {
    const double until = i + 1 < row.size() ? row[i + 1].start_s : row[i].end_s;
    if (row[i].end_s - row[i].start_s < 0.5) continue;
    EXPECT_LE(row[i].end_s, until + 1e-9);
    const double middle = (row[i].start_s + row[i].end_s) / 2;
    const Utc at = zero + std::chrono::milliseconds(static_cast<std::int64_t>(middle * 1000));
    const std::string who = speaker(chapters, at);
    if (row[i].kind == "turn") {
      EXPECT_EQ(row[i].person, who) << row[i].id;
    }
    if (row[i].kind == "item") {
      EXPECT_EQ(who, "") << row[i].id;
    }
  }
}

/// Each turn of the chapters has a line that was not undone, and each such line its turn.
void expect_the_journal_agrees(const Hearing& h, const std::vector<Chapter>& chapters) {
  std::map<std::string, int> turns;
  for (const Chapter& chapter : chapters) {
    if (chapter.kind == "turn") turns[chapter.id.substr(chapter.id.rfind("-t") + 2)] += 1;
  }
  for (const auto& line : projections::journal_lines(h.state, h.events, h.events.size())) {
    if (line.kind != "floor.given") continue;
    const Json& payload = h.events[static_cast<std::size_t>(line.seq - 1)].event.payload;
    const auto turn = turns.find(std::to_string(line.seq));
    if (line.undone) {
      EXPECT_EQ(turn, turns.end()) << line.seq;
    }
    // A turn that was held and goes on is one chapter with the first of its lines.
    if (!line.undone && !payload.contains("elapsed_ms")) {
      EXPECT_NE(turn, turns.end()) << line.seq;
    }
    if (turn != turns.end()) turns.erase(turn);
  }
  EXPECT_TRUE(turns.empty()) << "a chapter without a line: " << turns.begin()->first;
}

TEST(WhoSpokeWhen, IsTheSameWhereverItIsTold) {
  int spoke = 0, undone = 0;
  for (unsigned seed = 100; seed < 160 && !::testing::Test::HasFailure(); ++seed) {
    Hearing h;
    Clicker clicker(seed);
    for (const char* person : {"p2", "p3"}) h.seat(person);
    ASSERT_EQ(h.act("sitting.open"), "");
    for (int step = 0; step < 120 && h.state.phase != meeting::Phase::kClosed; ++step) {
      if (h.state.phase == meeting::Phase::kAnnounced) h.act("sitting.open");  // undone
      if (h.state.open_item.empty()) h.open_item(step % 2 == 0 ? "a1" : "a2");
      h.act(clicker.below(10) == 0 ? clicker.next(h.now) : clicker.next_of_a_sitting(h.now));
      undone += h.events.back().event.kind == "action.undone" ? 1 : 0;
      if (clicker.below(2) == 0) clicker.outside(h);
      const auto chapters = projections::chapters(h.events);
      ASSERT_EQ(lasting(chapters), lasting(h.state)) << "seed " << seed << " step " << step;
      h.wait(std::chrono::milliseconds(clicker.below(30'000)));
    }
    const auto chapters = projections::chapters(h.events);
    spoke += static_cast<int>(
        std::count_if(chapters.begin(), chapters.end(), [](const Chapter& chapter) { return chapter.kind == "turn"; }));
    std::set<std::string> ids;
    for (const Chapter& chapter : chapters) EXPECT_TRUE(ids.insert(chapter.id).second) << chapter.id << " twice";
    expect_the_film_agrees(chapters, h.events.front().utc, h.now);
    expect_the_journal_agrees(h, chapters);
  }
  EXPECT_GT(spoke, 100);
  EXPECT_GT(undone, 100);
}

}  // namespace
}  // namespace tyndau
