#include "session/archive/boxes.h"

#include <algorithm>
#include <cstdlib>

namespace tyndau::archive {

namespace {

void put(std::string& out, std::uint64_t value, int bytes) {
  for (int i = bytes - 1; i >= 0; --i) out += static_cast<char>(value >> (8 * i) & 0xff);
}

}  // namespace

BoxWriter::Open::Open(std::string& out, std::string_view type) : out_(out), start_(out.size()) {
  put(out_, 0, 4);
  out_ += type;
}

BoxWriter::Open::Open(std::string& out, std::string_view type, std::uint32_t version_and_flags) : Open(out, type) {
  put(out_, version_and_flags, 4);
}

BoxWriter::Open::~Open() {
  const std::size_t size = out_.size() - start_;
  if (size > UINT32_MAX) std::abort();  // sample tables of 4 GiB: some hundred days
  for (std::size_t i = 0; i < 4; ++i) out_[start_ + i] = static_cast<char>(size >> (8 * (3 - i)) & 0xff);
}

BoxWriter::Open BoxWriter::full_box(std::string_view type, int version, std::uint32_t flags) {
  const std::uint32_t version_and_flags = static_cast<std::uint32_t>(version) << 24 | flags;
  return Open(out_, type, version_and_flags);
}

void BoxWriter::u16(std::uint16_t value) { put(out_, value, 2); }
void BoxWriter::u32(std::uint32_t value) { put(out_, value, 4); }
void BoxWriter::u64(std::uint64_t value) { put(out_, value, 8); }

void BoxWriter::patch_u64(std::size_t position, std::uint64_t value) {
  for (std::size_t i = 0; i < 8; ++i) out_[position + i] = static_cast<char>(value >> (8 * (7 - i)) & 0xff);
}

std::uint64_t BoxReader::number(std::size_t bytes) {
  if (rest_.size() < bytes) {
    ok_ = false;
    rest_ = {};
    return 0;
  }
  std::uint64_t value = 0;
  for (std::size_t i = 0; i < bytes; ++i) value = value << 8 | static_cast<std::uint8_t>(rest_[i]);
  rest_.remove_prefix(bytes);
  return value;
}

void BoxReader::skip(std::size_t count) {
  if (rest_.size() < count) ok_ = false;
  rest_.remove_prefix(std::min(count, rest_.size()));
}

bool BoxReader::next(Box& box) {
  if (rest_.empty()) return false;
  BoxReader head(rest_);
  std::uint64_t size = head.u32();
  head.skip(4);
  std::uint64_t header = 8;
  if (size == 1) {
    size = head.u64();
    header = 16;
  } else if (size == 0) {
    size = rest_.size();  // to the end of the file
  }
  if (!head.ok() || size < header || size > rest_.size()) {
    ok_ = false;
    rest_ = {};
    return false;
  }
  box.type = rest_.substr(4, 4);
  box.body = rest_.substr(header, size - header);
  rest_.remove_prefix(size);
  return true;
}

std::string_view find_box(std::string_view bytes, const std::vector<std::string_view>& path) {
  for (const std::string_view wanted : path) {
    BoxReader reader(bytes);
    BoxReader::Box box;
    bool found = false;
    while (!found && reader.next(box)) found = box.type == wanted;
    if (!found) return {};
    bytes = box.body;
  }
  return bytes;
}

}  // namespace tyndau::archive
