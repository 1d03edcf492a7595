#include "media/sources/player.h"

#include <fmt/format.h>
#include <gst/rtsp/rtsp.h>
#include <sys/stat.h>

#include <string_view>
#include <utility>
#include <vector>

#include "media/gst/elements.h"
#include "media/sources/branches.h"
#include "media/sources/flv_stream.h"

namespace tyndau::sources {

namespace {

using Kind = SourceUri::Kind;
using SharedBranches = std::shared_ptr<Branches>;

constexpr auto kShortestFile = std::chrono::milliseconds(500);
/// Over TCP packets come in order and wait for nothing, but after a stall many come at once: what the playhead can
/// still play is kept.
constexpr guint kReserve_ms = programme::Playhead::kMost.count();

/// Decoders of live pictures use one extra thread at most and never the kind that delays by a frame per thread.
void tame_decoder(GstBin*, GstBin*, GstElement* element, gpointer) noexcept {
  const GstElementFactory* factory = gst_element_get_factory(element);
  if (factory == nullptr) return;
  const std::string_view name = GST_OBJECT_NAME(factory);
  if (!name.starts_with("avdec_")) return;
  gst::set_if_present(element, "max-threads", "2");
  gst::set_if_present(element, "thread-type", "slice");
}

bool link_to_decoder(GstBin* bin, GstElement* source, const SharedBranches& branches) {
  const gst::Element decoder = Branches::make_decoder(branches);
  if (!decoder) return false;
  gst_bin_add(bin, decoder.get());
  return gst_element_link(source, decoder.get()) == TRUE;
}

Result<gst::Element> add(GstBin* bin, const std::string& factory) {
  auto element = gst::make_element(factory);
  if (element) gst_bin_add(bin, element->get());
  return element;
}

Result<void> build_file(GstBin* bin, const SourceUri& source, const SharedBranches& branches) {
  struct stat status {};
  if (::stat(source.location.c_str(), &status) != 0) return fail_errno(source.location);
  // A pipe would block the opening for ever.
  if (!S_ISREG(status.st_mode)) return fail(fmt::format("{} is not a file", source.location));
  const auto reader = add(bin, "filesrc");
  if (!reader) return tl::unexpected(reader.error());
  g_object_set(reader->get(), "location", source.location.c_str(), nullptr);
  if (!link_to_decoder(bin, reader->get(), branches)) return fail("the file's decoder could not be made");
  return {};
}

Result<void> build_alsa(GstBin* bin, const std::string& device, const SharedBranches& branches) {
  const auto microphone = add(bin, "alsasrc");
  if (!microphone) return tl::unexpected(microphone.error());
  g_object_set(microphone->get(), "device", device.c_str(), "buffer-time", G_GINT64_CONSTANT(100000), "latency-time",
               G_GINT64_CONSTANT(20000), nullptr);
  const gst::Pad pad = gst::Pad::adopt(gst_element_get_static_pad(microphone->get(), "src"));
  branches->join(pad.get());
  return {};
}

Result<void> build_v4l2(GstBin* bin, const SourceUri& source, const SharedBranches& branches) {
  struct stat status {};
  if (::stat(source.location.c_str(), &status) != 0) return fail_errno(source.location);
  if (!S_ISCHR(status.st_mode)) return fail(fmt::format("{} is not a video device", source.location));
  const auto camera = add(bin, "v4l2src");
  if (!camera) return tl::unexpected(camera.error());
  g_object_set(camera->get(), "device", source.location.c_str(), nullptr);
  const auto filter = add(bin, "capsfilter");
  if (!filter) return tl::unexpected(filter.error());
  // In order of preference: what needs no decoding, if the camera gives it at full rate (most do not over USB 2).
  const std::string wanted =
      "video/x-raw,width=1280,height=720,framerate=[25/1,60/1];image/jpeg,width=1280,height=720,framerate=[25/1,60/1];"
      "video/x-raw,width=1920,height=1080,framerate=[25/1,60/1];image/jpeg,width=1920,height=1080,framerate=[25/1,60/"
      "1];"
      "video/x-raw,framerate=[24/1,60/1];image/jpeg;video/x-raw;video/x-h264";
  gst_util_set_object_arg(G_OBJECT(filter->get()), "caps", wanted.c_str());
  if (gst_element_link(camera->get(), filter->get()) == FALSE || !link_to_decoder(bin, filter->get(), branches)) {
    return fail("the camera's decoder could not be made");
  }
  if (source.audio_device.empty()) return {};
  return build_alsa(bin, source.audio_device, branches);
}

Result<void> build_srt(GstBin* bin, const SourceUri& source, const SharedBranches& branches) {
  const auto receiver = add(bin, "srtsrc");
  if (!receiver) return tl::unexpected(receiver.error());
  g_object_set(receiver->get(), "uri", source.location.c_str(), "latency", 125, "poll-timeout", 100, nullptr);
  for (const auto& [key, value] : source.options) gst::set_if_present(receiver->get(), key.c_str(), value.c_str());
  // A sender that comes back is a new stream to its decoders, so each session is an attempt of its own.
  gst::set_if_present(receiver->get(), "keep-listening", "false");
  gst::set_if_present(receiver->get(), "auto-reconnect", "false");
  if (!link_to_decoder(bin, receiver->get(), branches)) return fail("the stream's decoder could not be made");
  return {};
}

/// What an RTMP stream's bytes pass before its demuxer, and where its tracks go.
struct Rtmp {
  SharedBranches branches;
  FlvStream stream{};
};
using SharedRtmp = std::shared_ptr<Rtmp>;

GstPadProbeReturn pass_flv(GstPad*, GstPadProbeInfo* info, gpointer data) noexcept {
  Rtmp& rtmp = **static_cast<SharedRtmp*>(data);
  GstBuffer* buffer = GST_PAD_PROBE_INFO_BUFFER(info);
  GstMapInfo map;
  if (gst_buffer_map(buffer, &map, GST_MAP_READ) == FALSE) return GST_PAD_PROBE_OK;
  std::vector<std::uint8_t> bytes;
  rtmp.stream.take(map.data, map.size, bytes);
  gst_buffer_unmap(buffer, &map);
  rtmp.branches->intake().unknown_coding = rtmp.stream.coding() == FlvStream::Coding::kUnknown;
  if (bytes.empty()) return GST_PAD_PROBE_DROP;
  gst::Buffer passed = gst::Buffer::adopt(gst_buffer_new_memdup(bytes.data(), bytes.size()));
  gst_buffer_copy_into(passed.get(), buffer, GST_BUFFER_COPY_METADATA, 0, static_cast<gsize>(-1));
  const gst::Buffer replaced = gst::Buffer::adopt(buffer);  // what is in the probe's hands is its own
  GST_PAD_PROBE_INFO_DATA(info) = passed.release();
  return GST_PAD_PROBE_OK;
}

/// What flvdemux takes for AVC, as it is called; nullptr where that is what it is.
const char* true_caps(FlvStream::Coding coding) {
  switch (coding) {
    case FlvStream::Coding::kHevc:
      return "video/x-h265,stream-format=hvc1,alignment=au";
    case FlvStream::Coding::kAv1:
      return "video/x-av1,stream-format=obu-stream,alignment=tu";
    case FlvStream::Coding::kVp9:
      return "video/x-vp9,alignment=super-frame";
    case FlvStream::Coding::kPlain:
    case FlvStream::Coding::kUnknown:
      break;
  }
  return nullptr;
}

void flv_pad_added(GstElement* demuxer, GstPad* pad, gpointer data) noexcept {
  const Rtmp& rtmp = **static_cast<SharedRtmp*>(data);
  const auto bin = gst::Object<GstObject>::adopt(gst_object_get_parent(GST_OBJECT(demuxer)));
  if (!bin) return;
  const gst::Caps caps = gst::Caps::adopt(gst_pad_get_current_caps(pad));
  const bool is_picture =
      caps && std::string_view(gst_structure_get_name(gst_caps_get_structure(caps.get(), 0))).starts_with("video/");
  const char* truth = is_picture ? true_caps(rtmp.stream.coding()) : nullptr;
  // A picture that takes long to decode must not hold up the sound behind it.
  std::vector<gst::Element> chain;
  for (const char* factory : {"queue", "capssetter"}) {
    if (truth == nullptr && std::string_view(factory) == "capssetter") continue;
    const auto made = gst::make_element(factory);
    if (!made) return;  // build_rtmp has looked
    chain.push_back(*made);
  }
  if (truth != nullptr) {
    gst_util_set_object_arg(G_OBJECT(chain.back().get()), "caps", truth);
    g_object_set(chain.back().get(), "join", FALSE, nullptr);
  }
  chain.push_back(Branches::make_decoder(rtmp.branches));
  if (!chain.back()) return;
  for (const gst::Element& element : chain) gst_bin_add(GST_BIN(bin.get()), element.get());
  for (std::size_t i = 1; i < chain.size(); ++i) gst_element_link(chain[i - 1].get(), chain[i].get());
  for (auto element = chain.rbegin(); element != chain.rend(); ++element) {
    gst_element_sync_state_with_parent(element->get());
  }
  const gst::Pad sink = gst::Pad::adopt(gst_element_get_static_pad(chain.front().get(), "sink"));
  gst_pad_link(pad, sink.get());
}

/// rtmpsrc understands more servers (ffmpeg's sends everything in stream 0, which rtmp2src ignores), but knows no
/// passwords.
Result<void> build_rtmp(GstBin* bin, const SourceUri& source, int attempt, const SharedBranches& branches) {
  const bool lenient = attempt % 2 == 0 && source.user.empty();
  const auto receiver = add(bin, lenient ? "rtmpsrc" : "rtmp2src");
  if (!receiver) return tl::unexpected(receiver.error());
  g_object_set(receiver->get(), "location", source.location.c_str(), nullptr);
  gst::set_if_present(receiver->get(), "timeout", "5");
  // rtmpsrc gives nothing before a block is full: its own 4 kB are half a second of a hall at night.
  if (lenient) gst::set_if_present(receiver->get(), "blocksize", "512");
  if (!source.user.empty()) {
    g_object_set(receiver->get(), "username", source.user.c_str(), "password", source.password.c_str(), nullptr);
  }
  // Needed for some pictures only: missing, it is said at once and not when the first of them comes.
  if (const auto renamer = gst::make_element("capssetter"); !renamer) return tl::unexpected(renamer.error());
  const auto demuxer = add(bin, "flvdemux");
  if (!demuxer) return tl::unexpected(demuxer.error());
  if (gst_element_link(receiver->get(), demuxer->get()) == FALSE) return fail("the stream's demuxer does not take it");
  const auto rtmp = std::make_shared<Rtmp>(Rtmp{branches});
  const gst::Pad bytes = gst::Pad::adopt(gst_element_get_static_pad(receiver->get(), "src"));
  gst_pad_add_probe(bytes.get(), GST_PAD_PROBE_TYPE_BUFFER, pass_flv, new SharedRtmp(rtmp),
                    [](gpointer data) { delete static_cast<SharedRtmp*>(data); });
  g_signal_connect_data(
      demuxer->get(), "pad-added", G_CALLBACK(flv_pad_added), new SharedRtmp(rtmp),
      [](gpointer data, GClosure*) { delete static_cast<SharedRtmp*>(data); }, GConnectFlags{});
  return {};
}

/// Takes the first picture and the first sound that the camera offers, and no more (ONVIF metadata, second streams).
struct Chosen {
  SharedBranches branches;
  bool picture = false, sound = false;
};

gboolean select_stream(GstElement*, guint, GstCaps* caps, gpointer data) noexcept {
  auto& chosen = *static_cast<Chosen*>(data);
  const GstStructure* structure = gst_caps_get_structure(caps, 0);
  const char* media = gst_structure_get_string(structure, "media");
  const std::string_view kind = media != nullptr ? media : "";
  bool* taken = kind == "video" ? &chosen.picture : kind == "audio" ? &chosen.sound : nullptr;
  if (taken == nullptr || *taken) return FALSE;
  *taken = true;
  return TRUE;
}

void rtsp_pad_added(GstElement* camera, GstPad* pad, gpointer data) noexcept {
  const SharedBranches& branches = static_cast<Chosen*>(data)->branches;
  const gst::Element decoder = Branches::make_decoder(branches);
  const auto bin = gst::Object<GstObject>::adopt(gst_object_get_parent(GST_OBJECT(camera)));
  if (!decoder || !bin) return;
  gst_bin_add(GST_BIN(bin.get()), decoder.get());
  const gst::Pad sink = gst::Pad::adopt(gst_element_get_static_pad(decoder.get(), "sink"));
  gst_pad_link(pad, sink.get());
  gst_element_sync_state_with_parent(decoder.get());
}

/// What rtspsrc asks a camera until it plays. It repeats a request up to nine times while the answer is 401 (RFC 7826,
/// 17.4.2), and cameras lock out for half an hour who does that.
struct Asked {
  GstRTSPMethod method = GST_RTSP_INVALID;
  int times = 0;        // the same, one after the other
  bool agreed = false;  // there was nothing to refuse: it plays
};

/// Without the password, with it, and again because a camera may call its own nonce stale (RFC 7616, 3.3).
constexpr int kMostTimes = 3;

/// What is not sent counts as answered like the last: with 401, until rtspsrc gives up.
gboolean before_request(GstElement*, GstRTSPMessage* request, gpointer data) noexcept {
  auto& asked = *static_cast<Asked*>(data);
  const GstRTSPMethod method = request->type_data.request.method;
  asked.agreed = asked.agreed || method == GST_RTSP_PLAY;
  asked.times = method == asked.method ? asked.times + 1 : 1;
  asked.method = method;
  // Each stream has a SETUP of its own, and who plays keeps alive with the same over and over.
  return asked.agreed || method == GST_RTSP_SETUP || asked.times <= kMostTimes ? TRUE : FALSE;
}

Result<void> build_rtsp(GstBin* bin, const SourceUri& source, int attempt, const SharedBranches& branches) {
  const auto camera = add(bin, "rtspsrc");
  if (!camera) return tl::unexpected(camera.error());
  const bool tcp = attempt % 2 == 0;
  g_object_set(camera->get(), "location", source.location.c_str(), "latency", tcp ? kReserve_ms : 150U,
               "drop-on-latency", TRUE, "tcp-timeout", G_GUINT64_CONSTANT(5000000), nullptr);
  // TCP first: in a hall's network it loses nothing, and passes firewalls. Cameras that refuse it get UDP the next
  // time.
  gst::set_if_present(camera->get(), "protocols", tcp ? "tcp" : "udp");
  if (!source.user.empty()) {
    g_object_set(camera->get(), "user-id", source.user.c_str(), "user-pw", source.password.c_str(), nullptr);
  }
  g_signal_connect_data(
      camera->get(), "before-send", G_CALLBACK(before_request), new Asked,
      [](gpointer data, GClosure*) { delete static_cast<Asked*>(data); }, GConnectFlags{});
  auto* chosen = new Chosen{branches};
  g_signal_connect(camera->get(), "select-stream", G_CALLBACK(select_stream), chosen);
  g_signal_connect_data(
      camera->get(), "pad-added", G_CALLBACK(rtsp_pad_added), chosen,
      [](gpointer data, GClosure*) { delete static_cast<Chosen*>(data); }, GConnectFlags{});
  return {};
}

Result<void> build(GstBin* bin, const SourceUri& source, int attempt, const SharedBranches& branches) {
  switch (source.kind) {
    case Kind::kFile:
      return build_file(bin, source, branches);
    case Kind::kV4l2:
      return build_v4l2(bin, source, branches);
    case Kind::kRtsp:
      return build_rtsp(bin, source, attempt, branches);
    case Kind::kSrt:
      return build_srt(bin, source, branches);
    case Kind::kRtmp:
      return build_rtmp(bin, source, attempt, branches);
    case Kind::kTest:
    case Kind::kWhip:
      break;
  }
  return fail("this kind of source has no pipeline");
}

/// 401 and 403 of a camera, and what other kinds call the same.
bool is_refusal(GstMessage* message) {
  GError* error = nullptr;
  gst_message_parse_error(message, &error, nullptr);
  const bool told = g_error_matches(error, GST_RESOURCE_ERROR, GST_RESOURCE_ERROR_NOT_AUTHORIZED) == TRUE;
  g_clear_error(&error);
  const GstStructure* details = nullptr;
  gst_message_parse_error_details(message, &details);
  guint code = 0;
  if (details != nullptr) gst_structure_get_uint(details, "rtsp-status-code", &code);
  return told || code == 401 || code == 403;
}

void seek_to_start(GstElement* pipeline) {
  const auto flags = static_cast<GstSeekFlags>(GST_SEEK_FLAG_FLUSH | GST_SEEK_FLAG_KEY_UNIT);
  if (gst_element_seek_simple(pipeline, GST_FORMAT_TIME, flags, 0) == TRUE) return;
  GError* error = g_error_new_literal(GST_STREAM_ERROR, GST_STREAM_ERROR_FAILED,
                                      "the file has ended and this kind cannot be rewound");
  gst_element_post_message(pipeline, gst_message_new_error(GST_OBJECT(pipeline), error, nullptr));
  g_error_free(error);
}

}  // namespace

Player::Player(SourceUri source, OnFailure on_failure)
    : source_(std::move(source)), on_failure_(std::move(on_failure)) {}

Result<std::unique_ptr<Player>> Player::start(const SourceUri& source, int attempt, std::shared_ptr<Intake> intake,
                                              gst::PipelineThreads& threads, OnFailure on_failure) {
  gst::Element pipeline = gst::Element::sink(gst_pipeline_new("source"));
  const auto clock = gst::Object<GstClock>::adopt(gst_system_clock_obtain());
  gst_pipeline_use_clock(GST_PIPELINE(pipeline.get()), clock.get());  // else alsasrc would make itself the clock
  const bool live = source.kind != Kind::kFile;
  const auto branches = std::make_shared<Branches>(GST_BIN(pipeline.get()), std::move(intake),
                                                   live ? Branches::Pace::kLive : Branches::Pace::kByTimestamps);
  g_signal_connect(pipeline.get(), "deep-element-added", G_CALLBACK(tame_decoder), nullptr);
  if (const auto built = build(GST_BIN(pipeline.get()), source, attempt, branches); !built) {
    return tl::unexpected(built.error());
  }
  std::unique_ptr<Player> player(new Player(source, std::move(on_failure)));
  player->watch_ = std::make_unique<gst::BusWatch>(
      pipeline.get(), [raw = player.get()](GstMessage* message) { raw->on_message(message); });
  player->run_ = threads.play(std::move(pipeline));
  return player;
}

void Player::on_message(GstMessage* message) {
  switch (GST_MESSAGE_TYPE(message)) {
    case GST_MESSAGE_ERROR: {
      const auto tell = on_failure_;  // telling it may destroy this
      tell({gst::describe_error(message), is_refusal(message)});
      return;
    }
    case GST_MESSAGE_EOS:
      on_end();
      return;
    case GST_MESSAGE_APPLICATION:
      if (gst_message_has_name(message, Branches::kEnded) == TRUE) on_end();
      return;
    default:
      return;
  }
}

void Player::on_end() {
  if (source_.kind == Kind::kFile) {
    rewind();
    return;
  }
  const auto tell = on_failure_;
  tell({"the source has ended its stream"});
}

void Player::rewind() {
  const auto now = std::chrono::steady_clock::now();
  // The end is told twice when sound and picture end together; and a file of one picture would spin.
  if (now - rewound_ < kShortestFile) return;
  rewound_ = now;
  run_->then(seek_to_start);
}

}  // namespace tyndau::sources
