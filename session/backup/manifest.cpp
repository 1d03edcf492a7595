#include "session/backup/manifest.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <fstream>
#include <iterator>

#include "session/backup/hashing.h"

namespace tyndau::backup {

namespace {

constexpr std::string_view kFirstLine = "tyndau-backup 1\n";

bool is_hash(std::string_view word) {
  return word.size() == 64 && word.find_first_not_of("0123456789abcdef") == std::string_view::npos;
}

bool plain(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' || c == '_' || c == '.';
}

/// Names of letters, digits, "-", "_" and ".", not beginning with a dot, joined by single slashes.
bool is_plain_path(std::string_view path) {
  bool begins = true;
  for (const char c : path) {
    if (begins ? !plain(c) || c == '.' : !plain(c) && c != '/') return false;
    begins = c == '/';
  }
  return !path.empty() && !begins && path.size() <= 400;
}

template <class Number>
std::optional<Number> number(std::string_view word) {
  Number value = 0;
  const auto [end, error] = std::from_chars(word.data(), word.data() + word.size(), value);
  if (error != std::errc() || end != word.data() + word.size() || value < 0) return std::nullopt;
  return value;
}

/// Takes the next word and the space behind it.
std::string_view word(std::string_view& line) {
  const auto end = std::min(line.find(' '), line.size());
  const std::string_view first = line.substr(0, end);
  line.remove_prefix(std::min(end + 1, line.size()));
  return first;
}

std::optional<Head> parse_head(std::string_view line) {
  if (word(line) != "head") return std::nullopt;
  const auto events = number<std::int64_t>(word(line));
  const std::string_view hash = word(line);
  if (!events || !is_hash(hash) || line.empty()) return std::nullopt;
  return Head{std::string(line), *events, std::string(hash)};
}

}  // namespace

std::uint64_t Manifest::bytes() const {
  std::uint64_t sum = 0;
  for (const Entry& entry : files) sum += entry.bytes;
  return sum;
}

std::string format_entry(const Entry& entry) {
  return fmt::format("file {} {} {} {}\n", entry.hash, entry.bytes, entry.modified_ns, entry.path);
}

std::optional<Entry> parse_entry(std::string_view line) {
  if (word(line) != "file") return std::nullopt;
  const std::string_view hash = word(line);
  const auto bytes = number<std::uint64_t>(word(line));
  const auto modified = number<std::int64_t>(word(line));
  if (!is_hash(hash) || !bytes || !modified || !is_plain_path(line)) return std::nullopt;
  return Entry{std::string(line), *bytes, *modified, std::string(hash)};
}

std::string format_manifest(const Manifest& manifest) {
  std::string text{kFirstLine};
  text += fmt::format("made {}\n", format_utc(manifest.made));
  for (const Head& head : manifest.heads) text += fmt::format("head {} {} {}\n", head.events, head.hash, head.meeting);
  for (const Entry& entry : manifest.files) text += format_entry(entry);
  text += fmt::format("whole {}\n", hash_of(text));
  return text;
}

Result<Manifest> parse_manifest(const std::string& text) {
  const auto damaged = [](std::string_view why) { return fail(fmt::format("the manifest is damaged: {}", why)); };
  if (!text.starts_with("tyndau-backup ")) return damaged("it is not a manifest of tyndau");
  if (!text.starts_with(kFirstLine)) return fail("the backup was made by a newer tyndau: install that one");
  const auto last = text.rfind("\nwhole ");
  if (last == std::string::npos) return damaged("its end is missing");
  if (text.substr(last + 1) != fmt::format("whole {}\n", hash_of(std::string_view(text).substr(0, last + 1)))) {
    return damaged("its hash does not fit its content");
  }
  Manifest manifest;
  for (std::size_t begin = kFirstLine.size(); begin <= last;) {
    const auto end = text.find('\n', begin);
    const std::string_view line = std::string_view(text).substr(begin, end - begin);
    begin = end + 1;
    if (auto entry = parse_entry(line)) {
      manifest.files.push_back(std::move(*entry));
    } else if (auto head = parse_head(line)) {
      manifest.heads.push_back(std::move(*head));
    } else if (const auto made = line.starts_with("made ") ? parse_utc(line.substr(5)) : fail("")) {
      manifest.made = *made;
    } else {
      return damaged(fmt::format("'{}'", line.substr(0, 100)));
    }
  }
  return manifest;
}

Result<Manifest> read_manifest(const std::filesystem::path& backup) {
  const auto file = backup / kManifestName;
  std::ifstream in(file, std::ios::binary);
  if (!in) return fail(fmt::format("{} is no backup: there is no manifest in it", backup.string()), ENOENT);
  const std::string text{std::istreambuf_iterator<char>(in), {}};
  if (in.bad()) return fail("cannot read " + file.string());
  auto manifest = parse_manifest(text);
  if (!manifest) return fail(fmt::format("{}: {}", file.string(), manifest.error().what));
  return manifest;
}

}  // namespace tyndau::backup
