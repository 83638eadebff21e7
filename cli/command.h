#pragma once

#include <CLI/CLI.hpp>

namespace adit::cli {

// One function a subcommand: it adds the subcommand to the program with its options and what it does. What it does
// returns by setting `exit_code()` or throws Error, which main turns into a message and exit code 2 (configuration)
// or 1.
void add_build(CLI::App& program);
void add_call(CLI::App& program);
void add_check(CLI::App& program);
void add_completion(CLI::App& program);
void add_dev(CLI::App& program);
void add_emulator(CLI::App& program);
void add_ims(CLI::App& program);
void add_invoke(CLI::App& program);
void add_jwt(CLI::App& program);
void add_key(CLI::App& program);
void add_migrate(CLI::App& program);
void add_import(CLI::App& program);
void add_new(CLI::App& program);
void add_package(CLI::App& program);
void add_token(CLI::App& program);
void add_version(CLI::App& program);

/// The exit code of the program where no Error was thrown; 0 until a command says otherwise.
int& exit_code();

}  // namespace adit::cli
