#pragma once
#include <gst/video/video.h>

#include <atomic>
#include <mutex>
#include <optional>

#include "media/programme/slots.h"

namespace tyndau::sources {

/// The door between one attempt at a source and the slots. What comes through is noted for the watchdog; once it is
/// closed nothing more comes through, so a dying pipeline cannot put an old picture over the slate. Any thread.
class Intake {
 public:
  Intake(programme::Format format, programme::PictureSlot& picture, programme::SoundSlot& sound);

  /// A picture in the programme's format, from an appsink: copied when its lines are not packed tightly.
  void put_picture(GstSample* sample);
  void put_picture(gst::Buffer picture);
  void put_sound(const float* samples, std::size_t count);
  /// Lets nothing more through and empties the slots. When it returns no other thread is inside.
  void close();

  const programme::Format& format() const { return format_; }
  std::optional<programme::SteadyTime> last_picture() const;
  std::optional<programme::SteadyTime> first_sound() const;
  std::optional<programme::SteadyTime> last_sound() const;

  /// Whether the source has announced a picture at all.
  std::atomic<bool> has_video = false;

 private:
  const programme::Format format_;
  mutable std::mutex mutex_;
  programme::PictureSlot* picture_;                                               // guarded by mutex_; null once closed
  programme::SoundSlot* sound_;                                                   // guarded by mutex_; null once closed
  std::optional<programme::SteadyTime> last_picture_, first_sound_, last_sound_;  // guarded by mutex_
};

}  // namespace tyndau::sources
