// The track index (media/link/INDEX.md) as a crash or a damaged disk left it.
#include <algorithm>
#include <string>

#include "media/link/track_index.h"
#include "tests/fuzz/fuzz.h"

using namespace tyndau;
using fuzz::promise;

namespace {

void check_line(std::string_view line) {
  const auto read = link::parse_line(line);
  if (!read) {
    promise(!read.error().what.empty(), "a failure says what is wrong");
    return;
  }
  const std::string printed = link::format_line(*read);
  promise(printed.ends_with(" .\n") && printed.find('\n') == printed.size() - 1, "one line is printed");
  const auto again = link::parse_line(std::string_view(printed).substr(0, printed.size() - 1));
  promise(again.has_value(), "what was read is printed as something that can be read");
  promise(*again == *read, "and reads the same");
  // A crash cuts a line anywhere: no beginning of it is another line.
  for (std::size_t cut = 0; cut + 1 < printed.size(); ++cut) {
    promise(!link::parse_line(std::string_view(printed).substr(0, cut)), "a torn line is not a line");
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  std::string_view rest = fuzz::text(data, size);
  while (!rest.empty()) {
    const std::string_view line = rest.substr(0, rest.find('\n'));
    rest.remove_prefix(std::min(rest.size(), line.size() + 1));
    check_line(line);
  }
  return 0;
}
