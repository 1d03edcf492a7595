#pragma once
#include <chrono>
#include <string>
#include <string_view>

#include "media/base/result.h"

namespace tyndau {

/// A moment of wall time, UTC, in whole milliseconds: what the journal, the track index and the link carry.
using Utc = std::chrono::sys_time<std::chrono::milliseconds>;

/// "2026-12-10T10:00:30.250Z" (RFC 3339, always three decimals, always Z).
std::string format_utc(Utc time);

/// Reads RFC 3339 with Z or a numeric offset and up to nine decimals (cut to milliseconds).
Result<Utc> parse_utc(std::string_view text);

/// The system's clock, now. Pure rooms are handed their time instead.
Utc utc_now();

}  // namespace tyndau
