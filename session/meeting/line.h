#pragma once
#include <string>
#include <string_view>

#include "media/base/result.h"

namespace tyndau::meeting {

/// A line that somebody typed, as it may stand on screens, on the air and in the journal: every name, title and note
/// that strangers write goes through here. A character without a shape of its own can turn its neighbours round
/// (U+202E), forge a line (U+2028) or make two names look alike; a letter with a hundred marks covers the rows above.
///
/// Cleaned without a word, because people paste such things without knowing:
/// - white space of any kind, line breaks and line and paragraph separators are one space; none stands at the ends;
/// - what is never seen is left out: Default_Ignorable_Code_Point (UAX #44), formats (general category Cf, all bidi
///   controls among them);
/// - the rest is in NFC (UAX #15), in which names are compared;
/// - at most two combining marks follow a letter, and none stands without one.
/// `text` is a fixed point of this: what was cleaned once is not changed again.
struct Line {
  std::string text;      ///< UTF-8, cleaned; "" when nothing is left
  int letters = 0;       ///< code points in it
  bool visible = false;  ///< something is to be seen: a letter, a digit, a sign
  bool named = false;    ///< there is a letter of some script in it
  bool unseen = false;   ///< something was left out that is not seen, white space and surplus marks aside
  /// Among what stood there is something that no keyboard and no clipboard brings by chance: a control character (a
  /// tab or a line break, too), private use, a code point without a character, or bytes that are no UTF-8 (and
  /// U+FFFD, which stands where somebody lost a letter).
  bool forged = false;
};
Line read_line(std::string_view typed);

/// The line as it is taken from a program (the API, an import): cleaned as above. Refused, with words that go behind
/// the name of a member, is what is `forged`, so that it is righted where it comes from. Nothing visible gives "".
Result<std::string> line_of(std::string_view typed);

/// As line_of, of a text of several lines: its line breaks stay (U+2028 and U+2029 are such), as "\n", and each line
/// is cleaned; a tab is white space.
Result<std::string> lines_of(std::string_view typed);

}  // namespace tyndau::meeting
