#include <iostream>

#include "session/cli/run.h"

/// The command line: what an operator does beside the two processes.
int main(int argc, char** argv) { return tyndau::cli::run({argv + 1, argv + argc}, {std::cin, std::cout, std::cerr}); }
