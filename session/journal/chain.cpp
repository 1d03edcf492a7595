#include "session/journal/chain.h"

#include <fmt/format.h>
#include <sodium.h>

#include <array>

namespace tyndau::journal {

namespace {

class Hasher {
 public:
  Hasher() { crypto_hash_sha256_init(&state_); }

  // A length before each field: without it "ab"+"c" and "a"+"bc" would be the same bytes.
  void field(std::string_view bytes) {
    std::array<unsigned char, 8> length{};
    auto rest = static_cast<std::uint64_t>(bytes.size());
    for (auto byte = length.rbegin(); byte != length.rend(); ++byte, rest >>= 8) *byte = rest & 0xff;
    crypto_hash_sha256_update(&state_, length.data(), length.size());
    crypto_hash_sha256_update(&state_, reinterpret_cast<const unsigned char*>(bytes.data()), bytes.size());
  }

  std::string finish() {
    std::string hash(kHashBytes, '\0');
    crypto_hash_sha256_final(&state_, reinterpret_cast<unsigned char*>(hash.data()));
    return hash;
  }

 private:
  crypto_hash_sha256_state state_{};
};

}  // namespace

std::string hash_of(const Link& link) {
  Hasher hasher;
  hasher.field("tyndau-journal-1");
  hasher.field(link.previous);
  hasher.field(link.meeting);
  hasher.field(fmt::to_string(link.seq));
  hasher.field(fmt::to_string(link.utc_ms));
  hasher.field(link.actor);
  hasher.field(link.kind);
  hasher.field(link.payload);
  return hasher.finish();
}

std::string beginning() { return std::string(kHashBytes, '\0'); }

std::string hexadecimal(std::string_view bytes) {
  std::string text;
  for (const char byte : bytes) text += fmt::format("{:02x}", static_cast<unsigned char>(byte));
  return text;
}

}  // namespace tyndau::journal
