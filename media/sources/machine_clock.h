#pragma once
#include <array>
#include <cstdint>
#include <optional>

#include "media/base/utc.h"

/// The row of black and white blocks that carries a picture's wall time. CLOCK.md is the format.
namespace tyndau::sources {

inline constexpr int kClockBlocks = 64;
using ClockRow = std::array<bool, kClockBlocks>;  ///< true is white

ClockRow encode_clock(Utc time);
/// nullopt when the row is not a clock.
std::optional<Utc> decode_clock(const ClockRow& row);

/// Reads it back from the luma plane of a picture. For tests.
std::optional<Utc> read_clock(const std::uint8_t* luma, int width, int height);

}  // namespace tyndau::sources
