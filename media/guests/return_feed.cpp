#include "media/guests/return_feed.h"

#include <fmt/format.h>
#include <gst/app/gstappsink.h>
#include <gst/app/gstappsrc.h>
#include <gst/video/video.h>

#include <algorithm>

#include "media/base/log.h"
#include "media/gst/elements.h"

namespace tyndau::guests {

using programme::Format;
using programme::Frame;
using std::chrono::steady_clock;

namespace {

std::string encoder_element(Codec codec, int keyframe_distance) {
  if (codec == Codec::kVp8) {
    // VP8 cannot say of which colours it is: BT.601 is meant (RFC 6386, 9.2).
    return fmt::format(
        "videoconvert n-threads=1 ! video/x-raw,format=I420,colorimetry=bt601 ! vp8enc deadline=1 cpu-used=8 threads=1 "
        "lag-in-frames=0 end-usage=cbr target-bitrate={} buffer-size=600 buffer-initial-size=400 "
        "buffer-optimal-size=500 "
        "keyframe-max-dist={}",
        ReturnFeed::kBitrateKbps * 1000, keyframe_distance);
  }
  return fmt::format(
      "x264enc speed-preset=superfast tune=zerolatency bitrate={} vbv-buf-capacity=600 key-int-max={} bframes=0 "
      "threads=1 option-string=\"scenecut=0\" ! "
      "video/x-h264,profile=constrained-baseline,stream-format=byte-stream,alignment=au",
      ReturnFeed::kBitrateKbps, keyframe_distance);
}

}  // namespace

class ReturnFeed::Encoder : public programme::Outlet {
 public:
  static Result<std::shared_ptr<Encoder>> create(const Format& format, Codec codec);
  ~Encoder() override { gst_element_set_state(pipeline_.get(), GST_STATE_NULL); }

  void frame(const Frame& frame) override;
  void add(std::shared_ptr<Listener> listener);
  /// Whether somebody is left. When it returns, the listener is not and will not be called.
  bool remove(const std::shared_ptr<Listener>& listener);
  void force_keyframe(std::chrono::milliseconds least);

 private:
  struct Seat {
    std::shared_ptr<Listener> listener;
    bool waits = true;  ///< for its first keyframe
  };
  void encode(const Frame& frame);
  void take(GstSample* sample);

