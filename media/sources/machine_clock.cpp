#include "media/sources/machine_clock.h"

namespace tyndau::sources {

namespace {

constexpr int kTimeBits = 48, kTimeBlock = 4, kCheckBlock = 52, kEndBlock = 60;
constexpr unsigned kBegin = 0b1010, kEnd = 0b0101;

void write(ClockRow& row, int first, int count, std::uint64_t value) {
  for (int i = 0; i < count; ++i) row[static_cast<std::size_t>(first + i)] = ((value >> (count - 1 - i)) & 1) != 0;
}

std::uint64_t read(const ClockRow& row, int first, int count) {
  std::uint64_t value = 0;
  for (int i = 0; i < count; ++i) value = value * 2 + (row[static_cast<std::size_t>(first + i)] ? 1 : 0);
  return value;
}

std::uint64_t check_of(std::uint64_t milliseconds) {
  std::uint64_t check = 0;
  for (int shift = 0; shift < kTimeBits; shift += 8) check ^= (milliseconds >> shift) & 0xff;
  return check;
}

}  // namespace

ClockRow encode_clock(Utc time) {
  const auto milliseconds = static_cast<std::uint64_t>(time.time_since_epoch().count());
  ClockRow row{};
  write(row, 0, 4, kBegin);
  write(row, kTimeBlock, kTimeBits, milliseconds);
  write(row, kCheckBlock, 8, check_of(milliseconds));
  write(row, kEndBlock, 4, kEnd);
  return row;
}

std::optional<Utc> decode_clock(const ClockRow& row) {
  const std::uint64_t milliseconds = read(row, kTimeBlock, kTimeBits);
  if (read(row, 0, 4) != kBegin || read(row, kEndBlock, 4) != kEnd ||
      read(row, kCheckBlock, 8) != check_of(milliseconds)) {
    return {};
  }
  return Utc(std::chrono::milliseconds(static_cast<std::int64_t>(milliseconds)));
}

std::optional<Utc> read_clock(const std::uint8_t* luma, int width, int height) {
  const std::uint8_t* line = luma + static_cast<std::ptrdiff_t>(height / 24) * width;
  ClockRow row{};
  for (int i = 0; i < kClockBlocks; ++i) {
    row[static_cast<std::size_t>(i)] = line[(2 * i + 1) * width / (2 * kClockBlocks)] > 128;
  }
  return decode_clock(row);
}

}  // namespace tyndau::sources
