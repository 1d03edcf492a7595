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

/// tyndau verify --data DIR --against BACKUP: the journal as verify() does it, and then whether all that the backup has
/// is still there: 1 when the data is older than the backup, lacks something or has another history. `quick` compares
/// the sizes of recordings only.
int verify_against(const Place& place, const std::filesystem::path& backup, bool quick, Streams streams);

/// tyndau verify --backup BACKUP: the newest backup there, by its manifest.
int verify_backup(const std::filesystem::path& backup, Streams streams);

/// Copies the data to a new backup in `to`, beside running processes. 1 when the journal that was copied is broken.
int make_backup(const Place& place, const std::filesystem::path& to, int keep, Streams streams);

/// Refuses (1) where there is data already.
int restore_backup(const Place& place, const std::filesystem::path& from, Streams streams);

int list_meetings(const Place& place, Streams streams);

int check_config(const std::filesystem::path& file, Streams streams);

}  // namespace tyndau::cli
