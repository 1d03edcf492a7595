#include "session/backup/backup.h"

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <sys/wait.h>

#include <csignal>
#include <fstream>
#include <iterator>
#include <map>
#include <optional>

#include "media/link/track_index.h"
#include "session/backup/hashing.h"
#include "session/backup/restore.h"
#include "session/journal/copy.h"
#include "tests/fakes/fake_media.h"
#include "tests/fakes/hearing.h"

namespace tyndau::backup {
namespace {

namespace fs = std::filesystem;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::UnorderedElementsAre;

const Utc kStart{std::chrono::milliseconds(1'796'896'800'000)};

struct BackupTest : testing::Test {
  fakes::TemporaryDirectory directory;
  fs::path data = directory / "data", place = directory / "backups";
  Places places{data, {}};
  Utc now = kStart;

  BackupTest() { fs::create_directories(data / "media"); }

  static std::string slurp(const fs::path& file) {
    std::ifstream stream(file, std::ios::binary);
    return {std::istreambuf_iterator<char>(stream), {}};
  }
  static void write(const fs::path& file, const std::string& text, bool append = false) {
    fs::create_directories(file.parent_path());
    std::ofstream(file, append ? std::ios::binary | std::ios::app : std::ios::binary) << text;
  }
  static ino_t inode(const fs::path& file) {
    struct stat status {};
    EXPECT_EQ(::stat(file.c_str(), &status), 0) << file;
    return status.st_ino;
  }
  static int mode(const fs::path& file) {
    struct stat status {};
    EXPECT_EQ(::stat(file.c_str(), &status), 0) << file;
    return static_cast<int>(status.st_mode & 0777);
  }

  journal::Journal open_journal() { return std::move(*journal::Journal::open(data / "tyndau.db")); }
  void hold_meeting(journal::Journal& journal, int events, const std::string& id = "m1") {
    if (*journal.count(id) == 0) {
      ASSERT_TRUE(journal.append(id, kStart, "system", {fakes::imported(id)}));
    }
    for (int i = 0; i < events; ++i) {
      ASSERT_TRUE(journal.append(id, kStart, "media", {{"media.applied", {{"of", 1}, {"run", 1}, {"offset_ms", i}}}}));
    }
  }

  fs::path track(const std::string& name = "720p", const std::string& meeting = "m1") const {
    return data / "media" / meeting / name;
  }
  static std::string run_line(int run, std::uint32_t bytes) {
    return link::format_line(link::RunLine{run, kStart, 90000, bytes, "avc1.64001f", 1280, 720});
  }
  static std::string part_line(std::int64_t segment, int part, std::uint64_t offset, std::uint32_t bytes, bool last) {
    return link::format_line(link::PartLine{segment, part, offset, bytes, 0, 14400, part == 0, last});
  }
  /// A run with segments 0 and 1 finished and one part of segment 2, behind which something is being written.
  void record(const fs::path& folder) {
    write(folder / "init-1.mp4", "INIT");
    write(folder / "000000.m4s", std::string(3000, 'a') + std::string(1000, 'b'));
    write(folder / "000001.m4s", std::string(5000, 'c'));
    write(folder / "000002.m4s", std::string(600, 'd') + "half a part");
    write(folder / "index", run_line(1, 4) + part_line(0, 0, 0, 3000, false) + part_line(0, 1, 3000, 1000, true) +
                                part_line(1, 0, 0, 5000, false) + part_line(2, 0, 0, 600, false) + "part 2 1 60");
  }
  void house() {
    journal::Journal journal = open_journal();
    hold_meeting(journal, 5);
    record(track());
  }

