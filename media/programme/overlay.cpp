#include "media/programme/overlay.h"

#include <algorithm>

namespace tyndau::programme {

namespace {

/// BT.709, limited range, of premultiplied 8-bit colour: the offsets are multiplied by the opacity too.
struct Pixel {
  int r = 0, g = 0, b = 0, a = 0;
};
std::uint8_t clip(double value) { return static_cast<std::uint8_t>(std::clamp(value + 0.5, 0.0, 255.0)); }
std::uint8_t luma(const Pixel& p) { return clip(0.1826 * p.r + 0.6142 * p.g + 0.0620 * p.b + 16.0 * p.a / 255); }
std::uint8_t blue(const Pixel& p) { return clip(-0.1006 * p.r - 0.3386 * p.g + 0.4392 * p.b + 128.0 * p.a / 255); }
std::uint8_t red(const Pixel& p) { return clip(0.4392 * p.r - 0.3989 * p.g - 0.0403 * p.b + 128.0 * p.a / 255); }

void blend_row(std::uint8_t* out, const std::uint8_t* share, const std::uint8_t* through, int count) {
  for (int i = 0; i < count; ++i) {
    const unsigned scaled = out[i] * through[i] + 128U;
    out[i] = static_cast<std::uint8_t>(std::min(255U, share[i] + ((scaled + (scaled >> 8)) >> 8)));
  }
}

}  // namespace

Blend::Blend(const Format& format, const Overlay& overlay)
    : picture_width_(format.width), picture_height_(format.height) {
  x_ = std::max(0, overlay.x & ~1);
  y_ = std::max(0, overlay.y & ~1);
  const int right = std::min(format.width, (overlay.x + overlay.width + 1) & ~1);
  const int bottom = std::min(format.height, (overlay.y + overlay.height + 1) & ~1);
  width_ = std::max(0, right - x_);
  height_ = std::max(0, bottom - y_);
  if (empty()) return;

  const auto pixel = [&](int x, int y) -> Pixel {
    const int column = x - overlay.x;
    const int row = y - overlay.y;
    if (column < 0 || row < 0 || column >= overlay.width || row >= overlay.height) return {};
    const std::uint8_t* p = overlay.bgra.data() + (static_cast<std::size_t>(row) * overlay.width + column) * 4;
    return {p[2], p[1], p[0], p[3]};
  };
  const auto size = static_cast<std::size_t>(width_) * height_;
  luma_.share.reserve(size);
  luma_.through.reserve(size);
  for (int y = y_; y < y_ + height_; ++y) {
    for (int x = x_; x < x_ + width_; ++x) {
      const Pixel p = pixel(x, y);
      luma_.share.push_back(luma(p));
      luma_.through.push_back(static_cast<std::uint8_t>(255 - p.a));
    }
  }
  for (int y = y_; y < y_ + height_; y += 2) {
    for (int x = x_; x < x_ + width_; x += 2) {
      Pixel sum;
      for (const auto& p : {pixel(x, y), pixel(x + 1, y), pixel(x, y + 1), pixel(x + 1, y + 1)}) {
        sum = {sum.r + p.r, sum.g + p.g, sum.b + p.b, sum.a + p.a};
      }
      const Pixel mean{sum.r / 4, sum.g / 4, sum.b / 4, sum.a / 4};
      blue_.share.push_back(blue(mean));
      red_.share.push_back(red(mean));
      blue_.through.push_back(static_cast<std::uint8_t>(255 - mean.a));
    }
  }
  red_.through = blue_.through;
}

void Blend::lay_over(std::uint8_t* picture) const {
  if (empty()) return;
  for (int row = 0; row < height_; ++row) {
    const auto from = static_cast<std::size_t>(row) * width_;
    blend_row(picture + static_cast<std::size_t>(y_ + row) * picture_width_ + x_, luma_.share.data() + from,
              luma_.through.data() + from, width_);
  }
  const int chroma_stride = picture_width_ / 2;
  std::uint8_t* plane = picture + static_cast<std::size_t>(picture_width_) * picture_height_;
  for (const Plane* chroma : {&blue_, &red_}) {
    for (int row = 0; row < height_ / 2; ++row) {
      const auto from = static_cast<std::size_t>(row) * (width_ / 2);
      blend_row(plane + static_cast<std::size_t>(y_ / 2 + row) * chroma_stride + x_ / 2, chroma->share.data() + from,
                chroma->through.data() + from, width_ / 2);
    }
    plane += static_cast<std::size_t>(chroma_stride) * (picture_height_ / 2);
  }
}

}  // namespace tyndau::programme
