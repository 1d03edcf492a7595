#include "session/web/media_routes.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "session/http/router.h"
#include "tests/session/archive/recorded.h"
#include "tests/session/live/recorded.h"

namespace tyndau::web {
namespace {

namespace fs = std::filesystem;
using archive::test::read_file;
using archive::test::TemporaryDirectory;
using live::test::kStart;
using std::chrono::milliseconds;
using testing::HasSubstr;
using testing::Not;
using testing::StartsWith;

const std::string kMeeting = "2026-12-10-auyzsu";

/// What a client got, or has not got yet.
struct Asker : Reply::Sink {
  void answer(Response response) override { response_ = std::move(response); }
  bool gone() const override { return gone_; }
  void on_gone(std::function<void()> callback) override { on_gone_ = std::move(callback); }
  void leave() {
    gone_ = true;
    if (on_gone_) on_gone_();
  }

  bool answered() const { return response_.has_value(); }
  int status() const { return response_ ? response_->status : 0; }
  std::string header(const std::string& name) const {
    for (const auto& [key, value] : response_->headers) {
      if (key == name) return value;
    }
    return "";
  }
  std::string body() const {
    std::string text;
    for (const Piece& piece : response_->body) {
      if (const auto* memory = std::get_if<MemoryPiece>(&piece))
        text += memory->data->substr(memory->offset, memory->bytes);
      if (const auto* file = std::get_if<FilePiece>(&piece))
        text += read_file(file->path).substr(file->offset, file->bytes);
    }
    return text;
  }

  std::optional<Response> response_;
  std::function<void()> on_gone_;
  bool gone_ = false;
};

class MediaRoutesTest : public testing::Test {
 protected:
  MediaRoutesTest() {
    uv_loop_init(&loop_);
    MediaRoutes context{
        .recordings = recordings_,
        .chapters = [this](const std::string& meeting) { return meeting == kMeeting ? &chapters_ : nullptr; },
        .title =
            [](const std::string&) {
              return meeting::Text{"Ауызсу: \"есеп\"", "О питьевой воде", ""};
            },
        .on_air = [this](const std::string&) { return on_air_; },
        .over = [this](const std::string&) { return over_; },
        .final = [this](const std::string&) { return final_; },
        .waiting = WaitingRoom(4),
        .loop = &loop_};
    context.longest_wait = milliseconds(400);
    context.longest_ending = context.longest_beginning = milliseconds(300);
    router_.emplace(media_routes(std::move(context)));
  }
  ~MediaRoutesTest() override {
    router_.reset();
    uv_run(&loop_, UV_RUN_DEFAULT);
    EXPECT_EQ(uv_loop_close(&loop_), 0);
  }

  std::shared_ptr<Asker> get(const std::string& path, std::map<std::string, std::string> query = {},
                             std::map<std::string, std::string> headers = {}) {
    auto client = std::make_shared<Asker>();
    Request request;
    request.method = "GET";
    request.path = "/media/" + kMeeting + "/" + path;
    request.query = std::move(query);
    request.headers = std::move(headers);
    request.client = "192.0.2.1";
    const auto match = router_->find("GET", request.path);
    const auto* found = std::get_if<Router::Found>(&match);
    if (found == nullptr) {
      client->answer(Response::error(404, "not_found", "no route"));
      return client;
    }
    request.captures = found->captures;
    found->route->handler(request, Reply(client));
    return client;
  }

