#include "media/base/config.h"

#include <gtest/gtest.h>

#include <fstream>

namespace tyndau {
namespace {

namespace fs = std::filesystem;

class ConfigFile : public testing::Test {
 protected:
  void SetUp() override {
    directory_ = fs::path(testing::TempDir()) / ("config-" + std::to_string(::getpid()));
    fs::create_directories(directory_);
  }
  void TearDown() override { fs::remove_all(directory_); }
  fs::path write(const std::string& name, const std::string& text) {
    fs::create_directories((directory_ / name).parent_path());
    std::ofstream(directory_ / name) << text;
    return directory_ / name;
  }
  std::string error_of(const std::string& text) {
    const auto config = load_config(write("tyndau.toml", kNeeded + text));
    return config ? "" : config.error().what;
  }
  static constexpr const char* kNeededText = "[data]\ndirectory = \"/d\"\nruntime_directory = \"/r\"\n";
  const std::string kNeeded = kNeededText;
  fs::path directory_;
};

TEST_F(ConfigFile, TheSampleIsRead) {
  const auto config = load_config(fs::path(TYNDAU_SOURCE_DIR) / "config/tyndau.toml");
  ASSERT_TRUE(config) << config.error().what;
  EXPECT_EQ(config->programme.renditions.size(), 3U);
  EXPECT_EQ(config->link_socket(), "/run/tyndau/media.sock");
}

TEST_F(ConfigFile, UnknownKeysAreRefusedWithTheirPlace) {
  EXPECT_NE(error_of("[web]\nprot = 80\n").find("tyndau.toml:5:"), std::string::npos) << error_of("[web]\nprot = 80\n");
  EXPECT_NE(error_of("[wbe]\nport = 80\n").find("[wbe]"), std::string::npos);
  EXPECT_NE(error_of("[[programme.rendition]]\nname=\"a\"\nwdth=2\n").find("wdth"), std::string::npos);
}

TEST_F(ConfigFile, WrongValuesAreRefused) {
  EXPECT_NE(error_of("[web]\nport = 65536\n"), "");
  EXPECT_NE(error_of("[web]\nport = \"80\"\n"), "");
  EXPECT_NE(error_of("[programme]\nframe_rate = 24\n"), "");
  EXPECT_NE(error_of("[programme]\nencoder = \"magic\"\n"), "");
  EXPECT_NE(error_of("[programme]\nwidth = 1281\n"), "");
  EXPECT_NE(error_of("[programme]\nheight = 719\n"), "");
  EXPECT_NE(error_of("[[programme.rendition]]\nname=\"a\"\nwidth=641\nheight=360\nbitrate_kbps=500\n"), "");
  EXPECT_NE(error_of("[programme]\nrendition = []\n"), "");
  EXPECT_NE(error_of("[[programme.rendition]]\nname=\"../x\"\nwidth=640\nheight=360\nbitrate_kbps=500\n"), "");
  EXPECT_NE(error_of("[web]\npublic_url = \"tyndau.kz\"\n"), "");
  EXPECT_NE(error_of("[web\n"), "");
}

TEST_F(ConfigFile, TheWayToGuestsIsReadAndChecked) {
  const auto config = load_config(write(
      "tyndau.toml", kNeeded + "[webrtc]\nstun = \"stun:a:3478\"\nturn = \"turn:a:3478?transport=udp turns:a:443\"\n"
                               "turn_secret = \"s\"\nport_min = 20000\nport_max = 20999\n"));
  ASSERT_TRUE(config) << config.error().what;
  EXPECT_EQ(config->webrtc.turn, "turn:a:3478?transport=udp turns:a:443");
  EXPECT_EQ(config->webrtc.port_max, 20999);
  EXPECT_NE(error_of("[webrtc]\nstun = \"a:3478\"\n").find("'a:3478'"), std::string::npos);
  EXPECT_NE(error_of("[webrtc]\nstun = \"stun:a stun:b\"\n"), "");
  EXPECT_NE(error_of("[webrtc]\nturn = \"http://a\"\nturn_secret = \"s\"\n"), "");
  EXPECT_NE(error_of("[webrtc]\nport_min = 20000\n").find("range"), std::string::npos);
  EXPECT_NE(error_of("[webrtc]\nport_min = 20000\nport_max = 10000\n").find("range"), std::string::npos);
  EXPECT_NE(error_of("[webrtc]\nturn_lifetime_s = 1\n"), "");
}

TEST_F(ConfigFile, DropInsWinInOrderOfName) {
  write("conf.d/10-a.toml", "[web]\nport = 81\n");
  write("conf.d/20-b.toml", "[web]\nport = 82\n");
  write("conf.d/30-c.toml.off", "[web]\nport = 83\n");
  const auto config = load_config(write("tyndau.toml", kNeeded + "[web]\nport = 80\n"));
  ASSERT_TRUE(config) << config.error().what;
  EXPECT_EQ(config->web.port, 82);
  write("conf.d/40-d.toml", "[web]\nprot = 83\n");
  const auto broken = load_config(directory_ / "tyndau.toml");
  ASSERT_FALSE(broken);
  EXPECT_NE(broken.error().what.find("40-d.toml:2:"), std::string::npos) << broken.error().what;
}

TEST_F(ConfigFile, AMissingFileIsAFailure) { EXPECT_FALSE(load_config(directory_ / "none.toml")); }

TEST_F(ConfigFile, TheDataDirectoryMustBeNamed) {
  EXPECT_FALSE(load_config(write("tyndau.toml", "[web]\nport = 1\n")));
}

struct SecretsTest : testing::Test {
  std::filesystem::path folder =
      std::filesystem::temp_directory_path() / ("tyndau-secrets-" + std::to_string(::getpid()));
  std::filesystem::path file = folder / "tyndau.toml";
  Config config;

