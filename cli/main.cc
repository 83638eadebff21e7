#include <algorithm>
#include <array>
#include <csignal>
#include <cstdio>
#include <exception>
#include <filesystem>
#include <iostream>
#include <new>
#include <span>
#include <string>
#include <string_view>
#include <system_error>
#include <vector>

#include <CLI/CLI.hpp>
#include <fcntl.h>
#include <unistd.h>

#include "adit/error.h"
#include "cli/command_line/command.h"
#include "cli/command_line/common_options.h"
#include "cli/command_line/completion.h"
#include "cli/command_line/help_formatter.h"
#include "cli/command_line/reference.h"
#include "cli/command_line/usage_error.h"
#include "cli/terminal/terminal.h"
#include "cli/terminal/version_text.h"
#include "cli/terminal/visible_buffer.h"

#include "base/current_error.h"
#include "base/text/text.h"
#include "crypto/start_openssl.h"
#include "system/malloc_arenas.h"

namespace adit::cli {

namespace {

/// Handles the hidden commands that shells and the build call.
bool run_hidden_command(const CLI::App& program, const std::vector<std::string>& words) {
  if (words.front() == "__complete") {
    answer_shell(program, std::span(words).subspan(1));
  } else if (words.front() == "__reference") {
    std::cout << reference_markdown(program);
  } else if (words.front() == "__installed_texts" && words.size() == 2) {
    write_installed_texts(program, words.back());
  } else {
    return false;
  }
  return true;
}

/// Opens /dev/null for each standard stream that the caller closed, so that no file or socket gets its number, and with
/// it what the program prints. It is opened for reading: writing to a closed stdout must remain an error.
void occupy_closed_streams() {
  int descriptor = 0;
  do descriptor = ::open("/dev/null", O_RDONLY);
  while (descriptor >= 0 && descriptor <= STDERR_FILENO);
  if (descriptor >= 0) ::close(descriptor);
}

struct NamedCommand {
  std::string_view name;
  void (*add)(Command program);
};

constexpr std::array kCommands =
    std::to_array<NamedCommand>({{"new", add_new},           {"invoke", add_invoke},
                                 {"dev", add_dev},           {"build", add_build},
                                 {"package", add_package},   {"deploy", add_deploy},
                                 {"undeploy", add_undeploy}, {"info", add_info},
                                 {"logs", add_logs},         {"activation", add_activation},
                                 {"fire", add_fire},         {"check", add_check},
                                 {"token", add_token},       {"key", add_key},
                                 {"jwt", add_jwt},           {"ims", add_ims},
                                 {"call", add_call},         {"import", add_import},
                                 {"migrate", add_migrate},   {"emulator", add_emulator},
                                 {"run", add_run},           {"completion", add_completion},
                                 {"version", add_version}});

/// Adds the command that the first word names. If it names none, adds all commands, for help, suggestions and
/// completion. Defining all commands takes longer than many commands run.
void add_commands(Command program, std::string_view first_word) {
  if (first_word == "--version") return;
  const auto* const named = std::ranges::find(kCommands, first_word, &NamedCommand::name);
  if (named != kCommands.end()) return named->add(program);
  for (const auto& command : kCommands) command.add(program);
}

/// Returns the exit code, or reports an error if stdout could not be written completely.
int finished(int code) {
  if (!std::cout.flush())
    throw Error::failure("output_failed", "The result could not be written to stdout.")
        .hint("Check that the disk is not full and that the program that reads the output is still running.");
  return code;
}

int run_program(int argc, char** argv) {
  CLI::App app("Access to Adobe APIs: tokens, App Builder actions in C++, and an emulator of IMS.", "adit");
  app.formatter(help_formatter());
  app.set_help_flag("-h,--help", "Print this help");
  app.set_version_flag("--version", version_text, "Print the version");
  app.require_subcommand(1);
  app.fallthrough(false);
  const Command program(&app);
  add_commands(program, argc > 1 ? argv[1] : "");
  add_common_options(program);

  if (argc == 1) {
    std::cerr << app.help();
    return 2;
  }
  if (run_hidden_command(app, {argv + 1, argv + argc})) return finished(0);
  try {
    app.parse(argc, argv);
  } catch (const CLI::Success& asked) {  // --help, --version
    return finished(app.exit(asked));
  } catch (const CLI::ParseError& wrong) {
    print_error(usage_error(app, wrong));
    return 2;
  }
  return finished(exit_code());
}

/// Words what std::filesystem reports where no function expects an error: mostly that the current folder or that of
/// TMPDIR does not exist.
Error filesystem_failure(const std::filesystem::filesystem_error& error) {
  std::error_code gone;
  static_cast<void>(std::filesystem::current_path(gone));
  if (gone)
    return Error::configuration("file_unreadable", "The current folder does not exist any more.")
        .hint("Change to a folder that exists.");
  const auto path = error.path1().string();
  return Error::configuration("file_unreadable", cat(path.empty() ? "The folder for temporary files" : path,
                                                     " cannot be used: ", error.code().message(), "."))
      .hint("Check its permissions. If TMPDIR is set, it must name a folder that exists.");
}

int report(const Error& error) {
  print_error(error.to_string());
  return error.is_configuration() ? 2 : 1;
}

int run_guarded(int argc, char** argv) {
  try {
    return run_program(argc, argv);
  } catch (const Error& error) {
    return report(error);
  } catch (const std::filesystem::filesystem_error& error) {
    return report(filesystem_failure(error));
  } catch (const std::bad_alloc&) {
    throw;
  } catch (const std::exception& error) {
    const auto shown = current_error("failed", "");
    print_error(shown.code() == "failed" ? error.what() : shown.to_string());
    return 1;
  }
}

}  // namespace
}  // namespace adit::cli

int main(int argc, char** argv) {
  adit::cli::occupy_closed_streams();
  // A closed pipe and a file that must not grow (ulimit -f) become errors of the write instead of ending the process.
  std::signal(SIGPIPE, SIG_IGN);
  std::signal(SIGXFSZ, SIG_IGN);
  // If it is ignored, as some parents leave it, the kernel keeps no exit status of a child.
  std::signal(SIGCHLD, SIG_DFL);
  adit::start_openssl();
  adit::limit_malloc_arenas();
  try {
    adit::cli::make_output_visible();
    return adit::cli::run_guarded(argc, argv);
  } catch (...) {
    // std::bad_alloc, possibly while making an error message: this line allocates nothing.
    std::fputs("adit: Out of memory.\n", stderr);
    return 1;
  }
}
