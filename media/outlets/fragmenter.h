#pragma once
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "media/base/result.h"
#include "media/outlets/encoders.h"

namespace tyndau::outlets {

/// Makes CMAF (ISO/IEC 23000-19) of one track's frames with libavformat: an init segment, then one moof+mdat for each
/// part. One thread at a time.
class Fragmenter {
 public:
  static Result<Fragmenter> create(const TrackFormat& format);
  Fragmenter(Fragmenter&&) noexcept;
  Fragmenter& operator=(Fragmenter&&) noexcept;
  ~Fragmenter();

  /// ftyp and moov.
  const std::string& init_segment() const;
  /// RFC 6381, for CODECS.
  const std::string& codec() const;

  Result<void> add(const EncodedFrame& frame);
  /// The frames since the last cut as one fragment; empty when there are none.
  Result<std::string> cut();

 private:
  struct Inner;
  explicit Fragmenter(std::unique_ptr<Inner> inner);
  std::unique_ptr<Inner> inner_;
};

}  // namespace tyndau::outlets
