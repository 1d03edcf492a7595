#pragma once
#include <chrono>
#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

#include "media/base/result.h"

namespace tyndau {

/// tyndau.toml, read once by each main.cpp and handed on by constructor. config/tyndau.toml is the commented sample and
/// the manual: every key here is there and the other way round (tests/house).
struct Config {
  struct Data {
    std::filesystem::path directory;          ///< journal, accounts, recordings
    std::filesystem::path runtime_directory;  ///< in memory (tmpfs): link socket, preview, what a full disk cannot take
    double reserve_hours = 4;                 ///< going on air is refused when less than this fits on the disk
    int memory_mebibytes = 256;               ///< how much of a broadcast is kept in memory while the disk is full
  } data;

  struct Rendition {
    std::string name;  ///< track name and folder, [a-z0-9]+
    int width = 0, height = 0, bitrate_kbps = 0;
  };
  struct Programme {
    int width = 1280, height = 720;   ///< of the programme; renditions are scaled from it
    int frame_rate = 25;              ///< frames per second; 160 ms parts need a multiple of 25
    std::string source = "test:";     ///< the hall's source until the desk sets another
    std::string encoder = "x264";     ///< "x264", "vaapi" or "v4l2"
    std::string preset = "veryfast";  ///< x264's speed preset
    int audio_kbps = 64;
    std::vector<Rendition> renditions;
  } programme;

  struct Web {
    std::string listen = "127.0.0.1";
    int port = 8080;         ///< 0 takes a free one (tests)
    std::string public_url;  ///< "https://..." as citizens type it; empty: plain HTTP on this machine only
    int max_connections = 4096;
    int max_waiting_per_client = 256;
    bool trust_forwarded_for = false;  ///< whether X-Forwarded-For of a proxy on loopback names the client
  } web;

  struct Webrtc {
    std::string stun;                ///< "stun:host:port", "" for none
    std::string turn;                ///< "turn:host:port?transport=udp turns:host:443?transport=tcp", "" for none
    std::string turn_secret;         ///< shared with the TURN server: credentials are made of it and end by themselves
    int turn_lifetime_s = 43200;     ///< of a credential; a guest stays connected with it all day
    int port_min = 0, port_max = 0;  ///< UDP ports of media; 0 for any
  } webrtc;

  std::filesystem::path link_socket() const { return data.runtime_directory / "media.sock"; }
  std::filesystem::path database() const { return data.directory / "tyndau.db"; }
  std::filesystem::path media_directory() const { return data.directory / "media"; }
  /// Where the media process keeps segments while the disk is full: same layout as media_directory().
  std::filesystem::path memory_directory() const { return data.runtime_directory / "media"; }
  /// Where media writes guests' faces for the desk: {meeting}/{person}.jpg.
  std::filesystem::path stills_directory() const { return data.runtime_directory / "guests"; }
  std::filesystem::path preview_file() const { return data.runtime_directory / "preview.jpg"; }
};

/// Reads the file and then its neighbours conf.d/*.toml in order of name, later values winning. Refuses unknown keys,
/// wrong types and values out of range with file:line:column.
Result<Config> load_config(const std::filesystem::path& file);

/// What tyndau-media must not know, and load_config does not read: the relay's secret, from the file `turn_secret` in
/// $CREDENTIALS_DIRECTORY (systemd's LoadCredential=), or else beside the configuration `file`. It goes before the one
/// in the configuration. For tyndau-session alone. Refuses a relay without a secret, and a file that cannot be read.
Result<void> load_secrets(const std::filesystem::path& file, Config& config);

/// Every key that load_config knows, as "table.key", in the sample's order. For tests/house.
const std::vector<std::string>& config_keys();

}  // namespace tyndau
