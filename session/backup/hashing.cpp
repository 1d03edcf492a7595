#include "session/backup/hashing.h"

#include <sodium.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <memory>
#include <vector>

namespace tyndau::backup {

namespace {

constexpr std::size_t kHashBytes = 32;
constexpr std::size_t kChunk = std::size_t{1} << 20;

class Hasher {
 public:
  Hasher() {
    // Chooses the code that this processor has instructions for; may be called any number of times.
    static const int ready = sodium_init();
    (void)ready;
    crypto_generichash_init(state_.get(), nullptr, 0, kHashBytes);
  }
  void add(const char* bytes, std::size_t size) {
    crypto_generichash_update(state_.get(), reinterpret_cast<const unsigned char*>(bytes), size);
  }
  std::string finish() {
    std::array<unsigned char, kHashBytes> hash{};
    crypto_generichash_final(state_.get(), hash.data(), hash.size());
    std::string text(2 * kHashBytes + 1, '\0');
    sodium_bin2hex(text.data(), text.size(), hash.data(), hash.size());
    text.pop_back();
    return text;
  }

 private:
  // On the heap, where its 64 bytes of alignment hold: AddressSanitizer's stack has less (GCC 12).
  std::unique_ptr<crypto_generichash_state> state_ = std::make_unique<crypto_generichash_state>();
};

Result<void> write_all(int out, const char* bytes, std::size_t size) {
  while (size > 0) {
    const auto wrote = ::write(out, bytes, size);
    if (wrote < 0 && errno == EINTR) continue;
    if (wrote <= 0) return fail_errno("cannot write", wrote == 0 ? ENOSPC : errno);
    bytes += wrote;
    size -= static_cast<std::size_t>(wrote);
  }
  return {};
}

}  // namespace

std::string hash_of(std::string_view text) {
  Hasher hasher;
  hasher.add(text.data(), text.size());
  return hasher.finish();
}

Result<std::string> hash_and_copy(int in, int out, std::uint64_t bytes, const Tick& tick) {
  static thread_local std::vector<char> chunk(kChunk);
  Hasher hasher;
  while (bytes > 0) {
    const auto got = ::read(in, chunk.data(), std::min<std::uint64_t>(chunk.size(), bytes));
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) return fail_errno("cannot read");
    if (got == 0) return fail("cannot read: it is shorter than it was");
    hasher.add(chunk.data(), static_cast<std::size_t>(got));
    if (out >= 0) {
      if (auto wrote = write_all(out, chunk.data(), static_cast<std::size_t>(got)); !wrote) {
        return tl::unexpected(wrote.error());
      }
    }
    bytes -= static_cast<std::uint64_t>(got);
    if (tick) tick(static_cast<std::uint64_t>(got));
  }
  return hasher.finish();
}

}  // namespace tyndau::backup
