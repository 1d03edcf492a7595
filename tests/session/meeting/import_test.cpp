#include "session/meeting/import.h"

#include <gmock/gmock.h>

#include <chrono>
#include <fstream>
#include <functional>
#include <iterator>

#include "session/meeting/months.h"
#include "tests/session/meeting/hearing.h"

namespace tyndau::meeting {
namespace {

using namespace std::chrono_literals;
using ::testing::HasSubstr;
using testing::small_hearing;

Record imported(const Json& document, int shift_days = 0) {
  const auto payload = read_hearing(document, shift_days);
  EXPECT_TRUE(payload) << payload.error().what;
  const auto record = record_from_json(payload->at("record"));
  EXPECT_TRUE(record) << record.error().what;
  return *record;
}

TEST(Import, ReadsWhatTheRulesNeed) {
  const Record record = imported(small_hearing());
  EXPECT_EQ(record.id, "2026-12-10-su");
  EXPECT_EQ(record.kind, "public_hearing");
  EXPECT_EQ(record.title.in("en"), "On drinking water");
  EXPECT_EQ(record.commission.in("en"), "Тұрақты комиссия");
  EXPECT_EQ(record.place.ru, "Зал заседаний, улица Улги, 1");
  EXPECT_EQ(record.timezone, "Asia/Almaty");
  EXPECT_EQ(record.contact_email, "tyndau@example.kz");
  EXPECT_EQ(record.starts_at, *parse_utc("2026-12-10T10:00:00Z"));
  EXPECT_EQ(record.planned_end, *parse_utc("2026-12-10T12:20:00Z"));
  ASSERT_EQ(record.agenda.size(), 3U);
  EXPECT_EQ(record.agenda[0].speakers[0].limit_s, 600);
  EXPECT_EQ(record.agenda[0].planned_start, *parse_utc("2026-12-10T10:10:00Z"));
  EXPECT_EQ(record.agenda[1].planned_start, std::nullopt);
  ASSERT_EQ(record.people.size(), 4U);
  EXPECT_EQ(record.people[3].mode, "absent");
  EXPECT_EQ(record.people[3].site, "");
  EXPECT_EQ(record.people[2].site_name.ru, "Аул");
  EXPECT_EQ(record.people[0].site_name, Text{}) << "the hall needs no name";
  EXPECT_EQ(record.time_rules.co_report_s, 600);
}

TEST(Import, WritesARecordThatReadsBackTheSame) {
  const auto payload = read_hearing(small_hearing());
  ASSERT_TRUE(payload);
  EXPECT_EQ(to_json(*record_from_json(payload->at("record"))), payload->at("record"));
  EXPECT_EQ(imported_id(*payload), "2026-12-10-su");
  EXPECT_EQ(imported_id(Json::array()), "");
}

TEST(Import, LetsAWholeMaslikhatSitWithoutACommission) {
  Json document = small_hearing();
  document["hearing"]["kind"] = "session";
  document.erase("commission");
  EXPECT_EQ(imported(document).commission.kk, "");
}

TEST(Import, ShiftsAllTimesByWholeDays) {
  const Record record = imported(small_hearing(), -9);
  EXPECT_EQ(record.starts_at, *parse_utc("2026-12-01T10:00:00Z"));
  EXPECT_EQ(record.planned_end, *parse_utc("2026-12-01T12:20:00Z"));
  EXPECT_EQ(record.agenda[0].planned_start, *parse_utc("2026-12-01T10:10:00Z"));
  EXPECT_EQ(record.announcement.kk, "2026 жылғы 1 желтоқсанда сағат 15:00-де өтеді.");
  EXPECT_EQ(record.announcement.ru, "Состоятся 1 декабря 2026 года в 15:00.");
  EXPECT_FALSE(read_hearing(small_hearing(), 40'001));
  EXPECT_FALSE(read_hearing(small_hearing(), -40'001));
}

struct Damage {
  std::function<void(Json&)> damage;
  const char* said;
};

TEST(Import, NamesThePlaceOfWhatIsWrong) {
  const auto set = [](const char* pointer, Json value) {
    return [=](Json& document) { document[Json::json_pointer(pointer)] = value; };
  };
  const auto drop = [](const char* pointer, const char* key) {
    return [=](Json& document) { document[Json::json_pointer(pointer)].erase(key); };
  };
  const std::vector<Damage> damages = {
      {set("", Json::array()), "the document: must be an object"},
      {drop("", "meta"), "the document: 'meta' is missing"},
      {drop("", "maslikhat"), "'maslikhat' is missing"},
      {drop("", "commission"), "'commission' is missing"},
      {drop("", "hearing"), "'hearing' is missing"},
      {drop("", "sites"), "'sites' is missing"},
      {drop("", "people"), "'people' is missing"},
      {drop("", "agenda"), "'agenda' is missing"},
      {drop("", "time_rules"), "'time_rules' is missing"},
      {drop("", "announcement"), "'announcement' is missing"},
      {set("/meta/format", "tyndau-sample-hearing/2"), "meta.format: is 'tyndau-sample-hearing/2'"},
      {set("/meta/timezone", "../etc/passwd"), "meta.timezone: '../etc/passwd' is not a time zone"},
      {set("/maslikhat/name", "text"), "maslikhat: 'name' must be an object"},
      {set("/hearing/id", "2026/../x"), "hearing.id: '2026/../x' must be"},
      {set("/hearing/id", ""), "hearing.id: '' must be"},
      {set("/hearing/id", "Su"), "hearing.id: 'Su' must be"},
      {set("/hearing/id", std::string(65, 'a')), "hearing.id"},
      {set("/hearing/kind", "party"), "hearing.kind: 'party' must be"},
      {set("/hearing/title/kk", ""), "hearing.title: 'kk' and 'ru' must not be empty"},
      {set("/hearing/title/ru", 5), "hearing.title: 'ru' must be a string"},
      {set("/hearing/title/en", "two\nlines"), "hearing.title: must be one line"},
      {drop("/hearing", "starts_at"), "hearing: 'starts_at' is missing"},
      {set("/hearing/starts_at", "tomorrow"), "hearing.starts_at: 'tomorrow' is not a time"},
      {set("/hearing/starts_at", "0001-12-10T15:00:00Z"), "hearing.starts_at: must be a time of the years"},
      {set("/hearing/planned_end", "2026-12-10T15:00:00+05:00"), "hearing.planned_end: must be later"},
      {set("/hearing/contact/phone", 7), "hearing.contact: 'phone' must be a string"},
      {set("/sites/0/kind", "remote"), "sites: exactly one must be of kind 'main'"},
      {set("/sites/1/kind", "main"), "sites: exactly one must be of kind 'main'"},
      {set("/sites/0", "hall"), "sites[0]: must be an object"},
      {set("/people/1/id", "p1"), "people[1].id: 'p1' stands twice"},
      {set("/people/1/id", "p 1"), "people[1].id: 'p 1' must be"},
      {drop("/people/2", "name"), "people[2]: 'name' is missing"},
      {set("/people/0/mode", "asleep"), "people[0]: 'mode' is 'asleep'"},
      {set("/people/0/site", "moon"), "people[0].site: 'moon' is not in sites"},
      {set("/people/0/site", nullptr), "people[0].site: '' is not in sites"},
      {set("/agenda/1/id", "a1"), "agenda[1].id: 'a1' stands twice"},
      {set("/agenda/1/no", 1), "agenda[1].no: 1 stands twice"},
      {set("/agenda/1/no", 1.5), "agenda[1]: 'no' must be a whole number"},
      {set("/agenda/0/speakers", 5), "agenda[0]: 'speakers' must be a list"},
      {set("/agenda/0/speakers/0/person", "p9"), "agenda[0].speakers[0].person: 'p9' is not in people"},
      {drop("/agenda/0/speakers/0", "limit_s"), "agenda[0].speakers[0]: 'limit_s' is missing"},
      {set("/agenda/0/planned_start", 5), "agenda[0]: 'planned_start' must be a string"},
      {drop("/time_rules", "debate_s"), "time_rules: 'debate_s' is missing"},
      {set("/time_rules/debate_s", 0), "time_rules: 'debate_s' must be from 1"},
      {set("/announcement/ru", nullptr), "announcement: 'ru' is missing"},
      {set("/announcement/kk", "\n\n"), "announcement: 'kk' and 'ru' must not be empty"},
      {set("/announcement/kk", "\x1b[2J"), "announcement: must have no control characters but line breaks"},
      {set("/people/0/name/kk", "\u200b\u3164"), "people[0].name: 'kk' and 'ru' must not be empty"},
      {set("/people/0/name/kk", "\ue000"), "people[0].name: must be one line without control characters"},
      {set("/meta/timezone", "Asia/Astana"), "meta.timezone: there is no time zone 'Asia/Astana'"},
      {set("/meta/timezone", "right/Asia/Almaty"), "meta.timezone: there is no time zone 'right/Asia/Almaty'"},
      {set("/meta/timezone", "localtime"), "meta.timezone: there is no time zone 'localtime'"},
      {set("/meta/timezone", "asia/almaty"), "meta.timezone: there is no time zone 'asia/almaty'"},
      {set("/sites/1/kind", "remoote"), "sites[1].kind: is 'remoote' and must be main or remote"},
      {set("/sites/1/id", "hall"), "sites[1].id: 'hall' stands twice"},
      {set("/hearing/contact/phone", "+7"), "hearing.contact.phone: '+7' is not a telephone number"},
      {set("/hearing/contact/email", "council"), "hearing.contact.email: 'council' is not an e-mail address"},
      {set("/hearing/contact/email", "a@b@c"), "hearing.contact.email"},
      {set("/agenda/0/planned_start", "2025-12-10T15:10:00+05:00"), "agenda[0].planned_start: must not be before"},
      {set("/agenda/0/speakers/0/as", "point_of_order"), "agenda[0].speakers[0].as: a point of order cannot be"},
  };
  for (const Damage& damage : damages) {
    Json document = small_hearing();
    damage.damage(document);
    const auto payload = read_hearing(document);
    ASSERT_FALSE(payload) << damage.said;
    EXPECT_THAT(payload.error().what, HasSubstr(damage.said));
  }
}

TEST(Import, CleansEveryTextThatPeopleRead) {
  Json document = small_hearing();
  const std::string dirty = "\u202eАйша\u2028Құрман\u200b" + [] {
    std::string marks;
    for (int i = 0; i < 110; ++i) marks += "\u0335";
    return marks;
  }();
  const std::string clean = "Айша Құрман\u0335\u0335";
  std::function<void(Json&)> soil = [&](Json& json) {
    for (auto& one : json) {
      if (one.is_object() && one.contains("kk") && one.contains("ru")) {
        one["kk"] = one["ru"] = one["en"] = dirty;
      } else if (one.is_structured()) {
        soil(one);
      }
    }
  };
  soil(document);
  document["announcement"]["kk"] = "бір\u202e\r\nекі\u2028үш";
  document["hearing"]["contact"]["phone"] = "\u202a+7 (000) 000-00-00\u202c";
  const Record record = imported(document);
  const Text text = {clean, clean, clean};
  for (const Text& one : {record.title, record.number, record.maslikhat, record.commission, record.agenda[2].title,
                          record.people[1].name, record.people[1].position, record.people[2].site_name}) {
    EXPECT_EQ(one, text);
  }
  EXPECT_EQ(record.place.ru, clean + ", " + clean);
  EXPECT_EQ(record.announcement.kk, "бір\nекі\nүш");
  EXPECT_EQ(record.announcement.ru, clean.substr(0, 8) + "\n" + clean.substr(9)) << "a separator is a line break there";
  EXPECT_EQ(record.contact_phone, "+7 (000) 000-00-00");
}

TEST(Import, ReadsWhatTheJournalHasThoughItWouldNotBeTakenNow) {
  Json record = read_hearing(small_hearing())->at("record");
  record["timezone"] = "Asia/Astana";
  record["people"][0]["name"]["kk"] = "Ай\u202eша";
  record["contact_email"] = "council";
  const auto read = record_from_json(record);
  ASSERT_TRUE(read) << read.error().what;
  EXPECT_EQ(to_json(*read), record) << "the chain is over what was written";
}

TEST(Import, RefusesARecordWithAnythingThatItDidNotWrite) {
  const Json record = read_hearing(small_hearing())->at("record");
  for (const auto& [key, value] : record.items()) {
    Json without = record;
    without.erase(key);
    EXPECT_EQ(record_from_json(without).has_value(), key == "planned_end") << key;
  }
  Json with = record;
  with["surplus"] = 1;
  EXPECT_FALSE(record_from_json(with));
  EXPECT_FALSE(record_from_json(Json()));
}

TEST(Import, ReadsTheHearingOfTheDemo) {
  std::ifstream file(TYNDAU_SOURCE_DIR "/config/demo/sample-hearing.json");
  const std::string text((std::istreambuf_iterator<char>(file)), std::istreambuf_iterator<char>());
  const auto document = parse_json(text, 1024 * 1024);
  ASSERT_TRUE(document) << document.error().what;
  const Record record = imported(*document, -131);
  EXPECT_EQ(record.id, "2026-12-10-auyzsu");
  EXPECT_EQ(record.agenda.size(), 5U);
  EXPECT_EQ(record.people.size(), 16U);
  EXPECT_EQ(record.starts_at, *parse_utc("2026-08-01T15:00:00+05:00"));
  EXPECT_THAT(record.announcement.kk, HasSubstr("2026 жылғы 1 тамызда сағат 15:00-де"));
  EXPECT_THAT(record.announcement.kk, HasSubstr("2026 жылғы 30 шілдеде сағат 18:00-ге дейін"));
  EXPECT_THAT(record.announcement.ru, HasSubstr("до 18:00 30 июля 2026 года"));
  EXPECT_THAT(record.announcement.ru, ::testing::Not(HasSubstr("декабр")));
}

// ---- dates in words ----

using namespace std::chrono;
constexpr sys_days kDay = 2026y / 12 / 10;

TEST(DatesInWords, MoveWithTheirEndings) {
  EXPECT_EQ(shift_dates_in_words("2026 жылғы 10 желтоқсан, сағат 15:00", days{-40}, kDay),
            "2026 жылғы 31 қазан, сағат 15:00");
  EXPECT_EQ(shift_dates_in_words("2026 жылғы 8 желтоқсанда сағат 18:00-ге дейін", days{-75}, kDay),
            "2026 жылғы 24 қыркүйекте сағат 18:00-ге дейін");
  EXPECT_EQ(shift_dates_in_words("2026 жылғы 8 желтоқсанға дейін", days{25}, kDay), "2027 жылғы 2 қаңтарға дейін");
  EXPECT_EQ(shift_dates_in_words("2026 жылғы 8 желтоқсаннан бастап", days{-248}, kDay), "2026 жылғы 4 сәуірден бастап");
  EXPECT_EQ(shift_dates_in_words("до 18:00 8 декабря 2026 года.", days{25}, kDay), "до 18:00 2 января 2027 года.");
}

TEST(DatesInWords, LeaveOtherNumbersAndFarDatesAlone) {
  for (const char* text : {"2008 жылғы 1 сәуірдегі № 5 қаулы", "от 1 апреля 2008 года", "7 из 10 декабря",
                           "2026 жылғы 31 ақпан", "31 февраля 2026 года", "10 декабря", "2026 жылғы", "№ 10", ""}) {
    EXPECT_EQ(shift_dates_in_words(text, days{3}, kDay), text);
  }
}

}  // namespace
}  // namespace tyndau::meeting
