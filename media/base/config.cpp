#include "media/base/config.h"

#include <fmt/format.h>
#include <toml++/toml.h>

#include <algorithm>
#include <cstdlib>
#include <fstream>
#include <functional>
#include <sstream>

namespace tyndau {

namespace {

namespace fs = std::filesystem;

std::string position(const fs::path& file, const toml::node& node) {
  const auto begin = node.source().begin;
  return fmt::format("{}:{}:{}", file.string(), begin.line, begin.column);
}

/// Reads one value of exactly the type and range; gives a sentence when it cannot.
using Setter = std::function<std::string(const toml::node&)>;

Setter text(std::string& target) {
  return [&target](const toml::node& node) -> std::string {
    const auto* value = node.as_string();
    if (value == nullptr) return "must be a string";
    target = value->get();
    return {};
  };
}

Setter path(fs::path& target) {
  return [&target](const toml::node& node) -> std::string {
    const auto* value = node.as_string();
    if (value == nullptr || value->get().empty()) return "must be a path";
    target = value->get();
    return {};
  };
}

Setter one_of(std::string& target, std::vector<std::string> choices) {
  return [&target, choices = std::move(choices)](const toml::node& node) -> std::string {
    const auto* value = node.as_string();
    if (value == nullptr || std::find(choices.begin(), choices.end(), value->get()) == choices.end()) {
      return fmt::format("must be one of {}", fmt::join(choices, ", "));
    }
    target = value->get();
    return {};
  };
}

Setter whole(int& target, int least, int most) {
  return [&target, least, most](const toml::node& node) -> std::string {
    const auto* value = node.as_integer();
    if (value == nullptr || value->get() < least || value->get() > most) {
      return fmt::format("must be a whole number from {} to {}", least, most);
    }
    target = static_cast<int>(value->get());
    return {};
  };
}

/// A size in pixels: chroma has half of them.
Setter pixels(int& target, int least, int most) {
  return [&target, least, most](const toml::node& node) -> std::string {
    const auto* value = node.as_integer();
    if (value != nullptr && value->get() % 2 != 0) return "must be even";
    return whole(target, least, most)(node);
  };
}

Setter real(double& target, double least, double most) {
  return [&target, least, most](const toml::node& node) -> std::string {
    const auto value = node.value<double>();
    if (!node.is_number() || !value || *value < least || *value > most) {
      return fmt::format("must be a number from {} to {}", least, most);
    }
    target = *value;
    return {};
  };
}

Setter boolean(bool& target) {
  return [&target](const toml::node& node) -> std::string {
    const auto* value = node.as_boolean();
    if (value == nullptr) return "must be true or false";
    target = value->get();
    return {};
  };
}

/// Addresses of one of these schemes (RFC 7064, RFC 7065), with a space between, as browsers take them.
Setter addresses(std::string& target, std::vector<std::string> schemes, std::size_t most) {
  return [&target, schemes = std::move(schemes), most](const toml::node& node) -> std::string {
    const auto* value = node.as_string();
    if (value == nullptr) return "must be a text in quotes";
    std::istringstream words(value->get());
    std::size_t count = 0;
    for (std::string word; words >> word; ++count) {
      const bool known = std::any_of(schemes.begin(), schemes.end(), [&](const std::string& scheme) {
        return word.starts_with(scheme) && word.size() > scheme.size();
      });
      if (!known) return fmt::format("has '{}', which does not begin with {}", word, fmt::join(schemes, " or "));
    }
    if (count > most) return fmt::format("may have {} addresses", most);
    target = value->get();
    return {};
  };
}

std::string read_rendition(const toml::table& table, Config::Rendition& rendition) {
  const std::vector<std::pair<std::string, Setter>> keys = {
      {"name", text(rendition.name)},
      {"width", pixels(rendition.width, 64, 3840)},
      {"height", pixels(rendition.height, 64, 2160)},
      {"bitrate_kbps", whole(rendition.bitrate_kbps, 50, 50000)},
  };
  for (const auto& [key, node] : table) {
    const auto known = std::find_if(keys.begin(), keys.end(), [&](const auto& k) { return k.first == key.str(); });
    if (known == keys.end()) return fmt::format("'{}' is not known in a rendition", key.str());
    if (auto wrong = known->second(node); !wrong.empty()) return fmt::format("'{}' {}", key.str(), wrong);
  }
  for (const auto& [key, setter] : keys) {
    if (!table.contains(key)) return fmt::format("a rendition needs '{}'", key);
  }
  const bool plain = !rendition.name.empty() && rendition.name.size() <= 16 &&
                     std::all_of(rendition.name.begin(), rendition.name.end(),
                                 [](char c) { return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9'); });
  if (!plain || rendition.name == "floor") return "'name' must be letters a-z and digits, and not 'floor'";
  return {};
}

Setter renditions(std::vector<Config::Rendition>& target) {
  return [&target](const toml::node& node) -> std::string {
    const auto* list = node.as_array();
    if (list == nullptr || list->empty() || list->size() > 4) return "must be a list of one to four tables";
    std::vector<Config::Rendition> read;
    for (const auto& element : *list) {
      const auto* table = element.as_table();
      if (table == nullptr) return "must be a list of tables";
      Config::Rendition rendition;
      if (auto wrong = read_rendition(*table, rendition); !wrong.empty()) return wrong;
      for (const auto& other : read) {
        if (other.name == rendition.name) return fmt::format("has '{}' twice", rendition.name);
      }
      read.push_back(rendition);
    }
    target = std::move(read);
    return {};
  };
}

std::vector<std::pair<std::string, Setter>> setters(Config& c) {
  return {
      {"data.directory", path(c.data.directory)},
      {"data.runtime_directory", path(c.data.runtime_directory)},
      {"data.reserve_hours", real(c.data.reserve_hours, 0, 1000)},
      {"data.memory_mebibytes", whole(c.data.memory_mebibytes, 8, 65536)},
      {"programme.width", pixels(c.programme.width, 320, 3840)},
      {"programme.height", pixels(c.programme.height, 180, 2160)},
      {"programme.frame_rate",
       [&c](const toml::node& node) -> std::string {
         const auto* value = node.as_integer();
         if (value == nullptr || (value->get() != 25 && value->get() != 50)) return "must be 25 or 50";
         c.programme.frame_rate = static_cast<int>(value->get());
         return {};
       }},
      {"programme.source", text(c.programme.source)},
      {"programme.encoder", one_of(c.programme.encoder, {"x264", "vaapi", "v4l2"})},
      {"programme.preset",
       one_of(c.programme.preset, {"ultrafast", "superfast", "veryfast", "faster", "fast", "medium"})},
      {"programme.audio_kbps", whole(c.programme.audio_kbps, 24, 192)},
      {"programme.rendition", renditions(c.programme.renditions)},
      {"web.listen", text(c.web.listen)},
      {"web.port", whole(c.web.port, 0, 65535)},
      {"web.public_url", text(c.web.public_url)},
      {"web.max_connections", whole(c.web.max_connections, 16, 1000000)},
      {"web.max_waiting_per_client", whole(c.web.max_waiting_per_client, 1, 1000000)},
      {"web.trust_forwarded_for", boolean(c.web.trust_forwarded_for)},
      {"webrtc.stun", addresses(c.webrtc.stun, {"stun:"}, 1)},
      {"webrtc.turn", addresses(c.webrtc.turn, {"turn:", "turns:"}, 8)},
      {"webrtc.turn_secret", text(c.webrtc.turn_secret)},
      {"webrtc.turn_lifetime_s", whole(c.webrtc.turn_lifetime_s, 600, 604800)},
      {"webrtc.port_min", whole(c.webrtc.port_min, 0, 65535)},
      {"webrtc.port_max", whole(c.webrtc.port_max, 0, 65535)},
  };
}

/// toml++ says what is wrong by an exception; it goes no further than here.
Result<toml::table> parse(const fs::path& file) {
  try {
    return toml::parse_file(file.string());
  } catch (const toml::parse_error& error) {
    const auto begin = error.source().begin;
    return fail(fmt::format("{}:{}:{}: {}", file.string(), begin.line, begin.column, error.description()));
  }
}

Result<void> read_file(const fs::path& file, Config& config) {
  const auto parsed = parse(file);
  if (!parsed) return tl::unexpected(parsed.error());
  const auto known = setters(config);
  for (const auto& [table_name, table_node] : *parsed) {
    const auto* table = table_node.as_table();
    if (table == nullptr) {
      return fail(fmt::format("{}: '{}' is not known", position(file, table_node), table_name.str()));
    }
    const bool has_table = std::any_of(known.begin(), known.end(), [&](const auto& k) {
      return k.first.starts_with(std::string(table_name.str()) + ".");
    });
    if (!has_table) return fail(fmt::format("{}: '[{}]' is not known", position(file, table_node), table_name.str()));
    for (const auto& [key, node] : *table) {
      const std::string full = fmt::format("{}.{}", table_name.str(), key.str());
      const auto setter = std::find_if(known.begin(), known.end(), [&](const auto& k) { return k.first == full; });
      if (setter == known.end()) return fail(fmt::format("{}: '{}' is not known", position(file, node), full));
      if (auto wrong = setter->second(node); !wrong.empty()) {
        return fail(fmt::format("{}: '{}' {}", position(file, node), full, wrong));
      }
    }
  }
  return {};
}

}  // namespace

const std::vector<std::string>& config_keys() {
  static const std::vector<std::string> keys = [] {
    Config unused;
    std::vector<std::string> names;
    for (const auto& [name, setter] : setters(unused)) names.push_back(name);
    return names;
  }();
  return keys;
}

Result<Config> load_config(const fs::path& file) {
  Config config;
  config.programme.renditions = {{"720p", 1280, 720, 2000}, {"360p", 640, 360, 500}, {"240p", 426, 240, 200}};
  if (auto read = read_file(file, config); !read) return tl::unexpected(read.error());

  std::error_code ignored;
  std::vector<fs::path> drop_ins;
  for (const auto& entry : fs::directory_iterator(file.parent_path() / "conf.d", ignored)) {
    if (entry.path().extension() == ".toml") drop_ins.push_back(entry.path());
  }
  std::sort(drop_ins.begin(), drop_ins.end());
  for (const auto& drop_in : drop_ins) {
    if (auto read = read_file(drop_in, config); !read) return tl::unexpected(read.error());
  }

  if (config.data.directory.empty()) return fail(file.string() + ": 'data.directory' is missing");
  if (config.data.runtime_directory.empty()) return fail(file.string() + ": 'data.runtime_directory' is missing");
  const Config::Webrtc& webrtc = config.webrtc;
  if ((webrtc.port_min == 0) != (webrtc.port_max == 0) || webrtc.port_max < webrtc.port_min) {
    return fail(file.string() + ": 'webrtc.port_min' and 'webrtc.port_max' must be a range, or both 0");
  }
  const auto& url = config.web.public_url;
  if (!url.empty() && !url.starts_with("https://") && !url.starts_with("http://")) {
    return fail(file.string() + ": 'web.public_url' must begin with https:// or http://");
  }
  return config;
}

Result<void> load_secrets(const fs::path& file, Config& config) {
  const char* given = std::getenv("CREDENTIALS_DIRECTORY");
  const fs::path secret_file = (given != nullptr ? fs::path(given) : file.parent_path()) / "turn_secret";
  std::error_code error;
  if (fs::exists(secret_file, error) || error) {
    std::ifstream in(secret_file);
    std::string line;
    // An empty line is none: the unit hands one on where there is no secret.
    if (!in || (!std::getline(in, line) && in.bad())) return fail_errno("cannot read " + secret_file.string());
    if (!line.empty() && line.back() == '\r') line.pop_back();
    if (!line.empty()) config.webrtc.turn_secret = line;
  }
  if (!config.webrtc.turn.empty() && config.webrtc.turn_secret.empty()) {
    return fail(fmt::format("{}: 'webrtc.turn' needs the relay's secret, in {}", file.string(), secret_file.string()));
  }
  return {};
}

}  // namespace tyndau