  SecretsTest() { std::filesystem::create_directories(folder / "credentials"); }
  ~SecretsTest() override {
    ::unsetenv("CREDENTIALS_DIRECTORY");
    std::filesystem::remove_all(folder);
  }
  static void write(const std::filesystem::path& path, const std::string& text) { std::ofstream(path) << text; }
};

TEST_F(SecretsTest, ComeFromTheFileBesideTheConfiguration) {
  write(folder / "turn_secret", "north\n");
  ASSERT_TRUE(load_secrets(file, config));
  EXPECT_EQ(config.webrtc.turn_secret, "north");
}

TEST_F(SecretsTest, ComeFromSystemdWhereItHandsThemOver) {
  write(folder / "turn_secret", "north\n");
  write(folder / "credentials/turn_secret", "south");
  ::setenv("CREDENTIALS_DIRECTORY", (folder / "credentials").c_str(), 1);
  ASSERT_TRUE(load_secrets(file, config));
  EXPECT_EQ(config.webrtc.turn_secret, "south");
}

TEST_F(SecretsTest, StayThoseOfTheConfigurationWhereThereIsNoFile) {
  config.webrtc.turn = "turn:a";
  config.webrtc.turn_secret = "west";
  ASSERT_TRUE(load_secrets(file, config));
  EXPECT_EQ(config.webrtc.turn_secret, "west");
  write(folder / "turn_secret", "\n");  // as a unit hands on what is not there
  ASSERT_TRUE(load_secrets(file, config));
  EXPECT_EQ(config.webrtc.turn_secret, "west");
}

TEST_F(SecretsTest, AreMissedWhereThereIsARelay) {
  ASSERT_TRUE(load_secrets(file, config)) << "no relay, no secret";
  config.webrtc.turn = "turn:a";
  const auto missed = load_secrets(file, config);
  ASSERT_FALSE(missed);
  EXPECT_NE(missed.error().what.find((folder / "turn_secret").string()), std::string::npos) << missed.error().what;
  std::filesystem::create_directories(folder / "turn_secret");
  EXPECT_FALSE(load_secrets(file, config));
}

}  // namespace
}  // namespace tyndau
