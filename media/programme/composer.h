#pragma once
#include <map>
#include <memory>
#include <tuple>
#include <vector>

#include "media/programme/overlay.h"
#include "media/programme/scene.h"
#include "media/programme/slots.h"

namespace tyndau::programme {

/// Puts one frame together out of pictures of any size. One thread.
class Composer {
 public:
  explicit Composer(const Format& format);
  ~Composer();

  /// A picture in its place. It fills it when its shape is near enough (the edges are cut), else the whole of it is
  /// shown with bars.
  struct Layer {
    PictureSlot::Picture picture;
    Rect place;
    bool whole = false;  ///< nothing may be cut: a presentation
  };
  /// `ground` itself when nothing is laid over it.
  gst::Buffer compose(const gst::Buffer& ground, const std::vector<Layer>& layers,
                      const std::vector<const Blend*>& overlays);
  /// The plain ground behind pieces.
  const gst::Buffer& stage() const { return stage_; }

 private:
  class Scaler;
  using Key = std::tuple<int, int, int, int, int, int, bool>;  ///< source's size, place, whole
  Scaler& scaler(const Layer& layer, int width, int height);
  void lay(const Layer& layer, std::uint8_t* picture);

  const Format format_;
  gst::Object<GstBufferPool> pool_;
  gst::Buffer stage_;
  std::map<Key, std::unique_ptr<Scaler>> scalers_;
};

}  // namespace tyndau::programme
