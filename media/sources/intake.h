#pragma once
#include <gst/video/video.h>

#include <atomic>
#include <chrono>
#include <mutex>
#include <optional>

#include "media/programme/slots.h"
#include "media/sources/downmix.h"

namespace tyndau::sources {

/// A track that gives nothing for so long, beyond what it usually rests, is missed.
inline constexpr std::chrono::milliseconds kStall{600};

/// The door between one attempt at a source and the slots. What comes through is noted for the watchdog; once it is
/// closed nothing more comes through, so a dying pipeline cannot put an old picture over the slate. Any thread.
class Intake {
 public:
  Intake(programme::Format format, programme::PictureSlot& picture, programme::SoundSlot& sound);

  /// What one track did so far.
  struct Track {
    std::optional<programme::SteadyTime> first, last;  ///< when something arrived
    /// The longest that was waited for the next lately, or what the stream says of itself: what it may take again.
    std::chrono::nanoseconds gap{0};
    int count = 0;
  };

  /// A picture in the programme's format, from an appsink: copied when its lines are not packed tightly. Seen when its
  /// timestamp is due.
  void put_picture(GstSample* sample);
  /// Seen at once.
  void put_picture(gst::Buffer picture);
  /// `stamp`: of the first sample, on the same line as the pictures' (running time); without, it goes on from the last.
  void put_sound(const float* samples, std::size_t count, std::optional<std::chrono::nanoseconds> stamp = {});
  /// Lets nothing more through and empties the slots. When it returns no other thread is inside.
  void close();

  const programme::Format& format() const { return format_; }
  Track picture() const;
  Track sound() const;

  /// What is wrong with its channels.
  std::atomic<Downmix::Finding> finding = Downmix::Finding::kNothing;
  /// Its pictures are coded in a way that nothing here decodes, and are left out.
  std::atomic<bool> unknown_coding = false;
  /// Whether the source has announced a picture at all.
  std::atomic<bool> has_video = false;

 private:
  const programme::Format format_;
  mutable std::mutex mutex_;
  programme::PictureSlot* picture_;    // guarded by mutex_; null once closed
  programme::SoundSlot* sound_;        // guarded by mutex_; null once closed
  Track picture_track_, sound_track_;  // guarded by mutex_
};

/// The running time of a sample's buffer, if it has one.
std::optional<std::chrono::nanoseconds> stamp_of(GstSample* sample);

/// How long a track may give nothing before it is missed: more than it ever rested lately.
std::chrono::nanoseconds patience_for(const Intake::Track& track);

}  // namespace tyndau::sources
