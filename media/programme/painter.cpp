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
constexpr double kSafe = 0.05;  // title-safe margin, of either side

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

void rounded(cairo_t* cairo, double x, double y, double width, double height, double radius) {
  cairo_new_sub_path(cairo);
  cairo_arc(cairo, x + width - radius, y + radius, radius, -M_PI / 2, 0);
  cairo_arc(cairo, x + width - radius, y + height - radius, radius, 0, M_PI / 2);
  cairo_arc(cairo, x + radius, y + height - radius, radius, M_PI / 2, M_PI);
  cairo_arc(cairo, x + radius, y + radius, radius, M_PI, 3 * M_PI / 2);
  cairo_close_path(cairo);
}

/// The two languages beside each other: item, name and position of each row begin at the same height in both.
struct CaptionTexts {
  Text item_kk, item_ru, name_kk, name_ru, position_kk, position_ru;

  CaptionTexts(cairo_t* cairo, const link::Caption& caption, double unit, double column) {
    const Type item{.size = 18 * unit, .least = 0.82};
    const Type name{.size = 31 * unit, .strong = true, .least = 0.7, .lines = 1};
    const Type position{.size = 20 * unit, .least = 0.85};
    item_kk = Text(cairo, caption.item.kk, "kk", item, column);
    item_ru = Text(cairo, caption.item.ru, "ru", item, column);
    name_kk = Text(cairo, caption.name.kk, "kk", name, column);
    name_ru = Text(cairo, caption.name.ru, "ru", name, column);
    position_kk = Text(cairo, caption.position.kk, "kk", position, column);
    position_ru = Text(cairo, caption.position.ru, "ru", position, column);
    even_out(item_kk, item_ru);
    even_out(name_kk, name_ru);
    even_out(position_kk, position_ru);
  }
  /// Neither language is set smaller than the other.
  static void even_out(Text& kk, Text& ru) {
    const double scale = std::min(kk.scale(), ru.scale());
    kk.rescale(scale);
    ru.rescale(scale);
  }
  double width_kk() const { return std::max({item_kk.width(), name_kk.width(), position_kk.width()}); }
  double width_ru() const { return std::max({item_ru.width(), name_ru.width(), position_ru.width()}); }
};

struct CaptionRow {
  const Text* kk;
  const Text* ru;
  Colour colour_kk, colour_ru;
  double gap;  // above, if something is above
  double top = 0;
  double height() const { return std::max(kk->height(), ru->height()); }
};

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

gst::Buffer paint_card(const Format& format, const link::Card& card) {
  Surface surface(cairo_image_surface_create(CAIRO_FORMAT_ARGB32, format.width, format.height));
  {
    Cairo cairo(cairo_create(surface.get()));
    draw_card(cairo.get(), format, card);
  }
  cairo_surface_flush(surface.get());
  return to_i420(format, cairo_image_surface_get_data(surface.get()), cairo_image_surface_get_stride(surface.get()));
}

gst::Buffer paint_slate(const Format& format) {
  return paint_card(format, {.title = {.kk = "Техникалық үзіліс", .ru = "Технический перерыв"},
                             .detail = {.kk = "Байланыс қалпына келтірілуде", .ru = "Связь восстанавливается"}});
}

Overlay paint_caption(const Format& format, const link::Caption& caption) {
  const double unit = unit_of(format);
  const double safe_x = std::ceil(format.width * kSafe), safe_y = std::ceil(format.height * kSafe);
  const double bar = std::max(2.0, std::round(5 * unit)), padding = 22 * unit, gutter = 44 * unit;
  const double room = format.width - 2 * safe_x - bar - 2 * padding;

  const auto any = [](const std::string& a, const std::string& b, const std::string& c) {
    return !a.empty() || !b.empty() || !c.empty();
  };
  const bool has_kk = any(caption.name.kk, caption.position.kk, caption.item.kk);
  const bool has_ru = any(caption.name.ru, caption.position.ru, caption.item.ru);
  if (!has_kk && !has_ru) return {};
  const double column = has_kk && has_ru ? (room - gutter) / 2 : room;

  Surface scratch(cairo_image_surface_create(CAIRO_FORMAT_ARGB32, 1, 1));
  Cairo measure(cairo_create(scratch.get()));
  const CaptionTexts texts(measure.get(), caption, unit, column);
  std::vector<CaptionRow> rows{{&texts.item_kk, &texts.item_ru, kItem, kItem, 0},
                               {&texts.name_kk, &texts.name_ru, kText, kText, 9 * unit},
                               {&texts.position_kk, &texts.position_ru, kQuiet, kQuiet, 3 * unit}};
  double height = 0;
  for (CaptionRow& row : rows) {
    if (row.height() > 0 && height > 0) height += row.gap;
    row.top = height;
    height += row.height();
  }
  const double width_kk = texts.width_kk();
  const double second = has_kk && has_ru ? width_kk + gutter : 0;
  const double width = has_ru ? second + texts.width_ru() : width_kk;

  Overlay overlay;
  const double plate_width = bar + 2 * padding + width, plate_height = height + 1.6 * padding;
  // Even numbers, so that whole chroma samples are laid over.
  overlay.width = std::min((static_cast<int>(std::ceil(plate_width)) + 1) & ~1, format.width);
  overlay.height = std::min((static_cast<int>(std::ceil(plate_height)) + 1) & ~1, format.height);
  overlay.x = (static_cast<int>(safe_x) + 1) & ~1;
  overlay.y = std::max(0, (format.height - static_cast<int>(safe_y) - overlay.height) & ~1);
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

  const double left = bar + padding, top = (overlay.height - height) / 2;
  if (second > 0) {
    use(cairo.get(), {kQuiet.red, kQuiet.green, kQuiet.blue, 0.35});
    cairo_rectangle(cairo.get(), std::round(left + width_kk + gutter / 2), top + 2 * unit,
                    std::max(1.0, std::round(unit)), height - 4 * unit);
    cairo_fill(cairo.get());
  }
  for (const CaptionRow& row : rows) {
    row.kk->draw(cairo.get(), left, top + row.top, row.colour_kk);
    row.ru->draw(cairo.get(), left + second, top + row.top, row.colour_ru);
  }
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
