#include "session/web/ice.h"

#include <fmt/format.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <sodium.h>

#include <array>
#include <sstream>

namespace tyndau::web {

namespace {

/// The name tells nobody who it is: relays log it.
std::string fresh_username(const Config::Webrtc& config, Utc now) {
  const auto until = std::chrono::duration_cast<std::chrono::seconds>(now.time_since_epoch()).count();
  return fmt::format("{}:{:08x}", until + config.turn_lifetime_s, randombytes_random());
}

std::vector<std::string> words(const std::string& text) {
  std::istringstream stream(text);
  std::vector<std::string> all;
  for (std::string word; stream >> word;) all.push_back(word);
  return all;
}

}  // namespace

std::string turn_credential(const std::string& secret, const std::string& username) {
  std::array<unsigned char, EVP_MAX_MD_SIZE> mac{};
  unsigned int size = 0;
  HMAC(EVP_sha1(), secret.data(), static_cast<int>(secret.size()),
       reinterpret_cast<const unsigned char*>(username.data()), username.size(), mac.data(), &size);
  std::array<char, sodium_base64_ENCODED_LEN(EVP_MAX_MD_SIZE, sodium_base64_VARIANT_ORIGINAL)> text{};
  return sodium_bin2base64(text.data(), text.size(), mac.data(), size, sodium_base64_VARIANT_ORIGINAL);
}

Json ice_servers(const Config::Webrtc& config, Utc now) {
  Json servers = Json::array();
  if (!config.stun.empty()) servers.push_back({{"urls", {config.stun}}});
  if (!config.turn.empty()) {
    const std::string username = fresh_username(config, now);
    servers.push_back({{"urls", words(config.turn)},
                       {"username", username},
                       {"credential", turn_credential(config.turn_secret, username)}});
  }
  return servers;
}

std::vector<std::string> ice_links(const Config::Webrtc& config, Utc now) {
  std::vector<std::string> links;
  for (const Json& server : ice_servers(config, now)) {
    for (const Json& url : server["urls"]) {
      std::string link = fmt::format("<{}>; rel=\"ice-server\"", url.get<std::string>());
      if (server.contains("username")) {
        link += fmt::format("; username=\"{}\"; credential=\"{}\"; credential-type=\"password\"",
                            server["username"].get<std::string>(), server["credential"].get<std::string>());
      }
      links.push_back(std::move(link));
    }
  }
  return links;
}

}  // namespace tyndau::web
