#pragma once
#include <cerrno>
#include <cstring>
#include <string>
#include <tl/expected.hpp>
#include <utility>

namespace tyndau {

/// What went wrong with a disk, a device, the network or somebody's bytes, in words for the log and the operator.
/// A refusal (something the secretary may not do now) is not a Failure: see session/meeting/refusal.h.
struct Failure {
  std::string what;
  int code = 0;  ///< errno where there is one, else 0

  /// `what` with the system's words for `error` behind it.
  static Failure from_errno(std::string what, int error = errno) {
    return {std::move(what) + ": " + std::strerror(error), error};
  }
};

template <class T>
using Result = tl::expected<T, Failure>;

inline tl::unexpected<Failure> fail(std::string what, int code = 0) {
  return tl::unexpected<Failure>(Failure{std::move(what), code});
}
inline tl::unexpected<Failure> fail_errno(std::string what, int error = errno) {
  return tl::unexpected<Failure>(Failure::from_errno(std::move(what), error));
}

}  // namespace tyndau
