#pragma once
#include <chrono>
#include <optional>

#include "media/link/messages.h"

/// Who is where in the picture. Pure: no GStreamer, no clock.
namespace tyndau::programme {

/// What one frame is made of.
struct Plan {
  enum class Ground { kHall, kSlate, kCard } ground = Ground::kSlate;
  bool caption = false;  ///< lay the caption over the ground
  bool sound = false;    ///< the hall is heard
  bool operator==(const Plan&) const = default;
};

/// A picture older than this is not shown any more: the source has stalled. Sources announce a stall earlier
/// (sources::HallSource::kStall); this is what the public sees if they do not.
inline constexpr std::chrono::milliseconds kPictureLife{800};

/// `picture_age`: age of the hall's newest picture, empty when there is none.
/// A card covers everything and its sound is off: what is said in a recess is not broadcast (LIFECYCLE, "A recess or a
/// closed part"). The slate keeps the sound: a camera may fail while its microphones work.
Plan plan(const link::Scene& scene, std::optional<std::chrono::milliseconds> picture_age);

}  // namespace tyndau::programme
