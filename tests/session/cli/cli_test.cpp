#include <SQLiteCpp/SQLiteCpp.h>
#include <gmock/gmock.h>

#include <fstream>
#include <sstream>

#include "session/cli/run.h"
#include "session/journal/journal.h"
#include "session/meeting/state.h"
#include "session/store/store.h"
#include "tests/fakes/fake_media.h"

namespace tyndau::cli {
namespace {

using testing::AllOf;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::MatchesRegex;
using testing::Not;

struct Cli : testing::Test {
  fakes::TemporaryDirectory directory;
  std::string data = (directory / "data").string();
  std::string hearing = std::string(TYNDAU_SOURCE_DIR) + "/config/demo/sample-hearing.json";
  std::string id = "2026-12-10-auyzsu";
  std::string out, error;

  int tyndau(std::vector<std::string> arguments, const std::string& input = "") {
    std::istringstream in(input);
    std::ostringstream out_stream, error_stream;
    const int code = run(std::move(arguments), {in, out_stream, error_stream});
    out = out_stream.str();
    error = error_stream.str();
    return code;
  }
  std::string write(const std::string& name, const std::string& text) {
    const auto path = directory / name;
    std::ofstream(path, std::ios::binary) << text;
    return path.string();
  }
  std::string slurp(const std::string& file) {
    std::ifstream stream(file, std::ios::binary);
    return {std::istreambuf_iterator<char>(stream), {}};
  }
  std::filesystem::path database() { return std::filesystem::path(data) / "tyndau.db"; }
  meeting::State folded() {
    meeting::State state;
    const auto journal = journal::Journal::open(database());
    const auto events = journal->events(id);
    for (const auto& event : *events) meeting::apply(state, event);
    return state;
  }
};

TEST_F(Cli, ImportsTheSampleHearing) {
  ASSERT_EQ(tyndau({"import", "--data", data, hearing}), kDone) << error;
  EXPECT_THAT(out, AllOf(HasSubstr(id), HasSubstr("5 agenda items"), HasSubstr("starts 2026-12-10T10:00:00.000Z")));
  EXPECT_EQ(folded().record.id, id);
  EXPECT_EQ(tyndau({"meetings", "--data", data}), kDone);
  EXPECT_THAT(out, AllOf(HasSubstr(id), HasSubstr("announced")));
}

TEST_F(Cli, MovesTheHearingToADate) {
  ASSERT_EQ(tyndau({"import", "--data", data, "--shift-to-date", "2027-01-03", hearing}), kDone) << error;
  EXPECT_EQ(format_utc(folded().record.starts_at), "2027-01-03T10:00:00.000Z");
}

TEST_F(Cli, RefusesDatesThatAreNone) {
  for (const char* date : {"tomorrow", "2027-02-30", "2027-1-3", "2027-01-03T00"}) {
    const int code = tyndau({"import", "--data", data, "--shift-to-date", date, hearing});
    EXPECT_EQ(code, kFailure) << date;
  }
  EXPECT_FALSE(std::filesystem::exists(data));
}

TEST_F(Cli, ImportsAMeetingOnce) {
  ASSERT_EQ(tyndau({"import", "--data", data, hearing}), kDone);
  EXPECT_EQ(tyndau({"import", "--data", data, hearing}), kNot);
  EXPECT_THAT(error, AllOf(HasSubstr(id), HasSubstr("already"), HasSubstr("nothing was changed")));
  EXPECT_EQ(folded().seq, 1);
}

TEST_F(Cli, CorrectsTheRecordUntilTheSittingIsOpened) {
  ASSERT_EQ(tyndau({"import", "--data", data, hearing}), kDone);
  ASSERT_EQ(tyndau({"import", "--data", data, "--shift-to-date", "2027-01-03", hearing}), kDone) << error;
  EXPECT_THAT(out, AllOf(HasSubstr("corrected"), HasSubstr(id)));
  EXPECT_EQ(format_utc(folded().record.starts_at), "2027-01-03T10:00:00.000Z");
  EXPECT_EQ(folded().imported, 2);
  {
    auto journal = journal::Journal::open(data + "/tyndau.db");
    ASSERT_TRUE(journal->append(id, utc_now(), "secretary", {{"sitting.opened", {{"action", 3}}}}));
  }
  EXPECT_EQ(tyndau({"import", "--data", data, hearing}), kNot);
  EXPECT_THAT(error, AllOf(HasSubstr(id), HasSubstr("has begun"), HasSubstr("nothing was changed")));
  EXPECT_EQ(folded().seq, 3);
}

TEST_F(Cli, SaysWhatIsWrongWithAHearingAndLeavesNothingBehind) {
  const std::string text = slurp(hearing);
  std::string other_format = text;
  other_format.replace(other_format.find("tyndau-sample-hearing/1"), 23, "tyndau-sample-hearing/9");
  for (const auto& [name, content] :
       std::vector<std::pair<std::string, std::string>>{{"torn.json", text.substr(0, text.size() / 2)},
                                                        {"empty.json", ""},
                                                        {"list.json", "[]"},
                                                        {"format.json", other_format}}) {
    const std::string file = write(name, content);
    EXPECT_EQ(tyndau({"import", "--data", data, file}), kFailure) << name;
    EXPECT_THAT(error, HasSubstr(file)) << name;
  }
  EXPECT_EQ(tyndau({"import", "--data", data, directory.path().string() + "/nothing.json"}), kFailure);
  EXPECT_THAT(error, HasSubstr("nothing.json"));
  EXPECT_EQ(tyndau({"import", "--data", data, directory.path().string()}), kFailure);
  EXPECT_FALSE(std::filesystem::exists(data));
}

TEST_F(Cli, AddsAUserWithTheGivenPassword) {
  ASSERT_EQ(tyndau({"user", "add", "--data", data, "--password-stdin", "Хатшы"}, "қатты құпия сөз\n"), kDone) << error;
  EXPECT_THAT(out, Not(HasSubstr("құпия")));
  auto store = store::Store::open(database());
  EXPECT_TRUE(store::Store::verify_password(**store->password_hash("Хатшы"), "қатты құпия сөз"));
}

TEST_F(Cli, AddsAUserWithAGeneratedPasswordThatItPrintsOnce) {
  ASSERT_EQ(tyndau({"user", "add", "--data", data, "hatshy"}), kDone) << error;
  EXPECT_THAT(out, MatchesRegex("added hatshy\npassword: [a-z2-9]{5}-[a-z2-9]{5}-[a-z2-9]{5}-[a-z2-9]{5}\n"));
  const std::string password = out.substr(out.find("password: ") + 10, 23);
  auto store = store::Store::open(database());
  EXPECT_TRUE(store::Store::verify_password(**store->password_hash("hatshy"), password));
  ASSERT_EQ(tyndau({"user", "add", "--data", data, "hatshy"}), kDone);
  EXPECT_THAT(out, AllOf(HasSubstr("new password for hatshy"), Not(HasSubstr(password))));
}

TEST_F(Cli, AddsNoUserWithoutPasswordOrName) {
  EXPECT_EQ(tyndau({"user", "add", "--data", data, "--password-stdin", "a"}, ""), kFailure);
  EXPECT_EQ(tyndau({"user", "add", "--data", data, "--password-stdin", "a"}, "\n"), kFailure);
  EXPECT_EQ(tyndau({"user", "add", "--data", data, "--password-stdin", "a\nb"}, "long enough\n"), kFailure);
  EXPECT_EQ(tyndau({"user", "add", "--data", data, "--password-stdin", "\u200b\u3164"}, "long enough\n"), kFailure);
  EXPECT_THAT(error, HasSubstr("something in it that is seen"));
  EXPECT_EQ(tyndau({"user", "add", "--data", data}), kFailure);
}

TEST_F(Cli, AddsAUserByTheNameThatIsSeen) {
  ASSERT_EQ(tyndau({"user", "add", "--data", data, "--password-stdin", "\u202eАндреи\u0306 "}, "long enough\n"), kDone);
  auto store = store::Store::open(database());
  EXPECT_TRUE(store->password_hash("Андрей")->has_value());
}

TEST_F(Cli, VerifiesAWholeJournal) {
  ASSERT_EQ(tyndau({"import", "--data", data, hearing}), kDone);
  EXPECT_EQ(tyndau({"verify", "--data", data}), kDone) << error;
  EXPECT_THAT(out, MatchesRegex(id + ": whole, 1 events, head [0-9a-f]{64}\n"));
  EXPECT_EQ(tyndau({"verify", "--data", data, id}), kDone);
  EXPECT_EQ(tyndau({"verify", "--data", data, "another"}), kFailure);
  EXPECT_THAT(error, HasSubstr("another"));
}

TEST_F(Cli, NamesThePasswordsThatAJournalHolds) {
  ASSERT_EQ(tyndau({"import", "--data", data, hearing}), kDone);
  {
    auto journal = journal::Journal::open(database());
    const Json before{{"uri", "rtsp://admin:geheim@camera/1"}, {"action", 2}};
    const Json now{{"uri", "rtsp://admin:***@camera/2"}, {"secret", "abc"}, {"action", 4}};
    ASSERT_TRUE(
        journal->append(id, utc_now(), "a", {{"source.set", before}, {"source.set", before}, {"source.set", now}}));
  }
  EXPECT_EQ(tyndau({"verify", "--data", data}), kDone) << error;
  EXPECT_THAT(out, MatchesRegex(id + ": whole, 4 events, head [0-9a-f]{64}\n" + id +
                                ": this journal holds the password of rtsp://admin:[*]+@camera/1: change it there\n"));
}

TEST_F(Cli, MakesABackupAndBringsItBack) {
  ASSERT_EQ(tyndau({"import", "--data", data, hearing}), kDone);
  const std::string place = (directory / "backups").string(), other = (directory / "other").string();
  ASSERT_EQ(tyndau({"backup", "--data", data, place}), kDone) << error;
  EXPECT_THAT(out, HasSubstr("1 meetings, 1 events, 1 files"));
  EXPECT_EQ(tyndau({"verify", "--backup", place}), kDone) << error;
  EXPECT_THAT(out, HasSubstr(id + ": 1 events, head "));
  EXPECT_EQ(tyndau({"restore", "--data", data, place}), kNot);
  EXPECT_THAT(error, HasSubstr("there is data already"));
  EXPECT_EQ(tyndau({"restore", "--data", other, place}), kDone) << error;
  EXPECT_EQ(tyndau({"verify", "--data", other, "--against", place}), kDone) << error;
  EXPECT_THAT(out, AllOf(HasSubstr("whole, 1 events"), HasSubstr("all of it is here, and 0 events since")));
}

TEST_F(Cli, SaysWhatABackupCannotBe) {
  EXPECT_EQ(tyndau({"backup", "--data", data, (directory / "b").string()}), kFailure);
  EXPECT_THAT(error, HasSubstr("no journal"));
  ASSERT_EQ(tyndau({"import", "--data", data, hearing}), kDone);
  EXPECT_EQ(tyndau({"backup", "--data", data}), kFailure);
  EXPECT_EQ(tyndau({"backup", "--data", data, "--keep", "0", (directory / "b").string()}), kFailure);
  EXPECT_EQ(tyndau({"restore", "--data", (directory / "x").string(), (directory / "b").string()}), kFailure);
  EXPECT_THAT(error, HasSubstr("does not exist"));
  EXPECT_EQ(tyndau({"verify", "--data", data, "--against", directory.path().string()}), kFailure);
  EXPECT_THAT(error, HasSubstr("there is no backup in"));
  EXPECT_EQ(tyndau({"verify", "--data", data, "--quick"}), kFailure);
}

TEST_F(Cli, FindsAFlippedByte) {
  ASSERT_EQ(tyndau({"import", "--data", data, hearing}), kDone);
  std::string bytes = slurp(database().string());
  const std::size_t place = bytes.find("commission_chair");
  ASSERT_NE(place, std::string::npos);
  bytes[place] ^= 1;
  std::ofstream(database(), std::ios::binary) << bytes;
  EXPECT_EQ(tyndau({"verify", "--data", data}), kNot);
  EXPECT_THAT(out, AllOf(HasSubstr("BROKEN"), HasSubstr("event 1: its hash does not fit its content")));
}

TEST_F(Cli, NamesADamagedDatabase) {
  ASSERT_EQ(tyndau({"import", "--data", data, hearing}), kDone);
  std::string bytes = slurp(database().string());
  for (std::size_t page = 4096; page < bytes.size(); page += 4096) bytes.replace(page, 64, std::string(64, '\x55'));
  std::ofstream(database(), std::ios::binary) << bytes;
  for (const char* command : {"verify", "meetings"}) {
    EXPECT_EQ(tyndau({command, "--data", data}), kFailure);
    EXPECT_THAT(error, AllOf(HasSubstr("tyndau.db"), HasSubstr("damaged")));
  }
  EXPECT_EQ(tyndau({"import", "--data", data, hearing}), kFailure);
  EXPECT_EQ(slurp(database().string()), bytes);
}

TEST_F(Cli, DoesNotTakeAMistypedDirectoryForAnEmptyJournal) {
  for (const char* command : {"verify", "meetings"}) {
    EXPECT_EQ(tyndau({command, "--data", data}), kFailure);
    EXPECT_THAT(error, HasSubstr(data));
  }
  EXPECT_FALSE(std::filesystem::exists(data));
  const std::string file = write("file", "x");
  EXPECT_EQ(tyndau({"import", "--data", file, hearing}), kFailure);
  EXPECT_THAT(error, HasSubstr(file));
}

TEST_F(Cli, TakesTheDirectoryFromTheConfiguration) {
  std::string text = slurp(std::string(TYNDAU_SOURCE_DIR) + "/config/tyndau.toml");
  text.replace(text.find("/var/lib/tyndau"), 15, data);
  const std::string config = write("tyndau.toml", text);
  ASSERT_EQ(tyndau({"import", "--config", config, hearing}), kDone) << error;
  EXPECT_EQ(tyndau({"verify", "--data", data}), kDone);
  EXPECT_EQ(tyndau({"verify", "--config", config}), kDone);
}

TEST_F(Cli, WantsDataOrConfigurationButNotBoth) {
  EXPECT_EQ(tyndau({"verify"}), kFailure);
  EXPECT_THAT(error, Not(IsEmpty()));
  EXPECT_EQ(tyndau({"verify", "--data", data, "--config", "x"}), kFailure);
}

TEST_F(Cli, ChecksAConfiguration) {
  EXPECT_EQ(tyndau({"check-config", std::string(TYNDAU_SOURCE_DIR) + "/config/tyndau.toml"}), kDone) << error;
  EXPECT_THAT(out, HasSubstr("in order"));
  const std::string wrong = write("wrong.toml", "[web]\nport = 8080\nprot = 1\n");
  EXPECT_EQ(tyndau({"check-config", wrong}), kFailure);
  EXPECT_THAT(error, testing::StartsWith(wrong + ":3:"));
  EXPECT_THAT(error, HasSubstr("prot"));
  const std::string camera = write("camera.toml",
                                   "[data]\ndirectory = \"/d\"\nruntime_directory = \"/r\"\n"
                                   "[programme]\nsource = \"htp//camera\"\n");
  EXPECT_EQ(tyndau({"check-config", camera}), kFailure);
  EXPECT_THAT(error, HasSubstr("programme.source"));
  EXPECT_EQ(tyndau({"check-config", data + "/none.toml"}), kFailure);
  EXPECT_THAT(error, HasSubstr("none.toml"));
}

TEST_F(Cli, KnowsItsHelpAndNoOtherCommands) {
  EXPECT_EQ(tyndau({"--help"}), kDone);
  EXPECT_THAT(out, AllOf(HasSubstr("import"), HasSubstr("verify"), HasSubstr("check-config")));
  EXPECT_EQ(tyndau({"--version"}), kDone);
  EXPECT_EQ(tyndau({}), kFailure);
  EXPECT_EQ(tyndau({"dance"}), kFailure);
  EXPECT_EQ(tyndau({"verify", "--data", data, "a", "b"}), kFailure);
}

}  // namespace
}  // namespace tyndau::cli
