#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace CLI {
class App;
}  // namespace CLI

namespace adit::cli {

struct Candidate {
  std::string word;
  std::string about;
};

/// What may stand where somebody is typing.
struct Completion {
  /// What the shell itself finds besides.
  enum class Rest { nothing, files, folders };
  std::vector<Candidate> candidates;
  Rest rest = Rest::nothing;
};

/// Completes the last of the words (those after the program's name; it may be empty) by what the commands define, the
/// same that `--help` shows: commands, options, values of options, and the names of the project's actions. Never
/// throws: a project that cannot be read has no names.
[[nodiscard]] Completion complete(const CLI::App& program, std::span<const std::string> words);

/// The script that makes a shell ask `adit __complete`; empty for a shell that is none of kShells.
[[nodiscard]] std::string_view completion_script(std::string_view shell);
inline constexpr std::string_view kShells[] = {"bash", "zsh", "fish"};

/// `adit __complete SHELL …`, which those scripts call, answered on stdout: what the shell finds besides, on a line of
/// its own, then a candidate a line, behind a tab what it is about. Arguments are what follows `__complete`.
void answer_shell(const CLI::App& program, std::span<const std::string> arguments);

}  // namespace adit::cli
