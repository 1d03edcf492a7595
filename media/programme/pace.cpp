#include "media/programme/pace.h"

#include <numeric>

namespace tyndau::programme {

bool Pace::add(std::int64_t repeated) {
  window_.at(next_) = repeated;
  next_ = (next_ + 1) % kWindow;
  const bool now = std::accumulate(window_.begin(), window_.end(), INT64_C(0)) > most_;
  calm_ = now ? 0 : calm_ + 1;
  slow_ = now || (slow_ && calm_ < kCalm);
  return slow_;
}

}  // namespace tyndau::programme
