// A source's address as somebody typed it at the desk, with what must never be seen again.
#include "media/link/source_uri.h"

#include <string>

#include "tests/fuzz/fuzz.h"

using namespace tyndau;
using fuzz::promise;
using link::SourceUri;

namespace {

bool same(const SourceUri& a, const SourceUri& b) {
  return a.kind == b.kind && a.location == b.location && a.audio_device == b.audio_device && a.user == b.user &&
         a.password == b.password && a.listener == b.listener && a.port == b.port && a.options == b.options;
}

void check_location(const SourceUri& source) {
  if (source.kind != SourceUri::Kind::kRtsp && source.kind != SourceUri::Kind::kRtmp) return;
  const auto again = link::parse_source_uri(source.location);
  promise(again.has_value(), "the location is an address of its own");
  promise(again->location == source.location && again->kind == source.kind && again->port == source.port, "the same");
  promise(again->user.empty() && again->password.empty(), "without user and password");
}

/// What is shown does not depend on what is hidden.
void check_hidden(const SourceUri& source) {
  const std::string shown = source.safe();
  if (const auto again = link::parse_source_uri(shown)) promise(again->safe() == shown, "hidden once is hidden");
  promise(source.hide(source.uri).size() <= 16 * source.uri.size(), "nothing grows without end");
  if (source.password.empty() || source.password.find('*') != std::string::npos) return;
  // As an element complains of it: decoded, with what is around it.
  const std::string complaint =
      "Could not open " + source.location + " as " + source.password + " (" + source.uri + ")";
  const std::string hidden = source.hide(complaint);
  promise(hidden.find(source.password) == std::string::npos, "no complaint has the password");
}

/// Of two addresses that differ in the password alone the same is shown.
void check_password(std::string_view password) {
  std::string escaped;
  constexpr std::string_view kDigits = "0123456789abcdef";
  for (const char c : password) {
    const auto byte = static_cast<unsigned char>(c);
    if (byte < 0x20 || byte == 0x7f) return;
    escaped += {'%', kDigits[byte >> 4], kDigits[byte & 15]};
  }
  const auto source = link::parse_source_uri("rtsp://secretary:" + escaped + "@camera:554/hall?channel=1");
  promise(source.has_value() && source->password == password && source->user == "secretary", "the password is taken");
  promise(source->safe() == "rtsp://secretary:***@camera:554/hall?channel=1", "and hidden");
  promise(source->location == "rtsp://camera:554/hall?channel=1", "and is not in the location");
  if (password.size() < 10 || password.size() > 79) return;
  const auto srt = link::parse_source_uri("srt://:9000?passphrase=" + escaped);
  promise(srt.has_value() && srt->options.at("passphrase") == password, "the passphrase is taken");
  promise(srt->safe() == "srt://:9000?passphrase=***", "and hidden");
  promise(srt->location == "srt://:9000?mode=listener", "and is not in the location");
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string uri(fuzz::text(data, size));
  if (size > 0 && size <= 100) check_password(uri);
  const auto source = link::parse_source_uri(uri);
  if (!source) {
    promise(!source.error().what.empty(), "a failure says what is wrong");
    return 0;
  }
  promise(size <= 2048 && source->uri == uri, "as given");
  promise(source->port >= 0 && source->port <= 65535, "a port");
  promise(source->kind == SourceUri::Kind::kTest || !source->location.empty(), "a location");
  const auto again = link::parse_source_uri(uri);
  promise(again.has_value() && same(*again, *source), "read twice it is the same");
  check_location(*source);
  check_hidden(*source);
  return 0;
}
