#pragma once

#include "cli/command_line/command_line.h"

namespace adit::cli {

// One function for each subcommand adds it to the program, with its options and its action. The action may set
// `exit_code()`, or throw Error, which main turns into a message and exit code 2 (configuration) or 1.
void add_activation(Command program);
void add_build(Command program);
void add_call(Command program);
void add_check(Command program);
void add_completion(Command program);
void add_deploy(Command program);
void add_dev(Command program);
void add_emulator(Command program);
void add_ims(Command program);
void add_fire(Command program);
void add_info(Command program);
void add_invoke(Command program);
void add_jwt(Command program);
void add_key(Command program);
void add_logs(Command program);
void add_migrate(Command program);
void add_import(Command program);
void add_new(Command program);
void add_package(Command program);
void add_run(Command program);
void add_token(Command program);
void add_undeploy(Command program);
void add_version(Command program);

/// The exit code of the program if no Error is thrown; 0 unless a command sets it.
int& exit_code();

}  // namespace adit::cli
