// The bytes of an RTMP source, on their way to GStreamer's demuxer.
#include <cstring>
#include <vector>

#include "media/sources/flv_stream.h"
#include "tests/fuzz/fuzz.h"

using tyndau::fuzz::promise;
using tyndau::sources::FlvStream;

namespace {

std::size_t number(const std::uint8_t* at, int bytes) {
  std::size_t value = 0;
  for (int i = 0; i < bytes; ++i) value = value << 8 | at[i];
  return value;
}

/// What came out of an FLV is its header and whole tags, and no picture in it has a coding that flvdemux does not know.
void check_tags(const std::vector<std::uint8_t>& out) {
  std::size_t at = number(out.data() + 5, 4) + 4;
  while (at < out.size()) {
    promise(out.size() - at >= 15, "a tag has a head and its size");
    const std::size_t size = number(out.data() + at + 1, 3);
    promise(out.size() - at >= 15 + size, "a tag is whole");
    if ((out[at] & 0x1f) == 9 && size > 0) {
      const int codec = out[at + 11] & 0x0f;
      promise((out[at + 11] & 0x80) == 0 && codec >= 2 && codec <= 7, "pictures are of a coding that is known");
    }
    at += 15 + size;
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  std::vector<std::uint8_t> whole, pieces;
  FlvStream at_once, cut;
  at_once.take(data, size, whole);
  const std::size_t piece = size > 0 ? data[size - 1] % 32 + 1 : 1;
  for (std::size_t at = 0; at < size; at += piece) cut.take(data + at, std::min(piece, size - at), pieces);
  promise(whole == pieces && at_once.coding() == cut.coding(), "how the bytes are cut does not matter");
  const bool is_flv =
      size >= 9 && std::memcmp(data, "FLV", 3) == 0 && number(data + 5, 4) >= 9 && number(data + 5, 4) <= 64;
  if (!is_flv) {
    promise(whole.size() == (size < 9 ? 0 : size), "what is no FLV passes as it is");
  } else if (!whole.empty()) {
    check_tags(whole);
  }
  return 0;
}
