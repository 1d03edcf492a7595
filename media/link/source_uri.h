#pragma once
#include <map>
#include <string>

#include "media/base/result.h"

/// What source.set may ask for. Part of the contract: session refuses what media would not understand. Pure.
namespace tyndau::link {

/// What a source URI asks for; parsed and checked without touching a device.
struct SourceUri {
  enum class Kind { kTest, kFile, kV4l2, kRtsp, kSrt, kRtmp, kWhip } kind = Kind::kTest;
  std::string uri;             ///< as given
  std::string location;        ///< path, device or URI for the element; whip: the meeting
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
/// rtmp://, whip:MEETING (whoever sends the hall for that meeting by WebRTC). Anything else is a failure with a
/// sentence for the operator.
Result<SourceUri> parse_source_uri(const std::string& uri);

/// SourceUri::safe() of whatever stands somewhere as a source, also of what this version would refuse: the one way in
/// which an address loses its password before a person, a log or the journal gets it. Where it equals `uri`, there is
/// no secret in it.
std::string safe_uri(const std::string& uri);

}  // namespace tyndau::link
