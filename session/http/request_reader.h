#pragma once
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <tl/expected.hpp>

#include "session/http/http.h"

/// Reads the head of an HTTP/1.x request as strangers send it. Pure: bytes in, Request or a refusal out.
///
/// Stricter than RFC 9112 lets a server be, because two readers that disagree about where a request ends are how
/// requests are smuggled past the proxy in front: no bare LF, no folded lines, no space before a colon, one Host, one
/// Content-Length of digits only, no Transfer-Encoding at all.
namespace tyndau::web {

inline constexpr std::size_t kMaxHeadBytes = 16 * 1024;
inline constexpr std::size_t kMaxTargetBytes = 8 * 1024;
inline constexpr std::size_t kMaxHeaders = 64;
inline constexpr std::size_t kMaxBodyBytes = 64 * 1024;

struct Head {
  Request request;  ///< without body, client and captures
  std::size_t content_length = 0;
  bool keep_alive = true;
  bool version_1_0 = false;
  bool expects_continue = false;
};

/// What is answered before the connection is closed.
struct BadRequest {
  int status = 400;
  std::string code, detail;
};

/// How many bytes the head at the beginning of `bytes` has, with its empty line; nothing while it is not all there.
/// `scanned` bytes were looked at before: a head that trickles in is not read from its beginning each time.
std::optional<std::size_t> head_length(std::string_view bytes, std::size_t scanned = 0);

/// Reads a whole head, as measured by head_length().
tl::expected<Head, BadRequest> read_head(std::string_view head);

/// Percent-decodes a path and refuses what could name something else than it seems to: "..", ".", encoded slashes,
/// backslashes, control characters, bytes that are not UTF-8.
std::optional<std::string> decode_path(std::string_view path);

/// The fields of a form as browsers send it (application/x-www-form-urlencoded, UTF-8); nothing when it is malformed.
/// What a field contains is its reader's to judge: control characters are let through. The first of equal names counts.
std::optional<std::map<std::string, std::string>> read_form(std::string_view body);

/// The client's own address from X-Forwarded-For: the last one, which the proxy in front has written itself. Empty when
/// that is not an address.
std::string forwarded_client(std::string_view forwarded_for);

}  // namespace tyndau::web
