#pragma once
#include <gst/gst.h>

#include <filesystem>
#include <memory>
#include <string>

#include "media/base/result.h"
#include "media/guests/seat_intake.h"

namespace tyndau::guests {

/// What is made of one stream that arrives.
struct Arrival {
  std::string codec;  ///< "VP8", "H264" or "OPUS"
  SeatIntake::Picture picture = SeatIntake::Picture::kFace;
  std::filesystem::path still = {};  ///< where a small JPEG of a face is written once a second; empty for nowhere
};

/// Joins an RTP pad of the pipeline to a decoder whose pictures or sound go to the intake. Called from a streaming
/// thread. The sinks follow the pipeline's clock, so that sound and picture belong together and jitter is smoothed: the
/// pipeline's latency must be recalculated after it.
Result<void> receive(GstBin* pipeline, GstPad* rtp, const Arrival& arrival, std::shared_ptr<SeatIntake> intake);

}  // namespace tyndau::guests
