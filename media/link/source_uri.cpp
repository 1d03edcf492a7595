#include "media/link/source_uri.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <cstddef>
#include <optional>
#include <string_view>
#include <vector>

namespace tyndau::link {

namespace {

constexpr std::size_t kMaxUriBytes = 2048;
constexpr std::string_view kHidden = "***";

bool is_digit(char c) { return c >= '0' && c <= '9'; }
bool is_alnum(char c) { return is_digit(c) || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); }
bool all(std::string_view text, std::string_view besides) {
  return std::all_of(text.begin(), text.end(),
                     [&](char c) { return is_alnum(c) || besides.find(c) != std::string_view::npos; });
}

std::string lower(std::string_view text) {
  std::string result(text);
  for (char& c : result) {
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
  }
  return result;
}

bool has_control_characters(std::string_view text) {
  return std::any_of(text.begin(), text.end(), [](char c) {
    const auto byte = static_cast<unsigned char>(c);
    return byte < 0x20 || byte == 0x7f;
  });
}

std::optional<int> hex(char c) {
  if (is_digit(c)) return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  return {};
}

/// nullopt when an escape is broken or stands for a control character.
std::optional<std::string> decode_percent(std::string_view text) {
  std::string result;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] != '%') {
      result += text[i];
      continue;
    }
    if (i + 2 >= text.size()) return {};
    const auto high = hex(text[i + 1]), low = hex(text[i + 2]);
    if (!high || !low) return {};
    result += static_cast<char>(*high * 16 + *low);
    i += 2;
  }
  if (has_control_characters(result)) return {};
  return result;
}

std::optional<int> number(std::string_view text, int least, int most) {
  int value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc() || end != text.data() + text.size() || value < least || value > most) return {};
  return value;
}

/// The same of a password: an escape that is none stands for itself, for who types one does not think of it.
std::optional<std::string> decode_secret(std::string_view text) {
  std::string escaped;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const bool broken = text[i] == '%' && (i + 2 >= text.size() || !hex(text[i + 1]) || !hex(text[i + 2]));
    escaped += broken ? std::string("%25") : std::string(1, text[i]);
  }
  return decode_percent(escaped);
}

/// scheme://[user[:password]@]host[:port][/path][?query], cut but not yet judged.
struct Pieces {
  std::string_view userinfo, host, port, path, query;
};

bool is_host(std::string_view host);

/// host[:port], with nothing else in it.
bool is_place(std::string_view text) {
  const auto bracket = text.rfind(']');
  const auto colon = text.rfind(':');
  const bool port = colon != std::string_view::npos && (bracket == std::string_view::npos || colon > bracket);
  return is_host(port ? text.substr(0, colon) : text) && (!port || number(text.substr(colon + 1), 1, 65535));
}

/// Where the authority ends. A password with /, ? or # in it should have them as %2F, %3F and %23 (RFC 3986, 3.2.1),
/// and is understood without: what is before the first of them is no host, and what follows an @ later is one.
std::size_t end_of_authority(std::string_view rest) {
  const auto end = std::min(rest.find_first_of("/?#"), rest.size());
  const std::string_view first = rest.substr(0, end);
  if (first.find('@') != std::string_view::npos || is_place(first)) return end;
  for (auto at = rest.find('@', end); at != std::string_view::npos; at = rest.find('@', at + 1)) {
    const auto its_end = std::min(rest.find_first_of("/?#", at), rest.size());
    if (is_place(rest.substr(at + 1, its_end - at - 1))) return its_end;
  }
  return end;
}

Pieces cut(std::string_view rest) {
  Pieces pieces;
  const auto authority_end = end_of_authority(rest);
  std::string_view authority = rest.substr(0, authority_end);
  std::string_view tail = rest.substr(authority_end);
  if (const auto at = authority.rfind('@'); at != std::string_view::npos) {
    pieces.userinfo = authority.substr(0, at);
    authority = authority.substr(at + 1);
  }
  const auto bracket = authority.rfind(']');
  const auto colon = authority.rfind(':');
  if (colon != std::string_view::npos && (bracket == std::string_view::npos || colon > bracket)) {
    pieces.host = authority.substr(0, colon);
    pieces.port = authority.substr(colon);
  } else {
    pieces.host = authority;
  }
  const auto question = std::min(tail.find('?'), tail.size());
  pieces.path = tail.substr(0, question);
  if (question < tail.size()) pieces.query = tail.substr(question + 1);
  return pieces;
}