  Format format_;
  gst::Element pipeline_, source_, sink_;
  std::mutex mutex_;         // held during the listeners' calls
  std::vector<Seat> seats_;  // guarded by mutex_
  std::mutex keyframe_mutex_;
  programme::SteadyTime keyframe_at_;  // guarded by keyframe_mutex_
};

Result<std::shared_ptr<ReturnFeed::Encoder>> ReturnFeed::Encoder::create(const Format& format, Codec codec) {
  const int height = std::min(kHeight, format.height);
  const int width = format.width * height / format.height / 2 * 2;
  const std::string line = fmt::format(
      "appsrc name=source is-live=true format=time max-buffers=3 leaky-type=downstream block=false "
      "caps=video/x-raw,format=I420,width={},height={},framerate={}/1,colorimetry=bt709 ! "
      "videoscale n-threads=1 method=bilinear ! video/x-raw,width={},height={} ! {} ! "
      "appsink name=sink sync=false async=false",
      format.width, format.height, format.frame_rate, width, height, encoder_element(codec, 2 * format.frame_rate));
  auto pipeline = gst::parse_pipeline(line);
  if (!pipeline) return tl::unexpected(pipeline.error());
  auto encoder = std::make_shared<Encoder>();
  encoder->format_ = format;
  encoder->pipeline_ = std::move(*pipeline);
  const auto by_name = [&](const char* name) {
    return gst::Element::adopt(gst_bin_get_by_name(GST_BIN(encoder->pipeline_.get()), name));
  };
  encoder->source_ = by_name("source");
  encoder->sink_ = by_name("sink");
  GstAppSinkCallbacks callbacks{};
  callbacks.new_sample = [](GstAppSink* from, gpointer self) -> GstFlowReturn {
    const gst::Sample sample = gst::Sample::adopt(gst_app_sink_pull_sample(from));
    if (!sample) return GST_FLOW_EOS;
    static_cast<Encoder*>(self)->take(sample.get());
    return GST_FLOW_OK;
  };
  gst_app_sink_set_callbacks(GST_APP_SINK(encoder->sink_.get()), &callbacks, encoder.get(), nullptr);
  if (gst_element_set_state(encoder->pipeline_.get(), GST_STATE_PLAYING) == GST_STATE_CHANGE_FAILURE) {
    return fail("the return feed's encoder does not start");
  }
  return encoder;
}

void ReturnFeed::Encoder::frame(const Frame& frame) {
  if (!frame.repeated) encode(frame);
  const std::lock_guard lock(mutex_);
  for (const Seat& seat : seats_) seat.listener->sound(frame, static_cast<std::size_t>(format_.samples_per_frame()));
}

void ReturnFeed::Encoder::encode(const Frame& frame) {
  GstBuffer* picture = gst_buffer_copy(frame.picture.get());
  const auto rate = static_cast<std::uint64_t>(format_.frame_rate);
  const auto index = static_cast<std::uint64_t>(frame.index);
  GST_BUFFER_PTS(picture) = gst_util_uint64_scale(index, GST_SECOND, rate);
  GST_BUFFER_DTS(picture) = GST_CLOCK_TIME_NONE;
  GST_BUFFER_DURATION(picture) = GST_SECOND / rate;
  gst_app_src_push_buffer(GST_APP_SRC(source_.get()), picture);
}

void ReturnFeed::Encoder::take(GstSample* sample) {
  GstBuffer* unit = gst_sample_get_buffer(sample);
  // x264enc moves its times by a thousand hours, and its segment with them.
  GstClockTime programme = 0;
  gst_segment_to_running_time_full(gst_sample_get_segment(sample), GST_FORMAT_TIME, GST_BUFFER_PTS(unit), &programme);
  const bool keyframe = !GST_BUFFER_FLAG_IS_SET(unit, GST_BUFFER_FLAG_DELTA_UNIT);
  const gst::Buffer shared = gst::Buffer::share(unit);
  const std::lock_guard lock(mutex_);
  for (Seat& seat : seats_) {
    seat.waits = seat.waits && !keyframe;
    if (!seat.waits) seat.listener->picture(shared, keyframe, programme);
  }
}

void ReturnFeed::Encoder::add(std::shared_ptr<Listener> listener) {
  {
    const std::lock_guard lock(mutex_);
    seats_.push_back({std::move(listener)});
  }
  force_keyframe(std::chrono::milliseconds(200));
}

bool ReturnFeed::Encoder::remove(const std::shared_ptr<Listener>& listener) {
  const std::lock_guard lock(mutex_);
  std::erase_if(seats_, [&](const Seat& seat) { return seat.listener == listener; });
  return !seats_.empty();
}

void ReturnFeed::Encoder::force_keyframe(std::chrono::milliseconds least) {
  {
    const std::lock_guard lock(keyframe_mutex_);
    const auto now = steady_clock::now();
    if (now - keyframe_at_ < least) return;
    keyframe_at_ = now;
  }
  const auto pad = gst::Pad::adopt(gst_element_get_static_pad(sink_.get(), "sink"));
  gst_pad_push_event(pad.get(), gst_video_event_new_upstream_force_key_unit(GST_CLOCK_TIME_NONE, TRUE, 0));
}

ReturnFeed::ReturnFeed(programme::Mixer& mixer) : mixer_(mixer) {}

ReturnFeed::~ReturnFeed() {
  for (const auto& encoder : encoders_) {
    if (encoder) mixer_.remove(encoder);
  }
}

Result<void> ReturnFeed::add(std::shared_ptr<Listener> listener, Codec codec) {
  auto& encoder = encoders_.at(static_cast<std::size_t>(codec));
  if (!encoder) {
    auto made = Encoder::create(mixer_.format(), codec);
    if (!made) return tl::unexpected(made.error());
    encoder = std::move(*made);
    mixer_.add(encoder);
  }
  encoder->add(std::move(listener));
  return {};
}

void ReturnFeed::remove(const std::shared_ptr<Listener>& listener) {
  for (auto& encoder : encoders_) {
    if (!encoder || encoder->remove(listener)) continue;
    mixer_.remove(encoder);
    encoder.reset();
  }
}

void ReturnFeed::ask_for_keyframe() {
  for (const auto& encoder : encoders_) {
    if (encoder) encoder->force_keyframe(std::chrono::seconds(1));
  }
}

}  // namespace tyndau::guests
