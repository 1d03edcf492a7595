#pragma once
#include <filesystem>
#include <functional>
#include <memory>
#include <string>

#include "media/base/result.h"
#include "media/link/messages.h"
#include "media/link/source_uri.h"
#include "media/programme/seat.h"

namespace tyndau::sources {

using link::SourceUri;

/// The hall: plays one source into the slots in a pipeline (or thread) of its own, says when it is lost and takes it
/// back by itself. A source is lost when it gave no picture for kStall (intake.h), ended with an error, or did not
/// start; it is retried every second for ever. One that gives pictures seldom is missed later, by what it gave lately
/// or says of itself; and one whose sound goes on is not given up for its picture. A source without sound is fine: the
/// slot stays silent; one without a picture shows a card that says so. Of "whip:" it plays nothing, and only watches
/// what others put into the meeting's seat. Main thread (GLib default context) only; nothing that the pipeline's
/// threads do can end the process.
class HallSource {
 public:
  /// Over a line; as long as the programme shows the last picture.
  static constexpr std::chrono::milliseconds kRemoteStall{1500};
  using OnState = std::function<void(const link::SourceState&)>;

  /// The slots must outlive this. `on_state` is called on the main thread, also from within set(); never from the
  /// constructor or destructor. `speech_directory` holds the WAV files of the synthetic chamber (test:).
  HallSource(programme::Format format, programme::PictureSlot& picture, programme::SoundSlot& sound,
             programme::HallSeats& seats, OnState on_state, std::filesystem::path speech_directory);
  ~HallSource();

  /// Replaces the source. A failure means that the URI was not understood, and the old source goes on.
  Result<void> set(const std::string& uri);
  const link::SourceState& state() const;
  /// The seat that is the hall, while the source is "whip:"; else null.
  std::shared_ptr<programme::Seat> remote() const;

 private:
  struct Inner;
  std::unique_ptr<Inner> inner_;
};

}  // namespace tyndau::sources
