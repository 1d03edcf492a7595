#include "session/http/delivery.h"

#include <fcntl.h>
#include <sys/sendfile.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/uio.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <optional>

#include "media/base/log.h"

namespace tyndau::web {
namespace {

/// How much one connection may send before the others have their turn.
constexpr std::uint64_t kTurnBytes = 1024 * 1024;

std::string_view reason(int status) {
  switch (status) {
    case 200:
      return "OK";
    case 201:
      return "Created";
    case 204:
      return "No Content";
    case 206:
      return "Partial Content";
    case 301:
      return "Moved Permanently";
    case 302:
      return "Found";
    case 303:
      return "See Other";
    case 304:
      return "Not Modified";
    case 307:
      return "Temporary Redirect";
    case 308:
      return "Permanent Redirect";
    case 400:
      return "Bad Request";
    case 401:
      return "Unauthorized";
    case 403:
      return "Forbidden";
    case 404:
      return "Not Found";
    case 405:
      return "Method Not Allowed";
    case 408:
      return "Request Timeout";
    case 409:
      return "Conflict";
    case 411:
      return "Length Required";
    case 413:
      return "Content Too Large";
    case 414:
      return "URI Too Long";
    case 415:
      return "Unsupported Media Type";
    case 416:
      return "Range Not Satisfiable";
    case 417:
      return "Expectation Failed";
    case 422:
      return "Unprocessable Content";
    case 426:
      return "Upgrade Required";
    case 429:
      return "Too Many Requests";
    case 431:
      return "Request Header Fields Too Large";
    case 500:
      return "Internal Server Error";
    case 503:
      return "Service Unavailable";
    case 505:
      return "HTTP Version Not Supported";
    default:
      return "Status";
  }
}

bool same_name(std::string_view a, std::string_view b) {
  return a.size() == b.size() && std::equal(a.begin(), a.end(), b.begin(), [](char x, char y) {
           return std::tolower(static_cast<unsigned char>(x)) == std::tolower(static_cast<unsigned char>(y));
         });
}

std::string find_header(const Response& response, std::string_view name) {
  for (const auto& [key, value] : response.headers) {
    if (same_name(key, name)) return value;
  }
  return {};
}

/// A value with a line break would end the header and begin another.
bool is_clean(std::string_view text) {
  return std::none_of(text.begin(), text.end(),
                      [](char c) { return (static_cast<unsigned char>(c) < 0x20 && c != '\t') || c == 0x7f; });
}

/// RFC 9110, 13.1.2: If-None-Match compares weakly.
bool matches(std::string_view list, std::string_view etag) {
  auto opaque = [](std::string_view tag) { return tag.starts_with("W/") ? tag.substr(2) : tag; };
  while (!list.empty()) {
    std::string_view tag = list.substr(0, list.find(','));
    list.remove_prefix(std::min(list.size(), tag.size() + 1));
    while (!tag.empty() && tag.front() == ' ') tag.remove_prefix(1);
    while (!tag.empty() && tag.back() == ' ') tag.remove_suffix(1);
    if (tag == "*" || opaque(tag) == opaque(etag)) return true;
  }
  return false;
}

struct Range {
  std::uint64_t first = 0, bytes = 0;
};
struct Unsatisfiable {};
/// Nothing when the header is to be ignored: another unit, several ranges, nonsense.
std::optional<std::variant<Range, Unsatisfiable>> read_range(std::string_view text, std::uint64_t total) {
  constexpr std::string_view kUnit = "bytes=";
  if (!text.starts_with(kUnit)) return std::nullopt;
  text.remove_prefix(kUnit.size());
  auto dash = text.find('-');
  if (dash == std::string_view::npos) return std::nullopt;
  auto number = [](std::string_view digits) -> std::optional<std::uint64_t> {
    std::uint64_t value = 0;
    auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), value);
    if (error != std::errc() || end != digits.data() + digits.size()) return std::nullopt;
    return value;
  };
  const std::string_view from = text.substr(0, dash), to = text.substr(dash + 1);
  const auto first = number(from), last = number(to);
  if ((!from.empty() && !first) || (!to.empty() && !last) || (!first && !last)) return std::nullopt;
  if (!first) {  // the last so many
    if (*last == 0 || total == 0) return Unsatisfiable{};
    const std::uint64_t bytes = std::min(*last, total);
    return Range{total - bytes, bytes};
  }
  if (last && *last < *first) return std::nullopt;
  if (*first >= total) return Unsatisfiable{};
  return Range{*first, (last ? std::min(*last, total - 1) : total - 1) - *first + 1};
}

