#pragma once
#include "media/programme/slots.h"

namespace tyndau::programme {

/// The buffer itself when it is one tightly packed I420 memory of the sample's own size, otherwise a copy that is;
/// an odd last line or column is left out. Empty when the sample is not I420. Any thread.
struct Packed {
  gst::Buffer buffer;
  int width = 0, height = 0;  ///< even
};
Packed tightly_packed(GstSample* sample);

/// The same, empty too when the sample has not this format's size.
gst::Buffer tightly_packed(const Format& format, GstSample* sample);

}  // namespace tyndau::programme
