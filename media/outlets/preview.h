#pragma once
#include <filesystem>
#include <memory>

#include "media/programme/mixer.h"

namespace tyndau::outlets {

/// The programme as a small JPEG, renewed twice a second, on air or not: what the desk looks at before it goes on air.
/// Readers see either the old file or the new one, never half of one.
class Preview : public programme::Outlet {
 public:
  static Result<std::shared_ptr<Preview>> create(const programme::Format& format, std::filesystem::path file);
  ~Preview() override;
  void frame(const programme::Frame& frame) override;

 private:
  struct Inner;
  explicit Preview(std::unique_ptr<Inner> inner);
  std::unique_ptr<Inner> inner_;
};

}  // namespace tyndau::outlets
