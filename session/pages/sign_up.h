#pragma once
#include <chrono>
#include <map>
#include <string>

#include "session/meeting/types.h"

namespace tyndau::web {

/// The form by which somebody signs up to speak, as he filled it in.
struct SignUp {
  static constexpr int kMostName = 120, kMostPosition = 160;  ///< letters, as people count them

  std::string name, position, item;  ///< item: an id of the agenda, or ""
  std::string wrong;            ///< what the form says: a word of the locales, without "signup_"; "" when all is well
  std::string field;            ///< that is wrong: "name", "position", "item", or "" for none of them
  std::chrono::seconds wait{};  ///< too_many: until he may try again
};

/// Reads the fields name, position and item, the first two cleaned as meeting/line.h says. Whoever typed something that
/// is not seen is shown what is left of it, and asked again. Pure.
SignUp read_sign_up(const std::map<std::string, std::string>& fields, const meeting::Record& record);

}  // namespace tyndau::web
