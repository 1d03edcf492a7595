#include "session/pages/sign_up.h"

#include <gmock/gmock.h>

#include "tests/fakes/hearing.h"

namespace tyndau::web {
namespace {

SignUp filled_in(const std::string& name, const std::string& position = "", const std::string& item = "") {
  return read_sign_up({{"name", name}, {"position", position}, {"item", item}}, fakes::hearing("m1"));
}
std::string wrong(const SignUp& form) { return form.wrong.empty() ? "" : form.field + ": " + form.wrong; }

std::string times(int count, const std::string& text) {
  std::string all;
  for (int i = 0; i < count; ++i) all += text;
  return all;
}

TEST(SignUpForm, IsTakenAsItWasMeant) {
  const SignUp form = filled_in("  Айша\tҚұрманқызы \n", "Үлгі  ауылы, мұғалім", "a2");
  EXPECT_EQ(wrong(form), "");
  EXPECT_EQ(form.name, "Айша Құрманқызы");
  EXPECT_EQ(form.position, "Үлгі ауылы, мұғалім");
  EXPECT_EQ(form.item, "a2");
  EXPECT_EQ(wrong(filled_in("O'Neil <b>\"q\"</b> & Co")), "") << "escaping is the pages' work";
  EXPECT_EQ(wrong(read_sign_up({{"name", "Айша"}}, fakes::hearing("m1"))), "") << "the others are optional";
}

TEST(SignUpForm, IsInTheFormInWhichNamesAreCompared) { EXPECT_EQ(filled_in("Андреи\u0306").name, "Андрей"); }

TEST(SignUpForm, NeedsAName) {
  for (const char* name : {"", "   ", "123", "...", "—", "\u2800"})
    EXPECT_EQ(wrong(filled_in(name)), "name: no_name") << name;
  EXPECT_EQ(wrong(read_sign_up({}, fakes::hearing("m1"))), "name: no_name");
}

TEST(SignUpForm, CountsLettersAndNotBytes) {
  EXPECT_EQ(wrong(filled_in(times(120, "Ұ"))), "");
  EXPECT_EQ(wrong(filled_in(times(121, "Ұ"))), "name: long_name");
  EXPECT_EQ(wrong(filled_in("А", times(160, "ң"))), "");
  EXPECT_EQ(wrong(filled_in("А", times(161, "ң"))), "position: long_position");
  EXPECT_EQ(filled_in(times(121, "Ұ")).name, times(121, "Ұ")) << "what he typed is kept";
}

TEST(SignUpForm, HasNothingInItThatIsNotSeen) {
  for (const std::string& unseen :
       {std::string("\x01"), std::string("\x1b"), std::string("\x7f"), std::string("\u202e"), std::string("\u2066"),
        std::string("\u200b"), std::string("\u00ad"), std::string("\ue000"), std::string("\0", 1),
        std::string("\u3164"), std::string("\u034f"), std::string("\xff")}) {
    const SignUp form = filled_in("Ай" + unseen + "ша");
    EXPECT_EQ(wrong(form), "name: unseen") << testing::PrintToString(unseen);
    EXPECT_EQ(form.name, "Айша") << "it is taken out of what he sees again";
    EXPECT_EQ(wrong(filled_in("Айша", "Ай" + unseen + "ша")), "position: unseen");
  }
  EXPECT_EQ(filled_in("Айша\u2028Жан").name, "Айша Жан") << "a line's end is a space";
}

TEST(SignUpForm, CoversNoNeighboursRow) { EXPECT_EQ(filled_in("А" + times(110, "\u0335")).name, "А\u0335\u0335"); }

TEST(SignUpForm, NamesAnItemOfTheAgendaOrNone) {
  const SignUp form = filled_in("Айша", "", "a9");
  EXPECT_EQ(wrong(form), "item: no_item");
  EXPECT_EQ(form.item, "");
}

}  // namespace
}  // namespace tyndau::web
