#include "session/store/store.h"

#include <SQLiteCpp/SQLiteCpp.h>
#include <gmock/gmock.h>

#include <fstream>
#include <sstream>

#include "tests/fakes/fake_media.h"

namespace tyndau::store {
namespace {

using std::chrono::hours;
using std::chrono::minutes;
using testing::HasSubstr;
using testing::Not;

const Utc kNow{std::chrono::milliseconds(1'796'896'800'000)};

struct StoreTest : testing::Test {
  fakes::TemporaryDirectory directory;
  std::filesystem::path file = directory / "tyndau.db";
  Store store = std::move(*Store::open(file));

  std::string bytes_on_disk() const {
    std::ostringstream all;
    for (const auto& entry : std::filesystem::directory_iterator(directory.path())) {
      all << std::ifstream(entry.path(), std::ios::binary).rdbuf();
    }
    return all.str();
  }
};

TEST_F(StoreTest, KeepsAnAccountAcrossARestart) {
  ASSERT_TRUE(store.put_account("Хатшы", "hash-1"));
  auto again = Store::open(file);
  ASSERT_TRUE(again) << again.error().what;
  EXPECT_EQ(again->password_hash("Хатшы")->value(), "hash-1");
  EXPECT_FALSE(again->password_hash("хатшы")->has_value());
}

TEST_F(StoreTest, ReplacingAPasswordEndsTheSessions) {
  ASSERT_TRUE(store.put_account("a", "old"));
  const auto token = store.open_session("a", kNow);
  ASSERT_TRUE(token);
  ASSERT_TRUE(store.put_account("a", "new"));
  EXPECT_EQ(**store.password_hash("a"), "new");
  EXPECT_FALSE(store.session(*token, kNow)->has_value());
}

TEST_F(StoreTest, KeepsASourcesPasswordUntilItIsDeletedAndThenNowhere) {
  const auto id = store.keep_source("rtsp://user:geheim@camera/1", kNow);
  ASSERT_TRUE(id);
  EXPECT_EQ(Store::open(file)->kept_sources()->at(*id), "rtsp://user:geheim@camera/1");
  EXPECT_NE(*store.keep_source("rtsp://user:geheim@camera/1", kNow), *id);
  EXPECT_THAT(bytes_on_disk(), HasSubstr("geheim"));
  const auto kept = *store.kept_sources();
  for (const auto& [each, uri] : kept) ASSERT_TRUE(store.forget_source(each));
  EXPECT_TRUE(store.kept_sources()->empty());
  EXPECT_THAT(bytes_on_disk(), Not(HasSubstr("geheim")));
}

TEST_F(StoreTest, KeepsTheClockOfOneBoot) {
  EXPECT_FALSE(store.kept_clock("boot 1")->has_value());
  const ClockAnchor first{kNow, std::chrono::seconds(90)}, second{kNow, std::chrono::seconds(91)};
  ASSERT_TRUE(store.keep_clock("boot 1", first));
  ASSERT_TRUE(store.keep_clock("boot 1", second));
  EXPECT_EQ(*Store::open(file)->kept_clock("boot 1"), second);
  EXPECT_FALSE(store.kept_clock("boot 2")->has_value());
  ASSERT_TRUE(store.keep_clock("", first));
  EXPECT_FALSE(store.kept_clock("")->has_value()) << "an unknown boot is no boot";
}

TEST_F(StoreTest, SaysAThingOnce) {
  EXPECT_TRUE(*store.say_once("a", kNow));
  EXPECT_FALSE(*store.say_once("a", kNow));
  EXPECT_TRUE(*store.say_once("b", kNow));
  EXPECT_FALSE(*Store::open(file)->say_once("a", kNow));
}

TEST_F(StoreTest, RefusesNamesThatAreNotNames) {
  for (const std::string& name :
       {std::string(), std::string(65, 'a'), std::string(" a"), std::string("a "), std::string("a\nb"),
        std::string("a\x7f"), std::string("\xc3("), std::string("\xff")}) {
    EXPECT_FALSE(store.put_account(name, "hash")) << testing::PrintToString(name);
  }
  for (const std::string name : {"a", "Әлия Құрманқызы", "O'Neil \"q\" \\"}) {
    EXPECT_TRUE(store.put_account(name, "hash")) << name;
  }
}

TEST_F(StoreTest, KnowsASessionByItsTokenAlone) {
  ASSERT_TRUE(store.put_account("a", "hash"));
  const auto token = store.open_session("a", kNow);
  ASSERT_TRUE(token);
  EXPECT_EQ(token->size(), 32u);
  const auto session = store.session(*token, kNow);
  ASSERT_TRUE(session && session->has_value());
  EXPECT_EQ((*session)->account, "a");
  EXPECT_GE((*session)->csrf.size(), 32u);
  EXPECT_EQ((*session)->csrf, (*store.session(*token, kNow + minutes(5)))->csrf);
  EXPECT_NE((*session)->csrf, *token);
  EXPECT_FALSE(store.session("", kNow)->has_value());
  EXPECT_FALSE(store.session(std::string(32, '0'), kNow)->has_value());
}

TEST_F(StoreTest, GivesEverySessionItsOwnTokens) {
  ASSERT_TRUE(store.put_account("a", "hash"));
  const auto one = *store.open_session("a", kNow), two = *store.open_session("a", kNow);
  EXPECT_NE(one, two);
  EXPECT_NE((*store.session(one, kNow))->csrf, (*store.session(two, kNow))->csrf);
}

TEST_F(StoreTest, EndsASessionAfterTwelveIdleHours) {
  ASSERT_TRUE(store.put_account("a", "hash"));
  const auto token = *store.open_session("a", kNow);
  EXPECT_TRUE(store.session(token, kNow + hours(11))->has_value());
  EXPECT_TRUE(store.session(token, kNow + hours(22))->has_value()) << "use at 11 h must have prolonged it";
  EXPECT_FALSE(store.session(token, kNow + hours(35))->has_value());
}

TEST_F(StoreTest, LogoutEndsOneSession) {
  ASSERT_TRUE(store.put_account("a", "hash"));
  const auto one = *store.open_session("a", kNow), two = *store.open_session("a", kNow);
  ASSERT_TRUE(store.close_session(one));
  EXPECT_FALSE(store.session(one, kNow)->has_value());
  EXPECT_TRUE(store.session(two, kNow)->has_value());
}

TEST_F(StoreTest, OpensNoSessionForNobody) { EXPECT_FALSE(store.open_session("nobody", kNow)); }

TEST_F(StoreTest, WritesNoTokenToDisk) {
  ASSERT_TRUE(store.put_account("a", "a-hash-to-be-found"));
  const auto token = *store.open_session("a", kNow);
  const auto csrf = (*store.session(token, kNow))->csrf;
  const std::string disk = bytes_on_disk();
  EXPECT_THAT(disk, HasSubstr("a-hash-to-be-found"));
  EXPECT_THAT(disk, Not(HasSubstr(token)));
  EXPECT_THAT(disk, Not(HasSubstr(csrf)));
}

TEST_F(StoreTest, IsReadByNobodyElse) {
  using std::filesystem::perms;
  const auto allowed = std::filesystem::status(file).permissions();
  EXPECT_EQ(allowed & (perms::group_all | perms::others_all), perms::none);
}

TEST(Store, HashesAndVerifiesPasswords) {
  const auto hash = Store::hash_password("құпия сөз");
  ASSERT_TRUE(hash);
  EXPECT_THAT(*hash, HasSubstr("$argon2id$"));
  EXPECT_THAT(*hash, HasSubstr("m=65536"));
  EXPECT_TRUE(Store::verify_password(*hash, "құпия сөз"));
  EXPECT_FALSE(Store::verify_password(*hash, "құпия соз"));
  EXPECT_FALSE(Store::verify_password(*hash, ""));
  EXPECT_FALSE(Store::hash_password(""));
}

TEST(Store, DoesNotTrustADamagedHash) {
  for (const std::string& hash :
       {std::string(), std::string("plain"), std::string(5000, '$'), std::string("$argon2id$")}) {
    EXPECT_FALSE(Store::verify_password(hash, "plain"));
  }
}

TEST(Store, SaysWhyItCannotOpen) {
  const fakes::TemporaryDirectory directory;
  EXPECT_FALSE(Store::open(directory / "missing/tyndau.db"));
  std::ofstream(directory / "notes.db") << std::string(5000, 'x');
  const auto notes = Store::open(directory / "notes.db");
  ASSERT_FALSE(notes);
  EXPECT_THAT(notes.error().what, HasSubstr("notes.db"));
  SQLite::Database(directory / "newer.db", SQLite::OPEN_READWRITE | SQLite::OPEN_CREATE)
      .exec("PRAGMA user_version = 99");
  const auto newer = Store::open(directory / "newer.db");
  ASSERT_FALSE(newer);
  EXPECT_THAT(newer.error().what, HasSubstr("newer tyndau"));
}

// ---- invitations ----

TEST_F(StoreTest, KeepsAnInvitation) {
  const Store::Invitation invitation{"m1", "p1", 7, kNow + hours(24)};
  const auto token = store.open_invitation(invitation, kNow);
  ASSERT_TRUE(token) << token.error().what;
  EXPECT_THAT(*token, testing::MatchesRegex("[A-Za-z0-9_-]{22}"));
  const Store again = std::move(*Store::open(file));
  EXPECT_EQ(again.invitation(*token)->value(), invitation);
}

TEST_F(StoreTest, KeepsOnlyTheHashOfAnInvitation) {
  const auto token = store.open_invitation({"m1", "p1", 7, kNow + hours(24)}, kNow);
  EXPECT_THAT(bytes_on_disk(), Not(HasSubstr(*token)));
  EXPECT_THAT(bytes_on_disk(), HasSubstr("m1"));
}

TEST_F(StoreTest, KnowsNoOtherTokenAsAnInvitation) {
  const auto token = store.open_invitation({"m1", "p1", 7, kNow + hours(24)}, kNow);
  ASSERT_TRUE(store.put_account("a", "hash"));
  const auto session = store.open_session("a", kNow);
  for (const std::string& other : {std::string(), std::string(22, 'A'), *token + "A", *session}) {
    EXPECT_FALSE(store.invitation(other)->has_value()) << other;
  }
  EXPECT_FALSE(store.session(*token, kNow)->has_value()) << "an invitation is no login";
}

TEST_F(StoreTest, GivesEachInvitationATokenOfItsOwn) {
  const Store::Invitation invitation{"m1", "p1", 7, kNow + hours(24)};
  const auto first = store.open_invitation(invitation, kNow);
  const auto second = store.open_invitation(invitation, kNow);
  EXPECT_NE(*first, *second);
  EXPECT_TRUE(store.invitation(*first)->has_value());
  EXPECT_TRUE(store.invitation(*second)->has_value());
}

TEST_F(StoreTest, ThrowsInvitationsAwayThatExpiredAMonthAgo) {
  ASSERT_TRUE(store.open_invitation({"m1", "p1", 7, kNow + hours(1)}, kNow));
  SQLite::Database database(file.string());
  const auto count = [&] { return database.execAndGet("SELECT count(*) FROM invitations").getInt(); };
  ASSERT_TRUE(store.open_invitation({"m1", "p2", 8, kNow + hours(48)}, kNow + Store::kKept));
  EXPECT_EQ(count(), 2);
  ASSERT_TRUE(store.open_invitation({"m1", "p3", 9, kNow + hours(48)}, kNow + Store::kKept + hours(2)));
  EXPECT_EQ(count(), 2);
}

}  // namespace
}  // namespace tyndau::store
