#include "media/programme/painter.h"

#include <pango/pangocairo.h>

#include <algorithm>
#include <cmath>
#include <cstdlib>
#include <string>

namespace tyndau::programme {

namespace {

using Surface = std::unique_ptr<cairo_surface_t, gst::Freer<cairo_surface_t, cairo_surface_destroy>>;
using Cairo = std::unique_ptr<cairo_t, gst::Freer<cairo_t, cairo_destroy>>;
using Layout = std::unique_ptr<PangoLayout, gst::Freer<PangoLayout, g_object_unref>>;

struct Colour {
  double red, green, blue, alpha = 1;
};
constexpr Colour kGround{0.086, 0.129, 0.176};  // flat: a dark gradient shows bands in 8-bit video
constexpr Colour kPlate{0.055, 0.090, 0.130, 0.90};
constexpr Colour kAccent{0.275, 0.722, 0.745};
constexpr Colour kText{0.965, 0.975, 0.985};
constexpr Colour kQuiet{0.720, 0.775, 0.830};
constexpr Colour kItem{0.620, 0.855, 0.870};
constexpr double kCaptionSize = 46;  // of 720 lines: 14 CSS pixels on a telephone that is held upright
constexpr double kSafe = 0.05;       // title-safe margin, of either side

void use(cairo_t* cairo, const Colour& colour) {
  cairo_set_source_rgba(cairo, colour.red, colour.green, colour.blue, colour.alpha);
}

struct Type {
  double size = 0;  // in pixels
  bool strong = false;
  double least = 1;  // how far the size may be reduced before the text is ellipsized, 1 is not at all
  int lines = 2;
  double spacing = 1.12;
};

/// One text set for one width: measured when made, drawn later.
class Text {
 public:
  Text() = default;
  Text(cairo_t* cairo, const std::string& text, const char* language, const Type& type, double width) : type_(type) {
    if (text.empty()) return;
    layout_.reset(pango_cairo_create_layout(cairo));
    pango_context_set_language(pango_layout_get_context(layout_.get()), pango_language_from_string(language));
    pango_layout_set_text(layout_.get(), text.data(), static_cast<int>(text.size()));
    pango_layout_set_wrap(layout_.get(), PANGO_WRAP_WORD_CHAR);
    pango_layout_set_ellipsize(layout_.get(), PANGO_ELLIPSIZE_END);
    pango_layout_set_width(layout_.get(), static_cast<int>(width * PANGO_SCALE));
    pango_layout_set_height(layout_.get(), -type.lines);
    for (double scale = 1;; scale = std::max(scale - 0.04, type.least)) {
      rescale(scale);
      if (pango_layout_is_ellipsized(layout_.get()) == FALSE || scale <= type.least) break;
    }
  }

  /// How much smaller than its type it had to be set to fit.
  double scale() const { return scale_; }
  void rescale(double scale) {
    scale_ = scale;
    if (empty()) return;
    set_size(type_.size * scale);
    PangoRectangle logical{};
    pango_layout_get_pixel_extents(layout_.get(), nullptr, &logical);
    width_ = logical.width;
    height_ = logical.height;
  }
  bool empty() const { return layout_ == nullptr; }
  double width() const { return width_; }
  double height() const { return height_; }

  void draw(cairo_t* cairo, double x, double y, const Colour& colour) const {
    if (empty()) return;
    use(cairo, colour);
    cairo_move_to(cairo, x, y);
    pango_cairo_show_layout(cairo, layout_.get());
  }

 private:
  void set_size(double pixels) {
    PangoFontDescription* font = pango_font_description_from_string("Inter, Noto Sans");
    pango_font_description_set_absolute_size(font, pixels * PANGO_SCALE);
    pango_font_description_set_weight(font, type_.strong ? PANGO_WEIGHT_SEMIBOLD : PANGO_WEIGHT_NORMAL);
    pango_layout_set_font_description(layout_.get(), font);
    pango_font_description_free(font);
    pango_layout_set_line_spacing(layout_.get(), static_cast<float>(type_.spacing));
  }

  Type type_;
  Layout layout_;
  double scale_ = 1, width_ = 0, height_ = 0;
};

/// Texts below each other with gaps between those that are there.
class Column {
 public:
  void add(Text text, const Colour& colour, double gap_above) {
    if (text.empty()) return;
    if (!rows_.empty()) height_ += gap_above;
    rows_.push_back({std::move(text), colour, height_});
    height_ += rows_.back().text.height();
    width_ = std::max(width_, rows_.back().text.width());
  }
  bool empty() const { return rows_.empty(); }
  double width() const { return width_; }
  double height() const { return height_; }
  void draw(cairo_t* cairo, double x, double y) const {
    for (const Row& row : rows_) row.text.draw(cairo, x, y + row.top, row.colour);
  }

