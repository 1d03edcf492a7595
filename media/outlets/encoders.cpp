#include "media/outlets/encoders.h"

#include <fmt/format.h>
#include <gst/app/gstappsink.h>
#include <gst/app/gstappsrc.h>

#include <algorithm>
#include <atomic>
#include <cstring>
#include <utility>

#include "media/base/log.h"
#include "media/gst/elements.h"
#include "media/link/track_index.h"

namespace tyndau::outlets {

namespace {

constexpr int kAacFrameSamples = 1024;
constexpr std::uint32_t kPictureTimescale = 90000;

using programme::Format;

int keyframe_distance(const Config::Programme& config) { return config.frame_rate * link::kSegmentMs / 1000; }

/// The encoder element for one rendition, as gst-launch writes it. Keyframes every segment exactly, none between; no
/// frame reordering; one thread for what one core can do, because sliced threads cost more than they give. Constant
/// quality under the bitrate as a ceiling: a holding card or a still hall takes a fraction of it from the line and the
/// disk.
std::string encoder_element(const Config::Programme& config, const Config::Rendition& rendition) {
  const int distance = keyframe_distance(config);
  if (config.encoder == "vaapi") {
    return fmt::format("vah264enc rate-control=cbr bitrate={} key-int-max={} b-frames=0", rendition.bitrate_kbps,
                       distance);
  }
  if (config.encoder == "v4l2") {
    return fmt::format(
        "v4l2h264enc extra-controls=\"controls,video_bitrate={},video_gop_size={},repeat_sequence_header=1\"",
        rendition.bitrate_kbps * 1000, distance);
  }
  const bool large = rendition.width * rendition.height * config.frame_rate > 1280 * 720 * 30;
  return fmt::format(
      "x264enc speed-preset={} tune=zerolatency pass=qual quantizer=23 bitrate={} vbv-buf-capacity=1000 threads={} "
      "sliced-threads={} "
      "key-int-max={} option-string=\"scenecut=0:open-gop=0\"",
      config.preset, rendition.bitrate_kbps, large ? 2 : 1, large ? "true" : "false", distance);
}

std::string factory_name(const Config::Programme& config) {
  return config.encoder == "vaapi" ? "vah264enc" : config.encoder == "v4l2" ? "v4l2h264enc" : "x264enc";
}

std::string launch_line(const Config::Programme& config) {
  std::string line = fmt::format(
      "appsrc name=picture is-live=true format=time min-latency=0 max-latency=-1 max-buffers=50 leaky-type=none "
      "block=false "
      "caps=video/x-raw,format=I420,width={},height={},framerate={}/1,colorimetry=bt709,interlace-mode=progressive,"
      "pixel-aspect-ratio=1/1 ! tee name=programme ",
      config.width, config.height, config.frame_rate);
  for (const auto& rendition : config.renditions) {
    const bool scaled = rendition.width != config.width || rendition.height != config.height;
    line += fmt::format(
        "programme. ! queue max-size-buffers=50 max-size-bytes=0 max-size-time=0 {} ! {} ! h264parse ! "
        "video/x-h264,stream-format=avc,alignment=au ! appsink name=track-{} sync=false async=false max-buffers=0 ",
        scaled ? fmt::format("! videoscale n-threads=1 method=bilinear ! video/x-raw,width={},height={}",
                             rendition.width, rendition.height)
               : "",
        encoder_element(config, rendition), rendition.name);
  }
  line += fmt::format(
      "appsrc name=sound is-live=true format=time min-latency=0 max-latency=-1 max-buffers=50 block=false "
      "caps=audio/x-raw,format=F32LE,layout=interleaved,rate={},channels=1 ! "
      "avenc_aac bitrate={} ! audio/mpeg,stream-format=raw ! appsink name=track-floor sync=false async=false "
      "max-buffers=0",
      Format::kSampleRate, config.audio_kbps * 1000);
  return line;
}

std::vector<std::uint8_t> codec_data(GstCaps* caps) {
  const GValue* value = gst_structure_get_value(gst_caps_get_structure(caps, 0), "codec_data");
  GstBuffer* buffer = value != nullptr ? gst_value_get_buffer(value) : nullptr;
  std::vector<std::uint8_t> data;
  if (buffer == nullptr) return data;
  data.resize(gst_buffer_get_size(buffer));
  gst_buffer_extract(buffer, 0, data.data(), data.size());
  return data;
}

}  // namespace

struct Encoders::Inner {
  Config::Programme config;
  Events events;
  gst::Element pipeline, picture, sound;

  /// One appsink: used by its streaming thread only, but for `done`.
  struct Track {
    Inner* inner = nullptr;
    std::size_t index = 0;
    TrackFormat format;
    std::int64_t frames = 0;
    std::atomic<std::int64_t> done{0};  ///< pictures: the frame after the last that came out
  };
  std::vector<std::unique_ptr<Track>> tracks;

