#pragma once
#include <string>
#include <vector>

#include "media/base/result.h"

namespace tyndau::guests {

/// One m-line of an offer, as far as an answer needs it.
struct OfferedLine {
  enum class Kind { kVideo, kAudio, kOther };
  Kind kind = Kind::kOther;
  bool wants = false;    ///< the peer receives on it: recvonly or sendrecv (RFC 8866, 6.7)
  int payload = -1;      ///< of the codec that we send: H.264 for pictures, Opus for sound; -1 when it is not offered
  std::string settings;  ///< that codec's profile-level-id (RFC 6184), "" when there is none
};

struct Offer {
  std::string text;
  std::vector<OfferedLine> lines;  ///< in the offer's order
};

inline constexpr std::size_t kMostOfferBytes = 32 * 1024;
inline constexpr std::size_t kMostLines = 8;

/// Reads an SDP offer (RFC 8829). Refused before anything is made of it: more than 32 KiB, not SDP, more than 8
/// m-lines, no fingerprint (RFC 8122), no ICE credentials (RFC 8839). Any thread.
Result<Offer> read_offer(const std::string& text);

}  // namespace tyndau::guests