bool is_host(std::string_view host) {
  if (host.size() > 2 && host.front() == '[' && host.back() == ']') {
    return all(host.substr(1, host.size() - 2), ":.");
  }
  return !host.empty() && host.size() <= 253 && host.front() != '-' && all(host, ".-_");
}

/// Hides the values that could be secret in "a=b&c=d" or in "/a=b/c": cameras carry passwords in either.
std::string hide_values(std::string_view text) {
  static constexpr std::array kHarmless{"mode", "latency", "audio", "pbkeylen", "channel", "subtype", "stream"};
  std::string result;
  while (!text.empty()) {
    const auto end = text.find_first_of("&;/?");
    const std::string_view item = text.substr(0, end);
    const auto equals = item.find('=');
    if (equals == std::string_view::npos ||
        std::find(kHarmless.begin(), kHarmless.end(), lower(item.substr(0, equals))) != kHarmless.end()) {
      result += item;
    } else {
      result += fmt::format("{}={}", item.substr(0, equals), kHidden);
    }
    if (end == std::string_view::npos) break;
    result += text[end];
    text = text.substr(end + 1);
  }
  return result;
}

void replace_all(std::string& text, std::string_view what, std::string_view with) {
  for (auto at = text.find(what); at != std::string::npos; at = text.find(what, at + with.size())) {
    text.replace(at, what.size(), with);
  }
}

Result<SourceUri> parse_file(SourceUri source, std::string_view rest) {
  source.kind = SourceUri::Kind::kFile;
  source.location = rest;
  if (rest.starts_with("//")) {  // as a file manager copies it
    const auto decoded = decode_percent(rest.substr(2));
    if (!decoded) return fail("file: the address has a broken % escape");
    source.location = *decoded;
  }
  if (source.location.size() < 2 || !source.location.starts_with('/')) {
    return fail("file: needs an absolute path, as in file:/srv/video/hall.mp4");
  }
  return source;
}

Result<SourceUri> parse_v4l2(SourceUri source, std::string_view rest) {
  source.kind = SourceUri::Kind::kV4l2;
  const auto question = std::min(rest.find('?'), rest.size());
  const std::string_view device = rest.substr(0, question);
  const bool numbered =
      device.starts_with("/dev/video") && number(device.substr(10), 0, 999) && device.size() <= 13 && device[10] != '-';
  const bool named = device.starts_with("/dev/v4l/by-") && device.find("..") == std::string_view::npos;
  if (!numbered && !named) return fail("v4l2: needs a video device, as in v4l2:/dev/video0");
  source.location = device;
  if (question == rest.size()) return source;
  const std::string_view query = rest.substr(question + 1);
  constexpr std::string_view kAudio = "audio=alsa:";
  if (!query.starts_with(kAudio) || query.size() == kAudio.size() || !all(query.substr(kAudio.size()), "_:,.=-")) {
    return fail("v4l2: takes ?audio=alsa:DEVICE and nothing else, as in v4l2:/dev/video0?audio=alsa:hw:1,0");
  }
  source.audio_device = query.substr(kAudio.size());
  return source;
}

/// Checks the pieces that all network sources share, and keeps user and password out of the location.
Result<Pieces> parse_network(SourceUri& source, std::string_view scheme, std::string_view rest, bool host_needed) {
  if (!rest.starts_with("//")) return fail(fmt::format("{0}: needs an address, as in {0}://host/path", scheme));
  const Pieces pieces = cut(rest.substr(2));
  const std::string_view tail = rest.substr(2 + end_of_authority(rest.substr(2)));
  if (tail.find('#') != std::string_view::npos || rest.find(' ') != std::string_view::npos) {
    return fail(fmt::format("{}: an address has no spaces and no #", scheme));
  }
  if ((host_needed || !pieces.host.empty()) && !is_host(pieces.host)) {
    return fail(fmt::format("{}: the address names no valid host", scheme));
  }
  if (!pieces.port.empty()) {
    const auto port = number(pieces.port.substr(1), 1, 65535);
    if (!port) return fail(fmt::format("{}: the port is a number from 1 to 65535", scheme));
    source.port = *port;
  }
  if (!pieces.userinfo.empty()) {
    const auto colon = std::min(pieces.userinfo.find(':'), pieces.userinfo.size());
    const auto user = decode_secret(pieces.userinfo.substr(0, colon));
    const auto password =
        decode_secret(colon < pieces.userinfo.size() ? pieces.userinfo.substr(colon + 1) : std::string_view());
    if (!user || !password) return fail(fmt::format("{}: the user or password has a control character", scheme));
    source.user = *user;
    source.password = *password;
  }
  source.location = fmt::format("{}://{}{}{}", scheme, pieces.host, pieces.port, pieces.path);
  if (!pieces.query.empty()) source.location += fmt::format("?{}", pieces.query);
  return pieces;
}