  // Mixer's thread.
  std::int64_t pushed = 0;
  bool failed = false;
  std::int64_t scene = 0;  // no frame's
  std::int64_t taken = 0;  // the last frame with a picture of its own
  gst::Buffer before;
  std::atomic<std::int64_t> repeated{0};

  // The wait in finish().
  std::mutex mutex;
  std::condition_variable ended;
  std::size_t tracks_ended = 0;  // guarded by mutex

  Result<void> build();
  void attach(const std::string& name, TrackFormat format);
  GstFlowReturn take(Track& track, GstSample* sample);
  /// How many pictures the slowest encoder has before it. Mixer's thread.
  std::int64_t waiting() const;
  void fail_with(const std::string& what);
  void watch_bus();
  static GstBusSyncReply on_message(GstBus*, GstMessage* message, gpointer self);
};

Result<void> Encoders::check(const Config::Programme& config) {
  const std::string name = factory_name(config);
  gst::Element element = gst::Element::sink(gst_element_factory_make(name.c_str(), nullptr));
  if (!element) {
    return fail(fmt::format("programme.encoder = \"{}\": this machine has no such encoder (GStreamer element {})",
                            config.encoder, name));
  }
  const bool ready = gst_element_set_state(element.get(), GST_STATE_READY) != GST_STATE_CHANGE_FAILURE;
  gst_element_set_state(element.get(), GST_STATE_NULL);
  if (!ready) {
    return fail(fmt::format("programme.encoder = \"{}\": the encoder is there but does not start", config.encoder));
  }
  return {};
}

Result<std::shared_ptr<Encoders>> Encoders::create(const Config::Programme& config, Events events) {
  auto inner = std::make_unique<Inner>();
  inner->config = config;
  inner->events = std::move(events);
  if (auto built = inner->build(); !built) return tl::unexpected(built.error());
  return std::shared_ptr<Encoders>(new Encoders(std::move(inner)));
}

Encoders::Encoders(std::unique_ptr<Inner> inner) : inner_(std::move(inner)) {}

Encoders::~Encoders() {
  if (!inner_->pipeline) return;
  gst_element_set_state(inner_->pipeline.get(), GST_STATE_NULL);
}

Result<void> Encoders::Inner::build() {
  auto parsed = gst::parse_pipeline(launch_line(config));
  if (!parsed) return tl::unexpected(parsed.error());
  pipeline = std::move(*parsed);
  const auto by_name = [&](const char* name) {
    return gst::Element::adopt(gst_bin_get_by_name(GST_BIN(pipeline.get()), name));
  };
  picture = by_name("picture");
  sound = by_name("sound");
  for (const auto& rendition : config.renditions) {
    attach(rendition.name, {rendition.name, true, rendition.width, rendition.height, kPictureTimescale, {}});
  }
  attach("floor", {"floor", false, 0, 0, Format::kSampleRate, {}});
  watch_bus();
  if (gst_element_set_state(pipeline.get(), GST_STATE_PLAYING) == GST_STATE_CHANGE_FAILURE) {
    return fail("the encoders do not start");
  }
  return {};
}

void Encoders::Inner::attach(const std::string& name, TrackFormat format) {
  auto track = std::make_unique<Track>();
  track->inner = this;
  track->index = tracks.size();
  track->format = std::move(format);
  gst::Element sink = gst::Element::adopt(gst_bin_get_by_name(GST_BIN(pipeline.get()), ("track-" + name).c_str()));
  GstAppSinkCallbacks callbacks{};
  callbacks.new_sample = [](GstAppSink* from, gpointer data) -> GstFlowReturn {
    auto& t = *static_cast<Track*>(data);
    const gst::Sample sample = gst::Sample::adopt(gst_app_sink_pull_sample(from));
    return sample ? t.inner->take(t, sample.get()) : GST_FLOW_EOS;
  };
  callbacks.eos = [](GstAppSink*, gpointer data) {
    Inner& inner = *static_cast<Track*>(data)->inner;
    const std::lock_guard lock(inner.mutex);
    ++inner.tracks_ended;
    inner.ended.notify_all();
  };
  gst_app_sink_set_callbacks(GST_APP_SINK(sink.get()), &callbacks, track.get(), nullptr);
  tracks.push_back(std::move(track));
}

GstFlowReturn Encoders::Inner::take(Track& track, GstSample* sample) {
  GstBuffer* buffer = gst_sample_get_buffer(sample);
  if (track.format.private_data.empty()) track.format.private_data = codec_data(gst_sample_get_caps(sample));
  const std::int64_t number = track.frames++;

  EncodedFrame frame;
  if (track.format.picture) {
    // No reordering and nothing dropped: the n-th frame out is the n-th frame in, which the running time confirms for
    // encoders that may drop.
    GstClockTime running = 0;
    gst_segment_to_running_time_full(gst_sample_get_segment(sample), GST_FORMAT_TIME, GST_BUFFER_PTS(buffer), &running);
    const auto rate = static_cast<std::uint64_t>(config.frame_rate);
    const auto index = gst_util_uint64_scale_round(running, rate, GST_SECOND);
    frame.duration = kPictureTimescale / static_cast<std::uint32_t>(config.frame_rate);
    frame.time = static_cast<std::int64_t>(index) * frame.duration;
    track.done = static_cast<std::int64_t>(index) + 1;
    frame.keyframe = !GST_BUFFER_FLAG_IS_SET(buffer, GST_BUFFER_FLAG_DELTA_UNIT);
  } else {
    // The encoder's first frame is priming (1,024 samples): without it, frame n begins at sample 1,024 (n - 1).
    if (number == 0) return GST_FLOW_OK;
    frame.duration = kAacFrameSamples;
    frame.time = (number - 1) * kAacFrameSamples;
  }
  frame.data.resize(gst_buffer_get_size(buffer));
  gst_buffer_extract(buffer, 0, frame.data.data(), frame.data.size());
  events.on_frame(track.index, track.format, std::move(frame));
  return GST_FLOW_OK;
}

GstBusSyncReply Encoders::Inner::on_message(GstBus*, GstMessage* raw, gpointer self) {
  const auto message = gst::Message::adopt(raw);  // GST_BUS_DROP leaves it to us
  if (GST_MESSAGE_TYPE(raw) == GST_MESSAGE_ERROR) {
    GError* error = nullptr;
    gst_message_parse_error(raw, &error, nullptr);
    static_cast<Inner*>(self)->events.on_error(error->message);
    g_error_free(error);
  }
  return GST_BUS_DROP;
}

void Encoders::Inner::watch_bus() {
  const auto bus = gst::Object<GstBus>::adopt(gst_element_get_bus(pipeline.get()));
  gst_bus_set_sync_handler(bus.get(), &Inner::on_message, this, nullptr);
}

std::int64_t Encoders::Inner::waiting() const {
  std::int64_t most = 0;
  for (const auto& track : tracks) {
    if (track->format.picture) most = std::max(most, pushed - track->done);
  }
  return most;
}

void Encoders::Inner::fail_with(const std::string& what) {
  failed = true;
  events.on_error(what);
}

std::int64_t Encoders::repeated() const { return inner_->repeated; }

void Encoders::frame(const programme::Frame& frame) {
  Inner& inner = *inner_;
  if (inner.failed) return;
  if (inner.pushed == 0) inner.events.on_begin(frame.index, frame.utc);
  const auto rate = static_cast<std::uint64_t>(inner.config.frame_rate);
  const std::int64_t waiting = inner.waiting();
  if (waiting > inner.config.frame_rate * kTooLate.count()) {
    return inner.fail_with(fmt::format("the encoders are {} s behind: this machine is too slow", kTooLate.count()));
  }
  const bool new_scene = std::exchange(inner.scene, frame.scene) != frame.scene;
  const bool due = inner.pushed - inner.taken >= inner.config.frame_rate;
  if (new_scene || due || waiting * 1000 <= kMostWaiting.count() * inner.config.frame_rate) {
    inner.before = frame.picture;
    inner.taken = inner.pushed;
  } else if (!frame.repeated) {
    ++inner.repeated;
  }
  const auto number = static_cast<std::uint64_t>(inner.pushed++);
  const GstClockTime begin = gst_util_uint64_scale(number, GST_SECOND, rate);
  const GstClockTime duration = gst_util_uint64_scale(number + 1, GST_SECOND, rate) - begin;

  // A shallow copy: the memory is shared with the slot, the times are ours.
  GstBuffer* picture = gst_buffer_copy(inner.before.get());
  const auto samples = static_cast<std::size_t>(Format::kSampleRate / inner.config.frame_rate);
  GstBuffer* sound = gst_buffer_new_memdup(frame.sound, samples * sizeof(float));
  for (GstBuffer* buffer : {picture, sound}) {
    GST_BUFFER_PTS(buffer) = begin;
    GST_BUFFER_DTS(buffer) = GST_CLOCK_TIME_NONE;
    GST_BUFFER_DURATION(buffer) = duration;
  }
  const auto picture_flow = gst_app_src_push_buffer(GST_APP_SRC(inner.picture.get()), picture);
  const auto sound_flow = gst_app_src_push_buffer(GST_APP_SRC(inner.sound.get()), sound);
  if (picture_flow != GST_FLOW_OK || sound_flow != GST_FLOW_OK) {
    inner.fail_with("the encoders take no more frames");
  }
}

void Encoders::finish() {
  gst_app_src_end_of_stream(GST_APP_SRC(inner_->picture.get()));
  gst_app_src_end_of_stream(GST_APP_SRC(inner_->sound.get()));
  {
    std::unique_lock lock(inner_->mutex);
    if (inner_->ended.wait_for(lock, kDrain, [&] { return inner_->tracks_ended == inner_->tracks.size(); })) return;
  }
  log::warning("the encoders did not give their last frames in {} s: {} are lost", kDrain.count(), inner_->waiting());
  gst_element_set_state(inner_->pipeline.get(), GST_STATE_NULL);  // joins their threads
}

}  // namespace tyndau::outlets
