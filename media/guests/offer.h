#pragma once
#include <string>
#include <vector>

#include "media/base/result.h"

namespace tyndau::guests {

/// One m-line of an offer, as far as an answer needs it.
struct OfferedLine {
  enum class Kind { kVideo, kAudio, kOther };
  Kind kind = Kind::kOther;
  /// The peer receives on it: recvonly or sendrecv, said by the line or once for all of them (RFC 8866, 6.7).
  bool wants = false;
  bool sends = false;  ///< the peer sends on it: sendonly or sendrecv
  /// What we send to the peer: "H264" for pictures, or "VP8" to who does not take that, "OPUS" for sound; "" when it
  /// takes none of them.
  std::string sent;
  int payload = -1;      ///< that codec's
  std::string settings;  ///< that codec's profile-level-id (RFC 6184), "" when there is none
  /// What we take from the peer, the first that it offers of "VP8", "H264" and "VP9" for pictures, "OPUS" for sound; ""
  /// when it offers none of them (AV1 has no depayloader in Debian 12). Names of encodings have no case (RFC
  /// 8866, 6.6).
  std::string taken;
  int taken_payload = -1;
  /// The number of the header extension that counts packets for the sender's congestion control
  /// (draft-holmer-rmcat-transport-wide-cc-extensions); 0 when it is not offered.
  int packet_counter = 0;
};

/// Its address.
inline constexpr const char* kPacketCounter =
    "http://www.ietf.org/id/draft-holmer-rmcat-transport-wide-cc-extensions-01";

struct Offer {
  /// The SDP as webrtcbin is to get it: as it came, but for habits of its that cost connections. What is said once for
  /// all m-lines is said in each of them: it looks for the DTLS role only there. So is what a line that is only in the
  /// bundle leaves to the bundle's first (RFC 8829, 5.2.1; RFC 9143, 7.1.3). Who leaves the DTLS role to
  /// us gets the active one (RFC 5763, 5): as a client GStreamer 1.22 repeats a lost handshake packet only after a
  /// second, and can lock its threads against each other. And names of the peer's own network (RFC 8828,
  /// "...local") are left out: each asks the DNS for nothing and keeps the connection's threads for a quarter of a
  /// minute; whoever has such an address is found by their first packet (RFC 8445, 7.3.1.3). Layers of simulcast (RFC
  /// 8853) are not mentioned to it, so that the answer takes none and one layer is sent.
  std::string text;
  std::vector<OfferedLine> lines;  ///< in the offer's order
};

inline constexpr std::size_t kMostOfferBytes = 32 * 1024;
inline constexpr std::size_t kMostLines = 8;

/// Reads an SDP offer (RFC 8829). Refused before anything is made of it: more than 32 KiB, not SDP, not UTF-8, more
/// than 8 m-lines, no fingerprint (RFC 8122), no ICE credentials (RFC 8839), payload types that are none (RFC 3550),
/// lines that two readers see differently (a CR alone, white space in front). Any thread.
Result<Offer> read_offer(const std::string& text);

}  // namespace tyndau::guests
