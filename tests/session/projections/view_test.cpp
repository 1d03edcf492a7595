#include "session/projections/view.h"

#include <gmock/gmock.h>

#include <set>

#include "tests/session/meeting/hearing.h"

namespace tyndau::projections {
namespace {

using namespace std::chrono_literals;
using meeting::testing::Hearing;
using ::testing::HasSubstr;
using ::testing::Not;

Json view(const Hearing& h) { return public_view(h.state, chapters(h.events), h.now); }

// ---- the public view ----

TEST(PublicView, HasEveryMemberBeforeAnythingHappens) {
  const Hearing h;
  EXPECT_EQ(view(h), Json::parse(R"({
    "seq": 1, "record": 1, "now": "2026-12-10T10:00:00.000Z",
    "meeting": {"id": "2026-12-10-su", "state": "announced",
                "title": {"kk": "Ауызсу туралы", "ru": "О питьевой воде", "en": "On drinking water"},
                "starts_at": "2026-12-10T10:00:00.000Z", "sitting_opened": null, "sitting_closed": null},
    "broadcast": {"state": "idle", "since": null, "ended": null},
    "item": {"id": null, "no": null, "title": null},
    "items": {"a1": "pending", "a2": "pending", "a3": "pending"},
    "floor": {"person": null, "name": null, "position": null, "as": null, "limit_s": null, "remaining_ms": null,
              "running": null, "deadline": null, "turn": null, "warn_ms": null},
    "queue": [],
    "next": null,
    "layout": {"layout": "hall", "persons": [], "by_hand": false},
    "recess": {"since": null, "until": null, "until_words": null, "recess": null},
    "registration": "closed",
    "chapters": []
  })"));
}

TEST(PublicView, ShowsWhoSpeaksToWhatAndHowLong) {
  Hearing h;
  ASSERT_EQ(h.act("broadcast.start"), "");
  give_floor(h);
  h.wait(90s);
  const Json seen = view(h);
  EXPECT_EQ(seen["meeting"]["state"], "in_session");
  EXPECT_EQ(seen["broadcast"]["state"], "live");
  EXPECT_EQ(seen["item"], Json::parse(R"({"id": "a1", "no": 1,
    "title": {"kk": "Баяндама", "ru": "Доклад", "en": "Баяндама"}})"));
  EXPECT_EQ(seen["items"]["a1"], "open");
  EXPECT_EQ(seen["floor"], Json::parse(R"({"person": "p1", "as": "rapporteur", "limit_s": 600,
    "name": {"kk": "Мысалбек Сынақов", "ru": "Мысалбек Сынаков", "en": "Мысалбек Сынақов"},
    "position": {"kk": "комиссия төрағасы", "ru": "председатель комиссии", "en": "комиссия төрағасы"},
    "remaining_ms": 510000, "running": true, "deadline": "2026-12-10T10:10:00.000Z", "turn": 5, "warn_ms": 60000})"));
  EXPECT_EQ(seen["chapters"].size(), 3U);
  EXPECT_EQ(seen["chapters"][2]["id"], "a1-t5");
  EXPECT_EQ(seen["chapters"][2]["end"], nullptr);
}

TEST(PublicView, HasNoDeadlineWhileTheClockIsPaused) {
  Hearing h;
  give_floor(h);
  h.wait(700s);
  ASSERT_EQ(h.act("floor.pause"), "");
  h.wait(10s);
  const Json floor = view(h)["floor"];
  EXPECT_EQ(floor["deadline"], nullptr);
  EXPECT_EQ(floor["running"], false);
  EXPECT_EQ(floor["remaining_ms"], -100000);
}

TEST(PublicView, ShowsTheRecessAndItsEnd) {
  Hearing h;
  ASSERT_EQ(h.act("sitting.open"), "");
  ASSERT_EQ(h.act({{"action", "recess.start"}, {"until", "2026-12-10T15:15:00+05:00"}}), "");
  const Json seen = view(h);
  EXPECT_EQ(seen["meeting"]["state"], "recess");
  EXPECT_EQ(seen["recess"]["since"], "2026-12-10T10:00:00.000Z");
  EXPECT_EQ(seen["recess"]["until"], "2026-12-10T10:15:00.000Z");
  EXPECT_EQ(seen["recess"]["until_words"]["ru"], "15:15");
}

TEST(PublicView, SaysOnWhichDayARecessEnds) {
  Hearing h;
  ASSERT_EQ(h.act("sitting.open"), "");
  ASSERT_EQ(h.act({{"action", "recess.start"}, {"until", "2026-12-11T10:07:00+05:00"}}), "");
  EXPECT_EQ(view(h)["recess"]["until_words"]["ru"], "11 декабря 2026 года, 10:07");
  EXPECT_EQ(view(h)["recess"]["until_words"]["kk"], "2026 жылғы 11 желтоқсан, сағат 10:07");
  EXPECT_EQ(journal_lines(h.state, h.events, 1)[0].text.ru,
            "Объявлен перерыв, продолжение: 11 декабря 2026 года, 10:07");
  EXPECT_EQ(public_view(h.state, {}, h.now + 18h)["recess"]["until_words"]["ru"], "10:07") << "today, by then";
  ASSERT_EQ(h.act("undo"), "");
  ASSERT_EQ(h.act({{"action", "recess.start"}, {"until", "2026-12-10T16:07:00+05:00"}}), "");
  EXPECT_EQ(journal_lines(h.state, h.events, 1)[0].text.ru, "Объявлен перерыв, продолжение: 16:07");
}

TEST(JournalLines, SayATimeToTheSecond) {
  Hearing h;
  ASSERT_EQ(h.act("sitting.open"), "");
  ASSERT_EQ(h.open_item("a1"), "");
  ASSERT_EQ(h.give("p1"), "");
  ASSERT_EQ(h.act({{"action", "floor.extend"}, {"seconds", 90}}), "");
  const meeting::Text text = journal_lines(h.state, h.events, 1)[0].text;
  EXPECT_THAT(text.kk, HasSubstr("+1 мин 30 сек"));
  EXPECT_THAT(text.ru, HasSubstr("+1 мин 30 с"));
  EXPECT_THAT(text.en, HasSubstr("+1 min 30 s"));
}

TEST(PublicView, KeepsSourcesToItself) {
  Hearing h;
  ASSERT_EQ(h.act({{"action", "source.set"}, {"uri", "rtsp://admin:hunter2@camera/1"}}), "");
  give_floor(h);
  EXPECT_THAT(view(h).dump(), Not(HasSubstr("camera")));
  EXPECT_THAT(summary(h.state).dump(), Not(HasSubstr("camera")));
}

TEST(PublicView, IsTheSameAfterAnUndoAtTheSameMoment) {
  Hearing h;
  give_floor(h);
  h.wait(30s);
  for (const Json& action :
       {Json{{"action", "floor.end"}}, Json{{"action", "floor.pause"}}, Json{{"action", "floor.extend"}},
        Json{{"action", "item.close"}}, Json{{"action", "item.open"}, {"item", "a2"}}, Json{{"action", "recess.start"}},
        Json{{"action", "floor.give"}, {"person", "p2"}}}) {
    Json before = view(h);
    ASSERT_EQ(h.act(action), "");
    EXPECT_NE(view(h)["seq"], before["seq"]);
    ASSERT_EQ(h.act("undo"), "");
    before["seq"] = h.state.seq;
    EXPECT_EQ(view(h), before) << action;
    h.wait(1s);
  }
}

TEST(Summary, SaysWhatAListNeeds) {
  Hearing h;
  ASSERT_EQ(h.act("broadcast.start"), "");
  const Json brief = summary(h.state);
  EXPECT_EQ(brief["id"], "2026-12-10-su");
  EXPECT_EQ(brief["state"], "announced");
  EXPECT_EQ(brief["broadcast"]["state"], "holding");
  EXPECT_EQ(brief["starts_at"], "2026-12-10T10:00:00.000Z");
  EXPECT_EQ(brief["number"]["ru"], "Публичные слушания № 3");
  EXPECT_EQ(brief["kind"], "public_hearing");
}

// ---- the picture ----

TEST(PublicView, NamesWhoWaitsAndWhoseTurnIsHeld) {
  Hearing h;
  ASSERT_EQ(h.act("sitting.open"), "");
  ASSERT_EQ(h.open_item("a1"), "");
  ASSERT_EQ(h.give("p1"), "");
  for (const char* kind : {"question", "point_of_order"}) {
    const char* person = std::string_view(kind) == "question" ? "p2" : "p3";
    ASSERT_EQ(h.act({{"action", "hand.raise"}, {"person", person}, {"kind", kind}}), "");
  }
  h.wait(std::chrono::seconds(90));
  ASSERT_EQ(h.give("p3"), "");
  h.wait(std::chrono::seconds(30));
  const Json queue = public_view(h.state, {}, h.now)["queue"];
  ASSERT_EQ(queue.size(), 2U);
  EXPECT_EQ(queue[0]["person"], "p1");
  EXPECT_EQ(queue[0]["state"], "suspended");
  EXPECT_EQ(queue[0]["kind"], "rapporteur");
  EXPECT_EQ(queue[0]["remaining_ms"], 510'000);
  EXPECT_EQ(queue[0]["name"]["ru"], "Мысалбек Сынаков");
  EXPECT_EQ(queue[1]["state"], "queued");
  EXPECT_EQ(queue[1]["kind"], "question");
  EXPECT_EQ(queue[1]["remaining_ms"], nullptr);
}

TEST(Picture, IsACardBeforeTheSitting) {
  const Hearing h;
  const Picture shown = picture(h.state);
  EXPECT_TRUE(shown.card);
  EXPECT_EQ(shown.card_title,
            (meeting::Text{"Трансляция жақында басталады", "Трансляция скоро начнётся", "The broadcast starts soon"}));
  EXPECT_EQ(shown.card_detail.kk, "Басталуы: 2026 жылғы 10 желтоқсан, сағат 15:00");
  EXPECT_EQ(shown.card_detail.ru, "Начало: 10 декабря 2026 года, 15:00");
  EXPECT_EQ(shown.caption_item, meeting::Text{});
}

TEST(Picture, IsTheHallWithTheItemAndTheSpeaker) {
  Hearing h;
  ASSERT_EQ(h.act("sitting.open"), "");
  EXPECT_FALSE(picture(h.state).card);
  EXPECT_EQ(picture(h.state).caption_item, meeting::Text{});
  ASSERT_EQ(h.open_item("a1"), "");
  EXPECT_EQ(picture(h.state).caption_item.ru, "1. Доклад");
  EXPECT_EQ(picture(h.state).caption_name, meeting::Text{});
  ASSERT_EQ(h.give("p1"), "");
  EXPECT_EQ(picture(h.state).caption_name.kk, "Мысалбек Сынақов");
  EXPECT_EQ(picture(h.state).caption_position.ru, "председатель комиссии");
}

TEST(Picture, SaysThatANameUnderAPictureOfOthersIsAVoice) {
  Hearing h;
  ASSERT_EQ(h.act("sitting.open"), "");
  ASSERT_EQ(h.open_item("a3"), "");
  h.seat("p3");
  h.seat("p2");
  ASSERT_EQ(h.give("p3"), "");
  EXPECT_EQ(picture(h.state).framing.layout, "guest");
  EXPECT_THAT(picture(h.state).caption_name.ru, Not(HasSubstr("голос")));
  for (const Json& by_hand : {Json{{"layout", "hall"}}, Json{{"layout", "guest"}, {"persons", {"p2"}}}}) {
    Json action = by_hand;
    action["action"] = "layout.set";
    ASSERT_EQ(h.act(action), "") << action;
    EXPECT_THAT(picture(h.state).caption_name.ru, HasSubstr(" · только голос"));
    EXPECT_THAT(picture(h.state).caption_name.kk, HasSubstr(" · тек дауыс"));
  }
}

TEST(Picture, DoesNotChangeWithTheClock) {
  Hearing h;
  give_floor(h);
  const Picture before = picture(h.state);
  ASSERT_EQ(h.act("floor.pause"), "");
  ASSERT_EQ(h.act("floor.extend"), "");
  EXPECT_EQ(picture(h.state), before);
}

TEST(Picture, IsACardInARecess) {
  Hearing h;
  give_floor(h);
  ASSERT_EQ(h.act("recess.start"), "");
  EXPECT_TRUE(picture(h.state).card);
  EXPECT_EQ(picture(h.state).card_title.kk, "Үзіліс");
  EXPECT_EQ(picture(h.state).card_detail.ru, "Трансляция продолжится");
  EXPECT_EQ(picture(h.state).caption_name, meeting::Text{});
}

TEST(Picture, SaysWhenARecessEnds) {
  Hearing h;
  ASSERT_EQ(h.act("sitting.open"), "");
  ASSERT_EQ(h.act({{"action", "recess.start"}, {"until", "2026-12-10T16:15:00+05:00"}}), "");
  EXPECT_EQ(picture(h.state).card_detail.kk, "Жалғасуы: 16:15");
  ASSERT_EQ(h.act("undo"), "");
  ASSERT_EQ(h.act({{"action", "recess.start"}, {"until", "2026-12-11T10:00:00+05:00"}}), "");
  EXPECT_EQ(picture(h.state).card_detail.ru, "Продолжение: 11 декабря 2026 года, 10:00");
}

TEST(Picture, IsACardAfterTheSitting) {
  Hearing h;
  ASSERT_EQ(h.act("sitting.open"), "");
  ASSERT_EQ(h.act("sitting.close"), "");
  EXPECT_TRUE(picture(h.state).card);
  EXPECT_EQ(picture(h.state).card_title.ru, "Заседание завершено");
}

// ---- the journal in words ----

TEST(JournalLines, SayWhatHappenedNewestFirst) {
  Hearing h;
  give_floor(h);
  const auto lines = journal_lines(h.state, h.events, 3);
  ASSERT_EQ(lines.size(), 3U);
  EXPECT_EQ(lines[0].text.ru, "Слово предоставлено: Мысалбек Сынаков");
  EXPECT_EQ(lines[0].text.kk, "Сөз берілді: Мысалбек Сынақов");
  EXPECT_EQ(lines[0].actor, "secretary");
  EXPECT_EQ(lines[0].seq, 4);
  EXPECT_EQ(lines[1].text.ru, "Начато рассмотрение вопроса № 1: Доклад");
  EXPECT_EQ(lines[2].text.en, "The sitting was opened");
}

TEST(JournalLines, MarkWhatCanBeUndoneAndWhatWas) {
  Hearing h;
  give_floor(h);
  const std::int64_t action = h.state.seq + 1;
  ASSERT_EQ(h.open_item("a2"), "");
  auto lines = journal_lines(h.state, h.events, 100);
  EXPECT_TRUE(lines[0].can_undo);
  for (std::size_t i = 1; i < lines.size(); ++i) EXPECT_FALSE(lines[i].can_undo) << i;
  for (std::size_t i = 0; i < 3; ++i) EXPECT_EQ(lines[i].action, action);
  ASSERT_EQ(h.act("undo"), "");
  lines = journal_lines(h.state, h.events, 100);
  EXPECT_EQ(lines[0].text.ru, "Действие отменено: «Начато рассмотрение вопроса № 2: Содоклад»");
  EXPECT_FALSE(lines[0].undone);
  for (std::size_t i = 1; i < 4; ++i) EXPECT_TRUE(lines[i].undone);
  EXPECT_FALSE(lines[4].undone);
  EXPECT_TRUE(lines[4].can_undo);
}

TEST(JournalLines, HaveASentenceForEveryKind) {
  Hearing h;
  const std::vector<std::pair<const char*, Json>> kinds = {
      {"meeting.imported", Json::object()},
      {"broadcast.started", Json::object()},
      {"broadcast.ended", Json::object()},
      {"source.set", {{"uri", "test:"}}},
      {"sitting.opened", Json::object()},
      {"sitting.closed", Json::object()},
      {"item.opened", {{"item", "a1"}}},
      {"item.closed", {{"item", "a1"}}},
      {"floor.given", {{"person", "p1"}}},
      {"floor.extended", {{"seconds", 120}}},
      {"floor.suspended", {{"person", "p1"}}},
      {"hand.raised", {{"person", "p1"}, {"kind", "debate"}}},
      {"hand.raised", {{"person", "p1"}, {"kind", "question"}}},
      {"hand.raised", {{"person", "p1"}, {"kind", "point_of_order"}}},
      {"hand.lowered", {{"person", "p1"}}},
      {"floor.paused", Json::object()},
      {"floor.resumed", Json::object()},
      {"floor.ended", {{"person", "p1"}, {"reason", "next"}}},
      {"recess.started", Json::object()},
      {"recess.started", {{"until", "2026-12-10T16:15:00+05:00"}}},
      {"recess.ended", Json::object()},
      {"registration.opened", Json::object()},
      {"registration.closed", Json::object()},
      {"person.added", {{"registration", "r1"}, {"person", {{"id", "reg-1"}}}}},
      {"run.started", Json::object()},
      {"run.ended", {{"reason", "stopped"}}},
      {"run.ended", {{"reason", "failed"}}},
      {"source.lost", Json::object()},
      {"source.restored", Json::object()},
      {"media.lost", Json::object()},
      {"media.returned", Json::object()},
      {"media.refused", {{"of", 1}, {"code", "busy"}}},
      {"disk.low", Json::object()},
      {"disk.full", Json::object()},
      {"disk.lost", Json::object()},
      {"disk.ok", Json::object()}};
  std::set<std::string> said;
  for (const auto& [kind, payload] : kinds) {
    const auto lines = journal_lines(h.state, {{1, h.now, "x", {kind, payload}}}, 1);
    ASSERT_EQ(lines.size(), 1U);
    for (const std::string& text : {lines[0].text.kk, lines[0].text.ru, lines[0].text.en}) {
      EXPECT_NE(text, kind);
      EXPECT_NE(text, "");
      EXPECT_TRUE(said.insert(text).second) << text;
    }
  }
}

TEST(JournalLines, NameWhoWasApprovedAlsoAfterTheUndo) {
  Hearing h;
  ASSERT_EQ(h.act({{"action", "registration.approve"}, {"registration", "r1"}}), "");
  auto lines = journal_lines(h.state, h.events, 2);
  EXPECT_EQ(lines[1].text.ru, "Заявка одобрена: Айша Сынақова");
  EXPECT_EQ(lines[1].text.kk, "Өтінім мақұлданды: Айша Сынақова");
  EXPECT_EQ(lines[1].text.en, "The registration of Айша Сынақова was approved");
  ASSERT_EQ(h.act("undo"), "");
  lines = journal_lines(h.state, h.events, 3);
  EXPECT_THAT(lines[0].text.ru, HasSubstr("Айша Сынақова"));
  EXPECT_EQ(lines[2].text.ru, "Заявка одобрена: Айша Сынақова");
  EXPECT_TRUE(lines[2].undone);
}

TEST(PublicView, SaysWhetherPeopleMaySignUpAndNotWhoDid) {
  Hearing h;
  EXPECT_EQ(view(h)["registration"], "closed");
  ASSERT_EQ(h.act("registration.open"), "");
  EXPECT_EQ(view(h)["registration"], "open");
  ASSERT_EQ(h.act({{"action", "registration.approve"}, {"registration", "r1"}}), "");
  EXPECT_FALSE(view(h).contains("registrations"));
  EXPECT_THAT(view(h).dump(), Not(HasSubstr("r1\"")));
}

TEST(Chapters, OfSomebodyWhoSignedUpCarryHisName) {
  Hearing h;
  ASSERT_EQ(h.act({{"action", "registration.approve"}, {"registration", "r1"}}), "");
  const std::string person = h.state.registered.at("r1");
  ASSERT_EQ(h.act("sitting.open"), "");
  ASSERT_EQ(h.open_item("a3"), "");
  ASSERT_EQ(h.give(person.c_str()), "");
  const auto made = chapters(h.events);
  EXPECT_EQ(made.back().person, person);
  EXPECT_EQ(made.back().title.kk, "Айша Сынақова");
  EXPECT_EQ(picture(h.state).caption_name.kk, "Айша Сынақова");
}

TEST(Meetings, AreCalledByTitleAndDate) {
  const Hearing h;
  EXPECT_EQ(called(h.state.record).kk, "«Ауызсу туралы», 2026 жылғы 10 желтоқсан");
  EXPECT_EQ(called(h.state.record).ru, "«О питьевой воде», 10 декабря 2026 года");
  EXPECT_EQ(called(h.state.record).en, "“On drinking water”, 10 December 2026");
}

TEST(JournalLines, TakeWhatTheyDoNotKnow) {
  Hearing h;
  for (const Json& payload : {Json::object(), Json::array(), Json(), Json{{"action", "x"}}}) {
    for (const char* kind : {"vote.opened", "action.undone"}) {
      const auto lines = journal_lines(h.state, {{1, h.now, "x", {kind, payload}}}, 1);
      ASSERT_EQ(lines.size(), 1U);
      EXPECT_EQ(lines[0].text.kk, kind);
    }
  }
}

TEST(JournalLines, LeaveOutTheProgrammesAnswers) {
  Hearing h;
  h.record("media", {"media.applied", {{"of", 1}}});
  EXPECT_EQ(journal_lines(h.state, h.events, 10).size(), 1U);
}

TEST(JournalLines, ShowNoPasswords) {
  Hearing h;
  for (const char* uri : {"rtsp://admin:hunter2@camera/1", "rtsp://admin:hunter2@camera", "rtsp://a:hunter2@b@camera/x",
                          "srt://camera:9000?passphrase=hunter2"}) {
    ASSERT_EQ(h.act({{"action", "source.set"}, {"uri", uri}}), "");
    const auto text = journal_lines(h.state, h.events, 1).front().text.en;
    EXPECT_THAT(text, HasSubstr("camera")) << uri;
    EXPECT_THAT(text, Not(HasSubstr("hunter2"))) << uri;
  }
}

}  // namespace
}  // namespace tyndau::projections
