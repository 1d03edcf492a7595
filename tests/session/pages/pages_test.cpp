#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <iterator>

#include "session/meeting/import.h"
#include "session/meeting/rules.h"
#include "session/pages/assets.h"
#include "session/pages/locale.h"
#include "session/pages/render.h"

namespace tyndau::web {
namespace {

namespace fs = std::filesystem;
using testing::HasSubstr;
using testing::Not;

const fs::path kWebAssets = fs::path(TYNDAU_SOURCE_DIR) / "web-assets";

/// A folder of this test's own, gone at its end.
class Folder {
 public:
  Folder() {
    std::string name = (fs::temp_directory_path() / "tyndau-pages-XXXXXX").string();
    path_ = mkdtemp(name.data());
  }
  ~Folder() { fs::remove_all(path_); }
  const fs::path& path() const { return path_; }
  void write(const std::string& name, const std::string& content) const {
    fs::create_directories((path_ / name).parent_path());
    std::ofstream(path_ / name, std::ios::binary) << content;
  }

 private:
  fs::path path_;
};

std::string read_file(const fs::path& file) {
  std::ifstream stream(file, std::ios::binary);
  return {std::istreambuf_iterator<char>(stream), std::istreambuf_iterator<char>()};
}

std::string body_of(const Response& response) {
  std::string body;
  for (const Piece& piece : response.body) {
    const auto& memory = std::get<MemoryPiece>(piece);
    body += memory.data->substr(memory.offset, memory.bytes);
  }
  return body;
}

std::string header_of(const Response& response, const std::string& name) {
  for (const auto& [key, value] : response.headers) {
    if (key == name) return value;
  }
  return "";
}

/// The sample hearing, and what happens to it.
class Hearing {
 public:
  Hearing() {
    const auto document =
        parse_json(read_file(fs::path(TYNDAU_SOURCE_DIR) / "config/demo/sample-hearing.json"), 1 << 20);
    const auto payload = meeting::read_hearing(document.value());
    append({"meeting.imported", payload.value()});
  }
  void act(const Json& json) {
    meeting::Surroundings around;
    around.now = now_;
    around.media_connected = true;
    around.disk_free_hours = 100;
    const auto decided = meeting::decide(state, meeting::read_action(json).value(), around);
    ASSERT_TRUE(decided.has_value()) << decided.error().text.en;
    for (const meeting::Event& event : *decided) append(event);
    now_ += std::chrono::minutes(1);
  }
  std::vector<projections::Chapter> chapters() const { return projections::chapters(events); }
  Utc now() const { return now_; }

  meeting::State state;
  std::vector<meeting::StoredEvent> events;

