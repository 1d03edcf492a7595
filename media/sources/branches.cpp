#include "media/sources/branches.h"

#include <fmt/format.h>
#include <gst/app/gstappsink.h>

#include <string>
#include <string_view>
#include <vector>

#include "media/gst/elements.h"
#include "media/sources/downmix.h"
#include "media/sources/frame_dropper.h"

namespace tyndau::sources {

namespace {

using SharedIntake = std::shared_ptr<Intake>;

void post_end(GstAppSink* sink) {
  gst_element_post_message(GST_ELEMENT(sink),
                           gst_message_new_application(GST_OBJECT(sink), gst_structure_new_empty(Branches::kEnded)));
}

void picture_ended(GstAppSink* sink, gpointer) noexcept { post_end(sink); }

GstFlowReturn picture_arrived(GstAppSink* sink, gpointer data) noexcept {
  const gst::Sample sample = gst::Sample::adopt(gst_app_sink_pull_sample(sink));
  if (sample) (*static_cast<SharedIntake*>(data))->put_picture(sample.get());
  return GST_FLOW_OK;
}

/// What the sound's appsink needs; freed by GStreamer.
struct SoundDoor {
  SharedIntake intake;
  Downmix mix;
};

GstFlowReturn sound_arrived(GstAppSink* sink, gpointer data) noexcept {
  auto& [intake, mix] = *static_cast<SoundDoor*>(data);
  const gst::Sample sample = gst::Sample::adopt(gst_app_sink_pull_sample(sink));
  GstBuffer* buffer = sample ? gst_sample_get_buffer(sample.get()) : nullptr;
  GstAudioInfo info;
  GstMapInfo map;
  if (buffer == nullptr || gst_audio_info_from_caps(&info, gst_sample_get_caps(sample.get())) == FALSE ||
      gst_buffer_map(buffer, &map, GST_MAP_READ) == FALSE) {
    return GST_FLOW_OK;
  }
  std::vector<float> samples(map.size / sizeof(float));  // the memory need not be aligned for floats
  std::copy_n(map.data, samples.size() * sizeof(float), reinterpret_cast<std::uint8_t*>(samples.data()));
  gst_buffer_unmap(buffer, &map);
  std::vector<float> mono(samples.size() / static_cast<std::size_t>(GST_AUDIO_INFO_CHANNELS(&info)));
  mix.place(info);
  mix.run(samples.data(), mono.size(), mono.data());
  intake->finding = mix.finding();
  intake->put_sound(mono.data(), mono.size(), stamp_of(sample.get()));
  return GST_FLOW_OK;
}

void sound_ended(GstAppSink* sink, gpointer data) noexcept {
  if (!static_cast<SoundDoor*>(data)->intake->has_video) post_end(sink);
}

GstPadProbeReturn drop_surplus(GstPad*, GstPadProbeInfo* info, gpointer data) noexcept {
  const GstBuffer* buffer = GST_PAD_PROBE_INFO_BUFFER(info);
  return static_cast<FrameDropper*>(data)->keep(GST_BUFFER_PTS(buffer)) ? GST_PAD_PROBE_OK : GST_PAD_PROBE_DROP;
}

gst::Element make_caps_filter(const std::string& description) {
  auto filter = gst::make_element("capsfilter");
  if (!filter) return {};
  gst_util_set_object_arg(G_OBJECT(filter->get()), "caps", description.c_str());
  return *filter;
}

template <class Door>
gst::Element make_sink(Door door, Branches::Pace pace, const GstAppSinkCallbacks& callbacks) {
  const auto sink = gst::make_element("appsink");
  if (!sink) return {};
  // A live source has its own pace already; the playhead fits itself to how it arrives, which waiting here would hide.
  g_object_set(sink->get(), "sync", pace == Branches::Pace::kByTimestamps ? TRUE : FALSE, "max-buffers", 4U, nullptr);
  GstAppSinkCallbacks copy = callbacks;
  gst_app_sink_set_callbacks(GST_APP_SINK(sink->get()), &copy, new Door(std::move(door)),
                             [](gpointer data) { delete static_cast<Door*>(data); });
  return *sink;
}

/// Starts an element as far as its pipeline is. Of a file that is still on its way to PAUSED, no further than that: the
/// pipeline takes it on, once it has a base time; else the file is played through at once and then stands. A live
/// source needs no base time, and its pipeline does not wait for its sinks.
void start_with(GstBin* bin, GstElement* element, Branches::Pace pace) {
  if (pace == Branches::Pace::kByTimestamps && GST_STATE(bin) < GST_STATE_PAUSED) {
    gst_element_set_state(element, GST_STATE_PAUSED);
  } else {
    gst_element_sync_state_with_parent(element);
  }
}

/// Adds the elements to the bin, joins them and starts them; gives the first one's sink pad.
gst::Pad plant(GstBin* bin, Branches::Pace pace, const std::vector<gst::Element>& elements) {
  for (const gst::Element& element : elements) {
    if (!element) return {};
  }
  for (const gst::Element& element : elements) gst_bin_add(bin, element.get());
  for (std::size_t i = 1; i < elements.size(); ++i) gst_element_link(elements[i - 1].get(), elements[i].get());
  for (auto element = elements.rbegin(); element != elements.rend(); ++element) {
    start_with(bin, element->get(), pace);
  }
  return gst::Pad::adopt(gst_element_get_static_pad(elements.front().get(), "sink"));
}

gst::Element element_or_empty(const std::string& factory, GstBin* bin) {
  auto element = gst::make_element(factory);
  if (element) return *element;
  GError* error = g_error_new_literal(GST_CORE_ERROR, GST_CORE_ERROR_MISSING_PLUGIN, element.error().what.c_str());
  gst_element_post_message(GST_ELEMENT(bin), gst_message_new_error(GST_OBJECT(bin), error, nullptr));
  g_error_free(error);
  return {};
}

void decoded_pad_added(GstElement*, GstPad* pad, gpointer data) noexcept {
  (*static_cast<std::shared_ptr<Branches>*>(data))->join(pad);
}

}  // namespace

Branches::Branches(GstBin* bin, std::shared_ptr<Intake> intake, Pace pace)
    : bin_(bin), intake_(std::move(intake)), pace_(pace) {}

void Branches::join(GstPad* pad) {
  gst::Caps caps = gst::Caps::adopt(gst_pad_get_current_caps(pad));
  if (!caps) caps = gst::Caps::adopt(gst_pad_query_caps(pad, nullptr));
  if (!caps || gst_caps_is_empty(caps.get()) == TRUE || gst_caps_is_any(caps.get()) == TRUE) return;
  const std::string_view kind = gst_structure_get_name(gst_caps_get_structure(caps.get(), 0));
  const bool is_picture = kind.starts_with("video/x-raw");
  if (!is_picture && !kind.starts_with("audio/x-raw")) return;
  const std::lock_guard lock(mutex_);
  gst::Pad& tail = is_picture ? picture_ : sound_;
  if (is_picture) intake_->has_video = true;
  if (!tail) tail = is_picture ? make_picture_tail() : make_sound_tail();
  if (tail && gst_pad_is_linked(tail.get()) == FALSE) gst_pad_link(pad, tail.get());
}

gst::Pad Branches::make_picture_tail() {
  const programme::Format& format = intake_->format();
  // What is as it should be passes through the first three: they are for films of phones held upright, and for cameras
  // that give halves of a picture in turns.
  const gst::Element readable = element_or_empty("videoconvert", bin_);
  const gst::Element whole = element_or_empty("deinterlace", bin_);
  const gst::Element upright = element_or_empty("videoflip", bin_);
  if (!readable || !whole || !upright) return {};
  gst_util_set_object_arg(G_OBJECT(whole.get()), "fields", "top");  // as many pictures as there were
  gst_util_set_object_arg(G_OBJECT(upright.get()), "video-direction", "auto");
  // One element converts and scales in one pass; borders keep the shape of a 4:3 camera.
  const gst::Element converter = element_or_empty("videoconvertscale", bin_);
  if (!converter) return {};
  g_object_set(converter.get(), "add-borders", TRUE, nullptr);
  const gst::Element filter = make_caps_filter(
      fmt::format("video/x-raw,format=I420,width={},height={},pixel-aspect-ratio=1/1,colorimetry=bt709", format.width,
                  format.height));
  GstAppSinkCallbacks callbacks{};
  callbacks.new_sample = picture_arrived;
  callbacks.eos = picture_ended;
  gst::Pad pad =
      plant(bin_, pace_, {readable, whole, upright, converter, filter, make_sink(intake_, pace_, callbacks)});
  if (pad) {
    gst_pad_add_probe(pad.get(), GST_PAD_PROBE_TYPE_BUFFER, drop_surplus, new FrameDropper(format.frame_rate),
                      [](gpointer data) { delete static_cast<FrameDropper*>(data); });
  }
  return pad;
}

gst::Pad Branches::make_sound_tail() {
  const gst::Element converter = element_or_empty("audioconvert", bin_);
  const gst::Element resampler = element_or_empty("audioresample", bin_);
  if (!converter || !resampler) return {};
  const gst::Element filter = make_caps_filter(
      fmt::format("audio/x-raw,format=F32LE,layout=interleaved,rate={}", programme::Format::kSampleRate));
  GstAppSinkCallbacks callbacks{};
  callbacks.new_sample = sound_arrived;
  callbacks.eos = sound_ended;
  return plant(bin_, pace_, {converter, resampler, filter, make_sink(SoundDoor{intake_, {}}, pace_, callbacks)});
}

gst::Element Branches::make_decoder(const std::shared_ptr<Branches>& branches) {
  gst::Element decoder = element_or_empty("decodebin", branches->bin_);
  if (!decoder) return {};
  g_signal_connect_data(
      decoder.get(), "pad-added", G_CALLBACK(decoded_pad_added), new std::shared_ptr<Branches>(branches),
      [](gpointer data, GClosure*) { delete static_cast<std::shared_ptr<Branches>*>(data); }, GConnectFlags{});
  return decoder;
}

}  // namespace tyndau::sources
