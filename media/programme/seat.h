#pragma once
#include <atomic>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "media/programme/loudness.h"
#include "media/programme/slots.h"
#include "media/programme/voice_slot.h"

namespace tyndau::programme {

/// A place for somebody remote in the programme: what arrives from there, and what the mixer keeps of it. Seats are
/// filled and emptied while the programme goes on; it never changes shape for them.
struct Seat {
  PictureSlot picture;       ///< the face
  PictureSlot presentation;  ///< a shared screen
  VoiceSlot sound;

  /// What the mixer's thread keeps; nobody else touches it.
  struct Voice {
    Leveller leveller;
    std::vector<float> samples;  ///< of this tick, as they are in the mix
    float gain = 0;              ///< at the end of the last tick: microphones open and close within one tick
  } voice;
};

/// Seats of those who may be the hall, by name: made when somebody first asks for one, kept as long as somebody has it.
/// Main thread.
class HallSeats {
 public:
  std::shared_ptr<Seat> at(const std::string& name) {
    std::erase_if(seats_, [](const auto& seat) { return seat.second.expired(); });
    auto seat = seats_[name].lock();
    if (!seat) seats_[name] = seat = std::make_shared<Seat>();
    return seat;
  }

 private:
  std::map<std::string, std::weak_ptr<Seat>> seats_;
};

using Seats = std::map<std::string, std::shared_ptr<Seat>, std::less<>>;

}  // namespace tyndau::programme