  /// On air with `segments` whole segments and `parts` parts; bytes are the track's first letter, part by part a, b, c
  /// ...
  void on_air(std::int64_t segments, int parts) {
    for (const char* name : {"720p", "floor"}) {
      live::Track& track = tracks_[name];
      const bool picture = name[0] == '7';
      if (track.runs().empty()) {
        auto run = picture ? live::test::picture_run(1) : live::test::sound_run(1);
        run.init_bytes = 4;
        write(name, run);
        fs::create_directories(link::init_path(media(), kMeeting, name, 1).parent_path());
        std::ofstream(link::init_path(media(), kMeeting, name, 1)) << "init";
      }
      for (std::int64_t segment = 0; segment <= segments; ++segment) {
        const int count = segment < segments ? link::kPartsPerSegment : parts;
        for (int part = 0; part < count; ++part) {
          const auto* known = track.find(segment);
          if (known != nullptr && part < static_cast<int>(known->parts.size())) continue;
          auto line = live::test::part_line(track, segment, part, segment);
          line.offset = static_cast<std::uint64_t>(part) * 10;
          line.bytes = 10;
          std::ofstream(link::segment_path(media(), kMeeting, name, segment), std::ios::app)
              << std::string(10, static_cast<char>((picture ? 'A' : 'a') + part));
          write(name, line);
        }
      }
    }
    recordings_.look(kMeeting);
  }
  void end() {
    for (const char* name : {"720p", "floor"}) write(name, link::EndLine{kStart + std::chrono::hours(1)});
    recordings_.look(kMeeting);
  }
  void run_until(const std::function<bool()>& done) {
    uv_timer_t awake{};  // the routes' own timer keeps no loop running
    uv_timer_init(&loop_, &awake);
    uv_timer_start(
        &awake, [](uv_timer_t*) {}, 10, 10);
    while (!done()) uv_run(&loop_, UV_RUN_ONCE);
    uv_close(reinterpret_cast<uv_handle_t*>(&awake), nullptr);
    uv_run(&loop_, UV_RUN_NOWAIT);
  }
  void write(const std::string& name, const link::IndexLine& line) {
    tracks_[name].add(line);
    const auto path = link::index_path(media(), kMeeting, name);
    fs::create_directories(path.parent_path());
    std::ofstream(path, std::ios::app) << link::format_line(line);
  }
  fs::path media() const { return directory_.path() / "media"; }

