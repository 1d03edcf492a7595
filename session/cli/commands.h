#pragma once
#include <filesystem>
#include <iosfwd>
#include <optional>
#include <string>

/// What the command line `tyndau` does. Every command gives the process's exit code: 0 done, 1 not (a broken chain, a
/// meeting that is there already), 2 failure (a file, the disk, the arguments). What went wrong is one line on `error`.
namespace tyndau::cli {

inline constexpr int kDone = 0, kNot = 1, kFailure = 2;

struct Streams {
  std::istream& in;
  std::ostream& out;
  std::ostream& error;
};

/// Where the data is: either --data or --config was given.
struct Place {
  std::filesystem::path data, config;
};

/// `shift_to` is a date as in 2026-12-10: the hearing is moved to it by whole days. Creates the data directory.
int import_meeting(const Place& place, const std::filesystem::path& file, const std::string& shift_to, Streams streams);

/// Adds an account or replaces its password: the first line of standard input, or a generated one, printed once.
int add_user(const Place& place, const std::string& name, bool password_from_stdin, Streams streams);

/// One line for each meeting. An empty `meeting` means all.
int verify(const Place& place, const std::string& meeting, Streams streams);

int list_meetings(const Place& place, Streams streams);

int check_config(const std::filesystem::path& file, Streams streams);

}  // namespace tyndau::cli
