#pragma once
#include <gst/audio/audio.h>

#include <cstddef>
#include <vector>

namespace tyndau::sources {

/// Makes one channel of many by where each is placed (ITU-R BS.775-3, table 2; two channels are halved, since a voice
/// is in both). It notices what a plain sum would spoil: a sound in one of two channels only, which would be half as
/// loud, and two channels that are each other's opposite, a microphone wired wrongly, which would be silence. One
/// thread.
class Downmix {
 public:
  enum class Finding { kNothing, kOneChannel, kOppositePhase };

  /// Where the channels are from now on. Calls with what it was cost nothing.
  void place(const GstAudioInfo& info);
  /// `in`: frames of interleaved samples, as many in each as there are places; `out`: one for each frame.
  void run(const float* in, std::size_t frames, float* out);
  Finding finding() const { return finding_; }

 private:
  void look(const float* frame);
  void judge();
  void weigh();

  std::vector<GstAudioChannelPosition> places_;
  std::vector<float> weights_, wanted_;
  int left_ = -1, right_ = -1;
  // Of the window that is looked at: energies, and of both together.
  double left_energy_ = 0, right_energy_ = 0, both_ = 0;
  std::size_t looked_ = 0;
  Finding finding_ = Finding::kNothing, seen_ = Finding::kNothing;
  bool left_lives_ = true;
  int times_ = 0;
};

}  // namespace tyndau::sources