 private:
  struct Row {
    Text text;
    Colour colour;
    double top = 0;
  };
  std::vector<Row> rows_;
  double width_ = 0, height_ = 0;
};

/// Sizes are designed for 720 lines.
double unit_of(const Format& format) { return std::min(format.height / 720.0, format.width / 1280.0); }

void draw_card(cairo_t* cairo, const Format& format, const link::Card& card) {
  const double unit = unit_of(format);
  const double left = format.width * 0.10;
  const double width = format.width * 0.80;
  use(cairo, kGround);
  cairo_paint(cairo);

  Column title, detail;
  const Type large{.size = 52 * unit, .strong = true, .least = 0.62, .lines = 4, .spacing = 1.08};
  const Type second{.size = 40 * unit, .least = 0.66, .lines = 4, .spacing = 1.10};
  const Type small{.size = 28 * unit, .least = 0.8, .lines = 3};
  title.add(Text(cairo, card.title.kk, "kk", large, width), kText, 0);
  title.add(Text(cairo, card.title.ru, "ru", second, width), kQuiet, 22 * unit);
  detail.add(Text(cairo, card.detail.kk, "kk", small, width), kText, 0);
  detail.add(Text(cairo, card.detail.ru, "ru", small, width), kQuiet, 8 * unit);

  const bool both = !title.empty() && !detail.empty();
  const double rule = both ? 62 * unit : 0;
  double top = (format.height - title.height() - rule - detail.height()) / 2;
  // The accent stands above the title of a card without detail, and between the two of one with it.
  const double accent = both ? top + title.height() + rule / 2 : top - 34 * unit;
  use(cairo, kAccent);
  cairo_rectangle(cairo, left, std::round(accent), 96 * unit, std::max(2.0, std::round(3 * unit)));
  cairo_fill(cairo);
  title.draw(cairo, left, top);
  detail.draw(cairo, left, top + title.height() + rule);
}

/// A microphone, as a sign says it: `size` high, its middle at x.
void draw_microphone(cairo_t* cairo, double x, double top, double size) {
  const double radius = size * 0.19, arm = size * 0.34;
  use(cairo, kAccent);
  cairo_set_line_cap(cairo, CAIRO_LINE_CAP_ROUND);
  cairo_set_line_width(cairo, 2 * radius);
  cairo_move_to(cairo, x, top + radius);
  cairo_line_to(cairo, x, top + size * 0.42);
  cairo_stroke(cairo);
  cairo_set_line_width(cairo, size * 0.07);
  cairo_arc(cairo, x, top + size * 0.42, arm, 0, M_PI);
  cairo_stroke(cairo);
  cairo_move_to(cairo, x, top + size * 0.42 + arm);
  cairo_line_to(cairo, x, top + size);
  cairo_stroke(cairo);
}

void draw_voice(cairo_t* cairo, const Format& format, const link::Bilingual& name, const link::Bilingual& position) {
  const double unit = unit_of(format), width = format.width * 0.84;
  use(cairo, kGround);
  cairo_paint(cairo);
  const Type large{.size = 66 * unit, .strong = true, .least = 0.6, .lines = 2, .spacing = 1.08};
  const Type second{.size = 46 * unit, .least = 0.7, .lines = 2, .spacing = 1.08};
  const Type small{.size = 32 * unit, .least = 0.8, .lines = 2};
  Column words;
  words.add(Text(cairo, name.kk, "kk", large, width), kText, 0);
  if (name.ru != name.kk) words.add(Text(cairo, name.ru, "ru", second, width), kQuiet, 10 * unit);
  words.add(Text(cairo, position.kk, "kk", small, width), kQuiet, 22 * unit);
  if (position.ru != position.kk) words.add(Text(cairo, position.ru, "ru", small, width), kQuiet, 2 * unit);
  words.add(Text(cairo, "тек дауыс · только голос", "kk", {.size = 40 * unit, .strong = true, .lines = 1}, width),
            kItem, 34 * unit);
  const double sign = 116 * unit, gap = 34 * unit;
  const double top = (format.height - sign - gap - words.height()) / 2;
  const double left = format.width * 0.08;
  draw_microphone(cairo, left + sign * 0.34, top, sign);
  words.draw(cairo, left, top + sign + gap);
}

void rounded(cairo_t* cairo, double x, double y, double width, double height, double radius) {
  cairo_new_sub_path(cairo);
  cairo_arc(cairo, x + width - radius, y + radius, radius, -M_PI / 2, 0);
  cairo_arc(cairo, x + width - radius, y + height - radius, radius, 0, M_PI / 2);
  cairo_arc(cairo, x + radius, y + height - radius, radius, M_PI / 2, M_PI);
  cairo_arc(cairo, x + radius, y + radius, radius, M_PI, 3 * M_PI / 2);
  cairo_close_path(cairo);
}

/// "2. Жол жөндеу туралы" -> "2"; "" when the item has no number.
std::string number_of(const std::string& item) {
  const std::size_t digits = item.find_first_not_of("0123456789");
  return digits == std::string::npos || item[digits] != '.' ? "" : item.substr(0, digits);
}

}  // namespace

gst::Buffer to_i420(const Format& format, const std::uint8_t* bgra, int stride) {
  const int width = format.width, height = format.height;
  if (width % 2 != 0 || height % 2 != 0) std::abort();  // the configuration refuses odd sizes
  gst::Buffer buffer = gst::Buffer::adopt(gst_buffer_new_allocate(nullptr, format.picture_bytes(), nullptr));
  GstMapInfo map;
  if (gst_buffer_map(buffer.get(), &map, GST_MAP_WRITE) == FALSE) std::abort();
  std::uint8_t* luma = map.data;
  std::uint8_t* blue = luma + static_cast<std::size_t>(width) * height;
  std::uint8_t* red = blue + static_cast<std::size_t>(width) * height / 4;
  convert_to_i420({luma, blue, red, width, width / 2}, bgra, stride, width, height);
  gst_buffer_unmap(buffer.get(), &map);
  return buffer;
}

void convert_to_i420(const Planes& planes, const std::uint8_t* bgra, int stride, int width, int height) {
  // BT.709 in 16.16 fixed point: 219/255 and 224/255 of full range.
  const auto luma_of = [](const std::uint8_t* pixel) {
    return static_cast<std::uint8_t>((4064 * pixel[0] + 40254 * pixel[1] + 11966 * pixel[2] + (16 << 16) + 32768) >>
                                     16);
  };
  for (int y = 0; y < height; y += 2) {
    const std::uint8_t* upper = bgra + static_cast<std::ptrdiff_t>(y) * stride;
    const std::uint8_t* lower = upper + stride;
    std::uint8_t* luma = planes.luma + static_cast<std::ptrdiff_t>(y) * planes.luma_stride;
    std::uint8_t* luma_below = luma + planes.luma_stride;
    std::uint8_t* blue = planes.blue + static_cast<std::ptrdiff_t>(y / 2) * planes.chroma_stride;
    std::uint8_t* red = planes.red + static_cast<std::ptrdiff_t>(y / 2) * planes.chroma_stride;
    for (int x = 0; x < width; x += 2, upper += 8, lower += 8) {
      luma[x] = luma_of(upper);
      luma[x + 1] = luma_of(upper + 4);
      luma_below[x] = luma_of(lower);
      luma_below[x + 1] = luma_of(lower + 4);
      // Chroma of the four pixels' sum: averaging before the matrix is the same as after, and one conversion for four.
      const int b = upper[0] + upper[4] + lower[0] + lower[4];
      const int g = upper[1] + upper[5] + lower[1] + lower[5];
      const int r = upper[2] + upper[6] + lower[2] + lower[6];
      blue[x / 2] = static_cast<std::uint8_t>((28784 * b - 22189 * g - 6595 * r + (128 << 18) + (1 << 17)) >> 18);
      red[x / 2] = static_cast<std::uint8_t>((28784 * r - 26145 * g - 2639 * b + (128 << 18) + (1 << 17)) >> 18);
    }
  }
}

namespace {

/// A full picture of what `draw` paints.
template <class Draw>
gst::Buffer paint_full(const Format& format, const Draw& draw) {
  Surface surface(cairo_image_surface_create(CAIRO_FORMAT_ARGB32, format.width, format.height));
  {
    Cairo cairo(cairo_create(surface.get()));
    draw(cairo.get());
  }
  cairo_surface_flush(surface.get());
  return to_i420(format, cairo_image_surface_get_data(surface.get()), cairo_image_surface_get_stride(surface.get()));
}

}  // namespace

gst::Buffer paint_card(const Format& format, const link::Card& card) {
  return paint_full(format, [&](cairo_t* cairo) { draw_card(cairo, format, card); });
}

gst::Buffer paint_voice(const Format& format, const link::Bilingual& name, const link::Bilingual& position) {
  return paint_full(format, [&](cairo_t* cairo) { draw_voice(cairo, format, name, position); });
}

gst::Buffer paint_slate(const Format& format) {
  return paint_card(format, {.title = {.kk = "Техникалық үзіліс", .ru = "Технический перерыв"},
                             .detail = {.kk = "Байланыс қалпына келтірілуде", .ru = "Связь восстанавливается"}});
}

Overlay paint_caption(const Format& format, const link::Caption& caption, Language language) {
  const bool kk = language == Language::kKazakh;
  const char* code = kk ? "kk" : "ru";
  const std::string& item = kk ? caption.item.kk : caption.item.ru;
  const std::string& name = kk ? caption.name.kk : caption.name.ru;
  if (name.empty() && item.empty()) return {};
  const double unit = unit_of(format);
  const double safe_x = std::ceil(format.width * kSafe);
  const double bar = std::max(2.0, std::round(8 * unit)), padding = 20 * unit, gap = 22 * unit;
  const double room = format.width - 2 * safe_x - bar - 2 * padding;

  Surface scratch(cairo_image_surface_create(CAIRO_FORMAT_ARGB32, 1, 1));
  Cairo measure(cairo_create(scratch.get()));
  const Type type{.size = kCaptionSize * unit, .strong = true, .lines = 1};
  // Whoever speaks, and the number of what they speak about; while nobody does, the item itself.
  const Text number(measure.get(), name.empty() ? "" : number_of(item), code, type, room / 4);
  const double before = number.empty() ? 0 : number.width() + gap;
  const Text words(measure.get(), name.empty() ? item : name, code, type, room - before);

  Overlay overlay;
  const double height = std::max(number.height(), words.height());
  // Even numbers, so that whole chroma samples are laid over.
  overlay.width = std::min((static_cast<int>(std::ceil(bar + 2 * padding + before + words.width())) + 1) & ~1,
                           (format.width - 2 * static_cast<int>(safe_x)) & ~1);
  overlay.height = std::min((static_cast<int>(std::ceil(height + padding)) + 1) & ~1, format.height);
  overlay.x = (static_cast<int>(safe_x) + 1) & ~1;
  overlay.y = std::max(0, (format.height * 5 / 6 - overlay.height) & ~1);
  overlay.bgra.resize(static_cast<std::size_t>(overlay.width) * overlay.height * 4);

  Surface surface(cairo_image_surface_create_for_data(overlay.bgra.data(), CAIRO_FORMAT_ARGB32, overlay.width,
                                                      overlay.height, overlay.width * 4));
  Cairo cairo(cairo_create(surface.get()));
  rounded(cairo.get(), 0, 0, overlay.width, overlay.height, 4 * unit);
  cairo_clip(cairo.get());
  use(cairo.get(), kPlate);
  cairo_paint(cairo.get());
  use(cairo.get(), kAccent);
  cairo_rectangle(cairo.get(), 0, 0, bar, overlay.height);
  cairo_fill(cairo.get());
  const double top = (overlay.height - height) / 2;
  number.draw(cairo.get(), bar + padding, top, kItem);
  words.draw(cairo.get(), bar + padding + before, top, kText);
  cairo.reset();
  surface.reset();
  return overlay;
}

Overlay paint_label(const Format& format, const Rect& place, const link::Bilingual& name) {
  const double unit = unit_of(format);
  const double padding = 8 * unit;
  Surface scratch(cairo_image_surface_create(CAIRO_FORMAT_ARGB32, 1, 1));
  Cairo measure(cairo_create(scratch.get()));
  const double size = std::clamp(place.height / 14.0, 13 * unit, 22 * unit);
  const Type type{.size = size, .strong = true, .least = 0.8, .lines = 1};
  Column names;
  names.add(Text(measure.get(), name.kk, "kk", type, place.width - 2 * padding), kText, 0);
  if (name.ru != name.kk) {
    names.add(Text(measure.get(), name.ru, "ru", type, place.width - 2 * padding), kQuiet, 1 * unit);
  }
  if (names.empty()) return {};
  Overlay overlay;
  overlay.width = std::min((static_cast<int>(std::ceil(names.width() + 2 * padding)) + 1) & ~1, place.width);
  overlay.height = std::min((static_cast<int>(std::ceil(names.height() + padding)) + 1) & ~1, place.height);
  overlay.x = place.x;
  overlay.y = place.y + place.height - overlay.height;
  overlay.bgra.resize(static_cast<std::size_t>(overlay.width) * overlay.height * 4);
  Surface surface(cairo_image_surface_create_for_data(overlay.bgra.data(), CAIRO_FORMAT_ARGB32, overlay.width,
                                                      overlay.height, overlay.width * 4));
  Cairo cairo(cairo_create(surface.get()));
  use(cairo.get(), kPlate);
  cairo_paint(cairo.get());
  names.draw(cairo.get(), padding, padding / 2);
  cairo.reset();
  surface.reset();
  return overlay;
}

}  // namespace tyndau::programme