  TemporaryDirectory directory_;
  uv_loop_t loop_{};
  live::Recordings recordings_{directory_.path() / "media", directory_.path() / "memory"};
  std::map<std::string, live::Track> tracks_;
  std::vector<projections::Chapter> chapters_;
  bool on_air_ = false, over_ = false, final_ = false;
  std::optional<Router> router_;
};

TEST_F(MediaRoutesTest, HaveNothingOfAMeetingThatWasNeverOnAir) {
  for (const char* path : {"index.m3u8", "start.m3u8", "720p/live.m3u8", "720p/start.m3u8", "720p/init-1.mp4",
                           "720p/000000.m4s", "720p/000000.0.m4s", "recording.mp4", "chapters.vtt", "chapters.json"}) {
    const auto client = get(path);
    EXPECT_EQ(client->status(), 404) << path;
    EXPECT_EQ(client->header("Cache-Control"), "no-store") << path;
    EXPECT_EQ(client->header("Access-Control-Allow-Origin"), "*") << path;
  }
}

TEST_F(MediaRoutesTest, ServeAnybodyThePlaylists) {
  on_air(9, 3);
  const auto index = get("index.m3u8");
  EXPECT_EQ(index->status(), 200);
  EXPECT_EQ(index->header("Content-Type"), "application/vnd.apple.mpegurl");
  EXPECT_EQ(index->header("Cache-Control"), "public, max-age=1");
  EXPECT_EQ(index->header("Access-Control-Allow-Origin"), "*");
  EXPECT_THAT(index->body(), HasSubstr("\n720p/live.m3u8\n"));
  EXPECT_THAT(get("start.m3u8")->body(), HasSubstr("\n720p/start.m3u8\n"));
  EXPECT_THAT(get("720p/live.m3u8")->body(), HasSubstr("PRELOAD-HINT:TYPE=PART,URI=\"000009.3.m4s\""));
  EXPECT_THAT(get("720p/start.m3u8")->body(), HasSubstr("PLAYLIST-TYPE:EVENT"));
  EXPECT_THAT(get("720p/live.m3u8", {{"_HLS_skip", "YES"}})->body(), HasSubstr("EXT-X-SKIP:SKIPPED-SEGMENTS=2\n"));
}

TEST_F(MediaRoutesTest, CompressPlaylistsForThoseWhoTakeItAndShareThem) {
  on_air(9, 3);
  const auto client = get("720p/live.m3u8", {}, {{"accept-encoding", "br, gzip"}});
  EXPECT_EQ(client->header("Content-Encoding"), "gzip");
  EXPECT_EQ(client->header("Vary"), "Accept-Encoding");
  EXPECT_THAT(client->body(), StartsWith("\x1f\x8b"));
  const auto data = [](const std::shared_ptr<Asker>& who) {
    return std::get<MemoryPiece>(who->response_->body[0]).data;
  };
  EXPECT_EQ(data(client), data(get("720p/live.m3u8", {}, {{"accept-encoding", "gzip"}})));
  EXPECT_EQ(data(get("720p/live.m3u8")), data(get("720p/live.m3u8")));
  EXPECT_EQ(get("720p/live.m3u8", {}, {{"accept-encoding", "gzip;q=0, br"}})->header("Content-Encoding"), "");
}

TEST_F(MediaRoutesTest, LetNobodyKeepAPlaylistThatCannotBePlayedYet) {
  on_air(0, 3);
  EXPECT_EQ(get("720p/live.m3u8")->header("Cache-Control"), "no-cache");
  on_air(1, 0);
  EXPECT_EQ(get("720p/live.m3u8")->header("Cache-Control"), "public, max-age=1");
}

TEST_F(MediaRoutesTest, HoldAPlaylistUntilItHasThePartAskedFor) {
  on_air(2, 3);
  const auto client = get("720p/live.m3u8", {{"_HLS_msn", "2"}, {"_HLS_part", "4"}});
  EXPECT_FALSE(client->answered());
  on_air(2, 4);
  EXPECT_FALSE(client->answered());
  on_air(2, 5);
  ASSERT_TRUE(client->answered());
  EXPECT_EQ(client->status(), 200);
  EXPECT_EQ(client->header("Cache-Control"), "public, max-age=6");
  EXPECT_THAT(client->body(), HasSubstr("URI=\"000002.4.m4s\""));
  EXPECT_TRUE(get("720p/live.m3u8", {{"_HLS_msn", "2"}, {"_HLS_part", "4"}})->answered());
}

TEST_F(MediaRoutesTest, HoldAPlaylistForAWholeSegment) {
  on_air(2, 3);
  const auto live = get("floor/live.m3u8", {{"_HLS_msn", "2"}});
  const auto start = get("floor/start.m3u8", {{"_HLS_msn", "2"}});
  on_air(2, 11);
  EXPECT_FALSE(live->answered());
  on_air(3, 0);
  EXPECT_THAT(live->body(), HasSubstr("\n000002.m4s\n"));
  EXPECT_THAT(start->body(), HasSubstr("\n000002.m4s\n"));
}

TEST_F(MediaRoutesTest, RefuseDirectivesThatMakeNoSense) {
  on_air(2, 3);
  const std::vector<std::map<std::string, std::string>> queries = {{{"_HLS_part", "1"}},
                                                                   {{"_HLS_msn", "5"}},
                                                                   {{"_HLS_msn", "-1"}},
                                                                   {{"_HLS_msn", "two"}},
                                                                   {{"_HLS_msn", ""}},
                                                                   {{"_HLS_msn", "2"}, {"_HLS_part", "x"}},
                                                                   {{"_HLS_msn", "2"}, {"_HLS_part", "99"}},
                                                                   {{"_HLS_msn", "99999999999999999999"}},
                                                                   {{"_HLS_skip", "NO"}}};
  for (const auto& query : queries) {
    const auto client = get("720p/live.m3u8", query);
    EXPECT_EQ(client->status(), 400) << Json(query).dump();
    EXPECT_EQ(client->header("Cache-Control"), "no-store");
  }
}

TEST_F(MediaRoutesTest, AnswerAllWhoWaitWhenTheBroadcastEnds) {
  on_air(20, 3);
  const auto client = get("720p/live.m3u8", {{"_HLS_msn", "20"}, {"_HLS_part", "3"}});
  end();
  ASSERT_TRUE(client->answered());
  EXPECT_THAT(client->body(), HasSubstr("#EXT-X-MEDIA-SEQUENCE:13\n"));
  EXPECT_THAT(client->body(), HasSubstr("#EXT-X-ENDLIST"));
  const auto whole = get("720p/live.m3u8");
  EXPECT_THAT(whole->body(), HasSubstr("#EXT-X-MEDIA-SEQUENCE:0\n"));
  EXPECT_THAT(whole->body(), HasSubstr("#EXT-X-PLAYLIST-TYPE:VOD"));
  final_ = true;
  EXPECT_EQ(get("720p/live.m3u8")->header("Cache-Control"), "public, max-age=60");
  // A player that is still open asks for what will never come.
  EXPECT_THAT(get("720p/live.m3u8", {{"_HLS_msn", "24"}})->body(), HasSubstr("#EXT-X-ENDLIST"));
}

TEST_F(MediaRoutesTest, LetNoCacheKeepAnEndThatCanBeTakenBack) {
  on_air(20, 3);
  end();
  const std::vector<std::pair<std::string, std::map<std::string, std::string>>> all = {
      {"index.m3u8", {}},
      {"start.m3u8", {}},
      {"720p/live.m3u8", {}},
      {"720p/start.m3u8", {}},
      {"720p/live.m3u8", {{"_HLS_msn", "21"}, {"_HLS_part", "0"}}},
      {"chapters.json", {}}};
  for (const auto& [path, query] : all) {
    EXPECT_EQ(get(path, query)->header("Cache-Control"), "public, max-age=1") << path;
  }
  final_ = true;
  for (const auto& [path, query] : all) {
    EXPECT_EQ(get(path, query)->header("Cache-Control"), "public, max-age=60") << path;
  }
}

TEST_F(MediaRoutesTest, WaitForTheFirstPartOfATrack) {
  write("720p", live::test::picture_run(1));
  recordings_.look(kMeeting);
  EXPECT_EQ(get("index.m3u8")->status(), 404);  // no player can do anything with empty renditions
  const auto live = get("720p/live.m3u8");
  const auto start = get("720p/start.m3u8");
  EXPECT_FALSE(live->answered());
  on_air(0, 1);
  EXPECT_EQ(live->status(), 200);
  EXPECT_FALSE(start->answered());
  EXPECT_EQ(get("index.m3u8")->status(), 200);
  on_air(1, 0);
  EXPECT_EQ(start->status(), 200);
}

TEST_F(MediaRoutesTest, LimitHowManyRequestsOneAddressHasWaiting) {
  on_air(2, 3);
  std::vector<std::shared_ptr<Asker>> clients;
  for (int i = 0; i < 5; ++i) clients.push_back(get("720p/live.m3u8", {{"_HLS_msn", "2"}}));
  EXPECT_FALSE(clients[3]->answered());
  EXPECT_EQ(clients[4]->status(), 429);
  EXPECT_EQ(clients[4]->header("Retry-After"), "1");
  clients[0]->leave();
  EXPECT_FALSE(get("720p/live.m3u8", {{"_HLS_msn", "2"}})->answered());
  on_air(3, 0);
  EXPECT_FALSE(clients[0]->answered());
  EXPECT_EQ(clients[1]->status(), 200);
}

TEST_F(MediaRoutesTest, ServeBytesThatNeverChangeForEver) {
  on_air(1, 3);
  const auto segment = get("720p/000000.m4s");
  EXPECT_EQ(segment->status(), 200);
  EXPECT_EQ(segment->header("Content-Type"), "video/mp4");
  EXPECT_EQ(segment->header("Cache-Control"), "public, max-age=31536000, immutable");
  EXPECT_EQ(segment->body(), read_file(link::segment_path(media(), kMeeting, "720p", 0)));
  EXPECT_EQ(segment->response_->body.size(), 1u);
  EXPECT_TRUE(segment->response_->ranges);
  const auto part = get("floor/000001.2.m4s");
  EXPECT_EQ(part->header("Content-Type"), "audio/mp4");
  EXPECT_EQ(part->body(), "cccccccccc");
  EXPECT_EQ(get("720p/init-1.mp4")->body(), "init");
}

TEST_F(MediaRoutesTest, DoNotServeASegmentBeforeItIsWhole) {
  on_air(1, 3);
  const auto client = get("720p/000001.m4s");
  EXPECT_EQ(client->status(), 404);
  EXPECT_EQ(client->header("Cache-Control"), "no-store");
}

TEST_F(MediaRoutesTest, HoldTheRequestForTheVeryNextPart) {
  on_air(1, 3);
  const auto next = get("720p/000001.3.m4s");
  EXPECT_FALSE(next->answered());
  EXPECT_EQ(get("720p/000001.4.m4s")->status(), 404);
  EXPECT_EQ(get("720p/000002.0.m4s")->status(), 404);
  on_air(1, 4);
  EXPECT_EQ(next->body(), "DDDDDDDDDD");
}

TEST_F(MediaRoutesTest, GiveUpAPartThatACrashTook) {
  on_air(1, 3);
  const auto next = get("720p/000001.3.m4s");
  write("720p", live::test::picture_run(2, kStart + std::chrono::seconds(60)));
  recordings_.look(kMeeting);
  EXPECT_EQ(next->status(), 404);
}

TEST_F(MediaRoutesTest, ReachNoFileThatIsNotInAnIndex) {
  on_air(1, 3);
  std::ofstream(media() / kMeeting / "720p" / "000007.m4s") << "not indexed";
  std::ofstream(media() / kMeeting / "secret") << "secret";
  for (const char* path :
       {"720p/000007.m4s", "720p/index", "secret", "720p/init-2.mp4", "720p/init-x.mp4", "720p/init-01x.mp4",
        "../secret/live.m3u8", "..%2f720p/live.m3u8", "480p/live.m3u8", "720p/x.m4s", "720p/-1.m4s",
        "720p/000000.99.m4s", "720p/000000.-1.m4s", "720p/0.0.0.m4s", "720p/.m4s"}) {
    EXPECT_EQ(get(path)->status(), 404) << path;
  }
}

TEST_F(MediaRoutesTest, HaveNoFilmBeforeTheEnd) {
  on_air(1, 3);
  const auto client = get("recording.mp4");
  EXPECT_EQ(client->status(), 404);
  EXPECT_THAT(client->body(), HasSubstr("not_ended"));
  EXPECT_EQ(get("recording.mp4", {{"lang", "kz"}})->status(), 400);
}

TEST_F(MediaRoutesTest, HoldWhatAsksBetweenTheEndOfTheBroadcastAndOfItsRecording) {
  on_air(1, 3);
  over_ = true;
  const auto playlist = get("720p/live.m3u8");
  const auto following = get("720p/live.m3u8", {{"_HLS_msn", "1"}, {"_HLS_part", "1"}});
  const auto film = get("recording.mp4");
  for (const auto& client : {playlist, following, film}) EXPECT_FALSE(client->answered());
  end();
  for (const auto& client : {playlist, following}) EXPECT_THAT(client->body(), HasSubstr("#EXT-X-ENDLIST"));
  uv_run(&loop_, UV_RUN_DEFAULT);
  EXPECT_EQ(film->status(), 500);  // bytes that are no boxes, but looked at
}

TEST_F(MediaRoutesTest, HoldEachTracksPlaylistUntilItGoesOnAfterAnEnd) {
  on_air(1, 3);
  end();
  on_air_ = true;
  const auto sound = get("floor/live.m3u8");
  const auto following = get("floor/live.m3u8", {{"_HLS_msn", "2"}, {"_HLS_part", "0"}});
  const auto film = get("recording.mp4");
  EXPECT_THAT(film->body(), HasSubstr("not_ended"));
  // The picture is a moment earlier than the sound: nobody may be told that the sound has ended.
  write("720p", live::test::picture_run(2, kStart + std::chrono::hours(2)));
  write("720p", live::test::part_line(tracks_["720p"], 2, 0, 0));
  recordings_.look(kMeeting);
  EXPECT_THAT(get("720p/live.m3u8")->body(), HasSubstr("\"000002.0.m4s\""));
  write("floor", live::test::sound_run(2, kStart + std::chrono::hours(2)));
  recordings_.look(kMeeting);
  for (const auto& client : {sound, following}) EXPECT_FALSE(client->answered());
  write("floor", live::test::part_line(tracks_["floor"], 2, 0, 0));
  recordings_.look(kMeeting);
  for (const auto& client : {sound, following}) {
    ASSERT_TRUE(client->answered());
    EXPECT_THAT(client->body(), HasSubstr("000002.0.m4s"));
    EXPECT_THAT(client->body(), Not(HasSubstr("#EXT-X-ENDLIST")));
  }
}

TEST_F(MediaRoutesTest, AnswerInAnyCaseWhenTheRecordingDoesNotGoOn) {
  on_air(1, 3);
  end();
  on_air_ = true;
  const auto playlist = get("720p/live.m3u8");
  run_until([&] { return playlist->answered(); });
  EXPECT_THAT(playlist->body(), HasSubstr("#EXT-X-ENDLIST"));
}

TEST_F(MediaRoutesTest, AnswerInAnyCaseWhenTheRecordingDoesNotEnd) {
  on_air(1, 3);
  over_ = true;
  const auto playlist = get("720p/live.m3u8");
  const auto film = get("recording.mp4");
  run_until([&] { return playlist->answered() && film->answered(); });
  EXPECT_EQ(playlist->status(), 200);
  EXPECT_THAT(playlist->body(), Not(HasSubstr("#EXT-X-ENDLIST")));
  EXPECT_THAT(film->body(), HasSubstr("not_ended"));
}

TEST_F(MediaRoutesTest, SayWhenTheRecordingCannotBeRead) {
  on_air(1, 0);  // bytes that are no boxes
  end();
  const auto client = get("recording.mp4");
  uv_run(&loop_, UV_RUN_DEFAULT);
  EXPECT_EQ(client->status(), 500);
}

TEST_F(MediaRoutesTest, OfferTheFilmForDownload) {
  archive::test::Recorder recorder(media(), kMeeting);
  const auto sound = archive::test::encode_sound(directory_.path(), 4);
  recorder.add_run("floor", 1, kStart, sound, 24, 0);
  recorder.end("floor", kStart + milliseconds(3840));
  projections::Chapter chapter;
  chapter.id = "a1";
  chapter.kind = "item";
  chapter.title = {"Бірінші", "Первый", ""};
  chapter.start = kStart + milliseconds(1000);
  chapters_.push_back(chapter);

  const auto client = get("recording.mp4", {{"lang", "ru"}});
  EXPECT_FALSE(client->answered());  // made on another thread
  uv_run(&loop_, UV_RUN_DEFAULT);
  ASSERT_EQ(client->status(), 200);
  EXPECT_TRUE(client->response_->ranges);
  EXPECT_EQ(client->header("Content-Type"), "video/mp4");
  EXPECT_EQ(client->header("Last-Modified"), "Thu, 10 Dec 2026 10:00:03 GMT");
  EXPECT_THAT(client->header("ETag"), testing::MatchesRegex("\"[0-9a-f-]+\""));
  EXPECT_THAT(client->header("Content-Disposition"),
              StartsWith("attachment; filename=\"2026-12-10-auyzsu.mp4\"; filename*=UTF-8''2026-12-10%20%D0%9E%20"));

  const auto file = directory_.path() / "film.mp4";
  std::ofstream(file, std::ios::binary) << client->body();
  const Json found =
      Json::parse(archive::test::run("ffprobe -v error -of json -show_chapters -show_format " + file.string()));
  EXPECT_EQ(found["chapters"][0]["tags"]["title"], "Первый");
  EXPECT_EQ(found["chapters"][0]["start_time"], "1.000000");

  const auto again = get("recording.mp4", {{"lang", "ru"}});
  EXPECT_TRUE(again->answered());  // it stands on the shelf
  EXPECT_EQ(again->header("ETag"), client->header("ETag"));
  // Kazakh, with a title that no file system would take.
  const auto kazakh = get("recording.mp4");
  uv_run(&loop_, UV_RUN_DEFAULT);
  EXPECT_THAT(kazakh->header("Content-Disposition"), Not(HasSubstr("%22")));
  EXPECT_THAT(kazakh->header("Content-Disposition"), Not(HasSubstr("%3A")));
}

TEST_F(MediaRoutesTest, TellChaptersInTheLanguageAskedFor) {
  on_air(9, 0);
  projections::Chapter chapter;
  chapter.id = "a1";
  chapter.kind = "item";
  chapter.item = "a1";
  chapter.title = {"Бірінші", "Первый", ""};
  chapter.start = kStart + milliseconds(2500);
  chapter.end = kStart + milliseconds(8000);
  chapters_.push_back(chapter);
  const auto vtt = get("chapters.vtt");
  EXPECT_EQ(vtt->header("Content-Type"), "text/vtt; charset=utf-8");
  EXPECT_EQ(vtt->body(), "WEBVTT\n\na1\n00:00:02.500 --> 00:00:08.000\nБірінші\n");
  const auto json = get("chapters.json", {{"lang", "ru"}});
  EXPECT_EQ(json->header("Content-Type"), "application/json");
  EXPECT_EQ(Json::parse(json->body())[0]["title"], "Первый");
  EXPECT_EQ(get("chapters.vtt", {{"lang", "kz"}})->status(), 400);
}

TEST_F(MediaRoutesTest, ShowANewChapterAtOnceWhenThereIsNoNewPart) {
  on_air(9, 3);
  EXPECT_THAT(get("720p/live.m3u8")->body(), Not(HasSubstr("DATERANGE")));
  projections::Chapter chapter;
  chapter.id = "a1";
  chapter.kind = "item";
  chapter.start = kStart + milliseconds(17000);
  chapters_.push_back(chapter);
  EXPECT_THAT(get("720p/live.m3u8")->body(), HasSubstr("DATERANGE:ID=\"a1\""));
}

TEST_F(MediaRoutesTest, GiveUpARequestThatWaitedTooLong) {
  on_air(2, 3);
  const auto client = get("720p/live.m3u8", {{"_HLS_msn", "2"}});
  run_until([&] { return client->answered(); });
  EXPECT_EQ(client->status(), 503);
  EXPECT_EQ(client->header("Cache-Control"), "no-store");
}

}  // namespace
}  // namespace tyndau::web