std::vector<Piece> stretch(const std::vector<Piece>& pieces, Range range) {
  std::vector<Piece> result;
  for (Piece piece : pieces) {
    if (range.bytes == 0) break;
    std::visit(
        [&](auto& part) {
          const std::uint64_t skip = std::min(range.first, part.bytes);
          range.first -= skip;
          part.offset += skip;
          part.bytes = std::min(part.bytes - skip, range.bytes);
          range.bytes -= part.bytes;
          if (part.bytes > 0) result.emplace_back(part);
        },
        piece);
  }
  return result;
}

void set_header(Response& response, std::string_view name, std::string value) {
  std::erase_if(response.headers, [&](const auto& header) { return same_name(header.first, name); });
  response.with(std::string(name), std::move(value));
}

void apply_range(const Wishes& wishes, Response& response) {
  set_header(response, "Accept-Ranges", "bytes");
  // RFC 9110, 14.2: "A server MUST ignore a Range header field received with a request method ... other than GET".
  if (wishes.range.empty() || wishes.head_only) return;
  // If-Range compares strongly: a weak tag never matches.
  const std::string etag = find_header(response, "ETag"), modified = find_header(response, "Last-Modified");
  if (!wishes.if_range.empty() && !(wishes.if_range == etag && !etag.starts_with("W/")) &&
      !(wishes.if_range == modified && !modified.empty())) {
    return;
  }
  const std::uint64_t total = body_bytes(response);
  const auto range = read_range(wishes.range, total);
  if (!range) return;
  if (std::holds_alternative<Unsatisfiable>(*range)) {
    response.status = 416;
    response.body.clear();
    set_header(response, "Content-Range", "bytes */" + std::to_string(total));
    return;
  }
  const Range& wanted = std::get<Range>(*range);
  response.status = 206;
  response.body = stretch(response.body, wanted);
  set_header(response, "Content-Range",
             fmt::format("bytes {}-{}/{}", wanted.first, wanted.first + wanted.bytes - 1, total));
}

}  // namespace

Wishes Wishes::of(const Request& request) {
  Wishes wishes;
  wishes.head_only = request.method == "HEAD";
  if (wishes.head_only || request.method == "GET") {
    wishes.if_none_match = request.header("if-none-match");
    wishes.range = request.header("range");
    wishes.if_range = request.header("if-range");
  }
  return wishes;
}

void apply_wishes(const Wishes& wishes, Response& response) {
  if (response.status != 200) return;
  const std::string etag = find_header(response, "ETag");
  if (!etag.empty() && !wishes.if_none_match.empty() && matches(wishes.if_none_match, etag)) {
    response.status = 304;
    response.body.clear();
    std::erase_if(response.headers, [](const auto& header) {
      return same_name(header.first, "Content-Type") || same_name(header.first, "Content-Encoding");
    });
    return;
  }
  if (response.ranges) apply_range(wishes, response);
}

std::string head_bytes(const Response& response, const Wishes& wishes, std::string_view date) {
  std::string head;
  head.reserve(640);
  fmt::format_to(std::back_inserter(head), "HTTP/1.1 {} {}\r\n", response.status, reason(response.status));
  static constexpr std::array<std::pair<std::string_view, std::string_view>, 3> kAlways{{
      {"X-Content-Type-Options", "nosniff"},
      {"Referrer-Policy", "same-origin"},
      {"Cross-Origin-Opener-Policy", "same-origin"},
  }};
  std::array<bool, kAlways.size()> said{};
  for (const auto& [name, value] : response.headers) {
    if (!is_clean(name) || !is_clean(value)) {
      log::error("A response header with control characters was left out: {}", name);
      continue;
    }
    for (std::size_t i = 0; i < kAlways.size(); ++i) said[i] = said[i] || same_name(name, kAlways[i].first);
    head.append(name).append(": ").append(value).append("\r\n");
  }
  for (std::size_t i = 0; i < kAlways.size(); ++i) {
    if (!said[i]) head.append(kAlways[i].first).append(": ").append(kAlways[i].second).append("\r\n");
  }
  head.append("Date: ").append(date).append("\r\n");
  if (response.status != 304 && response.status != 204 && response.status >= 200) {
    fmt::format_to(std::back_inserter(head), "Content-Length: {}\r\n", body_bytes(response));
  }
  if (!wishes.keep_alive) {
    head.append("Connection: close\r\n");
  } else if (wishes.version_1_0) {
    head.append("Connection: keep-alive\r\n");
  }
  head.append("\r\n");
  return head;
}

std::uint64_t body_bytes(const Response& response) {
  std::uint64_t total = 0;
  for (const Piece& piece : response.body) total += std::visit([](const auto& part) { return part.bytes; }, piece);
  return total;
}

