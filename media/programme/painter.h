#pragma once
#include <vector>

#include "media/gst/handles.h"
#include "media/link/messages.h"
#include "media/programme/scene.h"
#include "media/programme/slots.h"

/// Draws words: cards, slate and captions, with pango and a proper font (Inter, Noto Sans behind it). Pure but for the
/// fonts.
namespace tyndau::programme {

/// A full picture in the programme's format: the card's title large in kk and ru, its detail below, calm and dark.
gst::Buffer paint_card(const Format& format, const link::Card& card);

/// The slate for a source that is away ("Technical break: restoring the connection" in kk and ru), same look.
gst::Buffer paint_slate(const Format& format);

/// A full picture for somebody who is heard and not seen: the name and the position, and that this is a voice only
/// ("тек дауыс", "только голос"). It stands in the place of a face, large or small.
gst::Buffer paint_voice(const Format& format, const link::Bilingual& name, const link::Bilingual& position);

/// A drawing to lay over the picture: premultiplied BGRA (native-endian ARGB32 as cairo makes it), placed at x, y. The
/// part outside it stays untouched, so that laying it over costs only its own area.
struct Overlay {
  int x = 0, y = 0, width = 0, height = 0;
  std::vector<std::uint8_t> bgra;
};

enum class Language { kKazakh, kRussian };

/// One line in one language: the item's number and the speaker's name, or the item while nobody speaks, on a dark plate
/// that fits the text and is cut at the 5 % title-safe margin. It can be read on a telephone; position and title stand
/// on the page. It ends above the lowest sixth of the picture, which is left to players' controls.
Overlay paint_caption(const Format& format, const link::Caption& caption, Language language);

/// The name under a face: one line for each language that differs, on a plate at the lower left of `place`, never wider
/// than it.
Overlay paint_label(const Format& format, const Rect& place, const link::Bilingual& name);

/// Where a part of an I420 picture begins, for convert_to_i420: x and y of that part are even.
struct Planes {
  std::uint8_t* luma;
  std::uint8_t* blue;
  std::uint8_t* red;
  int luma_stride, chroma_stride;
};
/// Converts part of an opaque cairo ARGB32 image; width and height are even.
void convert_to_i420(const Planes& planes, const std::uint8_t* bgra, int stride, int width, int height);

/// Converts a whole cairo ARGB32 image (premultiplied, opaque) to I420 BT.709 limited range.
gst::Buffer to_i420(const Format& format, const std::uint8_t* bgra, int stride);

}  // namespace tyndau::programme
