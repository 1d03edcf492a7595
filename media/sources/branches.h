#pragma once
#include <gst/gst.h>

#include <memory>
#include <mutex>

#include "media/sources/intake.h"

namespace tyndau::sources {

/// Grows the tails of a source's pipeline: whatever decoded pad appears is joined to a converter and an appsink that
/// feeds the intake, the first picture and the first sound only. A stream that is replaced (its pad goes, another
/// comes) goes on in the same tail. Called from streaming threads; lives as long as the elements that call it.
class Branches {
 public:
  enum class Pace { kLive, kByTimestamps };
  /// `bin` is borrowed: it outlives the elements that hold this.
  Branches(GstBin* bin, std::shared_ptr<Intake> intake, Pace pace);

  /// Joins a source pad with raw or unknown caps; what is neither sound nor picture is left alone.
  void join(GstPad* pad);
  /// Makes a decodebin that joins its pads here. Empty when the element is missing.
  static gst::Element make_decoder(const std::shared_ptr<Branches>& branches);

  Intake& intake() const { return *intake_; }

  /// Posted on the bus by the tail that ends the programme of a file (its picture, or its sound if there is none).
  static constexpr const char* kEnded = "tyndau-source-ended";

 private:
  gst::Pad make_picture_tail();
  gst::Pad make_sound_tail();

  GstBin* const bin_;
  const std::shared_ptr<Intake> intake_;
  const Pace pace_;
  std::mutex mutex_;
  gst::Pad picture_, sound_;  // guarded by mutex_: sink pads of the tails
};

}  // namespace tyndau::sources
