#include "session/archive/film_shelf.h"

#include <gtest/gtest.h>

#include "tests/session/archive/recorded.h"

namespace tyndau::archive {
namespace {

class FilmShelfTest : public testing::Test {
 protected:
  FilmShelfTest() {
    uv_loop_init(&loop_);
    test::Recorder recorder(directory_.path() / "media", "sitting");
    const auto sound = test::encode_sound(directory_.path(), 2);
    recorder.add_run("floor", 1, Utc{}, sound, 12, 0);
    recorder.end("floor", Utc{} + std::chrono::seconds(2));
  }
  ~FilmShelfTest() override { uv_loop_close(&loop_); }

  FilmSource source() {
    ++made_;
    live::Recordings recordings(directory_.path() / "media", directory_.path() / "memory");
    return film_source(recordings, *recordings.find("sitting"), {}, "kk");
  }

  test::TemporaryDirectory directory_;
  uv_loop_t loop_{};
  int made_ = 0;
};

TEST_F(FilmShelfTest, MakesAFilmOnceForAllWhoAskMeanwhileAndLater) {
  FilmShelf shelf(&loop_);
  std::vector<std::shared_ptr<const Film>> films;
  const auto take = [&](const FilmShelf::Taken& taken) { films.push_back(taken.value()); };
  shelf.take(
      "sitting", 1, [&] { return source(); }, take);
  shelf.take(
      "sitting", 1, [&] { return source(); }, take);
  EXPECT_TRUE(films.empty());
  uv_run(&loop_, UV_RUN_DEFAULT);
  shelf.take(
      "sitting", 1, [&] { return source(); }, take);
  ASSERT_EQ(films.size(), 3u);
  EXPECT_EQ(films[0], films[2]);
  EXPECT_EQ(made_, 1);
}

TEST_F(FilmShelfTest, MakesItAnewForANewVersion) {
  FilmShelf shelf(&loop_);
  for (const std::uint64_t version : {1, 2}) {
    shelf.take(
        "sitting", version, [&] { return source(); }, [](const auto&) {});
    uv_run(&loop_, UV_RUN_DEFAULT);
  }
  EXPECT_EQ(made_, 2);
}

TEST_F(FilmShelfTest, MakesNoMoreThanSomeAtATime) {
  FilmShelf shelf(&loop_);
  int told = 0;
  for (int i = 0; i < FilmShelf::kMostAtOnce; ++i) {
    EXPECT_FALSE(shelf.is_busy("sitting", static_cast<std::uint64_t>(i)));
    shelf.take(
        "sitting", static_cast<std::uint64_t>(i), [&] { return source(); }, [&](const auto&) { ++told; });
  }
  EXPECT_TRUE(shelf.is_busy("another", 0));
  EXPECT_FALSE(shelf.is_busy("sitting", 0)) << "who asks for one that is being made waits for it";
  uv_run(&loop_, UV_RUN_DEFAULT);
  EXPECT_EQ(told, FilmShelf::kMostAtOnce);
  EXPECT_FALSE(shelf.is_busy("another", 0));
}

TEST_F(FilmShelfTest, TellsAFailureAndTriesAgain) {
  FilmShelf shelf(&loop_);
  int failures = 0;
  for (int i = 0; i < 2; ++i) {
    const auto nothing = [&] {
      ++made_;
      return FilmSource{};
    };
    shelf.take("sitting", 1, nothing, [&](const FilmShelf::Taken& taken) { failures += taken ? 0 : 1; });
    uv_run(&loop_, UV_RUN_DEFAULT);
  }
  EXPECT_EQ(failures, 2);
  EXPECT_EQ(made_, 2);
}

TEST_F(FilmShelfTest, MayGoWhileAFilmIsBeingMade) {
  bool told = false;
  {
    FilmShelf shelf(&loop_);
    shelf.take(
        "sitting", 1, [&] { return source(); }, [&](const auto&) { told = true; });
  }
  uv_run(&loop_, UV_RUN_DEFAULT);
  EXPECT_FALSE(told);
}

}  // namespace
}  // namespace tyndau::archive
