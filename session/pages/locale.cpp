#include "session/pages/locale.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <cstdlib>
#include <fstream>
#include <iterator>
#include <set>

#include "media/base/log.h"

namespace tyndau::web {
namespace {

/// The names in {braces} of one text.
std::set<std::string> placeholders(const std::string& text) {
  std::set<std::string> found;
  for (std::size_t open = text.find('{'); open != std::string::npos; open = text.find('{', open + 1)) {
    const std::size_t close = text.find('}', open);
    if (close != std::string::npos) found.insert(text.substr(open + 1, close - open - 1));
  }
  return found;
}

Result<std::map<std::string, std::string>> read_words(const std::filesystem::path& file) {
  std::ifstream stream(file, std::ios::binary);
  if (!stream) return fail_errno("cannot read " + file.string());
  const std::string content((std::istreambuf_iterator<char>(stream)), std::istreambuf_iterator<char>());
  auto json = parse_json(content, 1024 * 1024);
  if (!json) return fail(file.string() + ": " + json.error().what);
  if (!json->is_object()) return fail(file.string() + ": not an object");
  std::map<std::string, std::string> words;
  for (const auto& [key, value] : json->items()) {
    if (!value.is_string() || value.get_ref<const std::string&>().empty()) {
      return fail(file.string() + ": " + key + " has no text");
    }
    words.emplace(key, value.get<std::string>());
  }
  return words;
}

std::string_view trim(std::string_view text) {
  while (!text.empty() && (text.front() == ' ' || text.front() == '\t')) text.remove_prefix(1);
  while (!text.empty() && (text.back() == ' ' || text.back() == '\t')) text.remove_suffix(1);
  return text;
}

/// "q=0.8" as thousandths; -1 when it is not a weight.
int weight(std::string_view parameter) {
  parameter = trim(parameter);
  if (parameter.size() < 3 || (parameter[0] != 'q' && parameter[0] != 'Q') || parameter[1] != '=') return -1;
  double value = -1;
  const char* end = parameter.data() + parameter.size();
  const auto [rest, error] = std::from_chars(parameter.data() + 2, end, value);
  if (error != std::errc() || rest != end || value < 0 || value > 1) return -1;
  return static_cast<int>(value * 1000);
}

}  // namespace

const std::vector<std::string>& languages() {
  static const std::vector<std::string> all = {"kk", "ru", "en"};
  return all;
}

std::string preferred_language(std::string_view accept_language) {
  std::string best = languages().front();
  int best_weight = 0;
  while (!accept_language.empty()) {
    const std::size_t comma = accept_language.find(',');
    std::string_view entry = trim(accept_language.substr(0, comma));
    accept_language = comma == std::string_view::npos ? std::string_view() : accept_language.substr(comma + 1);
    const std::size_t semicolon = entry.find(';');
    const int entry_weight = semicolon == std::string_view::npos ? 1000 : weight(entry.substr(semicolon + 1));
    std::string tag(trim(entry.substr(0, semicolon)));
    std::transform(tag.begin(), tag.end(), tag.begin(), [](unsigned char c) { return std::tolower(c); });
    const std::string primary = tag.substr(0, tag.find('-'));
    const bool ours = std::find(languages().begin(), languages().end(), primary) != languages().end();
    if (ours && entry_weight > best_weight) {
      best = primary;
      best_weight = entry_weight;
    }
  }
  return best;
}

Result<std::map<std::string, Locale>> Locale::load(const std::filesystem::path& folder) {
  std::map<std::string, Locale> locales;
  for (const std::string& language : languages()) {
    auto words = read_words(folder / (language + ".json"));
    if (!words) return tl::unexpected(words.error());
    Locale locale;
    locale.language_ = language;
    locale.words_ = std::move(*words);
    locales.emplace(language, std::move(locale));
  }
  for (const auto& [one, locale] : locales) {
    for (const auto& [other, reference] : locales) {
      for (const auto& [key, text] : reference.words_) {
        if (!locale.has(key)) return fail(fmt::format("locale {} lacks {}, which {} has", one, key, other));
        if (placeholders(locale.text(key)) != placeholders(text)) {
          return fail(fmt::format("locale {}: {} has other {{placeholders}} than in {}", one, key, other));
        }
      }
    }
  }
  return locales;
}

const std::string& Locale::text(std::string_view key) const {
  const auto found = words_.find(std::string(key));
  if (found == words_.end()) {
    log::error("locale {} has no {}", language_, key);
    std::abort();
  }
  return found->second;
}

std::string Locale::text(std::string_view key, const Values& values) const {
  std::string filled = text(key);
  for (const auto& [name, value] : values) {
    const std::string mark = "{" + std::string(name) + "}";
    const std::size_t at = filled.find(mark);
    if (at != std::string::npos) filled.replace(at, mark.size(), value);
  }
  return filled;
}

Json Locale::with_prefixes(const std::vector<std::string_view>& prefixes) const {
  Json chosen = Json::object();
  for (const auto& word : words_) {
    const auto fits = [&word](std::string_view prefix) { return word.first.starts_with(prefix); };
    if (std::any_of(prefixes.begin(), prefixes.end(), fits)) chosen[word.first] = word.second;
  }
  return chosen;
}

}  // namespace tyndau::web
