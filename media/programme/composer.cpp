#include "media/programme/composer.h"

#include <gst/video/video.h>

#include <algorithm>
#include <array>
#include <cstring>

namespace tyndau::programme {

namespace {

constexpr std::size_t kMostScalers = 64;  // a scene has some twenty; browsers change their size a few times
constexpr std::uint8_t kStageLuma = 28, kStageBlue = 134, kStageRed = 124;  // the card's dark ground, darker

/// As many as are on their way when the encoders are a second behind: all are there, and used in turn, from the
/// beginning, so that a moment of trouble costs no memory for good.
constexpr guint kPictures = 28;

/// Pictures that are composed come from a pool: a fresh 1.4 MB allocation per frame is a page fault storm.
gst::Object<GstBufferPool> make_pool(const Format& format) {
  auto made = gst::Object<GstBufferPool>::adopt(gst_buffer_pool_new());
  GstBufferPool* pool = made.get();
  GstStructure* config = gst_buffer_pool_get_config(pool);
  gst_buffer_pool_config_set_params(config, nullptr, static_cast<guint>(format.picture_bytes()), kPictures, 0);
  gst_buffer_pool_set_config(pool, config);
  gst_buffer_pool_set_active(pool, TRUE);
  return made;
}

struct PlaneView {
  std::uint8_t* data;
  int stride;
};
std::array<PlaneView, 3> planes_of(std::uint8_t* picture, int width, int height) {
  std::uint8_t* blue = picture + static_cast<std::size_t>(width) * height;
  std::uint8_t* red = blue + static_cast<std::size_t>(width) * height / 4;
  return {PlaneView{picture, width}, PlaneView{blue, width / 2}, PlaneView{red, width / 2}};
}

void fill(std::uint8_t* picture, const Format& format, const Rect& place, const std::array<std::uint8_t, 3>& colour) {
  const auto planes = planes_of(picture, format.width, format.height);
  for (std::size_t i = 0; i < planes.size(); ++i) {
    const int part = i == 0 ? 1 : 2;
    for (int row = place.y / part; row < (place.y + place.height) / part; ++row) {
      std::memset(planes.at(i).data + static_cast<std::ptrdiff_t>(row) * planes.at(i).stride + place.x / part,
                  colour.at(i), static_cast<std::size_t>(place.width / part));
    }
  }
}

gst::Buffer paint_stage(const Format& format) {
  gst::Buffer stage = gst::Buffer::adopt(gst_buffer_new_allocate(nullptr, format.picture_bytes(), nullptr));
  GstMapInfo map;
  if (gst_buffer_map(stage.get(), &map, GST_MAP_WRITE) == FALSE) std::abort();
  fill(map.data, format, {0, 0, format.width, format.height}, {kStageLuma, kStageBlue, kStageRed});
  gst_buffer_unmap(stage.get(), &map);
  return stage;
}

GstVideoInfo info_of(int width, int height) {
  GstVideoInfo info;
  gst_video_info_set_format(&info, GST_VIDEO_FORMAT_I420, static_cast<guint>(width), static_cast<guint>(height));
  // Both sides the same, so that planes are scaled as they are.
  gst_video_colorimetry_from_string(&info.colorimetry, GST_VIDEO_COLORIMETRY_BT709);
  return info;
}

/// Lets GstVideoFrame see tightly packed memory without a buffer of its own.
GstVideoFrame frame_of(const GstVideoInfo& info, std::uint8_t* data, int width, int height) {
  GstVideoFrame frame{};
  frame.info = info;
  const auto planes = planes_of(data, width, height);
  for (std::size_t i = 0; i < planes.size(); ++i) {
    frame.data[i] = planes.at(i).data;
    GST_VIDEO_INFO_PLANE_STRIDE(&frame.info, i) = planes.at(i).stride;
  }
  return frame;
}

}  // namespace

/// One size into one place.
class Composer::Scaler {
 public:
  Scaler(const Format& format, int width, int height, const Rect& place, bool whole)
      : width_(width), height_(height), in_(info_of(width, height)), out_(info_of(format.width, format.height)) {
    Rect from{0, 0, width, height};
    to_ = place;
    const double shape = static_cast<double>(width) / height, wanted = static_cast<double>(place.width) / place.height;
    const bool near =
        shape > wanted * 0.74 && shape < wanted * 1.35;  // 4:3 in 16:9 is cut; a phone held upright is not
    if (near && !whole) {
      if (shape < wanted) from.height = std::max(2, static_cast<int>(width / wanted) & ~1);
      if (shape > wanted) from.width = std::max(2, static_cast<int>(height * wanted) & ~1);
      from.x = (width - from.width) / 2 & ~1;
      from.y = (height - from.height) / 3 & ~1;  // faces are in the upper part
    } else {
      if (shape < wanted) to_.width = std::max(2, static_cast<int>(place.height * shape) & ~1);
      if (shape > wanted) to_.height = std::max(2, static_cast<int>(place.width / shape) & ~1);
      to_.x = (place.x + (place.width - to_.width) / 2) & ~1;
      to_.y = (place.y + (place.height - to_.height) / 2) & ~1;
    }
    GstStructure* options = gst_structure_new(
        "options", GST_VIDEO_CONVERTER_OPT_SRC_X, G_TYPE_INT, from.x, GST_VIDEO_CONVERTER_OPT_SRC_Y, G_TYPE_INT, from.y,
        GST_VIDEO_CONVERTER_OPT_SRC_WIDTH, G_TYPE_INT, from.width, GST_VIDEO_CONVERTER_OPT_SRC_HEIGHT, G_TYPE_INT,
        from.height, GST_VIDEO_CONVERTER_OPT_DEST_X, G_TYPE_INT, to_.x, GST_VIDEO_CONVERTER_OPT_DEST_Y, G_TYPE_INT,
        to_.y, GST_VIDEO_CONVERTER_OPT_DEST_WIDTH, G_TYPE_INT, to_.width, GST_VIDEO_CONVERTER_OPT_DEST_HEIGHT,
        G_TYPE_INT, to_.height, GST_VIDEO_CONVERTER_OPT_FILL_BORDER, G_TYPE_BOOLEAN, FALSE,
        GST_VIDEO_CONVERTER_OPT_RESAMPLER_METHOD, GST_TYPE_VIDEO_RESAMPLER_METHOD, GST_VIDEO_RESAMPLER_METHOD_LINEAR,
        nullptr);
    converter_.reset(gst_video_converter_new(&in_, &out_, options));
  }

