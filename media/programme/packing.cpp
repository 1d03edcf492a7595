#include "media/programme/packing.h"

#include <gst/video/video.h>

#include <algorithm>
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

/// One matrix on what is stored: Y, Cb and Cr of BT.601 to those of BT.709, both in limited range (ITU-R
/// BT.601-7, 2.5.1; BT.709-6, 3.2), in 1/16384.
constexpr int kOne = 14, kHalf = 1 << (kOne - 1);
constexpr int kLumaOfBlue = -1893, kLumaOfRed = -3407;
constexpr int kBlueOfBlue = 16689, kBlueOfRed = 1878;
constexpr int kRedOfBlue = 1230, kRedOfRed = 16799;

std::uint8_t level(int value) { return static_cast<std::uint8_t>(std::clamp(value, 1, 254)); }

void turn_into_bt709(std::uint8_t* picture, int width, int height) {
  const auto planes = planes_of({.width = width, .height = height});
  for (int y = 0; y < height / 2; ++y) {
    std::uint8_t* upper = picture + static_cast<std::size_t>(2 * y) * width;
    std::uint8_t* lower = upper + width;
    std::uint8_t* blues = picture + planes[1].offset + static_cast<std::size_t>(y) * planes[1].width;
    std::uint8_t* reds = picture + planes[2].offset + static_cast<std::size_t>(y) * planes[2].width;
    for (int x = 0; x < width / 2; ++x) {
      const int blue = blues[x] - 128, red = reds[x] - 128;
      const int luma = (kLumaOfBlue * blue + kLumaOfRed * red + kHalf) >> kOne;
      upper[2 * x] = level(upper[2 * x] + luma);
      upper[2 * x + 1] = level(upper[2 * x + 1] + luma);
      lower[2 * x] = level(lower[2 * x] + luma);
      lower[2 * x + 1] = level(lower[2 * x + 1] + luma);
      blues[x] = level(128 + ((kBlueOfBlue * blue + kBlueOfRed * red + kHalf) >> kOne));
      reds[x] = level(128 + ((kRedOfBlue * blue + kRedOfRed * red + kHalf) >> kOne));
    }
  }
}

bool is_bt601(GstSample* sample) {
  GstVideoInfo info;
  GstCaps* caps = gst_sample_get_caps(sample);
  return caps != nullptr && gst_video_info_from_caps(&info, caps) == TRUE &&
         GST_VIDEO_INFO_COLORIMETRY(&info).matrix == GST_VIDEO_COLOR_MATRIX_BT601;
}

}  // namespace

Packed packed_in_bt709(GstSample* sample) {
  Packed packed = tightly_packed(sample);
  if (!packed.buffer || !is_bt601(sample)) return packed;
  // Its memory is copied only where somebody else has it too, by the map below.
  gst::Buffer own = gst::Buffer::adopt(gst_buffer_copy(packed.buffer.get()));
  packed.buffer = {};
  GstMapInfo map;
  if (gst_buffer_map(own.get(), &map, GST_MAP_READWRITE) == FALSE) return {};
  turn_into_bt709(map.data, packed.width, packed.height);
  gst_buffer_unmap(own.get(), &map);
  packed.buffer = std::move(own);
  return packed;
}

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
