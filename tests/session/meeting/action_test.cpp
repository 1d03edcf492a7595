#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "session/meeting/rules.h"

namespace tyndau::meeting {
namespace {

using ::testing::HasSubstr;

std::string wrong(const std::string& json) {
  const auto action = read_action(Json::parse(json));
  return action ? "" : action.error().what;
}

TEST(Action, IsReadWithItsArguments) {
  const auto give = read_action(Json::parse(R"({"action": "floor.give", "person": "p1", "limit_s": 90})"));
  ASSERT_TRUE(give);
  EXPECT_EQ(give->kind, "floor.give");
  EXPECT_EQ(give->person, "p1");
  EXPECT_EQ(give->limit_s, 90);
  const auto recess = read_action(Json::parse(R"({"action": "recess.start", "until": "2026-12-10T16:15:00+05:00"})"));
  ASSERT_TRUE(recess);
  EXPECT_EQ(recess->until, *parse_utc("2026-12-10T11:15:00Z"));
  EXPECT_EQ(read_action(Json::parse(R"({"action": "source.set", "uri": "srt://:9000"})"))->uri, "srt://:9000");
  EXPECT_EQ(read_action(Json::parse(R"({"action": "floor.extend", "seconds": 60})"))->seconds, 60);
  EXPECT_EQ(read_action(Json::parse(R"({"action": "floor.extend"})"))->seconds, 0);
  EXPECT_EQ(read_action(Json::parse(R"({"action": "hand.raise", "person": "p1"})"))->hand, "debate");
  EXPECT_EQ(read_action(Json::parse(R"({"action": "hand.raise", "person": "p1", "kind": "question"})"))->hand,
            "question");
  EXPECT_EQ(read_action(Json::parse(R"({"action": "item.open", "item": "a1"})"))->item, "a1");
}

TEST(Action, OfEveryKindIsReadWithItsNeeds) {
  for (const std::string& kind : action_kinds()) {
    Json json = {{"action", kind}};
    if (kind == "source.set") json["uri"] = "test:";
    if (kind == "item.open") json["item"] = "a1";
    const bool for_guests =
        kind == "guest.arrive" || kind == "guest.leave" || kind == "guest.finish" || kind == "guest.ask";
    if (kind == "floor.give" || kind.starts_with("hand.") || (kind.starts_with("guest.") && !for_guests)) {
      json["person"] = "p1";
    }
    if (kind == "layout.set") json["layout"] = "grid";
    if (kind == "registration.approve" || kind == "registration.decline") json["registration"] = "r1";
    EXPECT_TRUE(read_action(json)) << kind;
    json["surplus"] = 1;
    EXPECT_FALSE(read_action(json)) << kind;
  }
}

TEST(Action, ThatIsMalformedNamesWhatIsWrong) {
  EXPECT_THAT(wrong(R"([])"), HasSubstr("object"));
  EXPECT_THAT(wrong(R"({})"), HasSubstr("'action' is missing"));
  EXPECT_THAT(wrong(R"({"action": 7})"), HasSubstr("'action' must be a string"));
  EXPECT_THAT(wrong(R"({"action": "floor.steal"})"), HasSubstr("'floor.steal' is not one of"));
  EXPECT_THAT(wrong(R"({"action": "floor.give"})"), HasSubstr("floor.give: 'person' is missing"));
  EXPECT_THAT(wrong(R"({"action": "floor.give", "person": 1})"), HasSubstr("'person' must be a string"));
  EXPECT_THAT(wrong(R"({"action": "floor.give", "person": "p", "limit_s": 2.7})"), HasSubstr("whole number"));
  EXPECT_THAT(wrong(R"({"action": "floor.give", "person": "p", "limit_s": 0})"), HasSubstr("from 1"));
  EXPECT_THAT(wrong(R"({"action": "hand.raise", "person": "p1", "kind": "report"})"),
              HasSubstr("'kind' is not one of"));
  EXPECT_THAT(wrong(R"({"action": "hand.lower"})"), HasSubstr("person"));
  EXPECT_THAT(wrong(R"({"action": "floor.extend", "seconds": -60})"), HasSubstr("from 1"));
  EXPECT_THAT(wrong(R"({"action": "floor.extend", "seconds": 3000000000})"), HasSubstr("from 1"));
  EXPECT_THAT(wrong(R"({"action": "recess.start", "until": "soon"})"), HasSubstr("'soon' is not a time"));
  EXPECT_THAT(wrong(R"({"action": "sitting.open", "item": "a1"})"), HasSubstr("'item' is not known"));
  EXPECT_THAT(wrong(R"({"action": "item.open"})"), HasSubstr("'item' is missing"));
}

TEST(Action, OfAGuestIsHisOwnUnlessHeSaysOtherwise) {
  EXPECT_EQ(read_action(Json::parse(R"({"action": "hand.raise"})"), "p3")->person, "p3");
  EXPECT_EQ(read_action(Json::parse(R"({"action": "hand.lower"})"), "p3")->guest, "p3");
  EXPECT_EQ(read_action(Json::parse(R"({"action": "hand.lower", "person": "p1"})"), "p3")->person, "p1");
  EXPECT_FALSE(read_action(Json::parse(R"({"action": "hand.lower"})")));
}

TEST(Action, SetsLayoutsThatThereAre) {
  const auto set = read_action(Json::parse(R"({"action": "layout.set", "layout": "grid", "persons": ["p1", "p2"]})"));
  ASSERT_TRUE(set);
  EXPECT_EQ(set->layout, "grid");
  EXPECT_EQ(set->persons, (std::vector<std::string>{"p1", "p2"}));
  EXPECT_TRUE(read_action(Json::parse(R"({"action": "layout.set", "layout": "auto"})")));
  EXPECT_THAT(wrong(R"({"action": "layout.set"})"), HasSubstr("'layout' is missing"));
  EXPECT_THAT(wrong(R"({"action": "layout.set", "layout": "mosaic"})"), HasSubstr("not one of"));
  EXPECT_THAT(wrong(R"({"action": "layout.set", "layout": "grid", "persons": "p1"})"), HasSubstr("list"));
  EXPECT_THAT(wrong(R"({"action": "layout.set", "layout": "grid", "persons": [1]})"), HasSubstr("list of ids"));
  Json many = {{"action", "layout.set"}, {"layout", "grid"}};
  for (int i = 0; i < 17; ++i) many["persons"].push_back("p");
  EXPECT_THAT(wrong(many.dump()), HasSubstr("16"));
}

TEST(Action, TakesOnlyAddressesAsSources) {
  for (const char* uri : {"", "camera", ":x", "rtsp ://x", "rtsp://x y", "rtsp://x\\n", "RTSP://x"}) {
    EXPECT_THAT(wrong(std::string(R"({"action": "source.set", "uri": ")") + uri + "\"}"), HasSubstr("'uri'")) << uri;
  }
  EXPECT_THAT(wrong(R"({"action": "source.set", "uri": "rtsp://)" + std::string(1024, 'x') + "\"}"),
              HasSubstr("longer"));
}

}  // namespace
}  // namespace tyndau::meeting
