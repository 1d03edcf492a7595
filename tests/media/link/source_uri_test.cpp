#include "media/link/source_uri.h"

#include <gtest/gtest.h>

#include <string>

namespace tyndau::link {
namespace {

using Kind = SourceUri::Kind;

SourceUri parsed(const std::string& uri) {
  const auto source = parse_source_uri(uri);
  EXPECT_TRUE(source) << uri << ": " << source.error().what;
  return source.value_or(SourceUri{});
}

std::string refused(const std::string& uri) {
  const auto source = parse_source_uri(uri);
  EXPECT_FALSE(source) << uri;
  return source ? "" : source.error().what;
}

TEST(SourceUriParser, KnowsEveryKind) {
  EXPECT_EQ(parsed("test:").kind, Kind::kTest);
  EXPECT_EQ(parsed("file:/srv/hall video.mp4").location, "/srv/hall video.mp4");
  EXPECT_EQ(parsed("file:/srv/100%.mp4").location, "/srv/100%.mp4");
  EXPECT_EQ(parsed("file:///srv/%D1%81%D1%83.mp4").location, "/srv/су.mp4");
  EXPECT_EQ(parsed("v4l2:/dev/video2").location, "/dev/video2");
  EXPECT_EQ(parsed("v4l2:/dev/video0?audio=alsa:plughw:CARD=Cam,DEV=0").audio_device, "plughw:CARD=Cam,DEV=0");
  EXPECT_EQ(parsed("rtsp://10.0.0.9/ch1").kind, Kind::kRtsp);
  EXPECT_EQ(parsed("RTSPS://camera.local:322/a?b=1").location, "rtsps://camera.local:322/a?b=1");
  EXPECT_EQ(parsed("rtsp://[fe80::1]:554/a").location, "rtsp://[fe80::1]:554/a");
  EXPECT_EQ(parsed("rtmp://host/live/hall").kind, Kind::kRtmp);
}

TEST(SourceUriParser, TellsSrtCallersFromListeners) {
  EXPECT_FALSE(parsed("srt://encoder:9000").listener);
  EXPECT_EQ(parsed("srt://encoder:9000").location, "srt://encoder:9000?mode=caller");
  EXPECT_TRUE(parsed("srt://:9000").listener);
  EXPECT_EQ(parsed("srt://:9000").location, "srt://:9000?mode=listener");
  EXPECT_TRUE(parsed("srt://0.0.0.0:9000?mode=listener").listener);
  const SourceUri source = parsed("srt://:9000?latency=300&passphrase=moldir%20su%202026&streamid=%23!::r=hall");
  EXPECT_EQ(source.options.at("passphrase"), "moldir su 2026");
  EXPECT_EQ(source.options.at("streamid"), "#!::r=hall");
  EXPECT_EQ(source.options.at("latency"), "300");
}

TEST(SourceUriParser, TakesUserAndPasswordOutOfTheLocation) {
  const SourceUri source = parsed("rtsp://admin:p%40ss@word@camera:554/ch1");
  EXPECT_EQ(source.user, "admin");
  EXPECT_EQ(source.password, "p@ss@word");
  // As people type them, and as they should.
  struct Case {
    const char *typed, *password, *location;
  };
  for (const Case& one : {Case{"rtsp://admin:pa/ss@camera:554/ch1", "pa/ss", "rtsp://camera:554/ch1"},
                          Case{"rtsp://admin:pa?ss@camera/ch1?a=b", "pa?ss", "rtsp://camera/ch1?a=b"},
                          Case{"rtsp://admin:#1:a@camera/ch1", "#1:a", "rtsp://camera/ch1"},
                          Case{"rtsp://admin:100%sure@camera/ch1", "100%sure", "rtsp://camera/ch1"},
                          Case{"rtsp://admin:50%@camera/ch1", "50%", "rtsp://camera/ch1"},
                          Case{"rtsp://admin:%2F%3F%3A%23%25%40@camera/ch1", "/?:#%@", "rtsp://camera/ch1"},
                          Case{"rtsp://camera:554/ch1@high", "", "rtsp://camera:554/ch1@high"}}) {
    EXPECT_EQ(parsed(one.typed).password, one.password) << one.typed;
    EXPECT_EQ(parsed(one.typed).location, one.location) << one.typed;
    if (*one.password != 0) {
      EXPECT_EQ(parsed(one.typed).safe().find(one.password), std::string::npos) << one.typed;
    }
  }
  EXPECT_EQ(source.location, "rtsp://camera:554/ch1");
}

TEST(SourceUriParser, RefusesNonsenseWithASentence) {
  for (const std::string uri : {"",
                                "hall",
                                ":",
                                "http://host/a",
                                "javascript:alert(1)",
                                "test:x",
                                "test://",
                                "file:",
                                "file:relative.mp4",
                                "file://host/share.mp4",
                                "file:///broken%zz",
                                "file:///nul%00.mp4",
                                "v4l2:",
                                "v4l2:/etc/passwd",
                                "v4l2:/dev/video",
                                "v4l2:/dev/video-1",
                                "v4l2:/dev/video0x",
                                "v4l2:/dev/v4l/by-id/../../sda",
                                "v4l2:/dev/video0?audio=pulse:x",
                                "v4l2:/dev/video0?audio=alsa:",
                                "v4l2:/dev/video0?audio=alsa:hw:0 ! filesink",
                                "rtsp:",
                                "rtsp://",
                                "rtsp:///path",
                                "rtsp://host:0/",
                                "rtsp://host:99999/",
                                "rtsp://host:12ab/",
                                "rtsp://-host/",
                                "rtsp://ho st/",
                                "rtsp://host/#a",
                                "rtsp://a%0d%0aX:b@host/",
                                "rtsp://[::1/",
                                "srt://host",
                                "srt://:",
                                "srt://host:9000/path",
                                "srt://host:9000?latency=5",
                                "srt://host:9000?latency=125ms",
                                "srt://host:9000?mode=rendezvous",
                                "srt://:9000?mode=caller",
                                "srt://host:9000?passphrase=short",
                                "srt://host:9000?unknown=1",
                                "srt://host:9000?latency=200&latency=300",
                                "srt://host:9000?latency",
                                "srt://user:password@host:9000",
                                "rtmp://host",
                                "rtmp://host/live",
                                "rtmp://host/live/",
                                "rtmps://host/live/a"}) {
    EXPECT_GT(refused(uri).size(), 15U) << uri;
  }
  EXPECT_GT(refused(std::string("rtsp://host/\0a", 14)).size(), 15U);
  EXPECT_GT(refused("rtsp://host/a\nforged").size(), 15U);
  EXPECT_GT(refused("file:/" + std::string(5000, 'a')).size(), 15U);
}

TEST(SourceUriParser, NeverRepeatsWhatItRefuses) {
  EXPECT_EQ(refused("rtsp://user:geheim@ho st/").find("geheim"), std::string::npos);
  EXPECT_EQ(refused("srt://host:9000?passphrase=geheim").find("geheim"), std::string::npos);
}

TEST(SourceUri, HidesPasswordsWhereverTheyAre) {
  EXPECT_EQ(parsed("rtsp://admin:geheim@camera/ch1").safe(), "rtsp://admin:***@camera/ch1");
  EXPECT_EQ(parsed("rtsp://admin@camera/ch1").safe(), "rtsp://admin@camera/ch1");
  EXPECT_EQ(parsed("srt://h:9000?passphrase=geheim1234&latency=200").safe(), "srt://h:9000?passphrase=***&latency=200");
  EXPECT_EQ(parsed("rtsp://camera/user=admin&password=geheim&channel=1").safe(),
            "rtsp://camera/user=***&password=***&channel=1");
  EXPECT_EQ(parsed("rtmp://h/live/hall?token=geheim").safe(), "rtmp://h/live/hall?token=***");
  EXPECT_EQ(parsed("test:").safe(), "test:");
}

TEST(SourceUri, IsSafeWhateverItIs) {
  EXPECT_EQ(safe_uri("rtsp://admin:geheim@camera/ch1"), "rtsp://admin:***@camera/ch1");
  EXPECT_EQ(safe_uri("rtsp://user:p@ss@camera/1@2"), "rtsp://user:***@camera/1@2");
  EXPECT_EQ(safe_uri("srt://encoder:9000?passphrase=geheimgeheim&latency=20"),
            "srt://encoder:9000?passphrase=***&latency=20");
  for (const char* plain :
       {"test:", "v4l2:/dev/video0?audio=alsa:hw:1", "whip:m1", "rtsp://camera/1", "nonsense", ""}) {
    EXPECT_EQ(safe_uri(plain), plain);
  }
  // What is no source of this version: from a journal of before, or by mistake.
  EXPECT_EQ(safe_uri("http://admin:geheim@camera/stream?key=geheim"), "http://admin:***@camera/stream?key=***");
  EXPECT_EQ(safe_uri("srt://h:9000?passphrase=geheim"), "srt://h:9000?passphrase=***");
  EXPECT_EQ(safe_uri(safe_uri("rtsp://admin:geheim@camera/ch1")), "rtsp://admin:***@camera/ch1");
}

TEST(SourceUri, HidesPasswordsInWhatElementsComplainAbout) {
  const SourceUri source = parsed("rtsp://admin:p%40ss@camera/ch1?token=geheim");
  const std::string hidden = source.hide(
      "no rtsp://admin:p%40ss@camera/ch1?token=geheim nor rtsp://camera/ch1?token=geheim for p@ss, p%40ss, "
      "token=geheim");
  EXPECT_EQ(hidden.find("geheim"), std::string::npos) << hidden;
  EXPECT_EQ(hidden.find("p@ss"), std::string::npos) << hidden;
  EXPECT_EQ(hidden.find("p%40ss"), std::string::npos) << hidden;
  EXPECT_NE(hidden.find("rtsp://camera/ch1"), std::string::npos) << hidden;
}

}  // namespace
}  // namespace tyndau::link
