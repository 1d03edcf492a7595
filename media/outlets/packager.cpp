#include "media/outlets/packager.h"

#include "media/base/log.h"

namespace tyndau::outlets {

TrackPackager::TrackPackager(int run, std::int64_t first_segment, Post post)
    : run_(run), first_segment_(first_segment), post_(std::move(post)) {}

Result<void> TrackPackager::begin(const TrackFormat& format, Utc started) {
  auto fragmenter = Fragmenter::create(format);
  if (!fragmenter) return tl::unexpected(fragmenter.error());
  fragmenter_ = std::move(*fragmenter);
  track_ = format.name;
  part_length_ = static_cast<std::uint64_t>(format.timescale) * link::kPartMs / 1000;
  link::RunLine line;
  line.run = run_;
  line.started = started;
  line.timescale = format.timescale;
  line.init_bytes = static_cast<std::uint32_t>(fragmenter_->init_segment().size());
  line.codec = fragmenter_->codec();
  line.width = format.width;
  line.height = format.height;
  post_(Writer::Run{track_, line, fragmenter_->init_segment()});
  return {};
}

Result<void> TrackPackager::add(const TrackFormat& format, const EncodedFrame& frame, Utc started) {
  if (!fragmenter_) {
    if (auto begun = begin(format, started); !begun) return begun;
  }
  const auto number = static_cast<std::uint64_t>(frame.time) / part_length_;
  if (part_begun_ && number != part_number_) {  // an encoder that dropped frames
    if (auto closed = cut(false); !closed) return closed;
  }
  if (!part_begun_) {
    part_number_ = number;
    part_ = {};
    part_.segment = first_segment_ + static_cast<std::int64_t>(number / link::kPartsPerSegment);
    part_.part = static_cast<int>(number % link::kPartsPerSegment);
    part_.decode_time = static_cast<std::uint64_t>(frame.time);
    part_.independent = frame.keyframe;
    part_begun_ = true;
    if (part_.part == 0 && !frame.keyframe) log::warning("segment {} of {} has no keyframe", part_.segment, track_);
  }
  if (auto added = fragmenter_->add(frame); !added) return added;
  part_.duration += frame.duration;
  const auto end = static_cast<std::uint64_t>(frame.time) + frame.duration;
  if (end < (part_number_ + 1) * part_length_) return {};
  return cut(part_.part == link::kPartsPerSegment - 1);
}

Result<void> TrackPackager::cut(bool last) {
  part_begun_ = false;
  auto bytes = fragmenter_->cut();
  if (!bytes) return tl::unexpected(bytes.error());
  part_.last = last;
  post_(Writer::Part{track_, part_, std::move(*bytes)});
  return {};
}

Result<void> TrackPackager::finish(std::optional<Utc> end) {
  if (!fragmenter_) return {};
  if (part_begun_) {
    if (auto closed = cut(true); !closed) return closed;
  }
  if (end) post_(Writer::End{track_, {*end}});
  return {};
}

}  // namespace tyndau::outlets