  Made made(Options options = {}) {
    now += std::chrono::seconds(1);
    auto result = make(places, place, options, now);
    EXPECT_TRUE(result) << (result ? "" : result.error().what);
    return result ? std::move(*result) : Made{};
  }
  std::string refusal(const fs::path& to) {
    auto result = make(places, to, {}, now);
    return result ? "" : result.error().what;
  }
  std::vector<std::string> wrong_in(const fs::path& backup) { return *check(backup, *read_manifest(backup), {}); }
};

TEST(Manifest, IsReadAsItWasWritten) {
  const std::string hash = hash_of("x");
  EXPECT_EQ(hash_of("abc"), "bddd813c634239723171ef3fee98579b94964e3bb1cb3e427262c8c068d52319");  // b2sum -l 256
  const Manifest manifest{
      kStart, {{"m1", 82, hash}}, {{"tyndau.db", 4096, 0, hash}, {"media/m1/floor/index", 55, 17, hash}}};
  const auto read = parse_manifest(format_manifest(manifest));
  ASSERT_TRUE(read) << read.error().what;
  EXPECT_EQ(read->made, manifest.made);
  EXPECT_EQ(read->heads, manifest.heads);
  EXPECT_EQ(read->files, manifest.files);
  EXPECT_EQ(read->bytes(), 4151u);
}

TEST(Manifest, IsRefusedWhenItIsNotWhole) {
  const std::string text = format_manifest({kStart, {}, {{"tyndau.db", 4096, 0, hash_of("x")}}});
  for (std::size_t length = 0; length < text.size(); ++length) {
    EXPECT_FALSE(parse_manifest(text.substr(0, length))) << length;
  }
  for (std::size_t at = 0; at < text.size(); ++at) {
    std::string flipped = text;
    flipped[at] ^= 1;
    EXPECT_FALSE(parse_manifest(flipped)) << at;
  }
}

TEST(Manifest, NamesNothingOutsideOfTheDataDirectory) {
  for (const char* path :
       {"../etc/passwd", "/etc/passwd", "media/../../x", "media//x", "media/", ".hidden", "a b", "", "a\\b"}) {
    EXPECT_FALSE(parse_entry(fmt::format("file {} 1 1 {}", hash_of("x"), path))) << path;
  }
  EXPECT_TRUE(parse_entry(fmt::format("file {} 1 1 media/m1/720p/000001.m4s", hash_of("x"))));
}

TEST_F(BackupTest, HasTheEventsThatStandInTheLogYet) {
  journal::Journal journal = open_journal();  // a session that runs: nothing of it is in the file itself
  hold_meeting(journal, 81);
  const Made backup = made();
  ASSERT_EQ(backup.manifest.heads.size(), 1u);
  EXPECT_EQ(backup.manifest.heads[0], (Head{"m1", 82, *journal.hash_at("m1", 82).value()}));
  EXPECT_THAT(wrong_in(backup.where), IsEmpty());
  EXPECT_FALSE(fs::exists(backup.where / "tyndau.db-wal"));
  // The same file by other means.
  fs::create_directories(directory / "plain");
  fs::copy_file(data / "tyndau.db", directory / "plain/tyndau.db");
  EXPECT_LT(*journal::Journal::open(directory / "plain/tyndau.db")->count("m1"), 82);
}

TEST_F(BackupTest, HasWhatTheIndexNamesAndNothingBehindIt) {
  house();
  const Made backup = made();
  const fs::path copy = backup.where / "media/m1/720p";
  EXPECT_EQ(slurp(copy / "000000.m4s").size(), 4000u);
  EXPECT_EQ(slurp(copy / "000002.m4s"), std::string(600, 'd'));
  EXPECT_TRUE(slurp(copy / "index").ends_with("0 .\n"));
  EXPECT_THAT(slurp(track() / "index"), testing::StartsWith(slurp(copy / "index")));
  EXPECT_THAT(wrong_in(backup.where), IsEmpty());
}

TEST_F(BackupTest, GivesAFinishedFileAnotherNameAndCopiesWhatMayGrow) {
  house();
  const Made backup = made();
  const fs::path copy = backup.where / "media/m1/720p";
  for (const char* name : {"init-1.mp4", "000000.m4s", "000001.m4s"})
    EXPECT_EQ(inode(copy / name), inode(track() / name)) << name;
  for (const char* name : {"000002.m4s", "index"}) EXPECT_NE(inode(copy / name), inode(track() / name)) << name;
  EXPECT_EQ(backup.linked, 3u);
  EXPECT_EQ(backup.copied, 2u);
}

TEST_F(BackupTest, IsForItsOwnerAlone) {
  house();
  const Made backup = made();
  for (const fs::path& folder : {place, backup.where, backup.where / "media"}) EXPECT_EQ(mode(folder), 0700) << folder;
  for (const char* name : {"tyndau.db", "manifest"}) EXPECT_EQ(mode(backup.where / name), 0600) << name;
}

TEST_F(BackupTest, ReadsNothingASecondTimeThatDidNotChange) {
  house();
  const Made first = made();
  std::uint64_t read = 0;
  const Made second = made({.progress = [&](std::uint64_t done, std::uint64_t) { read = done; }});
  EXPECT_EQ(second.as_before, 5u);
  EXPECT_EQ(second.copied + second.linked, 0u);
  EXPECT_EQ(read, 0u);
  EXPECT_EQ(inode(first.where / "media/m1/720p/000002.m4s"), inode(second.where / "media/m1/720p/000002.m4s"));

  write(track() / "index", "0 600 400 0 14400 0 0 .\n", true);  // the part is whole now
  write(track() / "000002.m4s", std::string(600, 'd') + std::string(400, 'e'));
  const Made third = made();
  EXPECT_EQ(third.as_before, 3u);
  EXPECT_EQ(third.copied, 2u);
  EXPECT_EQ(slurp(first.where / "media/m1/720p/000002.m4s").size(), 600u);
  for (const Made& backup : {first, second, third}) EXPECT_THAT(wrong_in(backup.where), IsEmpty());
}

TEST_F(BackupTest, TakesOverFilesOfAnotherDiskWithoutReadingThemAgain) {
  house();
  const Made first = made();
  // As after a first backup to another disk: the copies are files of their own.
  const fs::path copy = first.where / "media/m1/720p/000001.m4s";
  const std::string bytes = slurp(copy);
  fs::remove(copy);
  write(copy, bytes);
  const Made second = made();
  EXPECT_EQ(second.as_before, 5u);
  EXPECT_EQ(inode(second.where / "media/m1/720p/000001.m4s"), inode(copy));
}

TEST_F(BackupTest, KeepsAsManyAsItIsToldTo) {
  house();
  std::vector<fs::path> all;
  for (int i = 0; i < 4; ++i) all.push_back(made({.keep = 2, .progress = {}}).where);
  EXPECT_FALSE(fs::exists(all[0]));
  EXPECT_FALSE(fs::exists(all[1]));
  EXPECT_TRUE(fs::exists(all[2]));
  EXPECT_EQ(*newest(place), all[3]);
  EXPECT_EQ(*newest(all[2]), all[2]);
  for (const auto& entry : fs::directory_iterator(place)) {
    EXPECT_THAT(entry.path().filename().string(), testing::Not(testing::StartsWith(".removed")));
  }
}

TEST_F(BackupTest, IsTheNewestThoughTheClockWasSetBack) {
  house();
  const Made first = made();
  now -= std::chrono::hours(5);
  const Made second = made();
  EXPECT_EQ(*newest(place), second.where);
  EXPECT_TRUE(fs::exists(first.where));
}

TEST_F(BackupTest, OfABrokenJournalRemovesNoOlderOne) {
  house();
  const Made good = made({.keep = 1, .progress = {}});
  std::string bytes = slurp(data / "tyndau.db");
  const auto at = bytes.find("\"offset_ms\":3");
  ASSERT_NE(at, std::string::npos);
  bytes[at + 12] = '4';
  write(data / "tyndau.db", bytes);
  const Made bad = made({.keep = 1, .progress = {}});
  EXPECT_THAT(bad.verdicts.at(0).broken, HasSubstr("its hash does not fit"));
  EXPECT_TRUE(fs::exists(good.where));
  EXPECT_THAT(wrong_in(bad.where), ElementsAre(HasSubstr("BROKEN")));
}

TEST_F(BackupTest, SaysWhichFilesAreLost) {
  house();
  fs::remove(track() / "000001.m4s");
  const Made backup = made();
  EXPECT_THAT(backup.lost, ElementsAre("media/m1/720p/000001.m4s"));
  EXPECT_THAT(wrong_in(backup.where), IsEmpty());
}

TEST_F(BackupTest, HasWhatIsInMemoryWhileTheDiskIsFull) {
  house();
  places.memory = directory / "memory";
  const fs::path folder = places.memory / "m1/720p";
  write(folder / "000002.m4s", std::string(600, 'd') + std::string(400, 'e'));
  write(folder / "index", part_line(2, 0, 0, 600, false) + part_line(2, 1, 600, 400, true));
  const Made backup = made();
  EXPECT_EQ(slurp(backup.where / "media/m1/720p/000002.m4s").size(), 1000u);
  const std::string index = slurp(backup.where / "media/m1/720p/index");
  EXPECT_TRUE(index.ends_with(part_line(2, 0, 0, 600, false) + part_line(2, 1, 600, 400, true))) << index;
  EXPECT_THAT(wrong_in(backup.where), IsEmpty());
  EXPECT_THAT(compare(places, backup.manifest, true, {})->wrong, ElementsAre(HasSubstr("index")))
      << "on the disk the index is shorter";
}

TEST_F(BackupTest, IsRefusedWhereItMakesNoSense) {
  EXPECT_THAT(refusal(place), HasSubstr("there is no journal in"));
  EXPECT_FALSE(fs::exists(place));
  house();
  EXPECT_THAT(refusal(data / "backups"), HasSubstr("must not lie in each other"));
  EXPECT_THAT(refusal(directory.path()), HasSubstr("must not lie in each other"));
  EXPECT_THAT(refusal(directory / "no/such/parent"), HasSubstr("No such file"));
  write(directory / "file", "");
  EXPECT_THAT(refusal(directory / "file"), HasSubstr("Not a directory"));
  fs::create_directories(place);
  const Fd lock(::open((place / ".lock").c_str(), O_RDWR | O_CREAT, 0600));
  ASSERT_EQ(::flock(lock.get(), LOCK_EX), 0);
  EXPECT_THAT(refusal(place), HasSubstr("another backup is being made"));
}

/// Runs `body` in a process that is killed (SIGKILL) the `at`-th time it calls what it is given; whether it was.
bool killed_at(int at, const std::function<void(const Progress&)>& body) {
  const pid_t child = ::fork();
  if (child == 0) {
    int calls = 0;
    body([&](std::uint64_t, std::uint64_t) {
      if (++calls == at) ::raise(SIGKILL);
    });
    ::_exit(0);
  }
  int status = 0;
  ::waitpid(child, &status, 0);
  return WIFSIGNALED(status);
}

TEST_F(BackupTest, KilledAtAnyPointLeavesTheOlderOneAndIsGoneOnFrom) {
  house();
  const Made older = made();
  {
    journal::Journal journal = open_journal();
    hold_meeting(journal, 3);
  }
  for (const char* name : {"360p", "floor"}) record(track(name));
  int killed = 0;
  for (int at = 1; killed_at(at,
                             [&](const Progress& progress) {
                               (void)make(places, place, {7, progress}, now);
                             });
       ++at) {
    ++killed;
    EXPECT_EQ(*newest(place), older.where) << at;
    EXPECT_THAT(wrong_in(older.where), IsEmpty()) << at;
    fs::remove_all(place / ".unfinished");
  }
  EXPECT_EQ(killed, 10);
  EXPECT_THAT(wrong_in(*newest(place)), IsEmpty());
}

TEST_F(BackupTest, AnInterruptedOneIsGoneOnFromAndNotBegunAnew) {
  house();
  for (int i = 0; i < 300; ++i) record(track("t" + std::to_string(i)));
  ASSERT_TRUE(killed_at(1400, [&](const Progress& progress) { (void)make(places, place, {7, progress}, now); }));
  EXPECT_EQ(newest(place).error().code, ENOENT);
  const Made backup = made();
  EXPECT_GE(backup.as_before, 1024u);
  EXPECT_LT(backup.copied + backup.linked, 500u);
  EXPECT_EQ(backup.manifest.files.size(), 301u * 5 + 1);
  EXPECT_THAT(wrong_in(backup.where), IsEmpty());
  EXPECT_FALSE(fs::exists(backup.where / "progress"));
}

TEST_F(BackupTest, FindsDamageInABackup) {
  house();
  const Made backup = made();
  write(backup.where / "media/m1/720p/000002.m4s", std::string(600, 'D'));
  fs::remove(backup.where / "media/m1/720p/index");
  EXPECT_THAT(wrong_in(backup.where),
              UnorderedElementsAre(HasSubstr("000002.m4s: it is damaged"), HasSubstr("index: it is missing")));
}

struct RestoreTest : BackupTest {
  fs::path other = directory / "other";
  std::string failed(const fs::path& to, int code = 0) {
    const auto result = restore(place, to, {});
    if (result) return "restored";
    EXPECT_EQ(result.error().code, code) << result.error().what;
    return result.error().what;
  }
  /// A restore into `other` as it is left by a kill between the recordings' move and the database's.
  void interrupt() {
    ASSERT_EQ(failed(other), "restored");
    fs::create_directories(other / ".restoring");
    fs::rename(other / "tyndau.db", other / ".restoring/tyndau.db");
    write(other / ".restoring/moving", "");
  }
  /// The hash of every file in `other` but of what is arriving there.
  std::map<std::string, std::string> files() const {
    std::map<std::string, std::string> all;
    for (const auto& entry : fs::recursive_directory_iterator(other)) {
      const std::string path = entry.path().lexically_relative(other).string();
      if (entry.is_regular_file() && !path.starts_with(".restoring")) all[path] = hash_of(slurp(entry.path()));
    }
    return all;
  }
};

TEST_F(RestoreTest, BringsBackWhatWasThere) {
  house();
  const Made backup = made();
  const auto restored = restore(place, other, {});
  ASSERT_TRUE(restored) << restored.error().what;
  EXPECT_EQ(restored->from, backup.where);
  for (const char* name : {"init-1.mp4", "000000.m4s", "000001.m4s"}) {
    EXPECT_EQ(slurp(other / "media/m1/720p" / name), slurp(track() / name)) << name;
    EXPECT_NE(inode(other / "media/m1/720p" / name), inode(backup.where / "media/m1/720p" / name));
    EXPECT_EQ(fs::last_write_time(other / "media/m1/720p" / name), fs::last_write_time(track() / name));
  }
  EXPECT_EQ(mode(other / "tyndau.db"), 0600);
  EXPECT_EQ(mode(other / "media/m1/720p/000001.m4s"), 0640);
  EXPECT_EQ(mode(other / "media/m1"), 0750);
  EXPECT_FALSE(fs::exists(other / ".restoring"));
  auto journal = journal::Journal::open(other / "tyndau.db");
  EXPECT_EQ(journal->verify()->at(0).events, 6);
  EXPECT_EQ(journal->verify()->at(0).broken, "");
  // And the next backup of it has nothing to read but what it must.
  places.data = other;
  EXPECT_EQ(made().as_before, 5u);
}

TEST_F(RestoreTest, IsRefusedOverData) {
  house();
  made();
  const std::string before = slurp(data / "tyndau.db");
  EXPECT_THAT(failed(data, EEXIST), HasSubstr("there is data already"));
  EXPECT_EQ(slurp(data / "tyndau.db"), before);
  write(other / "media/m9/floor/index", "x");
  EXPECT_THAT(failed(other, EEXIST), HasSubstr("there is data already"));
  EXPECT_FALSE(fs::exists(other / "tyndau.db"));
  fs::remove(other / "media/m9/floor/index");  // empty folders are no data
  EXPECT_EQ(failed(other), "restored");
  fs::create_directories(directory / "linked");
  fs::create_directories(directory / "large_disk");
  fs::create_directory_symlink(directory / "large_disk", directory / "linked/media");
  EXPECT_THAT(failed(directory / "linked", EEXIST), HasSubstr("there is data already"));
  EXPECT_TRUE(fs::is_symlink(directory / "linked/media"));
}

TEST_F(RestoreTest, TakesNoSittingForItsOwnThatWasHeldAfterAnInterruptedOne) {
  house();
  made();
  interrupt();
  {
    auto journal = journal::Journal::open(other / "tyndau.db");
    hold_meeting(*journal, 2, "m2");
    record(other / "media/m2/720p");
  }
  const auto before = files();
  EXPECT_TRUE(before.contains("media/m2/720p/000000.m4s"));
  for (int again = 0; again < 2; ++again) {
    EXPECT_THAT(failed(other, EEXIST), HasSubstr("there is data already: " + (other / "tyndau.db").string()));
    EXPECT_EQ(files(), before);
  }
}

TEST_F(RestoreTest, TakesNoRecordingsForItsOwnThatHaveAnythingOfADatabaseBeside) {
  house();
  made();
  for (const char* name : {"tyndau.db", "tyndau.db-wal", "tyndau.db-journal", "tyndau.db-shm"}) {
    other = directory / fmt::format("beside {}", name);
    interrupt();
    write(other / name, "a sitting");
    const auto before = files();
    EXPECT_THAT(failed(other, EEXIST), HasSubstr("there is data already: " + (other / name).string()));
    EXPECT_EQ(files(), before) << name;
  }
}

TEST_F(RestoreTest, TakesNoRecordingsForItsOwnThatWentOnThoughTheirJournalWasMovedAway) {
  house();
  made();
  for (const char* name : {"m1/720p/index", "m1/720p/000003.m4s", "m2/floor/index"}) {
    other = directory / fmt::format("with {}", hash_of(name));
    interrupt();
    write(other / "media" / name, "a sitting", true);
    const auto before = files();
    EXPECT_THAT(failed(other, EEXIST), HasSubstr("there is data already: " + (other / "media").string()));
    EXPECT_EQ(files(), before) << name;
  }
}

TEST_F(RestoreTest, LeavesWhatAppearsAtAnyPoint) {
  house();
  made();
  for (const std::string what : {"journal", "recording", "journal and recording"}) {
    const bool with_journal = what.starts_with("journal"), with_recording = what.ends_with("recording");
    int points = 0;
    for (int at = 1;; ++at) {
      const std::string when = fmt::format("{} at {}", what, at);
      other = directory / when;
      fs::create_directories(other / "media/m2/720p");  // media was started once
      std::optional<journal::Journal> running;          // with a log beside its file
      std::map<std::string, std::string> newer;
      int calls = 0;
      const auto restored = restore(place, other, [&](std::uint64_t, std::uint64_t) {
        if (++calls != at) return;
        ++points;
        if (with_journal) {
          running.emplace(std::move(*journal::Journal::open(other / "tyndau.db")));
          hold_meeting(*running, 2, "m2");
        }
        if (with_recording) record(other / "media/m2/720p");
        newer = files();
      });
      EXPECT_THAT(files(), testing::IsSupersetOf(newer)) << when;
      if (points < at) {
        EXPECT_TRUE(restored) << when;
        break;
      }
      // At the last point the recordings are in their place, and another beside them is in nobody's way.
      ASSERT_EQ(restored.has_value(), at == 8 && !with_journal) << when;
      if (!restored) {
        EXPECT_EQ(restored.error().code, EEXIST) << restored.error().what;
      }
      EXPECT_THAT(failed(other, EEXIST), HasSubstr("there is data already")) << when;
      EXPECT_THAT(files(), testing::IsSupersetOf(newer)) << when;
    }
    EXPECT_EQ(points, 8) << what;
  }
}

TEST_F(RestoreTest, OfADamagedBackupLeavesNothing) {
  house();
  const Made backup = made();
  write(backup.where / "media/m1/720p/000002.m4s", std::string(600, 'D'));
  EXPECT_THAT(failed(other), HasSubstr("000002.m4s: it is damaged"));
  EXPECT_TRUE(fs::is_empty(other));
  EXPECT_THAT(failed(other / "x"), HasSubstr("damaged"));
  fs::remove(backup.where / "manifest");
  EXPECT_THAT(failed(other, ENOENT), HasSubstr("no manifest"));
}

TEST_F(RestoreTest, KilledAtAnyPointCanBeBegunAgain) {
  house();
  made();
  fs::create_directories(other / "media");
  ASSERT_EQ(::chmod((other / "media").c_str(), 02750), 0);
  int killed = 0;
  for (int at = 1; killed_at(at, [&](const Progress& progress) { (void)restore(place, other, progress); }); ++at) {
    ++killed;
    EXPECT_FALSE(fs::exists(other / "tyndau.db")) << at;
  }
  EXPECT_EQ(killed, 8);  // the last one between the recordings' move and the database's
  EXPECT_TRUE(fs::exists(other / "tyndau.db"));
  EXPECT_TRUE(fs::exists(other / "media/m1/720p/000000.m4s"));
  EXPECT_FALSE(fs::exists(other / ".restoring"));
  struct stat media {};
  ASSERT_EQ(::stat((other / "media").c_str(), &media), 0);
  EXPECT_TRUE(media.st_mode & S_ISGID) << "what the folder was to media it is still";
}

TEST_F(RestoreTest, InterruptedBetweenItsMovesCanBeBegunAgain) {
  house();
  made();
  interrupt();
  EXPECT_EQ(failed(other), "restored");
  EXPECT_TRUE(fs::exists(other / "tyndau.db"));
  EXPECT_TRUE(fs::exists(other / "media/m1/720p/000000.m4s"));
  EXPECT_FALSE(fs::exists(other / ".restoring"));
}

struct CompareTest : RestoreTest {
  std::vector<std::string> wrong(const Made& backup, bool hashes = true) {
    const auto compared = compare({other, {}}, backup.manifest, hashes, {});
    return compared ? compared->wrong : std::vector{compared.error().what};
  }
};

TEST_F(CompareTest, SaysThatACopyOfTheFileAloneIsOlder) {
  journal::Journal journal = open_journal();
  hold_meeting(journal, 0);
  made();
  fs::create_directories(other);
  fs::copy_file(made().where / "tyndau.db", other / "tyndau.db");
  hold_meeting(journal, 81);
  const Made backup = made();
  EXPECT_THAT(wrong(backup),
              ElementsAre(HasSubstr("m1: OLDER than the backup of " + format_utc(now) + ": 1 of its 82 events")));
}

TEST_F(CompareTest, IsContentWithDataThatWentOn) {
  house();
  const Made backup = made();
  ASSERT_EQ(failed(other), "restored");
  auto journal = journal::Journal::open(other / "tyndau.db");
  hold_meeting(*journal, 2);
  write(other / "media/m1/720p/index", "more", true);
  const auto compared = compare({other, {}}, backup.manifest, true, {});
  EXPECT_THAT(compared->wrong, IsEmpty());
  EXPECT_EQ(compared->newer_events, 2);
}

TEST_F(CompareTest, NamesWhatIsMissingOrAnother) {
  house();
  const Made backup = made();
  ASSERT_EQ(failed(other), "restored");
  fs::remove(other / "media/m1/720p/000000.m4s");
  write(other / "media/m1/720p/000001.m4s", std::string(5000, 'X'));
  EXPECT_THAT(wrong(backup),
              ElementsAre(HasSubstr("000000.m4s: it is missing"), HasSubstr("000001.m4s: it is not what")));
  EXPECT_THAT(wrong(backup, false), ElementsAre(HasSubstr("000000.m4s: it is missing")));
  fs::remove(other / "tyndau.db");
  journal::Journal forged = std::move(*journal::Journal::open(other / "tyndau.db"));
  hold_meeting(forged, 7);
  Manifest manifest = backup.manifest;
  manifest.heads[0].hash = hash_of("another");
  EXPECT_THAT(compare({other, {}}, manifest, false, {})->wrong, testing::Contains(HasSubstr("ANOTHER history")));
}

}  // namespace
}  // namespace tyndau::backup
