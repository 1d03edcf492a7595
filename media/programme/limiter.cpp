#include "media/programme/limiter.h"

#include <algorithm>
#include <cmath>

#include "media/programme/slots.h"

namespace tyndau::programme {

namespace {

constexpr std::size_t kBlock = Format::kSampleRate / 1000;  // a millisecond: the gain is a straight line within it
constexpr float kAttack = 0.2F;                             // the most it goes down in a block when it is foreseen
constexpr float kRelease = 1.0F / 200;                      // of what is missing, in a block: back in half a second

}  // namespace

const float* Limiter::gains(const float* sum, std::size_t samples) {
  const std::size_t blocks = (samples + kBlock - 1) / kBlock;
  // The gain at the blocks' edges: none may be more than the blocks on its two sides bear.
  edges_.assign(blocks + 1, 1.0F);
  bool loud = false;
  for (std::size_t block = 0; block < blocks; ++block) {
    float peak = 0;
    for (std::size_t i = block * kBlock; i < std::min(samples, (block + 1) * kBlock); ++i) {
      peak = std::max(peak, std::fabs(sum[i]));
    }
    if (peak <= kCeiling) continue;
    loud = true;
    for (const std::size_t edge : {block, block + 1}) edges_[edge] = std::min(edges_[edge], kCeiling / peak);
  }
  gains_.assign(samples, 1.0F);
  if (!loud && gain_ == 1) return gains_.data();

  for (std::size_t edge = blocks; edge-- > 0;) edges_[edge] = std::min(edges_[edge], edges_[edge + 1] + kAttack);
  edges_[0] = gain_;
  for (std::size_t edge = 1; edge <= blocks; ++edge) {
    const float back = edges_[edge - 1] + (1 - edges_[edge - 1]) * kRelease;
    edges_[edge] = std::min(edges_[edge], back > 0.9999F ? 1.0F : back);
  }
  for (std::size_t i = 0; i < samples; ++i) {
    const std::size_t block = i / kBlock;
    const float across = static_cast<float>(i % kBlock) / kBlock;
    gains_[i] = edges_[block] + (edges_[block + 1] - edges_[block]) * across;
  }
  gain_ = samples > 0 ? gains_.back() : gain_;
  return gains_.data();
}

}  // namespace tyndau::programme
