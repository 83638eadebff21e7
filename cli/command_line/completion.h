#pragma once

#include <span>
#include <string>
#include <vector>

namespace CLI {
class App;
}  // namespace CLI

namespace adit::cli {

struct Candidate {
  std::string word;
  std::string about;
};

/// What may follow at the cursor.
struct Completion {
  /// What the shell itself completes in addition.
  enum class Rest { nothing, files, folders };
  std::vector<Candidate> candidates;
  Rest rest = Rest::nothing;
};

/// Completes the last of the words that follow the program's name; it may be empty. Candidates are those that `--help`
/// shows: commands, options and values of options; and the names of the project's actions. Never throws: a project that
/// cannot be read has no names.
[[nodiscard]] Completion complete(const CLI::App& program, std::span<const std::string> words);

/// Answers `adit __complete SHELL …`, which the scripts of completion_script.h call, on stdout. The first line says
/// what the shell completes in addition; each further line is a candidate, a tab and its description. `arguments` are
/// those after `__complete`.
void answer_shell(const CLI::App& program, std::span<const std::string> arguments);

}  // namespace adit::cli
