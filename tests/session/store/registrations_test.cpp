#include <SQLiteCpp/SQLiteCpp.h>
#include <gmock/gmock.h>

#include <fstream>
#include <sstream>

#include "session/store/store.h"
#include "tests/fakes/fake_media.h"

namespace tyndau::store {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::MatchesRegex;
using ::testing::Not;

const Utc kThen{std::chrono::milliseconds(1'796'896'800'000)};

struct RegistrationsOfTheStore : ::testing::Test {
  fakes::TemporaryDirectory directory;
  std::filesystem::path file = directory / "tyndau.db";
  Store store = std::move(*Store::open(file));

  static Store::Registration asked(const std::string& name, const std::string& meeting = "m1") {
    return {"", meeting, name, "Үлгі ауылы", "a2", "kk", kThen, "", ""};
  }
  std::string open(const std::string& name, const std::string& meeting = "m1") {
    return **store.open_registration(asked(name, meeting));
  }
  std::vector<Store::Registration> all(const std::string& meeting = "m1") { return *store.registrations(meeting); }
  std::string bytes_on_disk() const {
    std::ostringstream bytes;
    for (const auto& entry : std::filesystem::directory_iterator(directory.path())) {
      bytes << std::ifstream(entry.path(), std::ios::binary).rdbuf();
    }
    return bytes.str();
  }
};

TEST_F(RegistrationsOfTheStore, AreKeptAcrossARestart) {
  const std::string token = open("Айша");
  EXPECT_THAT(token, MatchesRegex("[A-Za-z0-9_-]{22}"));
  auto again = std::move(*Store::open(file));
  const auto found = *again.registration(token);
  ASSERT_TRUE(found);
  EXPECT_THAT(found->id, MatchesRegex("[A-Za-z0-9_-]{12}"));
  Store::Registration expected = asked("Айша");
  expected.id = found->id;
  expected.status = "pending";
  EXPECT_EQ(*found, expected);
  EXPECT_THAT(*again.registrations("m1"), ElementsAre(expected));
  EXPECT_THAT(*again.registrations("m2"), IsEmpty());
  EXPECT_FALSE(*again.registration("AAAAAAAAAAAAAAAAAAAAAA"));
}

TEST_F(RegistrationsOfTheStore, StandInTheOrderInWhichTheyCame) {
  Store::Registration late = asked("late");
  late.created = kThen + std::chrono::seconds(1);
  ASSERT_TRUE(*store.open_registration(late));
  open("early");
  EXPECT_EQ(all()[0].name, "early");
  EXPECT_EQ(all()[1].name, "late");
}

TEST_F(RegistrationsOfTheStore, KeepNoToken) {
  const std::string token = open("Айша");
  EXPECT_THAT(bytes_on_disk(), Not(HasSubstr(token)));
  EXPECT_THAT(all()[0].id, Not(HasSubstr(token.substr(0, 8))));
}

TEST_F(RegistrationsOfTheStore, AreNoInvitations) {
  const std::string token = open("Айша");
  EXPECT_FALSE(*store.invitation(token));
  ASSERT_TRUE(store.decline_registration(all()[0].id));
  EXPECT_EQ(all()[0].status, "declined");
  EXPECT_FALSE(*store.invitation(token));
}

TEST_F(RegistrationsOfTheStore, BecomeAnInvitationWithTheSameToken) {
  const std::string token = open("Айша"), other = open("Болат");
  const std::string id = all()[0].name == "Айша" ? all()[0].id : all()[1].id;
  const Store::Invitation invitation{"m1", "reg-7", 8, kThen + std::chrono::hours(24)};
  ASSERT_TRUE(store.approve_registration(id, invitation));
  EXPECT_EQ(**store.invitation(token), invitation);
  EXPECT_EQ((*store.registration(token))->status, "approved");
  EXPECT_EQ((*store.registration(token))->person, "reg-7");
  EXPECT_FALSE(*store.invitation(other)) << "of one only";
  // Approved once more, it is for another invitation; declined after an undo, for none of the journal's.
  const Store::Invitation fresh{"m1", "reg-9", 10, kThen + std::chrono::hours(24)};
  ASSERT_TRUE(store.approve_registration(id, fresh));
  EXPECT_EQ(**store.invitation(token), fresh);
  EXPECT_TRUE(store.approve_registration("nobody", invitation)) << "what was deleted meanwhile is no failure";
}

TEST_F(RegistrationsOfTheStore, AreTwoHundredPendingOnesOfAMeetingAtMost) {
  for (int i = 0; i < Store::kMostPending; ++i) ASSERT_TRUE(*store.open_registration(asked(std::to_string(i)))) << i;
  EXPECT_FALSE(*store.open_registration(asked("one more")));
  EXPECT_TRUE(*store.open_registration(asked("elsewhere", "m2")));
  ASSERT_TRUE(store.decline_registration(all()[0].id));
  EXPECT_TRUE(*store.open_registration(asked("one more"))) << "one was looked at";
  EXPECT_FALSE(*store.open_registration(asked("and one more")));
}

TEST_F(RegistrationsOfTheStore, AreAThousandOfAMeetingAtMostAndTheOldestDeclinedMakesRoom) {
  SQLite::Database database(file.string(), SQLite::OPEN_READWRITE);
  database.exec(
      "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 1000) INSERT INTO registrations SELECT "
      "'d' || i, randomblob(32), CASE WHEN i = 1 THEN 'm2' ELSE 'm1' END, '', '', '', 'kk', i, "
      "CASE WHEN i IN (2, 4) THEN 'approved' ELSE 'declined' END, '' FROM n");
  open("the thousandth");
  ASSERT_EQ(all().size(), static_cast<std::size_t>(Store::kMostRegistrations));
  open("one more");
  ASSERT_EQ(all().size(), static_cast<std::size_t>(Store::kMostRegistrations));
  EXPECT_EQ(all()[0].id, "d2") << "who was approved stays";
  EXPECT_EQ(all()[1].id, "d4") << "and d3 was declined before the others";
  EXPECT_EQ(all("m2").size(), 1U) << "another meeting's";
  database.exec("UPDATE registrations SET status = 'approved' WHERE status = 'declined'");
  EXPECT_FALSE(*store.open_registration(asked("and one more")));
  ASSERT_EQ(all().size(), static_cast<std::size_t>(Store::kMostRegistrations));
}

TEST_F(RegistrationsOfTheStore, AreForgottenAlsoByTheFile) {
  open("Тыңдалмайтын Есімхан");
  const std::string kept = open("Басқа Кісі", "m2");
  EXPECT_THAT(*store.meetings_with_registrations(), ElementsAre("m1", "m2"));
  ASSERT_TRUE(store.forget_registrations("m1"));
  EXPECT_THAT(all(), IsEmpty());
  EXPECT_THAT(*store.meetings_with_registrations(), ElementsAre("m2"));
  EXPECT_TRUE(*store.registration(kept));
  EXPECT_THAT(bytes_on_disk(), Not(HasSubstr("Тыңдалмайтын")));
  EXPECT_THAT(bytes_on_disk(), HasSubstr("Басқа Кісі"));
}

}  // namespace
}  // namespace tyndau::store
