#include "media/programme/resampler.h"

#include <speex/speex_resampler.h>

#include <cmath>
#include <cstdlib>

namespace tyndau::programme {

namespace {

/// Of the two rates that the speed is the ratio of. A large one keeps the filter interpolating at any speed, so that a
/// change of speed changes nothing else.
constexpr spx_uint32_t kUnit = 100'003;
constexpr int kQuality = 5;
constexpr spx_uint32_t kRate = 32'000;  // both ways, within a hundredth: it is for the library's information

}  // namespace

Resampler::Resampler() : state_(nullptr, speex_resampler_destroy) {
  int error = 0;
  state_.reset(speex_resampler_init_frac(1, kUnit, kUnit - 1, kRate, kRate, kQuality, &error));
  if (!state_) std::abort();  // out of memory, or a quality that there is not
  begin_anew();
}

Resampler::~Resampler() = default;

Resampler::Done Resampler::run(const float* in, std::size_t count, float* out, std::size_t room, double speed) {
  auto read = static_cast<spx_uint32_t>(std::lround(speed * kUnit));
  if (read == kUnit) ++read;  // a ratio of 1 would be another kind of filter
  speex_resampler_set_rate_frac(state_.get(), read, kUnit, kRate, kRate);
  auto in_length = static_cast<spx_uint32_t>(count), out_length = static_cast<spx_uint32_t>(room);
  speex_resampler_process_float(state_.get(), 0, in, &in_length, out, &out_length);
  return {in_length, out_length};
}

void Resampler::begin_anew() {
  speex_resampler_reset_mem(state_.get());
  speex_resampler_skip_zeros(state_.get());
}

}  // namespace tyndau::programme
