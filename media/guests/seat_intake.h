#pragma once
#include <gst/gst.h>

#include <atomic>
#include <filesystem>
#include <memory>
#include <mutex>

#include "media/programme/seat.h"

namespace tyndau::guests {

/// The door between one peer and its seat. Once it is closed nothing more comes through, so that of two peers of a seat
/// the newer one has it alone, and a dying line leaves no picture behind. Any thread.
class SeatIntake {
 public:
  explicit SeatIntake(std::shared_ptr<programme::Seat> seat) : seat_(std::move(seat)) {}

  enum class Picture { kFace, kPresentation };
  /// A decoded picture (I420, any size).
  void put_picture(GstSample* sample, Picture which);
  /// `samples`: mono float at Format::kSampleRate.
  void put_sound(const float* samples, std::size_t count);
  /// Takes what came through here away from the seat; what comes later is shown again. Who only listens takes nothing.
  void empty();
  /// Empties it for good. When it returns no other thread is inside.
  void close();

  /// What arrived lately.
  struct Look {
    int width = 0, height = 0;  ///< of the face; 0 when none came within kTileLife
    bool presentation = false;
    double peak_db = -100;  ///< loudest sample since the last look
  };
  Look look();

 private:
  std::mutex mutex_;
  std::shared_ptr<programme::Seat> seat_;  // guarded by mutex_; null once closed
  bool filled_ = false;                    // guarded by mutex_: something came through
  std::atomic<float> peak_{0};
};

}  // namespace tyndau::guests
