#pragma once
#include <array>
#include <cstdint>
#include <string>
#include <vector>

#include "media/base/utc.h"
#include "media/programme/slots.h"

namespace tyndau::sources {

/// Draws the synthetic chamber. The room is drawn once; a picture then costs only the rectangle of the speaker, the
/// digits of the wall clock and the machine's clock row, because buffers that nobody holds any more are drawn over. One
/// thread.
class ChamberPicture {
 public:
  explicit ChamberPicture(programme::Format format);

  /// `now` is painted as the time; `seconds` moves the speaker; `level` (0 to 1) opens his mouth.
  gst::Buffer paint(Utc now, double seconds, double level);

 private:
  /// In pixels, all even.
  struct Box {
    int x = 0, y = 0, width = 0, height = 0;
  };

  Box box(double x, double y, double width, double height) const;
  void draw_room();
  void draw_digits();
  gst::Buffer spare();
  void paint_speaker(std::uint8_t* picture, double seconds, double level);
  void paint_wall_clock(std::uint8_t* picture, Utc now) const;
  void paint_machine_clock(std::uint8_t* picture, Utc now) const;

  const programme::Format format_;
  std::vector<std::uint8_t> room_;  // the whole picture without speaker and time, I420
  Box speaker_;
  std::vector<std::uint8_t> behind_speaker_;          // the room there, as cairo's pixels
  std::vector<std::uint8_t> scratch_;                 // as behind_speaker_
  Box digit_;                                         // the first digit's place; the others follow to its right
  std::array<std::vector<std::uint8_t>, 12> digits_;  // luma of 0-9, colon and point
  std::vector<gst::Buffer> buffers_;
};

}  // namespace tyndau::sources