Result<void> check_srt_option(const std::string& key, const std::string& value) {
  if (key == "latency" && !number(value, 20, 8000)) return fail("srt: latency is 20 to 8000 milliseconds");
  if (key == "pbkeylen" && value != "16" && value != "24" && value != "32") {
    return fail("srt: pbkeylen is 16, 24 or 32");
  }
  if (key == "passphrase" && (value.size() < 10 || value.size() > 79)) {
    return fail("srt: the passphrase has 10 to 79 characters");
  }
  if (key == "streamid" && value.size() > 512) return fail("srt: the streamid has at most 512 characters");
  if (key == "mode" && value != "caller" && value != "listener") return fail("srt: mode is caller or listener");
  static constexpr std::array kKnown{"latency", "pbkeylen", "passphrase", "streamid", "mode"};
  if (std::find(kKnown.begin(), kKnown.end(), key) == kKnown.end()) {
    return fail("srt: takes mode, latency, passphrase, pbkeylen and streamid, and nothing else");
  }
  return {};
}

Result<SourceUri> parse_srt(SourceUri source, std::string_view rest) {
  source.kind = SourceUri::Kind::kSrt;
  const auto pieces = parse_network(source, "srt", rest, false);
  if (!pieces) return tl::unexpected(pieces.error());
  if (source.port == 0) return fail("srt: needs a port, as in srt://host:9000, or srt://:9000 to wait for the sender");
  if (!pieces->userinfo.empty() || (!pieces->path.empty() && pieces->path != "/")) {
    return fail("srt: the address is host and port only; a password is ?passphrase=...");
  }
  for (std::string_view query = pieces->query; !query.empty();) {
    const auto end = std::min(query.find('&'), query.size());
    const std::string_view item = query.substr(0, end);
    query = end < query.size() ? query.substr(end + 1) : std::string_view();
    const auto equals = item.find('=');
    if (equals == std::string_view::npos) return fail("srt: options are name=value, joined by &");
    const std::string key(item.substr(0, equals));
    const auto value = decode_percent(item.substr(equals + 1));
    if (!value) return fail("srt: an option has a broken % escape");
    if (const auto checked = check_srt_option(key, *value); !checked) return tl::unexpected(checked.error());
    if (!source.options.emplace(key, *value).second) return fail("srt: an option is given twice");
  }
  const auto mode = source.options.find("mode");
  source.listener = mode != source.options.end() ? mode->second == "listener" : pieces->host.empty();
  if (pieces->host.empty() && !source.listener) return fail("srt: calling needs a host, as in srt://host:9000");
  source.options.erase("mode");
  source.location =
      fmt::format("srt://{}{}?mode={}", pieces->host, pieces->port, source.listener ? "listener" : "caller");
  return source;
}

Result<SourceUri> parse_rtsp(SourceUri source, std::string_view scheme, std::string_view rest) {
  source.kind = SourceUri::Kind::kRtsp;
  if (const auto pieces = parse_network(source, scheme, rest, true); !pieces) return tl::unexpected(pieces.error());
  return source;
}

Result<SourceUri> parse_rtmp(SourceUri source, std::string_view rest) {
  source.kind = SourceUri::Kind::kRtmp;
  const auto pieces = parse_network(source, "rtmp", rest, true);
  if (!pieces) return tl::unexpected(pieces.error());
  // Application and stream: rtmp2src does nothing sensible without both.
  if (pieces->path.size() < 4 || pieces->path.find('/', 1) == std::string_view::npos || pieces->path.ends_with('/')) {
    return fail("rtmp: needs application and stream, as in rtmp://host/live/hall");
  }
  return source;
}

