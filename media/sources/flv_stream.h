#pragma once
#include <cstddef>
#include <cstdint>
#include <vector>

namespace tyndau::sources {

/// An FLV byte stream (Adobe, Video File Format 10.1, annex E) on its way to GStreamer's flvdemux, which ends a stream
/// with its sound at the first picture whose coding is younger than it: HEVC as codec 12, as cameras send it, and all
/// of Enhanced RTMP (veovera, v1). Those are framed here as AVC is, whose tags have the same three parts (a
/// configuration, a composition time, the picture), and `coding` says what they really are. Pictures of a coding that
/// nothing here decodes are left out, so that the sound goes on. One thread.
class FlvStream {
 public:
  enum class Coding {
    kPlain,  ///< one that flvdemux knows, or no picture yet
    kHevc,
    kAv1,
    kVp9,
    kUnknown,  ///< left out
  };

  /// Takes the next bytes, cut anywhere, and appends to `out` what flvdemux gets: whole tags, but for bytes that are no
  /// FLV, which pass as they are.
  void take(const std::uint8_t* bytes, std::size_t size, std::vector<std::uint8_t>& out);
  /// Of the last picture.
  Coding coding() const { return coding_; }

 private:
  void pass_tag(const std::uint8_t* tag, std::size_t data, std::vector<std::uint8_t>& out);

  std::vector<std::uint8_t> held_;  // the tag that is not whole yet
  bool begun_ = false;              // the file's header is through
  bool foreign_ = false;            // this is no FLV
  Coding coding_ = Coding::kPlain;
};

}  // namespace tyndau::sources
