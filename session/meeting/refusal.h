#pragma once
#include <string>

#include "session/meeting/types.h"

namespace tyndau::meeting {

/// "Not now, because ...": a value for the secretary's screen, never an error. `code` is stable, for programs and
/// tests.
struct Refusal {
  std::string code;  ///< "already_on_air", ...
  Text text;         ///< a sentence in kk, ru and en
};

}  // namespace tyndau::meeting
