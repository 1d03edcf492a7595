#include "media/sources/chamber_drawing.h"

#include <cmath>
#include <initializer_list>

namespace tyndau::sources {

namespace {

struct Colour {
  double red, green, blue, alpha = 1;
};
constexpr Colour kSkin{0.80, 0.62, 0.49}, kSkinShade{0.70, 0.52, 0.40}, kHair{0.14, 0.12, 0.12};
constexpr Colour kSuit{0.17, 0.21, 0.29}, kSuitShade{0.13, 0.16, 0.23}, kShirt{0.93, 0.94, 0.95},
    kTie{0.16, 0.45, 0.52};
constexpr Colour kWood{0.55, 0.41, 0.28}, kWoodDark{0.41, 0.30, 0.20}, kMetal{0.16, 0.17, 0.19};

void use(cairo_t* cairo, const Colour& colour) {
  cairo_set_source_rgba(cairo, colour.red, colour.green, colour.blue, colour.alpha);
}

void box(cairo_t* cairo, double x, double y, double width, double height, const Colour& colour) {
  use(cairo, colour);
  cairo_rectangle(cairo, x, y, width, height);
  cairo_fill(cairo);
}

void shaded_box(cairo_t* cairo, double x, double y, double width, double height, const Colour& top,
                const Colour& bottom) {
  cairo_pattern_t* pattern = cairo_pattern_create_linear(0, y, 0, y + height);
  cairo_pattern_add_color_stop_rgb(pattern, 0, top.red, top.green, top.blue);
  cairo_pattern_add_color_stop_rgb(pattern, 1, bottom.red, bottom.green, bottom.blue);
  cairo_set_source(cairo, pattern);
  cairo_rectangle(cairo, x, y, width, height);
  cairo_fill(cairo);
  cairo_pattern_destroy(pattern);
}

void ellipse(cairo_t* cairo, double x, double y, double across, double down, const Colour& colour) {
  cairo_save(cairo);
  cairo_translate(cairo, x, y);
  cairo_scale(cairo, across, down);
  cairo_new_sub_path(cairo);
  cairo_arc(cairo, 0, 0, 1, 0, 2 * M_PI);
  cairo_restore(cairo);
  use(cairo, colour);
  cairo_fill(cairo);
}

void stroke(cairo_t* cairo, double width, const Colour& colour) {
  use(cairo, colour);
  cairo_set_line_width(cairo, width);
  cairo_set_line_cap(cairo, CAIRO_LINE_CAP_ROUND);
  cairo_stroke(cairo);
}

void microphone(cairo_t* cairo, double x, double y, double lean) {
  cairo_move_to(cairo, x, y);
  cairo_curve_to(cairo, x, y - 22, x + lean * 0.3, y - 38, x + lean, y - 44);
  stroke(cairo, 2.4, kMetal);
  ellipse(cairo, x + lean, y - 45, 4.5, 6, kMetal);
}

/// A person at the table, seen from the front, in the quiet colours of the background.
void seated(cairo_t* cairo, double x, double y, const Colour& suit, const Colour& hair) {
  use(cairo, suit);
  cairo_move_to(cairo, x - 46, y + 96);
  cairo_curve_to(cairo, x - 46, y + 48, x - 34, y + 40, x - 14, y + 34);
  cairo_line_to(cairo, x + 14, y + 34);
  cairo_curve_to(cairo, x + 34, y + 40, x + 46, y + 48, x + 46, y + 96);
  cairo_close_path(cairo);
  cairo_fill(cairo);
  use(cairo, kShirt);
  cairo_move_to(cairo, x - 9, y + 35);
  cairo_line_to(cairo, x, y + 62);
  cairo_line_to(cairo, x + 9, y + 35);
  cairo_close_path(cairo);
  cairo_fill(cairo);
  box(cairo, x - 8, y + 20, 16, 18, kSkinShade);
  ellipse(cairo, x, y - 2, 23, 25, hair);
  ellipse(cairo, x, y + 5, 20, 24, {0.75, 0.57, 0.45});
}

/// A listener seen from behind, dark against the hall.
void from_behind(cairo_t* cairo, double x, double y, double scale) {
  const Colour dark{0.115, 0.130, 0.155};
  cairo_save(cairo);
  cairo_translate(cairo, x, y);
  cairo_scale(cairo, scale, scale);
  ellipse(cairo, 0, 0, 30, 36, dark);
  use(cairo, dark);
  cairo_move_to(cairo, -86, 150);
  cairo_curve_to(cairo, -86, 66, -58, 52, -18, 40);
  cairo_line_to(cairo, 18, 40);
  cairo_curve_to(cairo, 58, 52, 86, 66, 86, 150);
  cairo_close_path(cairo);
  cairo_fill(cairo);
  cairo_restore(cairo);
}

void draw_walls(cairo_t* cairo) {
  shaded_box(cairo, 0, 0, kCanvasWidth, 440, {0.86, 0.84, 0.80}, {0.74, 0.72, 0.68});
  for (const double x : {40.0, 150.0, 260.0, 1010.0, 1120.0, 1230.0}) {
    shaded_box(cairo, x, 60, 8, 380, {0.80, 0.78, 0.74}, {0.68, 0.66, 0.62});
  }
  shaded_box(cairo, 310, 60, 660, 380, {0.60, 0.46, 0.33}, {0.46, 0.34, 0.23});
  for (int x = 310; x < 970; x += 22) box(cairo, x, 60, 2, 380, {0.36, 0.26, 0.18, 0.55});
  // A soft light on the panelling behind the speaker.
  cairo_pattern_t* light = cairo_pattern_create_radial(640, 210, 30, 640, 210, 300);
  cairo_pattern_add_color_stop_rgba(light, 0, 1, 0.92, 0.78, 0.34);
  cairo_pattern_add_color_stop_rgba(light, 1, 1, 0.92, 0.78, 0);
  cairo_set_source(cairo, light);
  cairo_rectangle(cairo, 310, 60, 660, 380);
  cairo_fill(cairo);
  cairo_pattern_destroy(light);
  box(cairo, 0, 0, kCanvasWidth, 60, {0.15, 0.17, 0.20});  // flat: dark gradients show bands
  shaded_box(cairo, 0, 432, kCanvasWidth, 288, {0.36, 0.40, 0.45}, {0.20, 0.23, 0.27});
}

void draw_wall_clock_case(cairo_t* cairo) {
  const double margin = 14;
  box(cairo, kDigitsX - margin - 3, kDigitsY - margin - 3, 12 * kDigitWidth + 2 * margin + 6,
      kDigitHeight + 2 * margin + 6, {0.32, 0.34, 0.37});
  box(cairo, kDigitsX - margin, kDigitsY - margin, 12 * kDigitWidth + 2 * margin, kDigitHeight + 2 * margin,
      {kClockGround.red, kClockGround.green, kClockGround.blue});
}

void draw_presidium(cairo_t* cairo) {
  seated(cairo, 190, 262, {0.24, 0.27, 0.33}, {0.20, 0.17, 0.15});
  seated(cairo, 330, 266, {0.36, 0.22, 0.26}, {0.13, 0.11, 0.11});
  seated(cairo, 455, 264, {0.20, 0.25, 0.28}, {0.45, 0.44, 0.43});
  seated(cairo, 825, 266, {0.21, 0.24, 0.31}, {0.16, 0.13, 0.12});
  seated(cairo, 950, 262, {0.22, 0.33, 0.33}, {0.28, 0.18, 0.12});
  seated(cairo, 1090, 265, {0.25, 0.25, 0.28}, {0.12, 0.11, 0.11});
  shaded_box(cairo, 90, 342, 1100, 12, {0.70, 0.54, 0.38}, {0.60, 0.45, 0.31});
  shaded_box(cairo, 100, 354, 1080, 98, kWood, kWoodDark);
  for (int x = 210; x < 1180; x += 110) box(cairo, x, 358, 2, 94, {0.30, 0.21, 0.14, 0.6});
  for (const double x : {190.0, 330.0, 455.0, 825.0, 950.0, 1090.0}) {
    microphone(cairo, x + 26, 343, -8);
    box(cairo, x - 30, 330, 46, 13, {0.94, 0.94, 0.93});
    box(cairo, x - 24, 335, 34, 2, {0.45, 0.47, 0.50});
  }
}

void draw_lectern(cairo_t* cairo) {
  use(cairo, kWoodDark);
  cairo_move_to(cairo, 566, 412);
  cairo_line_to(cairo, 714, 412);
  cairo_line_to(cairo, 700, 610);
  cairo_line_to(cairo, 580, 610);
  cairo_close_path(cairo);
  cairo_fill(cairo);
  shaded_box(cairo, 590, 428, 100, 168, {0.56, 0.42, 0.29}, {0.44, 0.32, 0.22});
  box(cairo, 620, 500, 40, 3, {0.275, 0.722, 0.745});
  shaded_box(cairo, 548, 400, 184, 14, {0.72, 0.56, 0.40}, {0.58, 0.43, 0.30});
}

void draw_listeners(cairo_t* cairo) {
  box(cairo, 0, 596, kCanvasWidth, 10, {0.30, 0.24, 0.18});
  box(cairo, 0, 606, kCanvasWidth, 114, {0.19, 0.16, 0.14});
  for (int i = 0; i < 8; ++i) from_behind(cairo, 78 + i * 161.0, i % 2 == 0 ? 622 : 628, 0.78);
}

void draw_head(cairo_t* cairo, double x, double y, double seconds, double level) {
  box(cairo, x - 13, y + 28, 26, 30, kSkinShade);
  ellipse(cairo, x, y - 8, 36, 40, kHair);
  ellipse(cairo, x - 34, y + 4, 5, 9, kSkinShade);
  ellipse(cairo, x + 34, y + 4, 5, 9, kSkinShade);
  ellipse(cairo, x, y + 4, 33, 40, kSkin);
  ellipse(cairo, x, y - 26, 29, 12, kHair);
  const bool blink = std::fmod(seconds, 3.7) < 0.12;
  for (const double side : {-1.0, 1.0}) {
    ellipse(cairo, x + side * 12, y + 1, 3.2, blink ? 0.7 : 3.2, {0.12, 0.10, 0.10});
    cairo_move_to(cairo, x + side * 6, y - 8 - level * 2);
    cairo_line_to(cairo, x + side * 18, y - 9 - level * 2);
    stroke(cairo, 2.6, kHair);
  }
  cairo_move_to(cairo, x, y + 3);
  cairo_line_to(cairo, x + 3, y + 13);
  cairo_line_to(cairo, x - 1, y + 14);
  stroke(cairo, 1.6, kSkinShade);
  ellipse(cairo, x, y + 25, 9 - level * 1.5, 1.4 + level * 7.5, {0.42, 0.17, 0.17});
}

void draw_body(cairo_t* cairo, double x, double y) {
  use(cairo, kSuit);
  cairo_move_to(cairo, x - 86, 412);
  cairo_curve_to(cairo, x - 84, y + 92, x - 78, y + 68, x - 26, y + 52);
  cairo_line_to(cairo, x + 26, y + 52);
  cairo_curve_to(cairo, x + 78, y + 68, x + 84, y + 92, x + 86, 412);
  cairo_close_path(cairo);
  cairo_fill(cairo);
  use(cairo, kShirt);
  cairo_move_to(cairo, x - 19, y + 50);
  cairo_line_to(cairo, x, y + 128);
  cairo_line_to(cairo, x + 19, y + 50);
  cairo_close_path(cairo);
  cairo_fill(cairo);
  use(cairo, kTie);
  cairo_move_to(cairo, x - 6, y + 58);
  cairo_line_to(cairo, x + 6, y + 58);
  cairo_line_to(cairo, x + 8, y + 106);
  cairo_line_to(cairo, x, y + 122);
  cairo_line_to(cairo, x - 8, y + 106);
  cairo_close_path(cairo);
  cairo_fill(cairo);
  cairo_move_to(cairo, x - 22, y + 52);
  cairo_line_to(cairo, x - 4, y + 132);
  cairo_move_to(cairo, x + 22, y + 52);
  cairo_line_to(cairo, x + 4, y + 132);
  stroke(cairo, 5, kSuitShade);
}

/// One arm rests on the lectern, the other rises with the voice.
void draw_arms(cairo_t* cairo, double x, double y, double seconds, double level) {
  cairo_move_to(cairo, x - 72, y + 96);
  cairo_line_to(cairo, x - 84, y + 140);
  cairo_line_to(cairo, x - 52, y + 162);
  stroke(cairo, 24, kSuitShade);
  ellipse(cairo, x - 46, y + 163, 12, 9, kSkin);
  const double lift = 20 + 52 * level + 6 * std::sin(seconds * 2.6);
  const double hand_x = x + 98 + 8 * std::sin(seconds * 1.7), hand_y = y + 150 - lift;
  cairo_move_to(cairo, x + 72, y + 96);
  cairo_line_to(cairo, x + 90, y + 146);
  cairo_line_to(cairo, hand_x - 2, hand_y + 14);
  stroke(cairo, 23, kSuitShade);
  ellipse(cairo, hand_x, hand_y, 11, 13, kSkin);
}

}  // namespace

void draw_chamber(cairo_t* cairo) {
  draw_walls(cairo);
  draw_wall_clock_case(cairo);
  draw_presidium(cairo);
  draw_lectern(cairo);
  draw_listeners(cairo);
}

void draw_speaker(cairo_t* cairo, double seconds, double level) {
  const double x = 640 + 4 * std::sin(seconds * 0.8);
  const double y = 242 + 1.5 * std::sin(seconds * 1.9);
  cairo_save(cairo);
  cairo_rectangle(cairo, kSpeakerX, kSpeakerY, kSpeakerWidth, 400 - kSpeakerY);  // the lectern hides the rest
  cairo_clip(cairo);
  draw_body(cairo, x, y);
  draw_head(cairo, x + 2 * std::sin(seconds * 1.3), y + 3 * level, seconds, level);
  draw_arms(cairo, x, y, seconds, level);
  cairo_restore(cairo);
  microphone(cairo, 606, 402, 14);
  microphone(cairo, 674, 402, -14);
}

}  // namespace tyndau::sources
