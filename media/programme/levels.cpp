#include "media/programme/levels.h"

#include <algorithm>
#include <cmath>

namespace tyndau::programme {

namespace {
double decibels(double amplitude) { return amplitude > 1e-5 ? 20 * std::log10(amplitude) : -100; }
}  // namespace

void LevelMeter::add(const float* programme, const float* source, std::size_t count) {
  for (std::size_t i = 0; i < count; ++i) {
    peak_ = std::max(peak_, std::fabs(programme[i]));
    source_peak_ = std::max(source_peak_, std::fabs(source[i]));
    squares_ += static_cast<double>(programme[i]) * programme[i];
  }
  count_ += count;
}

link::Levels LevelMeter::take() {
  const double rms = count_ > 0 ? std::sqrt(squares_ / static_cast<double>(count_)) : 0;
  const link::Levels levels{decibels(peak_), decibels(rms), decibels(source_peak_)};
  *this = LevelMeter();
  return levels;
}

}  // namespace tyndau::programme
