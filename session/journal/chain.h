#pragma once
#include <cstdint>
#include <string>
#include <string_view>

/// The links of the journal's chain (JOURNAL.md). Pure.
namespace tyndau::journal {

inline constexpr std::size_t kHashBytes = 32;

/// What one event says, as it stands in the table: the hash is over these bytes, so `payload` is the stored text
/// itself.
struct Link {
  std::string_view previous;  ///< hash of the event before, 32 bytes; 32 zero bytes for the first
  std::string_view meeting;
  std::int64_t seq = 0;
  std::int64_t utc_ms = 0;  ///< milliseconds since 1970
  std::string_view actor, kind, payload;
};

/// SHA-256 over the length-prefixed fields; 32 bytes.
std::string hash_of(const Link& link);

/// What the first event of a meeting follows.
std::string beginning();

/// Lower-case hexadecimal.
std::string hexadecimal(std::string_view bytes);

}  // namespace tyndau::journal
