#pragma once
#include <string>
#include <vector>

#include "media/link/messages.h"

/// What media must be told so that it does what the journal says. Pure.
namespace tyndau::secretariat {

/// What media does, or must do.
struct Posture {
  std::string meeting;  ///< that is on air; "" for none
  link::Scene scene;    ///< means something only while a meeting is on air
  std::string source;
};

/// The commands, in order, that lead from one to the other.
std::vector<link::Command> orders(const Posture& is, const Posture& must_be);

/// Whether `told`, as media tells its URI with every secret as "***", may be `uri`.
bool may_be_source(const std::string& told, const std::string& uri);

}  // namespace tyndau::secretariat
