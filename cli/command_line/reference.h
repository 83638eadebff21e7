#pragma once

#include <string>

namespace CLI {
class App;
}  // namespace CLI

namespace adit::cli {

/// Documentation generated from the definitions of the commands, with the texts that `--help` shows.

/// Returns docs/reference.md: every command with its options, and all settings.
[[nodiscard]] std::string reference_markdown(const CLI::App& program);

/// Writes below `folder` a manual page for the program and each command (man/: `adit.1`, `adit-key-show.1`, …), and the
/// completion scripts for shells (completions/). The build calls it.
void write_installed_texts(const CLI::App& program, const std::string& folder);

}  // namespace adit::cli
