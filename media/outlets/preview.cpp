#include "media/outlets/preview.h"

#include <fmt/format.h>
#include <gst/app/gstappsink.h>
#include <gst/app/gstappsrc.h>

#include <fstream>

#include "media/gst/elements.h"

namespace tyndau::outlets {

struct Preview::Inner {
  std::filesystem::path file, arriving;
  int every = 12;  // frames
  gst::Element pipeline, source;

  GstFlowReturn take(GstBuffer* jpeg) const {
    GstMapInfo map;
    if (gst_buffer_map(jpeg, &map, GST_MAP_READ) == FALSE) return GST_FLOW_OK;
    std::ofstream out(arriving, std::ios::binary | std::ios::trunc);
    out.write(reinterpret_cast<const char*>(map.data), static_cast<std::streamsize>(map.size));
    out.close();
    gst_buffer_unmap(jpeg, &map);
    std::error_code error;
    if (out) std::filesystem::rename(arriving, file, error);
    return GST_FLOW_OK;  // a preview that cannot be written is no reason to end anything
  }
};

Preview::Preview(std::unique_ptr<Inner> inner) : inner_(std::move(inner)) {}

Result<std::shared_ptr<Preview>> Preview::create(const programme::Format& format, std::filesystem::path file) {
  auto inner = std::make_unique<Inner>();
  inner->every = format.frame_rate / 2;
  inner->arriving = file.string() + ".new";
  inner->file = std::move(file);
  const int height = 360;
  const int width = format.width * height / format.height / 2 * 2;
  // One picture at most waits: the newest is the only one worth showing.
  const std::string line = fmt::format(
      "appsrc name=source is-live=true format=time max-buffers=1 leaky-type=downstream block=false "
      "caps=video/x-raw,format=I420,width={},height={},framerate=2/1,colorimetry=bt709 ! "
      "videoscale method=nearest-neighbour ! video/x-raw,width={},height={} ! jpegenc quality=75 ! "
      "appsink name=sink sync=false async=false",
      format.width, format.height, width, height);
  auto pipeline = gst::parse_pipeline(line);
  if (!pipeline) return tl::unexpected(pipeline.error());
  inner->pipeline = std::move(*pipeline);
  inner->source = gst::Element::adopt(gst_bin_get_by_name(GST_BIN(inner->pipeline.get()), "source"));
  const gst::Element sink = gst::Element::adopt(gst_bin_get_by_name(GST_BIN(inner->pipeline.get()), "sink"));
  GstAppSinkCallbacks callbacks{};
  callbacks.new_sample = [](GstAppSink* from, gpointer self) -> GstFlowReturn {
    const gst::Sample sample = gst::Sample::adopt(gst_app_sink_pull_sample(from));
    return sample ? static_cast<const Inner*>(self)->take(gst_sample_get_buffer(sample.get())) : GST_FLOW_EOS;
  };
  gst_app_sink_set_callbacks(GST_APP_SINK(sink.get()), &callbacks, inner.get(), nullptr);
  gst_element_set_state(inner->pipeline.get(), GST_STATE_PLAYING);
  return std::shared_ptr<Preview>(new Preview(std::move(inner)));
}

Preview::~Preview() { gst_element_set_state(inner_->pipeline.get(), GST_STATE_NULL); }

void Preview::frame(const programme::Frame& frame) {
  if (frame.index % inner_->every != 0) return;
  GstBuffer* picture = gst_buffer_copy(frame.picture.get());
  GST_BUFFER_PTS(picture) = static_cast<GstClockTime>(frame.index / inner_->every) * (GST_SECOND / 2);
  GST_BUFFER_DTS(picture) = GST_CLOCK_TIME_NONE;
  GST_BUFFER_DURATION(picture) = GST_SECOND / 2;
  gst_app_src_push_buffer(GST_APP_SRC(inner_->source.get()), picture);
}

}  // namespace tyndau::outlets
