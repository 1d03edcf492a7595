#pragma once
#include <cstddef>
#include <memory>
#include <optional>

namespace tyndau::programme {

/// How loud somebody speaks: EBU R128's momentary loudness (400 ms), averaged over what is speech and not the pauses
/// between. Mono float at 32 kHz. One thread.
class Loudness {
 public:
  Loudness();
  ~Loudness();
  Loudness(Loudness&&) noexcept;
  Loudness& operator=(Loudness&&) noexcept;

  void add(const float* samples, std::size_t count);
  /// LUFS; nothing before the first speech.
  std::optional<double> speech() const { return speech_; }

 private:
  struct State;
  void measure();
  std::unique_ptr<State> state_;
  std::size_t since_ = 0;  ///< samples since the last measurement
  int measured_ = 0;
  std::optional<double> speech_;
};

/// The gain that brings somebody's loudness to what is wanted, changed so slowly that nobody hears it change. One
/// thread.
class Leveller {
 public:
  /// Somebody who was not heard yet is left as loud as he is; nobody is raised or lowered beyond these.
  static constexpr double kMostRaised_db = 18, kMostLowered_db = 15;

  /// What arrives, heard or not. `wanted`: LUFS.
  void add(const float* samples, std::size_t count, double wanted);
  /// As a factor.
  float gain() const;

 private:
  Loudness loudness_;
  double gain_db_ = 0;
};

/// What guests are brought to: as loud as the hall, within what is pleasant; EBU R128's -23 LUFS while the hall is
/// silent.
double wanted_loudness(const Loudness& hall);

}  // namespace tyndau::programme