 private:
  void append(meeting::Event event) {
    events.push_back({state.seq + 1, now_, "хатшы", std::move(event)});
    meeting::apply(state, events.back());
  }
  Utc now_ = parse_utc("2026-12-10T10:00:00Z").value();
};

Renderer renderer(const std::string& public_url = "") {
  auto made = Renderer::create(kWebAssets, "/assets/0123456789abcdef/", public_url);
  EXPECT_TRUE(made.has_value()) << made.error().what;
  return std::move(*made);
}

// ---- the language ----

TEST(PreferredLanguage, IsTheBrowsersBestOfOurs) {
  EXPECT_EQ(preferred_language("ru-RU,ru;q=0.9,en;q=0.8"), "ru");
  EXPECT_EQ(preferred_language("de,en;q=0.3,ru;q=0.5"), "ru");
  EXPECT_EQ(preferred_language("EN-gb"), "en");
  EXPECT_EQ(preferred_language("kk"), "kk");
}

TEST(PreferredLanguage, IsKazakhWhenTheBrowserNamesNoneOfOurs) {
  EXPECT_EQ(preferred_language(""), "kk");
  EXPECT_EQ(preferred_language("de, fr;q=0.9"), "kk");
  EXPECT_EQ(preferred_language("ru;q=0"), "kk");
}

TEST(PreferredLanguage, PassesOverWhatIsNoLanguage) {
  EXPECT_EQ(preferred_language(";;;,,q=1,ru;q=banana,en;q=0.1"), "en");
  EXPECT_EQ(preferred_language("ru;q=7"), "kk");
}

// ---- words ----

TEST(Locale, OfTheHouseIsComplete) {
  const auto locales = Locale::load(kWebAssets / "locales");
  ASSERT_TRUE(locales.has_value()) << locales.error().what;
  EXPECT_EQ(locales->at("ru").text("viewer_live"), "Прямой эфир");
  EXPECT_EQ(locales->at("kk").text("viewer_behind", {{"time", "1:05"}}), "Эфирден артта: 1:05");
}

TEST(Locale, NamesTheKeyThatOneLanguageLacks) {
  const Folder folder;
  folder.write("kk.json", R"({"one": "бір", "two": "екі"})");
  folder.write("ru.json", R"({"one": "один"})");
  folder.write("en.json", R"({"one": "one", "two": "two"})");
  const auto locales = Locale::load(folder.path());
  ASSERT_FALSE(locales.has_value());
  EXPECT_THAT(locales.error().what, HasSubstr("ru lacks two"));
}

TEST(Locale, NamesAPlaceholderThatOneLanguageLacks) {
  const Folder folder;
  folder.write("kk.json", R"({"left": "Қалды: {n}"})");
  folder.write("ru.json", R"({"left": "Осталось"})");
  folder.write("en.json", R"({"left": "Left: {n}"})");
  const auto locales = Locale::load(folder.path());
  ASSERT_FALSE(locales.has_value());
  EXPECT_THAT(locales.error().what, HasSubstr("left has other {placeholders}"));
}

TEST(Locale, FailsWithoutAFile) { EXPECT_FALSE(Locale::load("/nowhere").has_value()); }

TEST(LocaleDeathTest, AbortsOnAWordThatNobodyWrote) {
  const auto locales = Locale::load(kWebAssets / "locales");
  EXPECT_DEATH(locales->at("kk").text("no_such_word"), "no_such_word");
}

// ---- templates ----

TEST(Renderer, RefusesATemplateThatDoesNotEscape) {
  const Folder folder;
  fs::copy(kWebAssets / "locales", folder.path() / "locales", fs::copy_options::recursive);
  fs::copy(kWebAssets / "templates", folder.path() / "templates", fs::copy_options::recursive);
  folder.write("templates/home.tpl", "<h1>{{TITLE}}</h1>");
  EXPECT_FALSE(Renderer::create(folder.path(), "/", "").has_value());
  folder.write("templates/home.tpl", "{{%AUTOESCAPE context=\"HTML\"}}<h1>{{TITLE:none}}</h1>");
  EXPECT_FALSE(Renderer::create(folder.path(), "/", "").has_value());
  folder.write("templates/home.tpl", "{{%AUTOESCAPE context=\"HTML\"}}<h1>{{t_no_such_word}}</h1>");
  const auto refused = Renderer::create(folder.path(), "/", "");
  ASSERT_FALSE(refused.has_value());
  EXPECT_THAT(refused.error().what, HasSubstr("no_such_word"));
}

TEST(MeetingPage, IsTextWhateverATitleContains) {
  Hearing hearing;
  const std::string evil = "<script>alert(1)</script>\"'><img src=x onerror=alert(2)>";
  for (meeting::Text* text :
       {&hearing.state.record.title, &hearing.state.record.place, &hearing.state.record.announcement,
        &hearing.state.record.people[0].name, &hearing.state.record.agenda[0].title}) {
    *text = {evil, evil, evil};
  }
  const Renderer pages = renderer();
  for (const std::string& html :
       {pages.meeting("ru", hearing.state, hearing.chapters(), hearing.now(), {}),
        pages.home("ru", {&hearing.state}, hearing.now()), pages.desk("ru", hearing.state, {&hearing.state}, evil)}) {
    EXPECT_THAT(html, Not(HasSubstr("<script>alert")));
    EXPECT_THAT(html, Not(HasSubstr("<img src=x")));
    EXPECT_THAT(html, Not(HasSubstr("\"'>")));
    EXPECT_THAT(html, HasSubstr("&lt;script&gt;alert(1)&lt;/script&gt;"));
  }
}

TEST(MeetingPage, SaysBeforeTheHearingWhenItBegins) {
  const Hearing hearing;
  const std::string html = renderer().meeting("kk", hearing.state, {}, hearing.now(), {});
  EXPECT_THAT(html, HasSubstr("data-stage=\"announced\""));
  EXPECT_THAT(html, HasSubstr("2026 жылғы 10 желтоқсан, сағат 15:00"));
  EXPECT_THAT(html, HasSubstr("<html lang=\"kk\">"));
  EXPECT_THAT(html, HasSubstr("hreflang=\"ru\""));
}

TEST(MeetingPage, IsLiveOnAirAndARecordingAfterwards) {
  Hearing hearing;
  const Renderer pages = renderer();
  hearing.act({{"action", "broadcast.start"}});
  EXPECT_THAT(pages.meeting("ru", hearing.state, hearing.chapters(), hearing.now(), {}),
              HasSubstr("data-stage=\"live\""));
  hearing.act({{"action", "sitting.open"}});
  hearing.act({{"action", "item.open"}, {"item", "a1"}});
  hearing.act({{"action", "floor.give"}, {"person", "p01"}});
  hearing.act({{"action", "sitting.close"}});
  hearing.act({{"action", "broadcast.stop"}});
  const auto chapters = hearing.chapters();
  const auto turn = std::find_if(chapters.begin(), chapters.end(), [](const auto& one) { return one.kind == "turn"; });
  ASSERT_NE(turn, chapters.end());
  const Film film{.start_s = 65, .moments = {{"a1", 4.9}, {turn->id, 65.2}}};
  const std::string html = pages.meeting("ru", hearing.state, chapters, hearing.now(), film);
  EXPECT_THAT(html, HasSubstr("data-stage=\"recording\""));
  // Every title leads to its moment, and one that was never recorded nowhere.
  EXPECT_THAT(html, HasSubstr("<h3 class=\"item-title\"><a class=\"moment\" href=\"?t=4\">"));
  EXPECT_THAT(html, HasSubstr("<li class=\"turn\"><a class=\"moment\" href=\"?t=65\">"));
  EXPECT_THAT(html, HasSubstr("<h3 class=\"item-title\"><span class=\"moment\">"));
  EXPECT_THAT(html, HasSubstr("recording.mp4?lang=ru#t=65"));
  EXPECT_THAT(html, HasSubstr("15:03–15:04")) << "the turn, in the council's time";
}

TEST(MeetingPage, HasTheFormToSignUpWhileThatIsOpen) {
  Hearing hearing;
  const Renderer pages = renderer();
  const auto html = [&](const SignUp& form = {}) {
    return pages.meeting("ru", hearing.state, hearing.chapters(), hearing.now(), {}, form);
  };
  const auto section = [&](const SignUp& form = {}) {
    const std::string page = html(form);
    const auto begin = page.find("<section class=\"sign-up\"");
    return page.substr(begin, page.find("</section>", begin) - begin);
  };
  EXPECT_THAT(section(), HasSubstr(" hidden>"));
  hearing.act({{"action", "registration.open"}});
  EXPECT_THAT(section(), Not(HasSubstr(" hidden>")));
  EXPECT_THAT(section(), HasSubstr("action=\"/ru/meetings/2026-12-10-auyzsu\""));
  EXPECT_THAT(section(), HasSubstr("target=\"_top\"")) << "out of a frame: his link is in nobody's";
  EXPECT_THAT(section(), HasSubstr("Заседание транслируется в интернете и записывается."));
  EXPECT_THAT(section(), Not(HasSubstr("role=\"alert\"")));
  hearing.act({{"action", "registration.close"}});
  // Whoever was filling it in when it was closed is told so, and loses nothing.
  const std::string evil = "<script>alert(1)</script>\"'><img src=x>";
  const std::string again = section({evil, evil, "a2", "closed", "", {}});
  EXPECT_THAT(again, Not(HasSubstr(" hidden>")));
  EXPECT_THAT(again, HasSubstr("Запись на выступление закрыта."));
  EXPECT_THAT(again, HasSubstr("value=\"&lt;script&gt;alert(1)&lt;/script&gt;&quot;&#39;&gt;&lt;img src=x&gt;\""));
  EXPECT_THAT(again, HasSubstr("<option value=\"a2\" selected>"));
  EXPECT_THAT(section({"А", "", "", "too_many", "", std::chrono::seconds(61)}), HasSubstr("подождать: 2 мин"));
  // What is wrong with none of his words is marked at none of them.
  for (const char* wrong : {"closed", "too_many", "full", "failed"}) {
    const std::string none = section({"А", "", "", wrong, "", {}});
    EXPECT_THAT(none, Not(HasSubstr("aria-invalid"))) << wrong;
    EXPECT_THAT(none, HasSubstr("role=\"alert\" tabindex=\"-1\" autofocus>")) << wrong;
  }
  const std::string nameless = section({"", "", "", "no_name", "name", {}});
  EXPECT_THAT(nameless, HasSubstr("required aria-invalid=\"true\" aria-describedby=\"sign-up-wrong\" autofocus>"));
  EXPECT_THAT(nameless, Not(HasSubstr("tabindex")));
}

TEST(WaitingPage, SaysHowItStandsAndEscapesWhatAStrangerWrote) {
  const Hearing hearing;
  const Renderer pages = renderer();
  const std::string evil = "<script>alert(1)</script>\"'><img src=x>";
  store::Store::Registration one{"r1", hearing.state.record.id, evil, evil, "a2", "kk", {}, "pending", ""};
  const std::string token = "AAAAAAAAAAAAAAAAAAAAAA";
  const std::string pending = pages.waiting("kk", hearing.state, one, token);
  EXPECT_THAT(pending, HasSubstr("Өтініміңіз жіберілді"));
  EXPECT_THAT(pending, HasSubstr("<noscript><link rel=\"stylesheet\""));
  EXPECT_THAT(pending, HasSubstr("http-equiv=\"refresh\"")) << "it goes on by itself without scripts too";
  EXPECT_THAT(pending, Not(HasSubstr("<script>alert")));
  EXPECT_THAT(pending, Not(HasSubstr("<img src=x")));
  one.status = "declined";
  const std::string declined = pages.waiting("ru", hearing.state, one, token);
  EXPECT_THAT(declined, HasSubstr("Заявка отклонена"));
  EXPECT_THAT(declined, HasSubstr("/ru/meetings/2026-12-10-auyzsu"));
  EXPECT_THAT(pages.meeting("ru", hearing.state, {}, hearing.now(), {}), Not(HasSubstr("http-equiv")));
}

TEST(MeetingPage, LeadsToThePublicAddressWhenThereIsOne) {
  const Hearing hearing;
  EXPECT_THAT(renderer("https://maslikhat.example/").meeting("kk", hearing.state, {}, hearing.now(), {}),
              HasSubstr("href=\"https://maslikhat.example/ru/meetings/2026-12-10-auyzsu\""));
}

TEST(HomePage, SortsByWhatThereIsToWatch) {
  Hearing live, announced, past;
  live.act({{"action", "broadcast.start"}});
  past.act({{"action", "broadcast.start"}});
  past.act({{"action", "sitting.open"}});
  past.act({{"action", "sitting.close"}});
  past.act({{"action", "broadcast.stop"}});
  const std::string html = renderer().home("en", {&live.state, &announced.state, &past.state}, announced.now());
  const auto section = [&html](const char* from, const char* to) {
    const auto begin = html.find(from);
    return html.substr(begin, html.find(to) - begin);
  };
  EXPECT_THAT(section("id=\"live\"", "id=\"upcoming\""), HasSubstr("card-live"));
  EXPECT_THAT(section("id=\"upcoming\"", "id=\"past\""), HasSubstr("<article"));
  EXPECT_THAT(section("id=\"past\"", "</main>"), HasSubstr("Watch the recording"));
}

TEST(HomePage, SaysUntilWhenAMeetingOnAirIsInRecess) {
  Hearing hearing;
  hearing.act({{"action", "broadcast.start"}});
  hearing.act({{"action", "sitting.open"}});
  EXPECT_THAT(renderer().home("ru", {&hearing.state}, hearing.now()), HasSubstr("tag-live"));
  hearing.act({{"action", "recess.start"}, {"until", format_utc(hearing.now() + std::chrono::minutes(15))}});
  const std::string html = renderer().home("ru", {&hearing.state}, hearing.now());
  EXPECT_THAT(html, Not(HasSubstr("tag-live")));
  EXPECT_THAT(html, HasSubstr("Перерыв до"));
}

TEST(HomePage, SaysOfAMeetingThatNeverBeganThatItDidNotTakePlace) {
  Hearing hearing;
  const Utc day_after = hearing.state.record.starts_at + std::chrono::hours(24);
  const auto past = [](const std::string& html) {
    const auto at = html.find("id=\"past\"");
    return at == std::string::npos ? std::string() : html.substr(at);
  };
  // Until the day is over it may still begin.
  EXPECT_EQ(past(renderer().home("ru", {&hearing.state}, hearing.state.record.starts_at + std::chrono::hours(8))), "");
  const std::string html = renderer().home("ru", {&hearing.state}, day_after);
  EXPECT_THAT(past(html), HasSubstr("Не состоялось"));
  EXPECT_THAT(html, HasSubstr("class=\"nothing\""));
  EXPECT_THAT(renderer().meeting("kk", hearing.state, hearing.chapters(), day_after, {}), HasSubstr("Өтпеді"));
  hearing.act({{"action", "sitting.open"}});
  EXPECT_THAT(past(renderer().home("ru", {&hearing.state}, day_after)), Not(HasSubstr("Не состоялось")));
}

TEST(HomePage, SaysThatNothingIsOn) {
  EXPECT_THAT(renderer().home("ru", {}, Utc{}), HasSubstr("Сейчас трансляций нет."));
}

TEST(Desk, OpensTheMeetingOnAirThenTheNextOneThenTheLast) {
  Hearing on_air, next, later, closed;
  on_air.act({{"action", "broadcast.start"}});
  closed.act({{"action", "broadcast.start"}});
  closed.act({{"action", "sitting.open"}});
  closed.act({{"action", "sitting.close"}});
  closed.act({{"action", "broadcast.stop"}});
  later.state.record.starts_at += std::chrono::hours(24 * 30);
  const Utc now = next.state.record.starts_at - std::chrono::hours(1);
  EXPECT_EQ(nearest({&later.state, &on_air.state, &next.state}, now), &on_air.state);
  EXPECT_EQ(nearest({&later.state, &next.state, &closed.state}, now), &next.state);
  EXPECT_EQ(nearest({&closed.state}, now), &closed.state);
  EXPECT_EQ(nearest({}, now), nullptr);
}

// ---- assets ----

class AssetsTest : public testing::Test {
 protected:
  AssetsTest() {
    for (const char* name : {"lib/a.js", "viewer/v.css", "desk/d.js", "guest/g.js", "vendor/x.js", "fonts/f.woff2"}) {
      folder_.write(name, std::string("content of ") + name);
    }
    folder_.write("templates/base.tpl", "secret");
    folder_.write("vendor/x.d.ts", "types");
  }
  Assets read() const { return std::move(Assets::read(folder_.path()).value()); }
  Folder folder_;
};

TEST_F(AssetsTest, AreKeptForEverUnderTheirContentsName) {
  Assets assets = read();
  const std::string file = assets.base().substr(std::string("/assets/").size()) + "lib/a.js";
  const Response response = assets.respond({}, file);
  EXPECT_EQ(response.status, 200);
  EXPECT_EQ(body_of(response), "content of lib/a.js");
  EXPECT_THAT(header_of(response, "Cache-Control"), HasSubstr("immutable"));
  EXPECT_THAT(header_of(response, "Content-Type"), HasSubstr("text/javascript"));
}

TEST_F(AssetsTest, HaveAnotherNameWhenOneOfThemChanges) {
  const std::string before = read().base();
  EXPECT_EQ(read().base(), before);
  folder_.write("lib/a.js", "changed");
  EXPECT_NE(read().base(), before);
}

TEST_F(AssetsTest, AreRevalidatedWithoutTheName) {
  Assets assets = read();
  const Response first = assets.respond({}, "lib/a.js");
  EXPECT_EQ(header_of(first, "Cache-Control"), "no-cache");
  Request again;
  again.headers["if-none-match"] = header_of(first, "ETag");
  const Response second = assets.respond(again, "lib/a.js");
  EXPECT_EQ(second.status, 304);
  EXPECT_TRUE(second.body.empty());
}

TEST_F(AssetsTest, AreGzippedForThoseWhoTakeIt) {
  Assets assets = read();
  Request request;
  request.headers["accept-encoding"] = "gzip, br";
  EXPECT_EQ(header_of(assets.respond(request, "lib/a.js"), "Content-Encoding"), "gzip");
  EXPECT_EQ(body_of(assets.respond(request, "lib/a.js")).substr(0, 2), "\x1f\x8b");
  EXPECT_EQ(header_of(assets.respond(request, "fonts/f.woff2"), "Content-Encoding"), "") << "is packed already";
}

TEST_F(AssetsTest, AreOnlyWhatWasThereAtTheStart) {
  Assets assets = read();
  folder_.write("lib/late.js", "late");
  for (const char* name : {"lib/late.js", "templates/base.tpl", "vendor/x.d.ts", "../templates/base.tpl", "lib", "",
                           "0000000000000000/lib/a.js", "lib/../templates/base.tpl"}) {
    EXPECT_EQ(assets.respond({}, name).status, 404) << name;
  }
}

TEST(Assets, FailWithoutTheirFolder) { EXPECT_FALSE(Assets::read("/nowhere").has_value()); }

}  // namespace
}  // namespace tyndau::web
