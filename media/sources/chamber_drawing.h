#pragma once
#include <cairo.h>

/// The synthetic chamber in cairo, on a canvas of 1280 x 720 whatever the surface's scale is.
namespace tyndau::sources {

inline constexpr double kCanvasWidth = 1280, kCanvasHeight = 720;

/// Where the speaker moves; nothing of him is drawn outside.
inline constexpr double kSpeakerX = 512, kSpeakerY = 176, kSpeakerWidth = 256, kSpeakerHeight = 228;
/// The wall clock: "00:00:00.000" in cells of equal width.
inline constexpr double kDigitsX = 985, kDigitsY = 116, kDigitWidth = 20, kDigitHeight = 36;
inline constexpr struct { double red, green, blue; } kClockGround{0.085, 0.105, 0.125};

/// Everything that stands still.
void draw_chamber(cairo_t* cairo);
/// The speaker behind the lectern. `seconds` sways and blinks, `level` (0 to 1) speaks and gestures.
void draw_speaker(cairo_t* cairo, double seconds, double level);

}  // namespace tyndau::sources
