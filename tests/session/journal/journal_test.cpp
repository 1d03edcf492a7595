#include "session/journal/journal.h"

#include <SQLiteCpp/SQLiteCpp.h>
#include <gmock/gmock.h>
#include <sys/wait.h>

#include <csignal>
#include <fstream>
#include <iterator>

#include "session/journal/chain.h"
#include "session/journal/copy.h"
#include "tests/fakes/fake_media.h"
#include "tests/fakes/hearing.h"

namespace tyndau::journal {
namespace {

using fakes::imported;
using testing::ElementsAre;
using testing::HasSubstr;

const Utc kStart{std::chrono::milliseconds(1'796'896'800'000)};
constexpr auto kSecond = std::chrono::seconds(1);

struct JournalTest : testing::Test {
  fakes::TemporaryDirectory directory;
  std::filesystem::path file = directory / "tyndau.db";

  Journal open() {
    auto journal = Journal::open(file);
    EXPECT_TRUE(journal) << (journal ? "" : journal.error().what);
    return std::move(*journal);
  }
  /// A hearing of nine events, closed again, so that all of it is in the file and none in the log.
  void write_hearing(const std::string& id = "m1") {
    Journal journal = open();
    ASSERT_TRUE(journal.append(id, kStart, "system", {imported(id)}));
    ASSERT_TRUE(journal.append(id, kStart + kSecond, "Хатшы", {{"sitting.opened", {{"action", 2}}}}));
    ASSERT_TRUE(journal.append(id, kStart + 2 * kSecond, "Хатшы", {{"item.opened", {{"item", "a1"}, {"action", 3}}}}));
    for (int turn = 0; turn < 6; ++turn) {
      ASSERT_TRUE(journal.append(id, kStart + (3 + turn) * kSecond, "media",
                                 {{"media.applied", {{"of", 3}, {"run", 1}, {"offset_ms", 160 * turn}}}}));
    }
  }
  std::string the_bytes() const {
    std::ifstream stream(file, std::ios::binary);
    return {std::istreambuf_iterator<char>(stream), {}};
  }
  void put_bytes(const std::string& bytes) const { std::ofstream(file, std::ios::binary) << bytes; }
  /// Past the triggers, as somebody with a database tool and bad intentions would.
  void tamper(const std::string& sql) const {
    SQLite::Database database(file, SQLite::OPEN_READWRITE);
    for (const char* trigger : {"events_are_not_changed", "events_are_not_removed", "events_follow_each_other"}) {
      database.exec(std::string("DROP TRIGGER ") + trigger);
    }
    database.exec(sql);
  }
  std::string broken(const std::string& meeting = "m1") {
    auto verdicts = open().verify(meeting);
    return verdicts ? verdicts->at(0).broken : "failure: " + verdicts.error().what;
  }
};

TEST_F(JournalTest, NumbersTheEventsOfEachMeetingFromOne) {
  Journal journal = open();
  auto first = journal.append("m1", kStart, "system", {imported("m1"), {"sitting.opened", {{"action", 2}}}});
  auto other = journal.append("m2", kStart, "system", {imported("m2")});
  auto more = journal.append("m1", kStart + kSecond, "Хатшы", {{"sitting.closed", {{"action", 3}}}});
  ASSERT_TRUE(first && other && more);
  EXPECT_EQ(first->at(1).seq, 2);
  EXPECT_EQ(other->at(0).seq, 1);
  EXPECT_EQ(more->at(0).seq, 3);
}

TEST_F(JournalTest, GivesBackAfterARestartWhatWasWritten) {
  write_hearing();
  Journal journal = open();
  const auto events = journal.events("m1");
  ASSERT_TRUE(events);
  ASSERT_EQ(events->size(), 9u);
  EXPECT_EQ(events->at(2).seq, 3);
  EXPECT_EQ(events->at(2).utc, kStart + 2 * kSecond);
  EXPECT_EQ(events->at(2).actor, "Хатшы");
  EXPECT_EQ(events->at(2).event.kind, "item.opened");
  EXPECT_EQ(events->at(2).event.payload, (Json{{"item", "a1"}, {"action", 3}}));
  EXPECT_EQ(journal.events("m1", 7)->size(), 2u);
  EXPECT_TRUE(journal.events("nobody")->empty());
}

TEST_F(JournalTest, KnowsTheMeetingsInOrderOfImport) {
  Journal journal = open();
  for (const char* id : {"c", "a", "b"}) ASSERT_TRUE(journal.append(id, kStart, "system", {imported(id)}));
  EXPECT_THAT(*journal.meetings(), ElementsAre("c", "a", "b"));
}

TEST_F(JournalTest, DoesNotGoBackInTime) {
  Journal journal = open();
  ASSERT_TRUE(journal.append("m1", kStart, "system", {imported("m1")}));
  const auto stored = journal.append("m1", kStart - std::chrono::hours(1), "a", {{"sitting.opened", {{"action", 2}}}});
  EXPECT_EQ(stored->at(0).utc, kStart);
}

TEST_F(JournalTest, WritesNothingWhenTheMeetingHasGoneOn) {
  Journal journal = open();
  ASSERT_TRUE(journal.append("m1", kStart, "system", {imported("m1")}, std::nullopt, 0));
  const auto again = journal.append("m1", kStart, "system", {imported("m1")}, std::nullopt, 0);
  ASSERT_FALSE(again);
  EXPECT_EQ(again.error().code, EEXIST);
  EXPECT_EQ(journal.events("m1")->size(), 1u);
}

TEST_F(JournalTest, WritesAllEventsOfAnActionOrNone) {
  Journal journal = open();
  ASSERT_TRUE(journal.append("m1", kStart, "system", {imported("m1")}));
  EXPECT_FALSE(journal.append("m1", kStart, "a", {{"sitting.opened", {{"action", 2}}}, {"note", {{"text", "\xff"}}}}));
  EXPECT_EQ(journal.events("m1")->size(), 1u);
  EXPECT_EQ(journal.verify("m1")->at(0).broken, "");
}

TEST_F(JournalTest, RemembersAnActionWithItsKey) {
  {
    Journal journal = open();
    ASSERT_TRUE(journal.append("m1", kStart, "system", {imported("m1")}));
    ASSERT_TRUE(
        journal.append("m1", kStart, "a", {{"sitting.opened", {{"action", 2}}}}, Journal::Remember{"key", "digest"}));
    EXPECT_FALSE(journal.remembered("other")->has_value());
  }
  const auto remembered = open().remembered("key");
  ASSERT_TRUE(remembered && remembered->has_value());
  EXPECT_EQ((*remembered)->digest, "digest");
  EXPECT_EQ((*remembered)->seq, 2);
}

TEST_F(JournalTest, ForgetsAKeyAfterADay) {
  Journal journal = open();
  ASSERT_TRUE(journal.append("m1", kStart, "a", {imported("m1")}, Journal::Remember{"old", "d"}));
  const auto append = [&](std::chrono::hours later, const char* key) {
    return journal.append("m1", kStart + later, "a", {{"note", Json::object()}}, Journal::Remember{key, "d"})
        .has_value();
  };
  EXPECT_TRUE(append(std::chrono::hours(23), "young"));
  EXPECT_TRUE(journal.remembered("old")->has_value());
  EXPECT_TRUE(append(std::chrono::hours(25), "new"));
  EXPECT_FALSE(journal.remembered("old")->has_value());
  EXPECT_TRUE(journal.remembered("young")->has_value());
}

TEST_F(JournalTest, AKeyIsWrittenWithItsEventsOrNotAtAll) {
  Journal journal = open();
  ASSERT_TRUE(journal.append("m1", kStart, "a", {imported("m1")}, Journal::Remember{"key", "d"}));
  EXPECT_FALSE(journal.append("m1", kStart, "a", {{"note", Json::object()}}, Journal::Remember{"key", "d"}));
  EXPECT_EQ(journal.events("m1")->size(), 1u);
}

TEST_F(JournalTest, RefusesToChangeOrRemoveEvents) {
  write_hearing();
  SQLite::Database database(file, SQLite::OPEN_READWRITE);
  for (const std::string sql :
       {"UPDATE events SET actor = 'x' WHERE seq = 2", "DELETE FROM events WHERE seq = 9", "DELETE FROM events",
        "INSERT OR REPLACE INTO events SELECT meeting, 2, utc_ms, 'x', kind, payload, previous, hash FROM events WHERE "
        "seq = 2",
        "INSERT INTO events SELECT meeting, 20, utc_ms, 'x', kind, payload, previous, hash FROM events WHERE seq = "
        "2"}) {
    EXPECT_THROW(database.exec(sql), SQLite::Exception) << sql;
  }
  EXPECT_EQ(broken(), "");
}

// The worked example of JOURNAL.md, byte for byte.
TEST(Chain, HashesTheWorkedExampleAsDocumented) {
  const std::string previous = beginning();
  EXPECT_EQ(previous.size(), kHashBytes);
  const auto hash = hash_of({previous, "m1", 1, 1'796'896'800'000, "Хатшы", "sitting.opened", R"({"action":1})"});
  const std::string hexadecimal_hash = hexadecimal(hash);
  std::ifstream document(std::string(TYNDAU_SOURCE_DIR) + "/session/journal/JOURNAL.md");
  const std::string text{std::istreambuf_iterator<char>(document), {}};
  EXPECT_THAT(text, HasSubstr(hexadecimal_hash));
}

TEST(Chain, KeepsFieldsApart) {
  const std::string previous = beginning();
  EXPECT_NE(hash_of({previous, "m1", 1, 0, "ab", "c", "{}"}), hash_of({previous, "m1", 1, 0, "a", "bc", "{}"}));
  EXPECT_NE(hash_of({previous, "m1", 1, 12, "a", "c", "{}"}), hash_of({previous, "m1", 11, 2, "a", "c", "{}"}));
}

TEST_F(JournalTest, VerifiesAWholeJournal) {
  write_hearing("m1");
  write_hearing("m2");
  const auto verdicts = open().verify();
  ASSERT_TRUE(verdicts);
  ASSERT_EQ(verdicts->size(), 2u);
  EXPECT_EQ(verdicts->at(0).meeting, "m1");
  EXPECT_EQ(verdicts->at(0).events, 9);
  EXPECT_EQ(verdicts->at(0).head.size(), 64u);
  EXPECT_EQ(verdicts->at(0).broken, "");
  EXPECT_NE(verdicts->at(0).head, verdicts->at(1).head);
  EXPECT_EQ(open().verify("m2")->size(), 1u);
  const auto nobody = open().verify("m3");
  ASSERT_FALSE(nobody);
  EXPECT_THAT(nobody.error().what, HasSubstr("m3"));
}

TEST_F(JournalTest, FindsAFlippedByteInAnEvent) {
  write_hearing();
  std::string bytes = the_bytes();
  const std::size_t place = bytes.find("\"offset_ms\":480");  // event 7
  ASSERT_NE(place, std::string::npos);
  bytes[place + 13] ^= 1;
  put_bytes(bytes);
  EXPECT_EQ(broken(), "meeting m1, event 7: its hash does not fit its content");
}

TEST_F(JournalTest, FindsEveryFlippedByteOfThePagesOfTheJournal) {
  write_hearing();
  const std::string whole = the_bytes();
  const std::size_t page = 4096;
  int found = 0, tried = 0;
  // Only where the events stand: a byte of another table, or of an unused part of a page, says nothing about them.
  for (std::size_t at = 0; at < whole.size(); at += 97) {
    const std::string around = whole.substr(at / page * page, page);
    if (around.find("media.applied") == std::string::npos || around.find("CREATE TABLE") != std::string::npos) continue;
    const std::size_t first_cell = around.find("media.applied");
    if (at % page < first_cell) continue;
    std::string bytes = whole;
    bytes[at] ^= 0x10;
    put_bytes(bytes);
    ++tried;
    auto journal = Journal::open(file);
    if (!journal) {
      ++found;
      continue;
    }
    const auto verdicts = journal->verify("m1");
    if (!verdicts || !verdicts->at(0).broken.empty()) ++found;
  }
  EXPECT_GT(tried, 10);
  EXPECT_EQ(found, tried);
}

TEST_F(JournalTest, FindsWhatWasChangedPastTheTriggers) {
  const auto after = [&](const std::string& sql) {
    std::filesystem::remove(file);
    write_hearing();
    tamper(sql);
    return broken();
  };
  EXPECT_EQ(after("UPDATE events SET actor = 'Басқа' WHERE seq = 2"),
            "meeting m1, event 2: its hash does not fit its content");
  EXPECT_EQ(after("UPDATE events SET utc_ms = utc_ms + 1 WHERE seq = 9"),
            "meeting m1, event 9: its hash does not fit its content");
  EXPECT_EQ(after("DELETE FROM events WHERE seq = 4"), "meeting m1: event 4 is missing");
  EXPECT_EQ(after("DELETE FROM events WHERE seq = 1"), "meeting m1: event 1 is missing");
  EXPECT_EQ(after("DELETE FROM events WHERE seq >= 8"), "meeting m1: event 8 is missing");
  EXPECT_EQ(after("DELETE FROM events"), "meeting m1: event 1 is missing");
  EXPECT_EQ(after("DELETE FROM heads"), "meeting m1: its head is missing");
  EXPECT_EQ(after("UPDATE heads SET hash = zeroblob(32)"), "meeting m1, event 9: its hash is not the one kept as head");
}

TEST_F(JournalTest, FindsAnEventThatWasForgedWithAFittingHash) {
  write_hearing();
  const std::string previous(kHashBytes, 'x');
  const std::string hash =
      hash_of({previous, "m1", 5, (kStart + 4 * kSecond).time_since_epoch().count(), "Басқа", "media.applied", "{}"});
  tamper("UPDATE events SET actor = 'Басқа', payload = '{}', utc_ms = " +
         std::to_string((kStart + 4 * kSecond).time_since_epoch().count()) + ", previous = x'" + hexadecimal(previous) +
         "', hash = x'" + hexadecimal(hash) + "' WHERE seq = 5");
  EXPECT_EQ(broken(), "meeting m1, event 5: it does not follow event 4: the previous hash differs");
}

TEST_F(JournalTest, IsForItsOwnerAlone) {
  const auto mode = [&](const char* suffix) {
    return static_cast<int>(std::filesystem::status(file.string() + suffix).permissions());
  };
  Journal journal = open();
  ASSERT_TRUE(journal.append("m1", kStart, "system", {imported("m1")}));
  for (const char* suffix : {"", "-wal", "-shm"}) EXPECT_EQ(mode(suffix), 0600) << suffix;
  // As one of before, which its group could read.
  for (const char* suffix : {"", "-wal", "-shm"}) {
    std::filesystem::permissions(file.string() + suffix, std::filesystem::perms(0640));
  }
  open();
  for (const char* suffix : {"", "-wal", "-shm"}) EXPECT_EQ(mode(suffix), 0600) << suffix;
}

TEST_F(JournalTest, CopiesItselfWholeWhileItIsWritten) {
  Journal journal = open();
  ASSERT_TRUE(journal.append("m1", kStart, "system", {imported("m1")}));
  const auto copy = directory / "copy.db";
  ASSERT_TRUE(copy_database(file, copy));
  ASSERT_TRUE(journal.append("m1", kStart, "a", {{"sitting.opened", {{"action", 2}}}}));
  const auto verdicts = verify_copy(copy);
  ASSERT_TRUE(verdicts) << verdicts.error().what;
  EXPECT_EQ(verdicts->at(0).events, 1);
  EXPECT_EQ(verdicts->at(0).head, **journal.hash_at("m1", 1));
  EXPECT_EQ(*journal.count("m1"), 2);
  EXPECT_EQ(*journal.count("nobody"), 0);
  EXPECT_FALSE(journal.hash_at("m1", 3)->has_value());
  EXPECT_EQ(copy_database(file, copy).error().code, EEXIST);
  std::ofstream(directory / "none.db", std::ios::binary) << std::string(8192, 'x');
  EXPECT_THAT(copy_database(directory / "none.db", directory / "other.db").error().what, HasSubstr("not a database"));
}

TEST_F(JournalTest, NamesADatabaseThatIsNone) {
  put_bytes(std::string(8192, 'x'));
  const auto journal = Journal::open(file);
  ASSERT_FALSE(journal);
  EXPECT_THAT(journal.error().what, HasSubstr(file.string()));
  EXPECT_THAT(journal.error().what, HasSubstr("not a database"));
}

TEST_F(JournalTest, NamesADamagedDatabase) {
  write_hearing();
  std::string bytes = the_bytes();
  // The header of every page but the first: what a disk that lost sectors leaves.
  for (std::size_t page = 4096; page < bytes.size(); page += 4096) bytes.replace(page, 64, std::string(64, '\x55'));
  put_bytes(bytes);
  const auto journal = Journal::open(file);
  ASSERT_FALSE(journal);
  EXPECT_THAT(journal.error().what, HasSubstr(file.string()));
  EXPECT_THAT(journal.error().what, HasSubstr("damaged"));
}

TEST_F(JournalTest, DamageThatComesAfterOpeningIsAFailureToo) {
  write_hearing();
  Journal journal = open();
  std::string bytes = the_bytes();
  for (std::size_t page = 4096; page < bytes.size(); page += 4096) bytes.replace(page, 64, std::string(64, '\x55'));
  {
    // Under SQLite's feet, and past its cache: with another schema cookie it reads everything anew.
    SQLite::Database(file, SQLite::OPEN_READWRITE).exec("CREATE TABLE later (x)");
    std::fstream stream(file, std::ios::in | std::ios::out | std::ios::binary);
    stream.seekp(4096);
    stream.write(bytes.data() + 4096, static_cast<std::streamsize>(bytes.size() - 4096));
  }
  const auto verdicts = journal.verify();
  ASSERT_FALSE(verdicts);
  EXPECT_THAT(verdicts.error().what, HasSubstr(file.string()));
}

TEST_F(JournalTest, LeavesANewerSchemaAlone) {
  write_hearing();
  SQLite::Database(file, SQLite::OPEN_READWRITE).exec("PRAGMA user_version = 7");
  const auto journal = Journal::open(file);
  ASSERT_FALSE(journal);
  EXPECT_THAT(journal.error().what, HasSubstr("newer tyndau (schema 7"));
}

TEST_F(JournalTest, SaysWhyItCannotOpen) {
  EXPECT_THAT(Journal::open(directory / "missing/tyndau.db").error().what, HasSubstr("No such file or directory"));
  std::ofstream(directory / "plain") << "x";
  EXPECT_THAT(Journal::open(directory / "plain/tyndau.db").error().what, HasSubstr("Not a directory"));
  EXPECT_THAT(Journal::open(directory.path()).error().what, HasSubstr("not a file"));
}

TEST_F(JournalTest, SaysThatAnotherProgramHoldsTheDatabase) {
  write_hearing();
  Journal journal = open();
  SQLite::Database other(file, SQLite::OPEN_READWRITE);
  other.exec("BEGIN IMMEDIATE");
  const auto appended = journal.append("m1", kStart, "a", {{"note", Json::object()}});
  ASSERT_FALSE(appended);
  EXPECT_EQ(appended.error().code, EBUSY);
  other.exec("ROLLBACK");
  EXPECT_TRUE(journal.append("m1", kStart, "a", {{"note", Json::object()}}));
}

TEST_F(JournalTest, SurvivesBeingKilledBetweenTwoActions) {
  // Another process writes until it is killed: what it acknowledged is there, and nothing else of the journal is hurt.
  int pipe_ends[2];
  ASSERT_EQ(::pipe(pipe_ends), 0);
  const pid_t writer = ::fork();
  if (writer == 0) {
    Journal journal = std::move(*Journal::open(file));
    static_cast<void>(journal.append("m1", kStart, "system", {imported("m1")}));
    for (;;) {
      const auto stored = journal.append("m1", kStart, "a", {{"note", Json::object()}});
      const std::int64_t seq = stored ? stored->back().seq : -1;
      if (::write(pipe_ends[1], &seq, sizeof seq) != sizeof seq) ::_exit(1);
    }
  }
  std::int64_t acknowledged = 0;
  while (acknowledged < 20) ASSERT_EQ(::read(pipe_ends[0], &acknowledged, sizeof acknowledged), 8);
  ::kill(writer, SIGKILL);
  ::waitpid(writer, nullptr, 0);
  ::close(pipe_ends[1]);
  std::int64_t seq = 0;
  while (::read(pipe_ends[0], &seq, sizeof seq) == sizeof seq) acknowledged = seq;
  ::close(pipe_ends[0]);
  const auto verdict = open().verify("m1");
  ASSERT_TRUE(verdict);
  EXPECT_EQ(verdict->at(0).broken, "");
  EXPECT_GE(verdict->at(0).events, acknowledged);
}

}  // namespace
}  // namespace tyndau::journal
