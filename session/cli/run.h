#pragma once
#include <string>
#include <vector>

#include "session/cli/commands.h"

namespace tyndau::cli {

/// Reads the arguments (without the program's name), does what they say, and gives the exit code. Wrong arguments are a
/// failure.
int run(std::vector<std::string> arguments, Streams streams);

}  // namespace tyndau::cli
