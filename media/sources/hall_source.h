#pragma once
#include <filesystem>
#include <functional>
#include <map>
#include <memory>
#include <string>

#include "media/base/result.h"
#include "media/link/messages.h"
#include "media/programme/slots.h"

namespace tyndau::sources {

/// What a source URI asks for; parsed and checked without touching a device.
struct SourceUri {
  enum class Kind { kTest, kFile, kV4l2, kRtsp, kSrt, kRtmp } kind = Kind::kTest;
  std::string uri;             ///< as given
  std::string location;        ///< path, device or URI for the element
  std::string audio_device;    ///< v4l2 with ?audio=alsa:DEVICE, else ""
  std::string user, password;  ///< of the URI's authority, decoded; `location` does not have them
  bool listener = false;       ///< srt: wait for the sender instead of calling it
  int port = 0;                ///< srt
  /// srt: latency (ms), passphrase, pbkeylen, streamid as given, decoded and checked.
  std::map<std::string, std::string> options;
  /// The URI without a password, for logs, facts and screens.
  std::string safe() const;
  /// `text` (an element's complaint) with every secret of this URI starred out.
  std::string hide(std::string text) const;
};
/// test:, file:/absolute/path, v4l2:/dev/videoN[?audio=alsa:DEV], rtsp://, rtsps://, srt://host:port?..., srt://:port,
/// rtmp://. Anything else is a failure with a sentence for the operator.
Result<SourceUri> parse_source_uri(const std::string& uri);

/// The hall: plays one source into the slots in a pipeline (or thread) of its own, says when it is lost and takes it
/// back by itself. A source is lost when it gave no picture for `kStall`, ended with an error, or did not start; it is
/// retried every second for ever. A source without sound is fine: the slot stays silent; one without a picture shows a
/// card that says so. Main thread (GLib default context) only; nothing that the pipeline's threads do can end the
/// process.
class HallSource {
 public:
  static constexpr std::chrono::milliseconds kStall{600};
  using OnState = std::function<void(const link::SourceState&)>;

  /// The slots must outlive this. `on_state` is called on the main thread, also from within set(); never from the
  /// constructor or destructor. `speech_directory` holds the WAV files of the synthetic chamber (test:).
  HallSource(programme::Format format, programme::PictureSlot& picture, programme::SoundSlot& sound, OnState on_state,
             std::filesystem::path speech_directory);
  ~HallSource();

  /// Replaces the source. A failure means that the URI was not understood, and the old source goes on.
  Result<void> set(const std::string& uri);
  const link::SourceState& state() const;

 private:
  struct Inner;
  std::unique_ptr<Inner> inner_;
};

}  // namespace tyndau::sources
