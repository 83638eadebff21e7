#pragma once

#include <string>

namespace CLI {
class App;
}  // namespace CLI

namespace adit::cli {

/// What the commands define, the same that `--help` shows, for those who read elsewhere.

/// docs/reference.md: every command with its options, and all settings.
[[nodiscard]] std::string reference_markdown(const CLI::App& program);

/// Writes a manual page for the program and each command (`adit.1`, `adit-key-show.1`, …) and the scripts that complete
/// in shells, below `folder`: man/, completions/. Called by the build.
void write_installed_texts(const CLI::App& program, const std::string& folder);

}  // namespace adit::cli
