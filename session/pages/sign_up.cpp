#include "session/pages/sign_up.h"

#include <unicode/normalizer2.h>
#include <unicode/uchar.h>
#include <unicode/unistr.h>

namespace tyndau::web {

namespace {

/// What has no shape of its own could forge a line, or turn its neighbours round (a caption stands on the picture).
bool is_unseen(UChar32 letter) {
  constexpr std::uint32_t kUnseen =
      U_GC_CC_MASK | U_GC_CF_MASK | U_GC_CS_MASK | U_GC_CO_MASK | U_GC_CN_MASK | U_GC_ZL_MASK | U_GC_ZP_MASK;
  return (U_GET_GC_MASK(letter) & kUnseen) != 0;
}

struct Line {
  std::string text;
  int letters = 0;
  bool unseen = false;  ///< there was something in it that cannot be seen; it is left out of the text
  bool named = false;   ///< there is a letter of some script in it
};

/// One line in NFC; runs of white space (a cell of a table brings tabs) are one space.
Line line_of(const std::string& typed) {
  UErrorCode code = U_ZERO_ERROR;
  icu::UnicodeString text = icu::UnicodeString::fromUTF8(typed);
  if (const icu::Normalizer2* nfc = icu::Normalizer2::getNFCInstance(code); U_SUCCESS(code)) {
    text = nfc->normalize(text, code);
  }
  Line line;
  icu::UnicodeString kept;
  for (std::int32_t i = 0; i < text.length(); i = text.moveIndex32(i, 1)) {
    const UChar32 letter = text.char32At(i);
    if (u_isUWhiteSpace(letter) != 0) {
      if (!kept.isEmpty() && kept.charAt(kept.length() - 1) != u' ') kept.append(u' ');
    } else if (is_unseen(letter)) {
      line.unseen = true;
    } else {
      kept.append(letter);
      line.named = line.named || u_isalpha(letter) != 0;
    }
  }
  kept.trim();
  line.letters = kept.countChar32();
  kept.toUTF8String(line.text);
  return line;
}

}  // namespace

SignUp read_sign_up(const std::map<std::string, std::string>& fields, const meeting::Record& record) {
  const auto field = [&](const char* name) {
    const auto found = fields.find(name);
    return found == fields.end() ? std::string() : found->second;
  };
  const Line name = line_of(field("name")), position = line_of(field("position"));
  SignUp form{name.text, position.text, field("item"), "", "", {}};
  const auto wrong = [&](const char* what, const char* where) {
    if (!form.wrong.empty()) return;
    form.wrong = what;
    form.field = where;
  };
  if (name.unseen) wrong("unseen", "name");
  if (!name.named) wrong("no_name", "name");
  if (name.letters > SignUp::kMostName) wrong("long_name", "name");
  if (position.unseen) wrong("unseen", "position");
  if (position.letters > SignUp::kMostPosition) wrong("long_position", "position");
  if (!form.item.empty() && record.item(form.item) == nullptr) {
    form.item.clear();
    wrong("no_item", "item");
  }
  return form;
}

}  // namespace tyndau::web
