#include "media/programme/packing.h"

#include <gst/video/video.h>

#include <array>
#include <cstring>
#include <utility>

namespace tyndau::programme {

namespace {

struct Plane {
  std::size_t offset;
  int width, height;
};

std::array<Plane, 3> planes_of(const Format& format) {
  const std::size_t luma = static_cast<std::size_t>(format.width) * format.height;
  return {Plane{0, format.width, format.height}, Plane{luma, format.width / 2, format.height / 2},
          Plane{luma + luma / 4, format.width / 2, format.height / 2}};
}

bool is_tight(const Format& format, const GstVideoInfo& info, GstBuffer* buffer) {
  if (gst_buffer_n_memory(buffer) != 1 || gst_buffer_get_size(buffer) != format.picture_bytes()) return false;
  const GstVideoMeta* meta = gst_buffer_get_video_meta(buffer);
  const auto planes = planes_of(format);
  for (std::size_t i = 0; i < planes.size(); ++i) {
    const std::size_t offset = meta != nullptr ? meta->offset[i] : info.offset[i];
    const int stride = meta != nullptr ? meta->stride[i] : info.stride[i];
    if (offset != planes[i].offset || stride != planes[i].width) return false;
  }
  return true;
}

gst::Buffer copy_tight(const Format& format, const GstVideoInfo& info, GstBuffer* buffer) {
  GstVideoFrame frame;
  if (gst_video_frame_map(&frame, &info, buffer, GST_MAP_READ) == FALSE) return {};
  gst::Buffer copy = gst::Buffer::adopt(gst_buffer_new_allocate(nullptr, format.picture_bytes(), nullptr));
  GstMapInfo map;
  if (gst_buffer_map(copy.get(), &map, GST_MAP_WRITE) == TRUE) {
    const auto planes = planes_of(format);
    for (std::size_t i = 0; i < planes.size(); ++i) {
      const auto* from = static_cast<const std::uint8_t*>(GST_VIDEO_FRAME_PLANE_DATA(&frame, i));
      std::uint8_t* to = map.data + planes[i].offset;
      for (int line = 0; line < planes[i].height; ++line) {
        std::memcpy(to, from, static_cast<std::size_t>(planes[i].width));
        from += GST_VIDEO_FRAME_PLANE_STRIDE(&frame, i);
        to += planes[i].width;
      }
    }
    gst_buffer_unmap(copy.get(), &map);
  } else {
    copy = {};
  }
  gst_video_frame_unmap(&frame);
  return copy;
}

}  // namespace

Packed tightly_packed(GstSample* sample) {
  GstBuffer* buffer = gst_sample_get_buffer(sample);
  GstCaps* caps = gst_sample_get_caps(sample);
  GstVideoInfo info;
  if (buffer == nullptr || caps == nullptr || gst_video_info_from_caps(&info, caps) == FALSE) return {};
  const Format format{GST_VIDEO_INFO_WIDTH(&info) & ~1, GST_VIDEO_INFO_HEIGHT(&info) & ~1};
  if (GST_VIDEO_INFO_FORMAT(&info) != GST_VIDEO_FORMAT_I420 || format.width == 0 || format.height == 0) return {};
  if (is_tight(format, info, buffer)) return {gst::Buffer::share(buffer), format.width, format.height};
  return {copy_tight(format, info, buffer), format.width, format.height};
}

gst::Buffer tightly_packed(const Format& format, GstSample* sample) {
  Packed packed = tightly_packed(sample);
  if (packed.width != format.width || packed.height != format.height) return {};
  return std::move(packed.buffer);
}

}  // namespace tyndau::programme
