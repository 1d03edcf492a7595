#pragma once
#include <cstdint>
#include <vector>

#include "media/programme/painter.h"

namespace tyndau::programme {

/// A painted overlay, turned once into what blending a frame needs: for each plane the overlay's own share, already
/// multiplied by its opacity, and how much of the picture shines through. Laying it over costs its own area only.
class Blend {
 public:
  Blend() = default;
  /// Crops to the picture and to even coordinates (I420 halves its chroma).
  Blend(const Format& format, const Overlay& overlay);
  bool empty() const { return width_ == 0 || height_ == 0; }
  /// `picture`: tightly packed I420 of the format given above, writable.
  void lay_over(std::uint8_t* picture) const;

 private:
  struct Plane {
    std::vector<std::uint8_t> share, through;
  };
  int picture_width_ = 0, picture_height_ = 0;
  int x_ = 0, y_ = 0, width_ = 0, height_ = 0;  // even
  Plane luma_, blue_, red_;
};

}  // namespace tyndau::programme
