#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "adit/error.h"

namespace adit::app {

enum class Severity {
  /// The project does not work, or it exposes a secret.
  error,
  /// The project will stop working, or it does something other than intended.
  warning,
  /// Worth knowing.
  note
};

/// Returns `error`, `warning` or `note`.
[[nodiscard]] std::string_view severity_name(Severity severity);

/// A change that can do no harm; `adit check --fix` makes it.
struct SafeEdit {
  enum class Kind {
    none,
    /// Insert the lines `text` into `file` before `line`.
    insert_lines,
    /// Rename the key `before`, at `line` and `column` of `file`, to `text`.
    rename_key,
    /// Set the mode of `file` to 0600.
    owner_only,
    /// Append the line `text` to `file`, which may not exist yet.
    append_line
  };

  Kind kind = Kind::none;
  std::string file;
  int line = 0;
  int column = 0;
  std::string before = {};
  std::string text = {};
};

struct Finding {
  /// Stable: `input_not_mapped`, `jwt_retired`, …
  std::string code;
  Severity severity = Severity::error;
  SourcePosition where;
  std::string message;
  /// What the user should do; never empty.
  std::string change;
  SafeEdit edit = {};
  /// Set if the same finding can occur for several actions: the action, and a sentence about all of them, without its
  /// full stop.
  std::string action = {};
  std::string joint_message = {};
};

/// The results of the checks.
struct CheckReport {
  std::vector<Finding> findings;
  /// The checks that passed, one sentence each.
  std::vector<std::string> passed;

  [[nodiscard]] bool has(Severity severity) const;
};

/// The most findings that a check adds if their number grows with the number of actions; one more finding says that
/// others were left out.
constexpr std::size_t kMostFindings = 1000;

/// Returns true if a check has added `kMostFindings` findings, and then adds the one that says so. `before` is the
/// number of findings before the check began.
[[nodiscard]] bool is_full(std::size_t before, CheckReport& report);

}  // namespace adit::app
