#include "media/sources/chamber_picture.h"

#include <fmt/format.h>
#include <pango/pangocairo.h>

#include <chrono>
#include <cmath>
#include <cstdlib>
#include <cstring>
#include <ctime>
#include <memory>

#include "media/programme/painter.h"
#include "media/sources/chamber_drawing.h"
#include "media/sources/machine_clock.h"

namespace tyndau::sources {

namespace {

using Surface = std::unique_ptr<cairo_surface_t, gst::Freer<cairo_surface_t, cairo_surface_destroy>>;
using Cairo = std::unique_ptr<cairo_t, gst::Freer<cairo_t, cairo_destroy>>;

constexpr std::uint8_t kWhite = 235, kBlack = 16, kNeutral = 128;
/// Enough for the slot, the mixer and the encoders' queues; beyond it a picture is simply a new buffer.
constexpr std::size_t kMostBuffers = 24;

int even(double value) { return static_cast<int>(std::lround(value / 2)) * 2; }

Surface surface_over(std::vector<std::uint8_t>& pixels, int width, int height) {
  return Surface(cairo_image_surface_create_for_data(pixels.data(), CAIRO_FORMAT_ARGB32, width, height, width * 4));
}

void write_glyph(cairo_t* cairo, const char* glyph, double width, double height) {
  const std::unique_ptr<PangoLayout, decltype(&g_object_unref)> owned(pango_cairo_create_layout(cairo), g_object_unref);
  PangoLayout* layout = owned.get();
  PangoFontDescription* font = pango_font_description_from_string("Inter, Noto Sans");
  pango_font_description_set_absolute_size(font, height * 0.86 * PANGO_SCALE);
  pango_font_description_set_weight(font, PANGO_WEIGHT_MEDIUM);
  pango_layout_set_font_description(layout, font);
  pango_font_description_free(font);
  pango_layout_set_text(layout, glyph, -1);
  PangoRectangle logical{};
  pango_layout_get_pixel_extents(layout, nullptr, &logical);
  cairo_set_source_rgb(cairo, 0.90, 0.95, 0.95);
  cairo_move_to(cairo, (width - logical.width) / 2, (height - logical.height) / 2);
  pango_cairo_show_layout(cairo, layout);
}

}  // namespace

ChamberPicture::ChamberPicture(programme::Format format) : format_(format) {
  draw_room();
  draw_digits();
}

ChamberPicture::Box ChamberPicture::box(double x, double y, double width, double height) const {
  const double across = format_.width / kCanvasWidth, down = format_.height / kCanvasHeight;
  return {even(x * across), even(y * down), even(width * across), even(height * down)};
}

void ChamberPicture::draw_room() {
  std::vector<std::uint8_t> pixels(static_cast<std::size_t>(format_.width) * format_.height * 4);
  {
    const Surface surface = surface_over(pixels, format_.width, format_.height);
    const Cairo cairo(cairo_create(surface.get()));
    cairo_scale(cairo.get(), format_.width / kCanvasWidth, format_.height / kCanvasHeight);
    draw_chamber(cairo.get());
  }
  const gst::Buffer room = programme::to_i420(format_, pixels.data(), format_.width * 4);
  room_.resize(format_.picture_bytes());
  gst_buffer_extract(room.get(), 0, room_.data(), room_.size());

  speaker_ = box(kSpeakerX, kSpeakerY, kSpeakerWidth, kSpeakerHeight);
  const std::size_t line = static_cast<std::size_t>(speaker_.width) * 4;
  behind_speaker_.resize(line * static_cast<std::size_t>(speaker_.height));
  for (int y = 0; y < speaker_.height; ++y) {
    const std::size_t from = (static_cast<std::size_t>(speaker_.y + y) * format_.width + speaker_.x) * 4;
    std::memcpy(behind_speaker_.data() + line * y, pixels.data() + from, line);
  }
  scratch_ = behind_speaker_;
}

void ChamberPicture::draw_digits() {
  digit_ = box(kDigitsX, kDigitsY, kDigitWidth, kDigitHeight);
  programme::Format cell{.width = digit_.width, .height = digit_.height};
  static constexpr std::array kGlyphs{"0", "1", "2", "3", "4", "5", "6", "7", "8", "9", ":", "."};
  for (std::size_t i = 0; i < digits_.size(); ++i) {
    std::vector<std::uint8_t> pixels(static_cast<std::size_t>(cell.width) * cell.height * 4);
    {
      const Surface surface = surface_over(pixels, cell.width, cell.height);
      const Cairo cairo(cairo_create(surface.get()));
      cairo_set_source_rgb(cairo.get(), kClockGround.red, kClockGround.green, kClockGround.blue);
      cairo_paint(cairo.get());
      write_glyph(cairo.get(), kGlyphs[i], cell.width, cell.height);
    }
    const gst::Buffer drawn = programme::to_i420(cell, pixels.data(), cell.width * 4);
    digits_[i].resize(static_cast<std::size_t>(cell.width) * cell.height);
    gst_buffer_extract(drawn.get(), 0, digits_[i].data(), digits_[i].size());
  }
}

gst::Buffer ChamberPicture::spare() {
  for (const gst::Buffer& buffer : buffers_) {
    // Ours alone, buffer and memory: nobody reads it any more, not even through a copy that shares the memory.
    if (gst_buffer_is_writable(buffer.get()) && gst_buffer_is_all_memory_writable(buffer.get())) return buffer;
  }
  gst::Buffer buffer = gst::Buffer::adopt(gst_buffer_new_allocate(nullptr, room_.size(), nullptr));
  if (!buffer) std::abort();
  gst_buffer_fill(buffer.get(), 0, room_.data(), room_.size());
  if (buffers_.size() < kMostBuffers) buffers_.push_back(buffer);
  return buffer;
}

gst::Buffer ChamberPicture::paint(Utc now, double seconds, double level) {
  gst::Buffer buffer = spare();
  // Mapped through its memory: the buffer itself has our second reference in buffers_.
  GstMapInfo map;
  GstMemory* memory = gst_buffer_peek_memory(buffer.get(), 0);
  if (gst_memory_map(memory, &map, GST_MAP_WRITE) == FALSE) std::abort();
  paint_speaker(map.data, seconds, level);
  paint_wall_clock(map.data, now);
  paint_machine_clock(map.data, now);
  gst_memory_unmap(memory, &map);
  return buffer;
}

void ChamberPicture::paint_speaker(std::uint8_t* picture, double seconds, double level) {
  std::memcpy(scratch_.data(), behind_speaker_.data(), scratch_.size());
  {
    const Surface surface = surface_over(scratch_, speaker_.width, speaker_.height);
    const Cairo cairo(cairo_create(surface.get()));
    cairo_scale(cairo.get(), format_.width / kCanvasWidth, format_.height / kCanvasHeight);
    cairo_translate(cairo.get(), -kSpeakerX, -kSpeakerY);
    draw_speaker(cairo.get(), seconds, level);
  }
  const std::size_t luma = static_cast<std::size_t>(format_.width) * format_.height;
  const std::size_t chroma_at = static_cast<std::size_t>(speaker_.y / 2) * (format_.width / 2) + speaker_.x / 2;
  const programme::Planes planes{picture + static_cast<std::size_t>(speaker_.y) * format_.width + speaker_.x,
                                 picture + luma + chroma_at, picture + luma + luma / 4 + chroma_at, format_.width,
                                 format_.width / 2};
  programme::convert_to_i420(planes, scratch_.data(), speaker_.width * 4, speaker_.width, speaker_.height);
}

void ChamberPicture::paint_wall_clock(std::uint8_t* picture, Utc now) const {
  const auto seconds = std::chrono::floor<std::chrono::seconds>(now);
  const std::time_t time = std::chrono::system_clock::to_time_t(seconds);
  std::tm local{};
  localtime_r(&time, &local);
  const std::string text =
      fmt::format("{:02}:{:02}:{:02}.{:03}", local.tm_hour, local.tm_min, local.tm_sec, (now - seconds).count());
  std::uint8_t* place = picture + static_cast<std::size_t>(digit_.y) * format_.width + digit_.x;
  for (const char c : text) {
    const auto& glyph = digits_[c == ':' ? 10 : c == '.' ? 11 : static_cast<std::size_t>(c - '0')];
    for (int y = 0; y < digit_.height; ++y) {
      std::memcpy(place + static_cast<std::size_t>(y) * format_.width,
                  glyph.data() + static_cast<std::size_t>(y) * digit_.width, static_cast<std::size_t>(digit_.width));
    }
    place += digit_.width;
  }
}

void ChamberPicture::paint_machine_clock(std::uint8_t* picture, Utc now) const {
  const ClockRow row = encode_clock(now);
  const int width = format_.width, top = format_.height / 36 & ~1, bottom = format_.height / 18 & ~1;
  std::uint8_t* first = picture + static_cast<std::size_t>(top) * width;
  for (int i = 0; i < kClockBlocks; ++i) {
    const int left = i * width / kClockBlocks, right = (i + 1) * width / kClockBlocks;
    std::memset(first + left, row[static_cast<std::size_t>(i)] ? kWhite : kBlack,
                static_cast<std::size_t>(right - left));
  }
  for (int y = top + 1; y < bottom; ++y) {
    std::memcpy(picture + static_cast<std::size_t>(y) * width, first, static_cast<std::size_t>(width));
  }
  const std::size_t luma = static_cast<std::size_t>(width) * format_.height;
  const std::size_t chroma_line = static_cast<std::size_t>(width) / 2;
  for (const std::size_t plane : {luma, luma + luma / 4}) {
    std::memset(picture + plane + chroma_line * (top / 2), kNeutral, chroma_line * ((bottom - top) / 2));
  }
}

}  // namespace tyndau::sources
