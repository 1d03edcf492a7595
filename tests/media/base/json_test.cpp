#include "media/base/json.h"

#include <gtest/gtest.h>

namespace tyndau {
namespace {

TEST(ParseJson, ReadsADocument) {
  const auto json = parse_json(R"({"a": [1, 2.5, "ә", null, true], "b": {"c": {}}})");
  ASSERT_TRUE(json);
  EXPECT_EQ(json->dump(), R"({"a":[1,2.5,"ә",null,true],"b":{"c":{}}})");
}

TEST(ParseJson, RefusesWhatStrangersTry) {
  const std::string deep = std::string(33, '[') + std::string(33, ']');
  const std::string million = std::string(30000, '[');
  for (const std::string& text :
       {std::string(R"({"a":1,"a":2})"), std::string("{\"a\":\"\xff\"}"), std::string("{} {}"), std::string(""),
        std::string("{"), std::string("[1,]"), std::string("nan"), std::string("1e999"), deep, million}) {
    EXPECT_FALSE(parse_json(text)) << text.substr(0, 40);
  }
  EXPECT_TRUE(parse_json(std::string(32, '[') + std::string(32, ']')));
}

TEST(ParseJson, RefusesMoreThanItsLimit) {
  EXPECT_TRUE(parse_json("[1,2]", 5));
  EXPECT_FALSE(parse_json("[1,2]", 4));
}

TEST(ParseJson, NamesTheKeyThatStandsTwice) {
  EXPECT_NE(parse_json(R"({"x":{"limit":1,"limit":2}})").error().what.find("limit"), std::string::npos);
}

TEST(Fields, TakesOnlyTheExactType) {
  const Json json =
      Json::parse(R"({"half": 2.7, "yes": true, "big": 3000000000, "huge": 18446744073709551615, "text": "7"})");
  for (const char* key : {"half", "yes", "big", "huge", "text"}) {
    Fields fields(json, "f");
    fields.integer(key, 0, 1000);
    EXPECT_TRUE(fields.finish_leniently()) << key;
  }
}

TEST(Fields, RefusesWhatNobodyReads) {
  const Json json = Json::parse(R"({"a": 1, "b": 2})");
  Fields fields(json, "thing");
  EXPECT_EQ(fields.integer("a", 0, 5), 1);
  EXPECT_EQ(fields.finish(), "thing: 'b' is not known");
}

TEST(Fields, RemembersTheFirstThingWrong) {
  const Json json = Json::parse(R"({"b": "x"})");
  Fields fields(json, "thing");
  fields.string("a");
  fields.integer("b", 0, 1);
  EXPECT_EQ(fields.finish(), "thing: 'a' is missing");
}

TEST(Fields, NullIsAbsent) {
  const Json json = Json::parse(R"({"a": null})");
  Fields fields(json, "thing");
  EXPECT_FALSE(fields.optional_string("a"));
  EXPECT_FALSE(fields.finish());
}

TEST(Fields, RefusesAnythingButAnObject) {
  const Json json = Json::parse("[1]");
  Fields fields(json, "thing");
  EXPECT_TRUE(fields.finish());
}

}  // namespace
}  // namespace tyndau