  /// Where the picture itself goes; the rest of its place is bars.
  const Rect& to() const { return to_; }

  void scale(std::uint8_t* from, std::uint8_t* to) const {
    if (!converter_) return;
    const GstVideoFrame in = frame_of(in_, from, width_, height_);
    GstVideoFrame out = frame_of(out_, to, GST_VIDEO_INFO_WIDTH(&out_), GST_VIDEO_INFO_HEIGHT(&out_));
    gst_video_converter_frame(converter_.get(), &in, &out);
  }

 private:
  int width_, height_;
  GstVideoInfo in_, out_;
  Rect to_;
  std::unique_ptr<GstVideoConverter, gst::Freer<GstVideoConverter, gst_video_converter_free>> converter_;
};

Composer::Composer(const Format& format) : format_(format), pool_(make_pool(format)), stage_(paint_stage(format)) {}
Composer::~Composer() { gst_buffer_pool_set_active(pool_.get(), FALSE); }

Composer::Scaler& Composer::scaler(const Layer& layer, int width, int height) {
  const Rect& place = layer.place;
  const Key key{width, height, place.x, place.y, place.width, place.height, layer.whole};
  const auto known = scalers_.find(key);
  if (known != scalers_.end()) return *known->second;
  if (scalers_.size() >= kMostScalers) scalers_.clear();
  return *scalers_.emplace(key, std::make_unique<Scaler>(format_, width, height, place, layer.whole)).first->second;
}

void Composer::lay(const Layer& layer, std::uint8_t* picture) {
  const int width = layer.picture.width > 0 ? layer.picture.width : format_.width;
  const int height = layer.picture.height > 0 ? layer.picture.height : format_.height;
  GstMapInfo from;
  if (gst_buffer_map(layer.picture.buffer.get(), &from, GST_MAP_READ) == FALSE) return;
  const Scaler& scaler = this->scaler(layer, width, height);
  if (scaler.to() != layer.place) fill(picture, format_, layer.place, {kStageLuma, kStageBlue, kStageRed});
  scaler.scale(from.data, picture);
  gst_buffer_unmap(layer.picture.buffer.get(), &from);
}

gst::Buffer Composer::compose(const gst::Buffer& ground, const std::vector<Layer>& layers,
                              const std::vector<const Blend*>& overlays) {
  if (layers.empty() && overlays.empty()) return ground;
  GstBuffer* fresh = nullptr;
  if (gst_buffer_pool_acquire_buffer(pool_.get(), &fresh, nullptr) != GST_FLOW_OK) return ground;
  gst::Buffer picture = gst::Buffer::adopt(fresh);
  GstMapInfo from;
  GstMapInfo to;
  if (gst_buffer_map(ground.get(), &from, GST_MAP_READ) == FALSE) return ground;
  if (gst_buffer_map(picture.get(), &to, GST_MAP_WRITE) != FALSE) {
    std::memcpy(to.data, from.data, std::min(to.size, from.size));
    for (const Layer& layer : layers) lay(layer, to.data);
    for (const Blend* overlay : overlays) overlay->lay_over(to.data);
    gst_buffer_unmap(picture.get(), &to);
  }
  gst_buffer_unmap(ground.get(), &from);
  return picture;
}

}  // namespace tyndau::programme
