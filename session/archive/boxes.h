#pragma once
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

/// ISO base media file format (ISO/IEC 14496-12): boxes written and read. Big-endian throughout.
namespace tyndau::archive {

/// Appends boxes to a string. `box()` and `full_box()` open one, which is closed, and its size filled in, when the
/// returned object goes.
class BoxWriter {
 public:
  class Open {
   public:
    Open(std::string& out, std::string_view type);
    Open(std::string& out, std::string_view type, std::uint32_t version_and_flags);
    ~Open();
    Open(const Open&) = delete;
    Open& operator=(const Open&) = delete;

   private:
    std::string& out_;
    std::size_t start_;
  };
  [[nodiscard]] Open box(std::string_view type) { return Open(out_, type); }
  [[nodiscard]] Open full_box(std::string_view type, int version, std::uint32_t flags);

  void u8(std::uint8_t value) { out_ += static_cast<char>(value); }
  void u16(std::uint16_t value);
  void u32(std::uint32_t value);
  void u64(std::uint64_t value);
  void bytes(std::string_view value) { out_ += value; }
  void zeros(std::size_t count) { out_.append(count, '\0'); }

  std::size_t size() const { return out_.size(); }
  /// Replaces the eight bytes at `position`.
  void patch_u64(std::size_t position, std::uint64_t value);
  std::string take() { return std::move(out_); }

 private:
  std::string out_;
};

/// Reads big-endian fields off the front. Reading past the end gives 0 and makes ok() false, for good.
class BoxReader {
 public:
  explicit BoxReader(std::string_view bytes) : rest_(bytes) {}
  std::uint8_t u8() { return static_cast<std::uint8_t>(number(1)); }
  std::uint16_t u16() { return static_cast<std::uint16_t>(number(2)); }
  std::uint32_t u32() { return static_cast<std::uint32_t>(number(4)); }
  std::uint64_t u64() { return number(8); }
  void skip(std::size_t count);
  bool ok() const { return ok_; }
  std::string_view rest() const { return rest_; }

  struct Box {
    std::string_view type, body;
  };
  /// The next child box; false at the end or when what is there is no whole box (then ok() is false).
  bool next(Box& box);

 private:
  std::uint64_t number(std::size_t bytes);
  std::string_view rest_;
  bool ok_ = true;
};

/// The body of the first box found by going down `path`, empty when there is none.
std::string_view find_box(std::string_view bytes, const std::vector<std::string_view>& path);

}  // namespace tyndau::archive