Result<SourceUri> parse_whip(SourceUri source, std::string_view meeting) {
  const bool plain = !meeting.empty() && meeting.size() <= 64 &&
                     std::all_of(meeting.begin(), meeting.end(),
                                 [](char c) { return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-'; });
  if (!plain) return fail("whip: needs the meeting whose encoder is meant, as in whip:2026-12-10-hearing");
  source.kind = SourceUri::Kind::kWhip;
  source.location = meeting;
  return source;
}

/// Whether it has an authority, in which a secret may stand.
bool is_network(SourceUri::Kind kind) {
  using Kind = SourceUri::Kind;
  return kind == Kind::kRtsp || kind == Kind::kSrt || kind == Kind::kRtmp;
}

}  // namespace

Result<SourceUri> parse_source_uri(const std::string& uri) {
  if (uri.empty()) return fail("the source's address is empty");
  if (uri.size() > kMaxUriBytes) return fail("the source's address is too long");
  if (has_control_characters(uri)) return fail("the source's address contains control characters");
  const auto colon = uri.find(':');
  const std::string scheme = lower(std::string_view(uri).substr(0, colon));
  const std::string_view rest =
      colon == std::string::npos ? std::string_view() : std::string_view(uri).substr(colon + 1);
  SourceUri source;
  source.uri = uri;
  if (colon != std::string::npos) {
    if (scheme == "test")
      return rest.empty() ? Result<SourceUri>(source) : fail("test: takes nothing behind the colon");
    if (scheme == "whip") return parse_whip(source, rest);
    if (scheme == "file") return parse_file(source, rest);
    if (scheme == "v4l2") return parse_v4l2(source, rest);
    if (scheme == "rtsp" || scheme == "rtsps") return parse_rtsp(source, scheme, rest);
    if (scheme == "srt") return parse_srt(source, rest);
    if (scheme == "rtmp") return parse_rtmp(source, rest);
  }
  return fail("unknown kind of source: use test:, file:, v4l2:, rtsp://, rtsps://, srt://, rtmp:// or whip:MEETING");
}

std::string SourceUri::safe() const {
  if (!is_network(kind)) return uri;
  const auto slashes = uri.find("//");
  const Pieces pieces = cut(std::string_view(uri).substr(slashes + 2));
  std::string result = uri.substr(0, slashes + 2);
  if (!pieces.userinfo.empty()) {
    result += pieces.userinfo.substr(0, pieces.userinfo.find(':'));
    if (pieces.userinfo.find(':') != std::string_view::npos) result += fmt::format(":{}", kHidden);
    result += '@';
  }
  result += fmt::format("{}{}{}", pieces.host, pieces.port, hide_values(pieces.path));
  if (!pieces.query.empty()) result += fmt::format("?{}", hide_values(pieces.query));
  return result;
}

std::string safe_uri(const std::string& uri) {
  if (const auto source = parse_source_uri(uri)) return source->safe();
  SourceUri unknown;
  unknown.uri = uri;
  if (uri.find("//") != std::string::npos) unknown.kind = SourceUri::Kind::kRtsp;  // as whatever has an authority
  return unknown.safe();
}

std::string SourceUri::hide(std::string text) const {
  if (!is_network(kind)) return text;
  replace_all(text, uri, safe());
  SourceUri without_user = *this;
  without_user.uri = location;
  replace_all(text, location, without_user.safe());
  const Pieces pieces = cut(std::string_view(uri).substr(uri.find("//") + 2));
  std::vector<std::string> secrets{password};
  if (const auto at = pieces.userinfo.find(':'); at != std::string_view::npos) {
    secrets.emplace_back(pieces.userinfo.substr(at + 1));
  }
  if (const auto found = options.find("passphrase"); found != options.end()) secrets.push_back(found->second);
  for (const std::string& secret : secrets) {
    if (!secret.empty()) replace_all(text, secret, kHidden);
  }
  // Values that an element may have cut out of the path or the query by itself.
  for (std::string_view part : {pieces.path, pieces.query}) {
    while (!part.empty()) {
      const auto end = std::min(part.find_first_of("&;/?"), part.size());
      const std::string_view item = part.substr(0, end);
      part = end < part.size() ? part.substr(end + 1) : std::string_view();
      if (hide_values(item) != item) replace_all(text, item, hide_values(item));
    }
  }
  return text;
}

}  // namespace tyndau::link
