#pragma once
#include <filesystem>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "media/base/json.h"
#include "media/base/result.h"

namespace tyndau::web {

/// The languages of the site, the default first.
const std::vector<std::string>& languages();

/// What a browser asks for with Accept-Language, among languages(); kk when it names none of them. Reads the q values
/// of RFC 9110, 12.5.4; what does not follow its grammar is passed over.
std::string preferred_language(std::string_view accept_language);

/// All words of the screens in one language, from locales/{kk,ru,en}.json. Immutable.
class Locale {
 public:
  using Values = std::vector<std::pair<std::string_view, std::string>>;

  /// Reads all languages. Fails when a file is missing or malformed, or when one lacks a key or a {placeholder} that
  /// another has.
  static Result<std::map<std::string, Locale>> load(const std::filesystem::path& folder);

  const std::string& language() const { return language_; }
  bool has(std::string_view key) const { return words_.count(std::string(key)) > 0; }
  /// Aborts on an unknown key: that is a bug, and Renderer looks every key of the templates up at start.
  const std::string& text(std::string_view key) const;
  /// With {name} replaced by its value.
  std::string text(std::string_view key, const Values& values) const;
  /// The words that scripts need: those whose keys begin with one of the prefixes.
  Json with_prefixes(const std::vector<std::string_view>& prefixes) const;
  const std::map<std::string, std::string>& all() const { return words_; }

 private:
  std::string language_;
  std::map<std::string, std::string> words_;
};

}  // namespace tyndau::web
