#include "session/cli/run.h"

#include <CLI/CLI.hpp>
#include <algorithm>
#include <functional>
#include <iostream>

namespace tyndau::cli {

namespace {

/// What the arguments are read into.
struct Arguments {
  Place place;
  std::string file, shift_to, name, meeting, backup, against;
  int keep = 7;
  bool password_stdin = false, quick = false;
};

CLI::Option_group* add_place(CLI::App* command, Place& place) {
  auto* group = command->add_option_group("place", "Where the data is");
  group->add_option("--data", place.data, "The data directory")->type_name("DIR");
  group->add_option("--config", place.config, "The configuration that names it, tyndau.toml")->type_name("FILE");
  group->require_option(1);
  return group;
}

using Action = std::function<int()>;

void add_import(CLI::App& app, Arguments& a, Action& chosen, const Streams& streams) {
  auto* import = app.add_subcommand("import",
                                    "Put a hearing into the journal, or correct its record before it begins; a running "
                                    "session sees it within seconds");
  add_place(import, a.place);
  import->add_option("--shift-to-date", a.shift_to, "Move all its times by whole days, so that it is on this date")
      ->type_name("YYYY-MM-DD");
  import->add_option("FILE", a.file, "The hearing, JSON in the form tyndau-sample-hearing/1")->required();
  import->callback([&] { chosen = [&] { return import_meeting(a.place, a.file, a.shift_to, streams);
};
}  // namespace
);
}  // namespace tyndau::cli

void add_user_add(CLI::App& app, Arguments& a, Action& chosen, const Streams& streams) {
  auto* user = app.add_subcommand("user", "Accounts of people who act");
  user->require_subcommand(1);
  auto* add =
      user->add_subcommand("add", "Add an account, or give an existing one a new password and end its sessions");
  add_place(add, a.place);
  add->add_flag("--password-stdin", a.password_stdin,
                "Take the password from the first line of standard input; otherwise one is made and printed once");
  add->add_option("NAME", a.name, "As it is typed at login and stands in the journal")->required();
  add->callback([&] { chosen = [&] { return add_user(a.place, a.name, a.password_stdin, streams); }; });
}

int verify_what_is_named(const Arguments& a, const Streams& streams) {
  if (!a.backup.empty()) return verify_backup(a.backup, streams);
  if (!a.against.empty()) return verify_against(a.place, a.against, a.quick, streams);
  return verify(a.place, a.meeting, streams);
}

void add_verify(CLI::App& app, Arguments& a, Action& chosen, const Streams& streams) {
  auto* check = app.add_subcommand(
      "verify", "Recompute the journal's chain and state, or check a backup: exit 0 whole, 1 not, 2 failure");
  add_place(check, a.place)->add_option("--backup", a.backup, "A backup by itself: all its files")->type_name("DIR");
  auto* against = check->add_option("--against", a.against,
                                    "Compare the data with this backup: whether it is older, or lacks something");
  against->type_name("DIR");
  check->add_flag("--quick", a.quick, "Do not read the recordings, compare their sizes only")->needs(against);
  check->add_option("MEETING", a.meeting, "Only this meeting")->excludes(against);
  check->callback([&] { chosen = [&] { return verify_what_is_named(a, streams); }; });
}

void add_backup(CLI::App& app, Arguments& a, Action& chosen, const Streams& streams) {
  auto* backup = app.add_subcommand(
      "backup", "Copy journal and recordings, while everything runs: exit 0 whole, 1 a broken chain, 2 failure");
  add_place(backup, a.place);
  backup->add_option("--keep", a.keep, "How many backups to keep there")
      ->capture_default_str()
      ->check(CLI::Range(1, 10000));
  backup->add_option("TO", a.file, "Where backups are kept: a folder, best on another disk")->required();
  backup->callback([&] { chosen = [&] { return make_backup(a.place, a.file, a.keep, streams); }; });

  auto* restore = app.add_subcommand("restore", "Bring a backup back; refused where there is data already");
  add_place(restore, a.place);
  restore->add_option("FROM", a.file, "Where backups are kept (the newest is taken), or one of them")->required();
  restore->callback([&] { chosen = [&] { return restore_backup(a.place, a.file, streams); }; });
}

void add_commands(CLI::App& app, Arguments& a, Action& chosen, const Streams& streams) {
  add_import(app, a, chosen, streams);
  add_user_add(app, a, chosen, streams);
  add_verify(app, a, chosen, streams);
  add_backup(app, a, chosen, streams);

  auto* list = app.add_subcommand("meetings", "The meetings in the journal, one a line");
  add_place(list, a.place);
  list->callback([&] { chosen = [&] { return list_meetings(a.place, streams); }; });

  auto* config = app.add_subcommand("check-config", "Read a configuration and say where it is wrong: exit 0 or 2");
  config->add_option("FILE", a.file, "tyndau.toml; conf.d/*.toml beside it is read too")->required();
  config->callback([&] { chosen = [&] { return check_config(a.file, streams); }; });
}

}  // namespace

int run(std::vector<std::string> arguments, Streams streams) {
  CLI::App app("tyndau: the journal, the accounts and the configuration of a maslikhat's broadcasts", "tyndau");
  app.set_version_flag("--version", "tyndau 0.1.0");
  app.require_subcommand(1);
  Arguments read;
  Action chosen;
  add_commands(app, read, chosen, streams);
  std::reverse(arguments.begin(), arguments.end());  // as CLI11 takes them
  try {
    app.parse(std::move(arguments));
  } catch (const CLI::ParseError& error) {
    // Help and version come this way too, with the code 0.
    return app.exit(error, streams.out, streams.error) == 0 ? kDone : kFailure;
  }
  return chosen();
}

}  // namespace tyndau::cli
