#include "media/programme/scene.h"

namespace tyndau::programme {

Plan plan(const link::Scene& scene, std::optional<std::chrono::milliseconds> picture_age) {
  if (scene.card) return {Plan::Ground::kCard, false, false};
  const bool alive = picture_age && *picture_age <= kPictureLife;
  return {alive ? Plan::Ground::kHall : Plan::Ground::kSlate, scene.caption.has_value(), true};
}

}  // namespace tyndau::programme
