#include "media/gst/elements.h"

#include <fmt/format.h>

#include <array>
#include <utility>

namespace tyndau::gst {

std::string_view package_of(std::string_view factory) {
  using Row = std::pair<std::string_view, std::string_view>;
  static constexpr std::array kPackages{
      Row{"filesrc", "libgstreamer1.0-0"},
      Row{"queue", "libgstreamer1.0-0"},
      Row{"capsfilter", "libgstreamer1.0-0"},
      Row{"tee", "libgstreamer1.0-0"},
      Row{"fakesink", "libgstreamer1.0-0"},
      Row{"alsasrc", "gstreamer1.0-alsa"},
      Row{"appsink", "gstreamer1.0-plugins-base"},
      Row{"appsrc", "gstreamer1.0-plugins-base"},
      Row{"audioconvert", "gstreamer1.0-plugins-base"},
      Row{"audioresample", "gstreamer1.0-plugins-base"},
      Row{"decodebin", "gstreamer1.0-plugins-base"},
      Row{"videoconvert", "gstreamer1.0-plugins-base"},
      Row{"videoscale", "gstreamer1.0-plugins-base"},
      Row{"videoconvertscale", "gstreamer1.0-plugins-base"},
      Row{"compositor", "gstreamer1.0-plugins-base"},
      Row{"capssetter", "gstreamer1.0-plugins-good"},
      Row{"deinterlace", "gstreamer1.0-plugins-good"},
      Row{"flvdemux", "gstreamer1.0-plugins-good"},
      Row{"videoflip", "gstreamer1.0-plugins-good"},
      Row{"jpegenc", "gstreamer1.0-plugins-good"},
      Row{"rtspsrc", "gstreamer1.0-plugins-good"},
      Row{"v4l2src", "gstreamer1.0-plugins-good"},
      Row{"v4l2h264enc", "gstreamer1.0-plugins-good"},
      Row{"wavparse", "gstreamer1.0-plugins-good"},
      Row{"h264parse", "gstreamer1.0-plugins-bad"},
      Row{"rtmpsrc", "gstreamer1.0-plugins-bad"},
      Row{"rtmp2src", "gstreamer1.0-plugins-bad"},
      Row{"srtsrc", "gstreamer1.0-plugins-bad"},
      Row{"vah264enc", "gstreamer1.0-plugins-bad"},
      Row{"webrtcbin", "gstreamer1.0-plugins-bad"},
      Row{"nicesrc", "gstreamer1.0-nice"},
      Row{"x264enc", "gstreamer1.0-plugins-ugly"},
      Row{"avdec_h264", "gstreamer1.0-libav"},
      Row{"avdec_h265", "gstreamer1.0-libav"},
      Row{"avenc_aac", "gstreamer1.0-libav"},
      Row{"vaapih264enc", "gstreamer1.0-vaapi"},
  };
  for (const auto& [name, package] : kPackages) {
    if (name == factory) return package;
  }
  return {};
}

Result<Element> make_element(const std::string& factory, const std::string& name) {
  Element element = Element::sink(gst_element_factory_make(factory.c_str(), name.empty() ? nullptr : name.c_str()));
  if (element) return element;
  const std::string_view package = package_of(factory);
  if (package.empty()) return fail(fmt::format("the GStreamer element {} is not installed", factory));
  return fail(fmt::format("the GStreamer element {} is not installed; it is in the package {}", factory, package));
}

Result<Element> parse_pipeline(const std::string& line) {
  GError* error = nullptr;
  Element pipeline = Element::sink(gst_parse_launch(line.c_str(), &error));
  if (error != nullptr) {  // even where it gave a pipeline: something in the line was not understood
    const std::string what = error->message;
    g_error_free(error);
    return fail("the pipeline cannot be built: " + what);
  }
  if (GST_IS_PIPELINE(pipeline.get())) return pipeline;
  // A line of one element gives that element.
  const Element whole = Element::sink(gst_pipeline_new(nullptr));
  gst_bin_add(GST_BIN(whole.get()), pipeline.get());
  return whole;
}

void set_if_present(GstElement* element, const char* property, const char* value) {
  if (g_object_class_find_property(G_OBJECT_GET_CLASS(element), property) == nullptr) return;
  gst_util_set_object_arg(G_OBJECT(element), property, value);
}

}  // namespace tyndau::gst
