#include "session/meeting/line.h"

#include <unicode/normalizer2.h>
#include <unicode/uchar.h>
#include <unicode/unistr.h>

#include <cstdint>
#include <cstdlib>
#include <utility>

namespace tyndau::meeting {

namespace {

constexpr int kMostMarks = 2;  // a vowel sign and a tone; Kazakh and Russian need one and none
constexpr UChar32 kReplacement = 0xfffd, kBrailleBlank = 0x2800;

bool is_of(UChar32 letter, std::uint32_t categories) { return (U_GET_GC_MASK(letter) & categories) != 0; }

bool is_space(UChar32 letter) { return u_isUWhiteSpace(letter) != 0 || letter == kBrailleBlank; }

bool is_forged(UChar32 letter) {
  return letter == kReplacement || is_of(letter, U_GC_CC_MASK | U_GC_CS_MASK | U_GC_CO_MASK | U_GC_CN_MASK);
}

bool is_never_seen(UChar32 letter) {
  return is_of(letter, U_GC_CF_MASK) || u_hasBinaryProperty(letter, UCHAR_DEFAULT_IGNORABLE_CODE_POINT) != 0;
}

bool is_mark(UChar32 letter) { return is_of(letter, U_GC_M_MASK); }

bool ends_in_space(const icu::UnicodeString& text) { return text.isEmpty() || text.charAt(text.length() - 1) == u' '; }

/// What is seen of it, spaces made one.
icu::UnicodeString seen_of(const icu::UnicodeString& typed, Line& line) {
  icu::UnicodeString seen;
  for (std::int32_t i = 0; i < typed.length(); i = typed.moveIndex32(i, 1)) {
    const UChar32 letter = typed.char32At(i);
    const bool forged = is_forged(letter);
    line.forged = line.forged || forged;
    if (is_space(letter)) {
      if (!ends_in_space(seen)) seen.append(u' ');
    } else if (forged || is_never_seen(letter)) {
      line.unseen = true;
    } else {
      seen.append(letter);
    }
  }
  return seen.trim();
}

icu::UnicodeString composed(const icu::UnicodeString& text) {
  UErrorCode code = U_ZERO_ERROR;
  const icu::Normalizer2* nfc = icu::Normalizer2::getNFCInstance(code);
  if (U_FAILURE(code)) std::abort();  // it is built into the library
  icu::UnicodeString normal = nfc->normalize(text, code);
  if (U_FAILURE(code)) std::abort();
  return normal;
}

icu::UnicodeString with_few_marks(const icu::UnicodeString& text) {
  icu::UnicodeString kept;
  int marks = kMostMarks;  // none at the start, where there is nothing to stand on
  for (std::int32_t i = 0; i < text.length(); i = text.moveIndex32(i, 1)) {
    const UChar32 letter = text.char32At(i);
    if (is_mark(letter)) {
      if (++marks > kMostMarks) continue;
    } else {
      marks = letter == u' ' ? kMostMarks : 0;
    }
    if (letter != u' ' || !ends_in_space(kept)) kept.append(letter);
  }
  return kept.trim();
}

/// Every way to break a line is "\n", and a tab a space.
std::string with_plain_breaks(std::string_view typed) {
  constexpr std::pair<std::string_view, char> kPlain[] = {
      {"\r\n", '\n'}, {"\u2028", '\n'}, {"\u2029", '\n'}, {"\t", ' '}};
  std::string plain;
  while (!typed.empty()) {
    std::size_t taken = 1;
    char written = typed.front();
    for (const auto& [from, to] : kPlain) {
      if (!typed.starts_with(from)) continue;
      taken = from.size();
      written = to;
    }
    plain += written;
    typed.remove_prefix(taken);
  }
  return plain;
}

}  // namespace

Line read_line(std::string_view typed) {
  Line line;
  const auto utf16 =
      icu::UnicodeString::fromUTF8(icu::StringPiece(typed.data(), static_cast<std::int32_t>(typed.size())));
  // Left out before it is composed: what stood between a letter and its mark kept them apart.
  const icu::UnicodeString text = with_few_marks(composed(seen_of(utf16, line)));
  for (std::int32_t i = 0; i < text.length(); i = text.moveIndex32(i, 1)) {
    const UChar32 letter = text.char32At(i);
    line.visible = line.visible || (letter != u' ' && !is_mark(letter));
    line.named = line.named || u_isalpha(letter) != 0;
  }
  if (!line.visible) return line;
  line.letters = text.countChar32();
  text.toUTF8String(line.text);
  return line;
}

Result<std::string> line_of(std::string_view typed) {
  Line line = read_line(typed);
  if (line.forged) return fail("must be one line without control characters");
  return std::move(line.text);
}

Result<std::string> lines_of(std::string_view typed) {
  const std::string rest = with_plain_breaks(typed);
  std::string text;
  for (std::size_t start = 0;;) {
    const std::size_t end = rest.find('\n', start);
    const auto line = line_of(std::string_view(rest).substr(start, end - start));
    if (!line) return fail("must have no control characters but line breaks");
    text += *line;
    if (end == std::string::npos) return text;
    text += '\n';
    start = end + 1;
  }
}

}  // namespace tyndau::meeting
