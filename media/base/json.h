#pragma once
#include <cstdint>
#include <map>
#include <nlohmann/json.hpp>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "media/base/result.h"

// Compiled once, in json.cpp, and not in each of a hundred files.
extern template class nlohmann::basic_json<>;
extern template class std::map<std::string, nlohmann::json, std::less<>>;
extern template class std::vector<nlohmann::json>;

namespace tyndau {

using Json = nlohmann::json;

/// Parses one JSON document as strangers send it: refuses more than `max_bytes`, nesting over 32, a key twice in one
/// object, bytes that are not UTF-8, and anything behind the document. (nlohmann alone takes the last of two equal
/// keys, and crashes when it writes a document a million levels deep.)
Result<Json> parse_json(std::string_view text, std::size_t max_bytes = 64 * 1024);

/// Reads the members of one JSON object by exact type: 2.7 is not an integer, true is not 1, 3e9 does not wrap.
/// The first thing wrong is remembered and everything after it reads as empty, so a reader is one straight list:
///
///     Fields fields(json, "floor.give");
///     auto person = fields.string("person");
///     auto limit = fields.optional_integer("limit_s", 1, 86400);
///     if (auto failure = fields.finish()) return fail(*failure);   // also refuses members that nobody read
class Fields {
 public:
  /// `where` names the object in errors ("floor.give"). `json` must outlive this.
  Fields(const Json& json, std::string where);

  std::string string(const char* key, std::size_t max_bytes = 4096);
  std::int64_t integer(const char* key, std::int64_t least, std::int64_t most);
  double number(const char* key);
  bool boolean(const char* key);
  /// An object or array, or null when it is missing (which is an error). The caller reads it with its own Fields.
  const Json& object(const char* key);
  const Json& array(const char* key);

  std::optional<std::string> optional_string(const char* key, std::size_t max_bytes = 4096);
  std::optional<std::int64_t> optional_integer(const char* key, std::int64_t least, std::int64_t most);
  std::optional<double> optional_number(const char* key);
  std::optional<bool> optional_boolean(const char* key);
  /// The member, or nullptr when it is absent or null.
  const Json* optional_object(const char* key);
  const Json* optional_array(const char* key);

  /// Marks a member as known without reading it.
  void ignore(const char* key);
  /// Says that the object is wrong in a way only the caller can see.
  void complain(const std::string& what);
  /// The first thing wrong, if any: a missing or mistyped member, or one that was never asked for.
  std::optional<std::string> finish();
  /// As finish(), but members that were never asked for are let through (files that carry more than we need).
  std::optional<std::string> finish_leniently() const { return wrong_; }

 private:
  const Json* find(const char* key, bool required);
  const Json& json_;
  std::string where_;
  std::set<std::string> known_;
  std::optional<std::string> wrong_;
};

}  // namespace tyndau
