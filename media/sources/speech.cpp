#include "media/sources/speech.h"

#include <fmt/format.h>
#include <gst/app/gstappsink.h>

#include <algorithm>
#include <cstring>
#include <string>
#include <system_error>

#include "media/gst/bus_watch.h"
#include "media/gst/elements.h"
#include "media/programme/slots.h"

namespace tyndau::sources {

namespace {

constexpr std::size_t kPause = programme::Format::kSampleRate * 7 / 10;

/// A pipeline that reads one file as fast as it can; its end stops it.
class WavReader {
 public:
  static Result<WavReader> open(const std::filesystem::path& file) {
    WavReader reader;
    reader.pipeline_ = gst::Element::sink(gst_pipeline_new(nullptr));
    GstElement* previous = nullptr;
    for (const char* factory : {"filesrc", "wavparse", "audioconvert", "audioresample", "appsink"}) {
      const auto element = gst::make_element(factory);
      if (!element) return tl::unexpected(element.error());
      gst_bin_add(GST_BIN(reader.pipeline_.get()), element->get());
      if (previous == nullptr) g_object_set(element->get(), "location", file.c_str(), nullptr);
      if (previous != nullptr && gst_element_link(previous, element->get()) == FALSE) {
        return fail("the speech reader could not be linked");
      }
      previous = element->get();
    }
    const std::string caps =
        fmt::format("audio/x-raw,format=S16LE,layout=interleaved,channels=1,rate={}", programme::Format::kSampleRate);
    g_object_set(previous, "sync", FALSE, nullptr);
    gst_util_set_object_arg(G_OBJECT(previous), "caps", caps.c_str());
    reader.sink_ = GST_APP_SINK(previous);
    return reader;
  }
  WavReader(WavReader&&) = default;
  ~WavReader() {
    if (pipeline_) gst_element_set_state(pipeline_.get(), GST_STATE_NULL);
  }

  Result<void> read_into(std::vector<std::int16_t>& samples) {
    gst_element_set_state(pipeline_.get(), GST_STATE_PLAYING);
    for (;;) {
      const gst::Sample sample = gst::Sample::adopt(gst_app_sink_try_pull_sample(sink_, GST_SECOND / 5));
      if (sample) {
        append(gst_sample_get_buffer(sample.get()), samples);
        continue;
      }
      const auto bus = gst::Object<GstBus>::adopt(gst_element_get_bus(pipeline_.get()));
      const auto message = gst::Mini<GstMessage>::adopt(gst_bus_pop_filtered(bus.get(), GST_MESSAGE_ERROR));
      if (message) return fail(gst::describe_error(message.get()));
      // After the message: an element that fails ends its stream as well.
      if (gst_app_sink_is_eos(sink_) == TRUE) return {};
    }
  }

 private:
  WavReader() = default;
  static void append(GstBuffer* buffer, std::vector<std::int16_t>& samples) {
    GstMapInfo map;
    if (buffer == nullptr || gst_buffer_map(buffer, &map, GST_MAP_READ) == FALSE) return;
    const std::size_t before = samples.size();
    samples.resize(before + map.size / sizeof(std::int16_t));
    std::memcpy(samples.data() + before, map.data, (samples.size() - before) * sizeof(std::int16_t));
    gst_buffer_unmap(buffer, &map);
  }

  gst::Element pipeline_;
  GstAppSink* sink_ = nullptr;  // the pipeline's
};

}  // namespace

Result<std::vector<std::int16_t>> load_speech(const std::filesystem::path& directory,
                                              const std::function<bool()>& stop) {
  std::error_code error;
  std::vector<std::filesystem::path> files;
  for (std::filesystem::directory_iterator entry(directory, error), end; !error && entry != end;
       entry.increment(error)) {
    if (entry->path().extension() == ".wav") files.push_back(entry->path());
  }
  if (error) return fail(fmt::format("the chamber's speech is missing: {}: {}", directory.string(), error.message()));
  if (files.empty()) return fail(fmt::format("the chamber's speech is missing: no .wav in {}", directory.string()));
  std::sort(files.begin(), files.end());

  std::vector<std::int16_t> samples;
  for (const auto& file : files) {
    if (stop()) break;
    auto reader = WavReader::open(file);
    const Result<void> read = reader ? reader->read_into(samples) : tl::unexpected(reader.error());
    if (!read)
      return fail(fmt::format("the chamber's speech cannot be read: {}: {}", file.string(), read.error().what));
    samples.insert(samples.end(), kPause, 0);
  }
  return samples;
}

}  // namespace tyndau::sources
