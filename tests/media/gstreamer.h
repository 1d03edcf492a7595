#pragma once
#include <gtest/gtest.h>

#include <cstdint>
#include <vector>

#include "media/gst/handles.h"

/// What tests of rooms that hold GStreamer's buffers need.
namespace tyndau::test {

/// Buffers need GStreamer; the rooms themselves leave starting it to main().
class Gstreamer : public testing::Environment {
 public:
  void SetUp() override { gst_init(nullptr, nullptr); }
};
[[maybe_unused]] inline const auto* const kGstreamer = testing::AddGlobalTestEnvironment(new Gstreamer);

inline std::vector<std::uint8_t> bytes_of(const gst::Buffer& buffer) {
  std::vector<std::uint8_t> bytes(gst_buffer_get_size(buffer.get()));
  gst_buffer_extract(buffer.get(), 0, bytes.data(), bytes.size());
  return bytes;
}

}  // namespace tyndau::test
