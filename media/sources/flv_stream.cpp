#include "media/sources/flv_stream.h"

#include <algorithm>
#include <array>
#include <cstring>
#include <optional>
#include <string_view>
#include <utility>

namespace tyndau::sources {

namespace {

// E.2, E.3: the file's header and the size of no tag before the first; E.4.1: a tag's header, and its size after it.
constexpr std::size_t kFileHeader = 9, kTagHeader = 11, kTagSize = 4;
constexpr std::uint8_t kVideoTag = 9;
// E.4.3.1: the lower half of the first byte. 12 is nobody's standard and everybody's practice.
constexpr std::uint8_t kAvc = 7, kHevcByPractice = 12;
constexpr std::array<std::uint8_t, 6> kKnown = {2, 3, 4, 5, 6, kAvc};
// Enhanced RTMP: the highest bit of the first byte, then the kind of packet where the codec was, then four characters.
constexpr std::uint8_t kEnhanced = 0x80;
enum Packet : std::uint8_t { kSequenceStart, kCodedFrames, kSequenceEnd, kCodedFramesX };

std::size_t number(const std::uint8_t* at, std::size_t bytes) {
  std::size_t value = 0;
  for (std::size_t i = 0; i < bytes; ++i) value = value << 8 | at[i];
  return value;
}

void write(std::uint8_t* at, std::size_t value, std::size_t bytes) {
  for (std::size_t i = bytes; i-- > 0; value >>= 8) at[i] = static_cast<std::uint8_t>(value);
}

FlvStream::Coding coding_of(std::string_view fourcc) {
  if (fourcc == "avc1") return FlvStream::Coding::kPlain;
  if (fourcc == "hvc1") return FlvStream::Coding::kHevc;
  if (fourcc == "av01") return FlvStream::Coding::kAv1;
  if (fourcc == "vp09") return FlvStream::Coding::kVp9;
  return FlvStream::Coding::kUnknown;
}

/// How AVC begins the data of a tag: kind of frame and codec, kind of packet, composition time.
using AvcHead = std::array<std::uint8_t, 5>;

/// The head of an enhanced packet as AVC would have it, and how many bytes it takes the place of; nothing where AVC has
/// no such packet (metadata of colours).
std::optional<std::pair<AvcHead, std::size_t>> as_avc(const std::uint8_t* data, std::size_t size,
                                                      FlvStream::Coding coding) {
  const std::uint8_t packet = data[0] & 0x0f;
  AvcHead head{static_cast<std::uint8_t>((data[0] & 0x70) | kAvc), std::min<std::uint8_t>(packet, kCodedFrames), 0, 0,
               0};
  if (packet == kSequenceEnd) head[1] = 2;
  if (packet > kCodedFramesX) return std::nullopt;
  // AV1 and VP9 do not reorder their pictures, and say no composition time.
  const bool reorders = coding == FlvStream::Coding::kHevc || coding == FlvStream::Coding::kPlain;
  if (packet != kCodedFrames || !reorders) return std::pair(head, std::size_t{5});
  if (size < 8) return std::nullopt;
  std::memcpy(head.data() + 2, data + 5, 3);
  return std::pair(head, std::size_t{8});
}

}  // namespace

void FlvStream::take(const std::uint8_t* bytes, std::size_t size, std::vector<std::uint8_t>& out) {
  if (foreign_) {
    out.insert(out.end(), bytes, bytes + size);
    return;
  }
  held_.insert(held_.end(), bytes, bytes + size);
  std::size_t at = 0;
  const auto left = [&] { return held_.size() - at; };
  if (!begun_) {
    if (left() < kFileHeader) return;
    const std::size_t header = number(held_.data() + 5, 4);
    foreign_ = std::memcmp(held_.data(), "FLV", 3) != 0 || header < kFileHeader || header > 64;
    if (foreign_) {
      out.insert(out.end(), held_.begin(), held_.end());
      held_ = {};
      return;
    }
    if (left() < header + kTagSize) return;
    begun_ = true;
    at = header + kTagSize;
    out.insert(out.end(), held_.begin(), held_.begin() + static_cast<std::ptrdiff_t>(at));
  }
  while (left() >= kTagHeader) {
    const std::uint8_t* tag = held_.data() + at;
    const std::size_t data = number(tag + 1, 3);
    if (left() < kTagHeader + data + kTagSize) break;
    pass_tag(tag, data, out);
    at += kTagHeader + data + kTagSize;
  }
  held_.erase(held_.begin(), held_.begin() + static_cast<std::ptrdiff_t>(at));
}

void FlvStream::pass_tag(const std::uint8_t* tag, std::size_t size, std::vector<std::uint8_t>& out) {
  const std::uint8_t* data = tag + kTagHeader;
  const auto as_it_is = [&] { out.insert(out.end(), tag, data + size + kTagSize); };
  if ((tag[0] & 0x1f) != kVideoTag || size == 0) return as_it_is();
  const std::uint8_t codec = data[0] & 0x0f;
  if ((data[0] & kEnhanced) == 0) {
    if (std::find(kKnown.begin(), kKnown.end(), codec) != kKnown.end()) {
      coding_ = Coding::kPlain;
      return as_it_is();
    }
    coding_ = codec == kHevcByPractice ? Coding::kHevc : Coding::kUnknown;
    if (coding_ == Coding::kUnknown) return;
    as_it_is();
    out[out.size() - size - kTagSize] = static_cast<std::uint8_t>((data[0] & 0xf0) | kAvc);
    return;
  }
  if (size < 5) return;
  coding_ = coding_of({reinterpret_cast<const char*>(data + 1), 4});
  if (coding_ == Coding::kUnknown) return;
  const auto head = as_avc(data, size, coding_);
  if (!head) return;
  const std::size_t shorter = size - head->second + head->first.size();
  out.insert(out.end(), tag, data);
  write(out.data() + out.size() - kTagHeader + 1, shorter, 3);
  out.insert(out.end(), head->first.begin(), head->first.end());
  out.insert(out.end(), data + head->second, data + size);
  out.resize(out.size() + kTagSize);
  write(out.data() + out.size() - kTagSize, kTagHeader + shorter, 4);
}

}  // namespace tyndau::sources
