#pragma once
#include <filesystem>
#include <memory>
#include <string>

#include "media/sources/intake.h"

namespace tyndau::sources {

/// The synthetic council chamber (test:): a speaker who moves as he speaks Kazakh and Russian in turn, a clock to read
/// and a clock for machines (CLOCK.md). A thread "chamber" paints at the programme's frame rate on absolute deadlines,
/// only what has changed; another reads the speech first. Destroying it joins both, within a frame or a sentence's
/// reading.
class Chamber {
 public:
  Chamber(std::shared_ptr<Intake> intake, std::filesystem::path speech_directory);
  ~Chamber();
  Chamber(const Chamber&) = delete;
  Chamber& operator=(const Chamber&) = delete;

  /// Why there is no speech, or "": the picture is there without it. Reading is tried again every second. Any thread.
  std::string complaint() const;

 private:
  struct Inner;
  std::unique_ptr<Inner> inner_;
};

}  // namespace tyndau::sources