namespace {

Result<Fd> open_piece(const FilePiece& piece) {
  Fd file(::open(piece.path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOFOLLOW));
  if (!file) return fail_errno("cannot open " + piece.path.string());
  struct stat status {};
  if (::fstat(file.get(), &status) != 0) return fail_errno("cannot look at " + piece.path.string());
  if (!S_ISREG(status.st_mode)) return fail(piece.path.string() + " is not a file", EINVAL);
  if (static_cast<std::uint64_t>(status.st_size) < piece.offset + piece.bytes) {
    return fail(piece.path.string() + " is shorter than it was", EIO);
  }
  return file;
}

}  // namespace

Result<Fd> open_first_file(const Response& response) {
  for (const Piece& piece : response.body) {
    if (const auto* file = std::get_if<FilePiece>(&piece)) return open_piece(*file);
  }
  return Fd();
}

Delivery::Delivery(Response response, const Wishes& wishes, std::string_view date, Fd first_file)
    : file_(std::move(first_file)) {
  auto head = std::make_shared<const std::string>(head_bytes(response, wishes, date));
  const std::uint64_t bytes = head->size();
  if (wishes.head_only || response.status == 304 || response.status == 204) {
    response.body.clear();
    file_.reset();
  }
  pieces_.reserve(response.body.size() + 1);
  pieces_.emplace_back(MemoryPiece{std::move(head), 0, bytes});
  std::move(response.body.begin(), response.body.end(), std::back_inserter(pieces_));
}

Delivery::Progress Delivery::send(int socket) {
  const std::uint64_t limit = sent_ + kTurnBytes;
  while (next_ < pieces_.size()) {
    if (sent_ >= limit) return Progress::kBlocked;
    auto progress = std::holds_alternative<MemoryPiece>(pieces_[next_]) ? send_memory(socket) : send_file(socket);
    if (progress != Progress::kDone) return progress;
  }
  return Progress::kDone;
}

/// Sends the memory pieces from the one in hand on, in one call.
Delivery::Progress Delivery::send_memory(int socket) {
  std::array<iovec, 16> vectors{};
  std::size_t count = 0;
  std::uint64_t skip = done_;
  std::size_t end = next_;
  for (; end < pieces_.size() && count < vectors.size(); ++end, skip = 0) {
    const auto* piece = std::get_if<MemoryPiece>(&pieces_[end]);
    if (!piece) break;
    if (piece->bytes == skip) continue;
    char* data = const_cast<char*>(piece->data->data());  // iovec knows no const; sendmsg only reads
    vectors[count++] = {data + piece->offset + skip, piece->bytes - skip};
  }
  if (count > 0) {
    msghdr message{};
    message.msg_iov = vectors.data();
    message.msg_iovlen = count;
    // A head in front of a file waits for it, so that both leave in one packet.
    ssize_t sent = ::sendmsg(socket, &message, MSG_NOSIGNAL | (end < pieces_.size() ? MSG_MORE : 0));
    if (sent < 0) {
      if (errno == EINTR) return Progress::kDone;
      return errno == EAGAIN || errno == EWOULDBLOCK ? Progress::kBlocked : Progress::kBroken;
    }
    sent_ += static_cast<std::uint64_t>(sent);
    done_ += static_cast<std::uint64_t>(sent);
  }
  while (next_ < end) {
    const std::uint64_t bytes = std::get<MemoryPiece>(pieces_[next_]).bytes;
    if (done_ < bytes) break;
    done_ -= bytes;
    pieces_[next_++] = MemoryPiece{};  // lets go of the memory
  }
  return Progress::kDone;
}

Delivery::Progress Delivery::send_file(int socket) {
  const auto& piece = std::get<FilePiece>(pieces_[next_]);
  if (piece.bytes > done_) {
    if (!file_) {
      auto file = open_piece(piece);
      if (!file) {
        log::warning("A download ends early: {}", file.error().what);
        return Progress::kBroken;
      }
      file_ = std::move(*file);
    }
    auto offset = static_cast<off_t>(piece.offset + done_);
    ssize_t sent = ::sendfile(socket, file_.get(), &offset, std::min(piece.bytes - done_, kTurnBytes));
    if (sent < 0) {
      if (errno == EINTR) return Progress::kDone;
      return errno == EAGAIN || errno == EWOULDBLOCK ? Progress::kBlocked : Progress::kBroken;
    }
    if (sent == 0) {
      log::warning("A download ends early: {} became shorter", piece.path.string());
      return Progress::kBroken;
    }
    sent_ += static_cast<std::uint64_t>(sent);
    done_ += static_cast<std::uint64_t>(sent);
  }
  if (done_ == piece.bytes) {
    file_.reset();
    done_ = 0;
    ++next_;
  }
  return Progress::kDone;
}

}  // namespace tyndau::web
