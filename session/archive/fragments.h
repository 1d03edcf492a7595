#pragma once
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "media/base/result.h"

/// What our packager wrote (CMAF, one track per file), read back: sample entries from the init segment, samples from
/// moofs.
namespace tyndau::archive {

struct TrackInit {
  std::string sample_entry;  ///< the first entry of stsd, verbatim
  std::uint32_t timescale = 0;
  std::uint16_t width = 0, height = 0;
  std::uint32_t default_duration = 0, default_size = 0, default_flags = 0;  ///< trex
};
Result<TrackInit> read_init(std::string_view bytes);

struct Sample {
  std::uint32_t duration = 0, size = 0;
  std::int32_t composition = 0;  ///< presentation - decode time
  bool sync = false;
};
/// One moof: samples that lie one after the other in the file.
struct Fragment {
  std::uint64_t decode_time = 0;
  std::uint64_t offset = 0;  ///< of the first sample, from the beginning of the moof
  std::vector<Sample> samples;
};
/// `moof`: the body of the box, whose header has `header` bytes.
Result<Fragment> read_moof(std::string_view moof, std::size_t header, const TrackInit& init);

}  // namespace tyndau::archive
