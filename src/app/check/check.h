#pragma once

#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <tuple>
#include <vector>

#include "adit/clock.h"
#include "adit/environment.h"
#include "adit/error.h"

#include "app/check/script_reader.h"
#include "app/manifest/inputs.h"
#include "app/project/project.h"
#include "app/yaml/yaml_tree.h"

/// `adit check`: finds what is right and what is wrong in a project before it runs anywhere.
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

/// Joins findings that say the same about three or more actions into one that names the actions. This is for people;
/// programs get every finding.
[[nodiscard]] std::vector<Finding> join_findings(const std::vector<Finding>& findings);

/// Returns the finding with `action` and `joint_message` set: the message with "each of these actions" instead of the
/// action's name.
[[nodiscard]] Finding joinable(Finding finding, const Action& action);

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

/// Everything that the checks read; they change nothing in it.
struct CheckSubject {
  Project project;
  /// The process environment over `.env`.
  Environment environment;
  /// `.env` alone; its path is written as messages show it.
  EnvFile env_file;
  WipedString env_text;
  bool env_found = false;
  /// The time at which certificates are checked.
  WallTime now = Clock::system().wall_now();
  /// The project's configuration files, each by itself: edits apply to them.
  std::vector<YamlNode> trees;
  /// The entries of these files by line, column and file.
  std::map<std::tuple<int, int, std::string>, const YamlEntry*> entries;
  /// The full paths of these files, by the names that positions use for them.
  std::map<std::string, std::string, std::less<>> paths;
  /// What was read from each action's sources, by the action's full name; actions may share one.
  std::map<std::string, std::shared_ptr<const SourceReading>, std::less<>> sources;

  [[nodiscard]] const SourceReading& sources_of(const Action& action) const;
  /// Returns the action's entry in its file, or nullptr if it is not found there.
  [[nodiscard]] const YamlEntry* entry_of(const Action& action) const;
  /// Returns the position of the action's key (`runtime`), or of the action if it does not have that key.
  [[nodiscard]] SourcePosition where(const Action& action, std::string_view key) const;
  [[nodiscard]] SourcePosition where_annotation(const Action& action, std::string_view annotation) const;
  /// Returns the full path of the file that a position names.
  [[nodiscard]] std::string path_of(const SourcePosition& where) const;
};

/// Reads the project; errors of its files become findings. Throws only if there is no project (`no_project`), or if
/// `env_file` is given and does not exist.
[[nodiscard]] CheckSubject read_subject(const std::string& root, const std::optional<std::string>& env_file,
                                        Environment process, CheckReport& report);

// One function for each subject. check_project calls all of them.
void check_manifest(const CheckSubject& subject, CheckReport& report);
void check_functions(const CheckSubject& subject, CheckReport& report);
void check_env_file(const CheckSubject& subject, CheckReport& report);
void check_variables(const CheckSubject& subject, CheckReport& report);
void check_references(const CheckSubject& subject, CheckReport& report);
void check_sources(const CheckSubject& subject, CheckReport& report);
void check_credentials(const CheckSubject& subject, CheckReport& report);
void check_access(const CheckSubject& subject, CheckReport& report);
void check_runtimes(const CheckSubject& subject, CheckReport& report);
/// Runs git, which may take a second.
void check_repository(const CheckSubject& subject, CheckReport& report);

/// Runs all checks. The findings are in order of file and line, without duplicates.
void check_project(const CheckSubject& subject, CheckReport& report);

/// Returns the YAML line that maps a variable to the input of the same name: `NAME: $NAME`. Returns `nullopt` if an
/// input cannot refer to such a variable (inputs.h).
[[nodiscard]] std::optional<std::string> mapping_line(const std::string& name);
/// Returns the edit that adds `name: $name` to the action's inputs, or an edit of kind `none` if the manifest's form
/// makes it unsafe.
[[nodiscard]] SafeEdit mapping_edit(const CheckSubject& subject, const Action& action, const std::string& name);

}  // namespace adit::app
