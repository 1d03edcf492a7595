#include "media/guests/receiver.h"

#include <fmt/format.h>
#include <gst/app/gstappsink.h>

#include <algorithm>
#include <cstdint>
#include <fstream>
#include <vector>

#include "media/gst/elements.h"
#include "media/programme/slots.h"

namespace tyndau::guests {

namespace {

/// A larger picture is made smaller where it arrives: the mixer scales at every tick, and has no time for it.
constexpr int kMostAcross = 1920;
constexpr int kStillWidth = 256, kStillHeight = 144;
constexpr GstClockTime kStillEvery = GST_SECOND;

/// A broken stream is repaired by asking for a keyframe, and not shown until it has come. VP8 is BT.601 at any size,
/// where GStreamer takes large pictures for BT.709.
std::string decoder(const std::string& codec) {
  if (codec == "VP8")
    return "rtpvp8depay request-keyframe=true wait-for-keyframe=true ! vp8dec threads=1 ! "
           "capssetter caps=video/x-raw,colorimetry=bt601";
  if (codec == "VP9") return "rtpvp9depay request-keyframe=true wait-for-keyframe=true ! vp9dec threads=1";
  return "rtph264depay request-keyframe=true wait-for-keyframe=true ! avdec_h264 max-threads=1 output-corrupt=false";
}

std::string picture_bin(const Arrival& arrival) {
  const std::string decoded =
      fmt::format("{} ! videoconvertscale ! video/x-raw,format=I420,width=[1,{}],height=[1,{}],pixel-aspect-ratio=1/1",
                  decoder(arrival.codec), kMostAcross, kMostAcross);
  const std::string sink = "appsink name=sink sync=true max-buffers=2 drop=true";
  if (arrival.still.empty()) {
    return fmt::format("{} ! {}", decoded, sink);
  }
  return fmt::format(
      "{} ! tee name=both both. ! {} "
      "both. ! queue name=stills leaky=downstream max-size-buffers=1 max-size-bytes=0 max-size-time=0 ! "
      "videoconvertscale add-borders=true ! video/x-raw,format=I420,width={},height={},pixel-aspect-ratio=1/1 ! "
      "jpegenc quality=70 ! appsink name=still sync=false async=false max-buffers=1 drop=true",
      decoded, sink, kStillWidth, kStillHeight);
}

std::string sound_bin() {
  return fmt::format(
      "rtpopusdepay ! opusdec use-inband-fec=true plc=true ! audioconvert ! audioresample ! "
      "audio/x-raw,format=F32LE,layout=interleaved,channels=1,rate={} ! appsink name=sink sync=true max-buffers=20 "
      "drop=true",
      programme::Format::kSampleRate);
}

/// What an appsink's callbacks need; freed by GStreamer.
struct Door {
  std::shared_ptr<SeatIntake> intake;
  SeatIntake::Picture picture;
  std::filesystem::path still, arriving;
};

GstFlowReturn picture_arrived(GstAppSink* sink, gpointer data) noexcept {
  const gst::Sample sample = gst::Sample::adopt(gst_app_sink_pull_sample(sink));
  const Door& door = *static_cast<Door*>(data);
  if (sample) door.intake->put_picture(sample.get(), door.picture);
  return GST_FLOW_OK;
}

GstFlowReturn sound_arrived(GstAppSink* sink, gpointer data) noexcept {
  const gst::Sample sample = gst::Sample::adopt(gst_app_sink_pull_sample(sink));
  GstBuffer* buffer = sample ? gst_sample_get_buffer(sample.get()) : nullptr;
  if (buffer == nullptr) return GST_FLOW_OK;
  std::vector<float> samples(gst_buffer_get_size(buffer) / sizeof(float));
  gst_buffer_extract(buffer, 0, samples.data(), samples.size() * sizeof(float));
  static_cast<Door*>(data)->intake->put_sound(samples.data(), samples.size());
  return GST_FLOW_OK;
}

GstFlowReturn still_arrived(GstAppSink* sink, gpointer data) noexcept {
  const gst::Sample sample = gst::Sample::adopt(gst_app_sink_pull_sample(sink));
  GstBuffer* jpeg = sample ? gst_sample_get_buffer(sample.get()) : nullptr;
  GstMapInfo map;
  if (jpeg == nullptr || gst_buffer_map(jpeg, &map, GST_MAP_READ) == FALSE) return GST_FLOW_OK;
  const Door& door = *static_cast<Door*>(data);
  std::ofstream out(door.arriving, std::ios::binary | std::ios::trunc);
  out.write(reinterpret_cast<const char*>(map.data), static_cast<std::streamsize>(map.size));
  out.close();
  gst_buffer_unmap(jpeg, &map);
  std::error_code error;
  if (out) std::filesystem::rename(door.arriving, door.still, error);
  return GST_FLOW_OK;  // a still that cannot be written is no reason to end anything
}

GstPadProbeReturn now_and_then(GstPad*, GstPadProbeInfo* info, gpointer data) noexcept {
  auto& next = *static_cast<GstClockTime*>(data);
  const GstClockTime time = GST_BUFFER_PTS(GST_PAD_PROBE_INFO_BUFFER(info));
  if (GST_CLOCK_TIME_IS_VALID(time) && time < next && next - time <= kStillEvery) return GST_PAD_PROBE_DROP;
  next = GST_CLOCK_TIME_IS_VALID(time) ? time + kStillEvery : next;
  return GST_PAD_PROBE_OK;
}

void give(const gst::Element& bin, const char* name, GstFlowReturn (*arrived)(GstAppSink*, gpointer), Door door) {
  const auto sink = gst::Element::adopt(gst_bin_get_by_name(GST_BIN(bin.get()), name));
  if (!sink) return;
  GstAppSinkCallbacks callbacks{};
  callbacks.new_sample = arrived;
  gst_app_sink_set_callbacks(GST_APP_SINK(sink.get()), &callbacks, new Door(std::move(door)),
                             [](gpointer data) { delete static_cast<Door*>(data); });
}

}  // namespace

Result<void> receive(GstBin* pipeline, GstPad* rtp, const Arrival& arrival, std::shared_ptr<SeatIntake> intake) {
  const bool sound = arrival.codec == "OPUS";
  GError* error = nullptr;
  const auto bin = gst::Element::sink(
      gst_parse_bin_from_description((sound ? sound_bin() : picture_bin(arrival)).c_str(), TRUE, &error));
  if (error != nullptr) {
    const std::string what = error->message;
    g_error_free(error);
    return fail("what arrives cannot be decoded: " + what);
  }
  const Door door{intake, arrival.picture, arrival.still, arrival.still.string() + ".new"};
  give(bin, "sink", sound ? sound_arrived : picture_arrived, door);
  give(bin, "still", still_arrived, door);
  if (const auto stills = gst::Element::adopt(gst_bin_get_by_name(GST_BIN(bin.get()), "stills"))) {
    const auto pad = gst::Pad::adopt(gst_element_get_static_pad(stills.get(), "sink"));
    gst_pad_add_probe(pad.get(), GST_PAD_PROBE_TYPE_BUFFER, now_and_then, new GstClockTime(0),
                      [](gpointer data) { delete static_cast<GstClockTime*>(data); });
  }
  gst_bin_add(pipeline, bin.get());
  const auto in = gst::Pad::adopt(gst_element_get_static_pad(bin.get(), "sink"));
  gst_element_sync_state_with_parent(bin.get());
  if (gst_pad_link(rtp, in.get()) != GST_PAD_LINK_OK) return fail("what arrives does not fit its decoder");
  return {};
}

}  // namespace tyndau::guests
