// JSON as strangers send it, and the reader of its members.
#include "media/base/json.h"

#include <cmath>
#include <string>

#include "tests/fuzz/fuzz.h"

using namespace tyndau;
using fuzz::promise;

namespace {

std::size_t depth(const Json& json) {
  std::size_t deepest = 0;
  if (json.is_structured()) {
    for (const Json& child : json) deepest = std::max(deepest, depth(child));
  }
  return json.is_structured() ? deepest + 1 : 0;
}

bool finite(const Json& json) {
  if (json.is_number_float()) return std::isfinite(json.get<double>());
  if (!json.is_structured()) return true;
  for (const Json& child : json) {
    if (!finite(child)) return false;
  }
  return true;
}

/// Each member is taken as the one type that it has, and refused as any other.
void check_member(const Json& object, const char* key, const Json& value) {
  const bool absent = value.is_null();
  const auto taken = [&](auto read) {
    Fields fields(object, "fuzz");
    const bool there = read(fields);
    const bool wrong = fields.finish_leniently().has_value();
    promise(!(there && wrong), "a member is read or complained about, not both");
    promise(there || wrong || absent, "a member that is neither null nor read is complained about");
    return there;
  };
  const bool whole = taken([&](Fields& fields) { return fields.optional_integer(key, -9, 9).has_value(); });
  promise(!whole || (value.is_number_integer() && value >= -9 && value <= 9), "an integer in its range");
  const bool string = taken([&](Fields& fields) { return fields.optional_string(key, 8).has_value(); });
  promise(!string || (value.is_string() && value.get_ref<const std::string&>().size() <= 8), "a string in its bounds");
  promise(taken([&](Fields& fields) { return fields.optional_number(key).has_value(); }) == value.is_number(),
          "number");
  promise(taken([&](Fields& fields) { return fields.optional_boolean(key).has_value(); }) == value.is_boolean(),
          "bool");
  promise(taken([&](Fields& fields) { return fields.optional_object(key) != nullptr; }) == value.is_object(), "object");
  promise(taken([&](Fields& fields) { return fields.optional_array(key) != nullptr; }) == value.is_array(), "list");
}

void check_fields(const Json& json) {
  Fields unread(json, "fuzz");
  promise(unread.finish().has_value() == (!json.is_object() || !json.empty()), "members nobody asked for are refused");
  if (!json.is_object()) return;
  for (const auto& [key, value] : json.items()) {
    if (key.find('\0') == std::string::npos) check_member(json, key.c_str(), value);
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  constexpr std::size_t kMost = 2048;
  const auto read = parse_json(fuzz::text(data, size), kMost);
  if (!read) {
    promise(!read.error().what.empty(), "a failure says what is wrong");
    return 0;
  }
  promise(size <= kMost && depth(*read) <= 32 && finite(*read), "limits hold");
  const std::string printed = read->dump();  // throws at bytes that are not UTF-8
  const auto again = parse_json(printed, printed.size());
  promise(again.has_value() && *again == *read, "what parses prints, and parses again to the same");
  promise(again->dump() == printed, "and prints the same");
  check_fields(*read);
  return 0;
}
