// HTTP requests as strangers write them: their heads, forms and forwarded addresses.
#include <string>

#include "session/http/request_reader.h"
#include "tests/fuzz/fuzz.h"

using namespace tyndau;
using fuzz::promise;

namespace {

// Printed, a byte may become three ("%25"), and the printed head must stay below the reader's own limits.
constexpr std::size_t kMostPrinted = web::kMaxTargetBytes / 3;

/// The head is found where it is however the bytes trickle in.
void check_length(std::string_view bytes, std::optional<std::size_t> length) {
  for (std::size_t cut = 0; cut <= bytes.size(); cut += bytes.size() / 16 + 1) {
    const auto early = web::head_length(bytes.substr(0, cut));
    if (early) {
      promise(early == length, "what comes behind a head does not change it");
    } else {
      promise(web::head_length(bytes, cut) == length, "bytes looked at before need not be looked at again");
    }
  }
  promise(!length || *length <= bytes.size(), "a head is not longer than what came");
}

std::string escaped(std::string_view text, std::string_view besides) {
  constexpr std::string_view kDigits = "0123456789ABCDEF";
  std::string result;
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    if (byte <= 0x20 || byte == 0x7f || c == '%' || c == '?' || c == '#' || besides.find(c) != std::string_view::npos) {
      result += {'%', kDigits[byte >> 4], kDigits[byte & 15]};
    } else {
      result += c;
    }
  }
  return result;
}

std::string form(const std::map<std::string, std::string>& pairs) {
  std::string result;
  for (const auto& [name, value] : pairs) {
    result += (result.empty() ? "" : "&") + escaped(name, "&=+") + "=" + escaped(value, "&+");
  }
  return result;
}

void check_head(std::string_view bytes) {
  const auto head = web::read_head(bytes);
  if (!head) {
    promise(head.error().status >= 400 && head.error().status < 600 && !head.error().code.empty(),
            "a refusal says why");
    return;
  }
  const web::Request& request = head->request;
  promise(head->content_length <= web::kMaxBodyBytes, "bodies are small");
  promise(!request.headers.contains("transfer-encoding"), "nobody disagrees about where a request ends");
  promise(request.path.starts_with('/') && request.path.find("/../") == std::string::npos &&
              !request.path.ends_with("/..") && request.path.find('\0') == std::string::npos,
          "a path names what it seems to");
  std::string printed = request.method + " " + escaped(request.path, "");
  if (!request.query.empty()) printed += "?" + form(request.query);
  printed += head->version_1_0 ? " HTTP/1.0\r\n" : " HTTP/1.1\r\n";
  for (const auto& [name, value] : request.headers) printed += name + ": " + value + "\r\n";
  printed += "\r\n";
  promise(web::head_length(printed) == printed.size(), "nothing that was read ends a head");
  const auto again = web::read_head(printed);
  promise(again.has_value(), "what was read is printed as a request");
  promise(again->request.method == request.method && again->request.path == request.path, "for the same");
  promise(again->request.query == request.query && again->request.headers == request.headers, "with the same");
  promise(again->content_length == head->content_length && again->keep_alive == head->keep_alive &&
              again->version_1_0 == head->version_1_0 && again->expects_continue == head->expects_continue,
          "in the same frame");
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view bytes = fuzz::text(data, size);
  const auto length = web::head_length(bytes);
  check_length(bytes, length);
  if (size > kMostPrinted) return 0;
  if (length) check_head(bytes.substr(0, *length));
  if (const auto path = web::decode_path(bytes)) {
    promise(web::decode_path(escaped(*path, "")) == path, "a path prints, and reads the same");
  }
  if (const auto fields = web::read_form(bytes)) {
    promise(web::read_form(form(*fields)) == fields, "a form prints, and reads the same");
  }
  const std::string client = web::forwarded_client(bytes);
  promise(web::forwarded_client(client) == client, "an address reads as itself");
  return 0;
}
