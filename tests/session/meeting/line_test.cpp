#include "session/meeting/line.h"

#include <gmock/gmock.h>
#include <unicode/uchar.h>
#include <unicode/unistr.h>

namespace tyndau::meeting {
namespace {

using ::testing::HasSubstr;

std::string utf8(UChar32 letter) {
  std::string text;
  icu::UnicodeString(letter).toUTF8String(text);
  return text;
}
std::string times(int count, const std::string& text) {
  std::string all;
  for (int i = 0; i < count; ++i) all += text;
  return all;
}

TEST(Line, IsAsItWasMeant) {
  for (const char* line : {"Айша Құрманқызы", "O'Neil <b>\"q\"</b> & Co", "№ 3, Үлгі ауылы", "🙂", "नमस्ते", "ที่นี่"}) {
    EXPECT_EQ(read_line(line).text, line);
    EXPECT_FALSE(read_line(line).unseen) << line;
    EXPECT_EQ(line_of(line), line);
  }
  EXPECT_EQ(read_line("Айша").letters, 4);
  EXPECT_TRUE(read_line("Айша").named);
  EXPECT_FALSE(read_line("123").named);
  EXPECT_TRUE(read_line("123").visible);
}

TEST(Line, HasOneSpaceWhereThereWasAnyWhiteSpace) {
  EXPECT_EQ(read_line("  Айша \u00a0\u2003\u2800 Жан\u3000").text, "Айша Жан");
  EXPECT_EQ(read_line("Айша\u2028Жан\u2029Серік").text, "Айша Жан Серік");
  EXPECT_FALSE(read_line("Айша\u2028Жан").forged) << "Word and browsers paste it";
  EXPECT_EQ(read_line("Айша \u200b Жан").text, "Айша Жан");
}

TEST(Line, LeavesOutWhatIsNeverSeen) {
  for (const char* unseen :
       {"\u202e", "\u202a", "\u2066", "\u2069", "\u200e", "\u061c", "\u200b", "\u200d", "\u2060", "\ufeff", "\u00ad",
        "\u034f", "\u115f", "\u3164", "\uffa0", "\ufe0f", "\U000e0041", "\ufff9", "\u180e"}) {
    const Line line = read_line(std::string("Ай") + unseen + "ша");
    EXPECT_EQ(line.text, "Айша") << ::testing::PrintToString(unseen);
    EXPECT_TRUE(line.unseen);
    EXPECT_FALSE(line.forged) << "people paste it without knowing";
    EXPECT_EQ(line_of(std::string("Ай") + unseen + "ша"), "Айша");
  }
}

TEST(Line, IsNothingWhenNothingIsSeen) {
  for (const char* nothing :
       {"", " ", "\u200b", "\u3164\u3164", "\u2800", "\u202e\u2066 ", "\u0301", " \u0301\u0302"}) {
    const Line line = read_line(nothing);
    EXPECT_FALSE(line.visible);
    EXPECT_EQ(line.text, "");
    EXPECT_EQ(line.letters, 0);
    EXPECT_EQ(line_of(nothing), "");
  }
}

TEST(Line, IsComposed) {
  EXPECT_EQ(read_line("Андреи\u0306").text, "Андрей");
  EXPECT_EQ(read_line("Андреи\u200b\u0306").text, "Андрей") << "what kept them apart is gone";
}

TEST(Line, HasAtMostTwoMarksInARow) {
  EXPECT_EQ(read_line("А" + times(110, "\u0335") + "йша").text, "А\u0335\u0335йша");
  EXPECT_EQ(read_line("к\u0301\u0323\u0335\u0336").text, read_line("к\u0335\u0336\u0323\u0301").text.substr(0, 6))
      << "in the order of NFC, the first two stay";
  EXPECT_EQ(read_line("\u0301Айша \u0301\u0302Жан").text, "Айша Жан") << "a mark without a letter falls on a neighbour";
  EXPECT_EQ(read_line("А\u20dd\u0489\u20dd").text, "А\u20dd\u0489") << "enclosing ones as well";
}

TEST(Line, IsForgedByWhatNobodyTypes) {
  for (const std::string& forged :
       {std::string("\n"), std::string("\t"), std::string("\r"), std::string("\x01"), std::string("\x1b"),
        std::string("\x7f"), std::string("\u0085"), std::string("\0", 1), std::string("\ue000"), std::string("\uffff"),
        std::string("\U0010ffff"), std::string("\ufffd"), std::string("\xff"), std::string("\xed\xa0\x80")}) {
    const std::string typed = "Ай" + forged + "ша";
    EXPECT_TRUE(read_line(typed).forged) << ::testing::PrintToString(forged);
    ASSERT_FALSE(line_of(typed)) << ::testing::PrintToString(forged);
    EXPECT_THAT(line_of(typed).error().what, HasSubstr("must be one line without control characters"));
  }
}

/// Of every character there is, at the start, within, and twice: what is clean stays as it is.
TEST(Line, IsNotChangedWhenItIsCleanedAgain) {
  for (UChar32 letter = 1; letter <= UCHAR_MAX_VALUE; ++letter) {
    if (letter > 0x30000 && letter < 0xe0000) continue;  // unassigned planes
    if (U_IS_SURROGATE(letter)) continue;
    const std::string one = utf8(letter);
    const std::string clean = read_line(one + "а" + one + one + "\u0301 " + one + "e\u0301").text;
    const Line again = read_line(clean);
    ASSERT_EQ(again.text, clean) << "U+" << std::hex << letter;
    ASSERT_FALSE(again.unseen || again.forged) << "U+" << std::hex << letter;
  }
}

TEST(Lines, KeepTheirBreaks) {
  EXPECT_EQ(lines_of("Бірінші \r\n\n  екінші\tбағана\u2028үшінші\u202e"), "Бірінші\n\nекінші бағана\nүшінші");
  EXPECT_EQ(lines_of(""), "");
  ASSERT_FALSE(lines_of("a\n\x1b[2J"));
  EXPECT_THAT(lines_of("a\n\x1b[2J").error().what, HasSubstr("no control characters but line breaks"));
}

}  // namespace
}  // namespace tyndau::meeting
