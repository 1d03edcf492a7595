#pragma once
#include <array>
#include <cstddef>
#include <cstdint>

namespace tyndau::programme {

/// Whether the machine keeps up with the programme, told by how many frames got no picture of their own. One that
/// begins to be too slow is told of within seconds, and one that keeps up again only when it has for a while, so that
/// nothing flickers on the desk. Any one thread.
class Pace {
 public:
  /// Slow: more than a tenth of the frames of kWindow seconds. Keeping up again: not for kCalm seconds.
  static constexpr std::size_t kWindow = 5;
  static constexpr int kCalm = 10;

  explicit Pace(int frame_rate) : most_(frame_rate * static_cast<std::int64_t>(kWindow) / 10) {}
  /// Once a second: how many frames had no picture of their own since the last call. Gives slow().
  bool add(std::int64_t repeated);
  bool slow() const { return slow_; }

 private:
  const std::int64_t most_;
  std::array<std::int64_t, kWindow> window_{};
  std::size_t next_ = 0;
  int calm_ = 0;
  bool slow_ = false;
};

}  // namespace tyndau::programme
