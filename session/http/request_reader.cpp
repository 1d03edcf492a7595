#include "session/http/request_reader.h"

#include <arpa/inet.h>

#include <algorithm>
#include <array>
#include <charconv>

namespace tyndau::web {
namespace {

/// RFC 9110, 5.6.2: what names of methods and headers are made of.
bool is_token_character(char c) {
  if ((c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z')) return true;
  return std::string_view("!#$%&'*+-.^_`|~").find(c) != std::string_view::npos;
}
bool is_token(std::string_view text) {
  return !text.empty() && std::all_of(text.begin(), text.end(), is_token_character);
}

std::string lower(std::string_view text) {
  std::string result(text);
  for (char& c : result) {
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
  }
  return result;
}

std::string_view trimmed(std::string_view text) {
  while (!text.empty() && (text.front() == ' ' || text.front() == '\t')) text.remove_prefix(1);
  while (!text.empty() && (text.back() == ' ' || text.back() == '\t')) text.remove_suffix(1);
  return text;
}

int hexadecimal(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  return -1;
}

/// Nothing when a % is not followed by two hexadecimal digits, or when the result has control characters that are not
/// allowed.
std::optional<std::string> percent_decoded(std::string_view text, bool plus_is_space, bool controls_allowed = false) {
  std::string result;
  result.reserve(text.size());
  for (std::size_t i = 0; i < text.size(); ++i) {
    char c = text[i];
    if (c == '%') {
      if (i + 2 >= text.size()) return std::nullopt;
      int high = hexadecimal(text[i + 1]), low = hexadecimal(text[i + 2]);
      if (high < 0 || low < 0) return std::nullopt;
      c = static_cast<char>(high * 16 + low);
      i += 2;
    } else if (c == '+' && plus_is_space) {
      c = ' ';
    }
    if (!controls_allowed && (static_cast<unsigned char>(c) < 0x20 || c == 0x7f)) return std::nullopt;
    result.push_back(c);
  }
  return result;
}

bool is_utf8(std::string_view text) {
  for (std::size_t i = 0; i < text.size();) {
    const auto first = static_cast<unsigned char>(text[i]);
    const int more = first < 0x80                    ? 0
                     : first >= 0xc2 && first < 0xe0 ? 1
                     : first >= 0xe0 && first < 0xf0 ? 2
                     : first >= 0xf0 && first < 0xf5 ? 3
                                                     : -1;
    if (more < 0 || i + static_cast<std::size_t>(more) >= text.size()) return false;
    for (int n = 1; n <= more; ++n) {
      if ((static_cast<unsigned char>(text[i + static_cast<std::size_t>(n)]) & 0xc0) != 0x80) return false;
    }
    const auto second = more > 0 ? static_cast<unsigned char>(text[i + 1]) : 0x80;
    if ((first == 0xe0 && second < 0xa0) || (first == 0xed && second > 0x9f) || (first == 0xf0 && second < 0x90) ||
        (first == 0xf4 && second > 0x8f)) {
      return false;
    }
    i += static_cast<std::size_t>(more) + 1;
  }
  return true;
}

bool read_pairs(std::string_view text, bool controls_allowed, std::map<std::string, std::string>& pairs) {
  while (!text.empty()) {
    std::string_view pair = text.substr(0, text.find('&'));
    text.remove_prefix(std::min(text.size(), pair.size() + 1));
    if (pair.empty()) continue;
    auto equals = pair.find('=');
    auto name = percent_decoded(pair.substr(0, equals), true, controls_allowed);
    auto value = equals == std::string_view::npos ? std::string()
                                                  : percent_decoded(pair.substr(equals + 1), true, controls_allowed);
    if (!name || !value || !is_utf8(*name) || !is_utf8(*value)) return false;
    pairs.emplace(*name, *value);  // the first of equal names stays
  }
  return true;
}

using Refused = tl::unexpected<BadRequest>;
Refused refused(int status, std::string code, std::string detail) {
  return Refused(BadRequest{status, std::move(code), std::move(detail)});
}

/// Headers that decide something here and must be there once at most; others are joined with ", " (RFC 9110, 5.3).
bool must_be_single(const std::string& name) {
  static constexpr std::array kSingle{"host",           "content-length", "content-type",      "origin",
                                      "x-csrf-token",   "range",          "if-range",          "authorization",
                                      "sec-fetch-site", "expect",         "sec-websocket-key", "idempotency-key"};
  return std::find(kSingle.begin(), kSingle.end(), name) != kSingle.end();
}

tl::expected<void, BadRequest> read_request_line(std::string_view line, Head& head, bool& version_1_0) {
  auto first = line.find(' '), last = line.rfind(' ');
  if (first == std::string_view::npos || first == last) {
    return refused(400, "bad_request_line", "The first line must be METHOD TARGET HTTP/1.1.");
  }
  std::string_view method = line.substr(0, first), target = line.substr(first + 1, last - first - 1),
                   version = line.substr(last + 1);
  if (!is_token(method) || method.size() > 32 || target.find(' ') != std::string_view::npos) {
    return refused(400, "bad_request_line", "The first line must be METHOD TARGET HTTP/1.1.");
  }
  if (version != "HTTP/1.1" && version != "HTTP/1.0") {
    if (version.starts_with("HTTP/")) return refused(505, "bad_version", "HTTP/1.1 is spoken here.");
    return refused(400, "bad_request_line", "The first line must be METHOD TARGET HTTP/1.1.");
  }
  version_1_0 = version == "HTTP/1.0";
  if (target.size() > kMaxTargetBytes) return refused(414, "address_too_long", "The address is too long.");
  // RFC 9112, 3.2.2: "a server MUST accept the absolute-form in requests".
  for (std::string_view scheme : {"http://", "https://"}) {
    if (!target.starts_with(scheme)) continue;
    auto slash = target.find('/', scheme.size());
    target = slash == std::string_view::npos ? std::string_view("/") : target.substr(slash);
  }
  std::string_view raw_path = target.substr(0, target.find('?'));
  auto path = decode_path(raw_path);
  if (!path) return refused(400, "bad_path", "The path is malformed.");
  head.request.method = std::string(method);
  head.request.path = std::move(*path);
  if (raw_path.size() < target.size() && !read_pairs(target.substr(raw_path.size() + 1), false, head.request.query)) {
    return refused(400, "bad_query", "The query is malformed.");
  }
  return {};
}

tl::expected<void, BadRequest> read_header_line(std::string_view line, Head& head) {
  auto colon = line.find(':');
  // This also catches folded lines (which begin with a space) and a space before the colon.
  if (colon == std::string_view::npos || !is_token(line.substr(0, colon))) {
    return refused(400, "bad_header", "A header line is malformed.");
  }
  const std::string name = lower(line.substr(0, colon));
  const std::string_view value = trimmed(line.substr(colon + 1));
  for (char c : value) {
    if ((static_cast<unsigned char>(c) < 0x20 && c != '\t') || c == 0x7f) {
      return refused(400, "bad_header", "A header has control characters.");
    }
  }
  auto [found, fresh] = head.request.headers.emplace(name, value);
  if (fresh) return {};
  if (must_be_single(name)) return refused(400, "duplicate_header", "The header " + name + " is there twice.");
  // RFC 9110, 5.6.1: empty elements of a list say nothing.
  if (!value.empty() && !found->second.empty()) found->second += name == "cookie" ? "; " : ", ";
  found->second += value;
  return {};
}

tl::expected<void, BadRequest> read_framing(Head& head, bool version_1_0) {
  const auto& headers = head.request.headers;
  if (!version_1_0 && head.request.header("host").empty()) {
    return refused(400, "no_host", "The Host header is missing.");
  }
  const bool has_length = headers.contains("content-length");
  if (headers.contains("transfer-encoding")) {
    if (has_length) return refused(400, "bad_length", "Content-Length and Transfer-Encoding contradict each other.");
    return refused(411, "length_required", "Send the body with a Content-Length.");
  }
  if (!has_length) return {};
  const std::string text = head.request.header("content-length");
  if (text.empty() || !std::all_of(text.begin(), text.end(), [](char c) { return c >= '0' && c <= '9'; })) {
    return refused(400, "bad_length", "Content-Length is not a number.");
  }
  std::uint64_t length = 0;
  auto parsed = std::from_chars(text.data(), text.data() + text.size(), length);
  if (parsed.ec != std::errc()) return refused(400, "bad_length", "Content-Length is out of range.");
  if (length > kMaxBodyBytes) return refused(413, "too_large", "A body may have 65536 bytes.");
  head.content_length = length;
  return {};
}

/// Whether a comma-separated header has this element.
bool has_element(const std::string& header, std::string_view wanted) {
  std::string_view rest = header;
  while (!rest.empty()) {
    std::string_view element = rest.substr(0, rest.find(','));
    rest.remove_prefix(std::min(rest.size(), element.size() + 1));
    if (lower(trimmed(element)) == wanted) return true;
  }
  return false;
}

}  // namespace

std::optional<std::size_t> head_length(std::string_view bytes, std::size_t scanned) {
  // A line may end in a bare LF here so that a head of bare LFs is refused at once instead of when its time is up.
  for (std::size_t at = bytes.find('\n', scanned < 2 ? 0 : scanned - 2); at != std::string_view::npos;
       at = bytes.find('\n', at + 1)) {
    if (at + 1 < bytes.size() && bytes[at + 1] == '\n') return at + 2;
    if (at + 2 < bytes.size() && bytes[at + 1] == '\r' && bytes[at + 2] == '\n') return at + 3;
  }
  return std::nullopt;
}

tl::expected<Head, BadRequest> read_head(std::string_view bytes) {
  Head head;
  bool first = true, version_1_0 = false;
  std::size_t headers = 0;
  while (!bytes.empty()) {
    auto end = bytes.find('\n');
    if (end == std::string_view::npos || end == 0 || bytes[end - 1] != '\r') {
      return refused(400, "bad_line", "Lines must end in CR LF.");
    }
    std::string_view line = bytes.substr(0, end - 1);
    bytes.remove_prefix(end + 1);
    if (line.empty()) break;
    if (line.find('\0') != std::string_view::npos || line.find('\r') != std::string_view::npos) {
      return refused(400, "bad_line", "Lines must end in CR LF.");
    }
    if (!first && ++headers > kMaxHeaders) return refused(431, "too_many_headers", "There are too many headers.");
    auto read = first ? read_request_line(line, head, version_1_0) : read_header_line(line, head);
    if (!read) return Refused(read.error());
    first = false;
  }
  if (first) return refused(400, "bad_request_line", "The first line must be METHOD TARGET HTTP/1.1.");
  if (auto framing = read_framing(head, version_1_0); !framing) return Refused(framing.error());
  const std::string connection = head.request.header("connection");
  head.keep_alive = version_1_0 ? has_element(connection, "keep-alive") : !has_element(connection, "close");
  const std::string expect = head.request.header("expect");
  if (!expect.empty() && lower(expect) != "100-continue")
    return refused(417, "bad_expectation", "Unknown expectation.");
  head.version_1_0 = version_1_0;
  head.expects_continue = !expect.empty() && !version_1_0;
  return head;
}

std::optional<std::string> decode_path(std::string_view path) {
  if (path.empty() || path.front() != '/' || path.find('#') != std::string_view::npos) return std::nullopt;
  auto decoded = percent_decoded(path, false);
  if (!decoded || !is_utf8(*decoded) || decoded->find('\\') != std::string::npos) return std::nullopt;
  // An encoded slash would make one segment into two.
  if (std::count(decoded->begin(), decoded->end(), '/') != std::count(path.begin(), path.end(), '/'))
    return std::nullopt;
  std::string_view rest = *decoded;
  while (!rest.empty()) {
    rest.remove_prefix(1);
    std::string_view segment = rest.substr(0, rest.find('/'));
    if (segment == "." || segment == "..") return std::nullopt;
    rest.remove_prefix(segment.size());
  }
  return decoded;
}

std::optional<std::map<std::string, std::string>> read_form(std::string_view body) {
  std::map<std::string, std::string> fields;
  if (!read_pairs(body, true, fields)) return std::nullopt;
  return fields;
}

std::string forwarded_client(std::string_view forwarded_for) {
  auto comma = forwarded_for.rfind(',');
  const std::string last(trimmed(comma == std::string_view::npos ? forwarded_for : forwarded_for.substr(comma + 1)));
  in6_addr address{};
  if (inet_pton(AF_INET, last.c_str(), &address) == 1 || inet_pton(AF_INET6, last.c_str(), &address) == 1) return last;
  return {};
}

}  // namespace tyndau::web
