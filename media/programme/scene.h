#pragma once
#include <chrono>
#include <optional>
#include <vector>

#include "media/link/messages.h"

/// Who is where in the picture. Pure: no GStreamer, no clock.
namespace tyndau::programme {

/// Part of the picture, in its pixels; all four are even, for chroma is halved.
struct Rect {
  int x = 0, y = 0, width = 0, height = 0;
  bool operator==(const Rect&) const = default;
};

/// Something laid over the ground.
struct Piece {
  enum class What {
    kHall,
    kSlate,
    kFace,
    kPresentation,
    kVoice
  } what = What::kHall;  ///< kVoice: the card of a voice alone
  std::size_t tile = 0;  ///< of the scene; for face, presentation and voice
  Rect place;
  bool operator==(const Piece&) const = default;
};

/// What one frame is made of.
struct Plan {
  enum class Ground { kHall, kSlate, kCard, kStage } ground = Ground::kSlate;  ///< kStage: plain, behind pieces
  bool caption = false;                                                        ///< lay the caption over all
  bool sound = false;              ///< the hall and the microphones are heard
  std::vector<Piece> pieces = {};  ///< in the order of drawing
  bool operator==(const Plan&) const = default;
};

/// A picture older than this is not shown any more: the source has stalled. Sources announce a stall earlier
/// (sources::HallSource::kStall); this is what the public sees if they do not.
inline constexpr std::chrono::milliseconds kPictureLife{800};
/// The same for somebody remote, whose line may stumble: no tile is frozen for longer.
inline constexpr std::chrono::milliseconds kTileLife{1500};

/// A shared screen that does not change is sent about once a second; when its line is lost the seat is emptied.
inline constexpr std::chrono::milliseconds kPresentationLife{4000};

using Age = std::optional<std::chrono::milliseconds>;  ///< of a newest picture; empty when there is none
struct TileAge {
  Age face, presentation;
};

/// Where the layout puts the hall (first) and each tile; for "guest" only the tile. `captioned`: room is left for it.
std::vector<Rect> cells(const link::Scene& scene, int width, int height);

/// `hall`: age of the hall's newest picture; `tiles`: of the scene's tiles, in order.
/// A card covers everything and its sound is off: what is said in a recess or a closed part is not broadcast. The slate
/// keeps the sound: a camera may fail while its microphones work.
Plan plan(const link::Scene& scene, Age hall, const std::vector<TileAge>& tiles = {}, int width = 1280,
          int height = 720);

}  // namespace tyndau::programme
