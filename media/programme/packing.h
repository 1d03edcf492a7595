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

/// The same in the programme's colours, BT.709: converted when the sample's caps say BT.601, as VP8 always is (RFC
/// 6386, 9.2) and as browsers make H.264.
Packed packed_in_bt709(GstSample* sample);

/// The same, empty too when the sample has not this format's size.
gst::Buffer tightly_packed(const Format& format, GstSample* sample);

}  // namespace tyndau::programme
