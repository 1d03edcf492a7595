#include "media/programme/scene.h"

#include <algorithm>

namespace tyndau::programme {

namespace {

int even(int value) { return value & ~1; }

/// The largest 16:9 (or what the programme is) that fits, in the middle of its room.
Rect fit(const Rect& room, int width, int height) {
  Rect rect;
  rect.width = even(std::min(room.width, room.height * width / height));
  rect.height = even(rect.width * height / width);
  rect.x = even(room.x + (room.width - rect.width) / 2);
  rect.y = even(room.y + (room.height - rect.height) / 2);
  return rect;
}

/// What the caption leaves: a line above the lowest sixth.
int height_above_caption(const link::Scene& scene, int height) { return scene.caption ? height * 74 / 100 : height; }

std::vector<Rect> grid(std::size_t count, int columns, int width, int height, int room_height) {
  const int rows = (static_cast<int>(count) + columns - 1) / columns;
  const int gap = even(width / 80);
  const int cell_width = (width - gap * (columns + 1)) / columns;
  const int cell_height = (room_height - gap * (rows + 1)) / rows;
  const Rect one = fit({0, 0, cell_width, cell_height}, width, height);
  const int top = (room_height - rows * one.height - (rows - 1) * gap) / 2;
  std::vector<Rect> places;
  for (int i = 0; i < static_cast<int>(count); ++i) {
    const int row = i / columns;
    const int in_row = std::min(columns, static_cast<int>(count) - row * columns);  // the last row stands in the middle
    const int left = (width - in_row * one.width - (in_row - 1) * gap) / 2;
    places.push_back(
        {even(left + (i % columns) * (one.width + gap)), even(top + row * (one.height + gap)), one.width, one.height});
  }
  return places;
}

bool alive(const Age& age, std::chrono::milliseconds life) { return age && *age <= life; }

/// A presentation fills its place and keeps the face small in its upper corner, away from the caption.
void show_tile(Plan& plan, std::size_t tile, const TileAge& age, const Rect& place) {
  const bool face = alive(age.face, kTileLife);
  if (!alive(age.presentation, kPresentationLife)) {
    plan.pieces.push_back({face ? Piece::What::kFace : Piece::What::kVoice, tile, place});
    return;
  }
  plan.pieces.push_back({Piece::What::kPresentation, tile, place});
  if (!face) return;
  const int width = even(place.width / 5), height = even(place.height / 5), margin = even(place.width / 40);
  plan.pieces.push_back({Piece::What::kFace,
                         tile,
                         {even(place.x + place.width - width - margin), even(place.y + margin), width, height}});
}

bool has_picture(const TileAge& age) {
  return alive(age.face, kTileLife) || alive(age.presentation, kPresentationLife);
}

}  // namespace

std::vector<Rect> cells(const link::Scene& scene, int width, int height) {
  if (scene.layout == "guest") return {{0, 0, width, height}};
  if (scene.layout == "side_by_side") return grid(2, 2, width, height, height_above_caption(scene, height));
  if (scene.layout != "grid") return {};
  const std::size_t count = scene.tiles.size() + 1;
  int columns = 1;
  while (static_cast<std::size_t>(columns) * static_cast<std::size_t>(columns) < count) ++columns;
  return grid(count, columns, width, height, height_above_caption(scene, height));
}

Plan plan(const link::Scene& scene, Age hall, const std::vector<TileAge>& tiles, int width, int height) {
  if (scene.card) return {Plan::Ground::kCard, false, false};
  const bool hall_alive = alive(hall, kPictureLife);
  Plan plan{hall_alive ? Plan::Ground::kHall : Plan::Ground::kSlate, scene.caption.has_value(), true};
  const std::size_t count = std::min(tiles.size(), scene.tiles.size());
  if (count == 0 || scene.layout == "hall") return plan;
  const std::vector<Rect> places = cells(scene, width, height);
  if (scene.layout == "guest") {
    plan.ground = Plan::Ground::kStage;
    // A name is never laid over a picture of others: a voice alone is a card that bears it already.
    plan.caption = plan.caption && has_picture(tiles.front());
    show_tile(plan, 0, tiles.front(), places.front());
    return plan;
  }
  plan.ground = Plan::Ground::kStage;
  plan.pieces.push_back({hall_alive ? Piece::What::kHall : Piece::What::kSlate, 0, places.front()});
  for (std::size_t i = 0; i < count && i + 1 < places.size(); ++i) show_tile(plan, i, tiles[i], places[i + 1]);
  return plan;
}

}  // namespace tyndau::programme
