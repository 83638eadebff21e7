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
#include "app/project/inputs.h"
#include "app/project/project.h"
#include "app/yaml/yaml_tree.h"

/// `adit check`: what is right and what is wrong with a project, before it runs anywhere.
namespace adit::app {

enum class Severity {
  /// It does not work, or gives a secret away.
  error,
  /// It will stop working, or does something else than meant.
  warning,
  /// Worth knowing.
  note
};

/// `error`, `warning` or `note`.
[[nodiscard]] std::string_view word_of(Severity severity);

/// A change that cannot do harm, made by `adit check --fix`.
struct SafeEdit {
  enum class Kind {
    none,
    /// The lines `text` go into `file` before `line`.
    insert_lines,
    /// At `line` and `column` of `file`, the key `before` becomes `text`.
    rename_key,
    /// `file` gets mode 0600.
    owner_only,
    /// The line `text` goes to the end of `file`, which may not exist yet.
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
  /// What to do, for people; never empty.
  std::string change;
  SafeEdit edit = {};
  /// Of findings that come once for each action: the action, and a sentence without its end for all of them together.
  std::string action = {};
  std::string together = {};
};

/// Findings of one code that say the same of three actions or more become one, which names the actions. For people; a
/// program wants each.
[[nodiscard]] std::vector<Finding> put_together(const std::vector<Finding>& findings);

/// The finding as one that may come for each action alike: what the message says of this one is said of each.
[[nodiscard]] Finding of_each(Finding finding, const Action& action);

/// What checks add to.
struct CheckReport {
  std::vector<Finding> findings;
  /// What was looked at and is right, a sentence each.
  std::vector<std::string> right;

  [[nodiscard]] bool has(Severity severity) const;
};

/// The most findings that one check adds if actions multiply what there is to find; one more finding reports the rest.
constexpr std::size_t kMostFindings = 1000;

/// Everything that checks look at; nothing in it changes while they do.
struct CheckSubject {
  Project project;
  /// The process environment over `.env`.
  Environment environment;
  /// `.env` alone; its path is as messages show it.
  EnvFile env_file;
  WipedString env_text;
  bool env_found = false;
  /// Certificates are judged by it.
  WallTime now = Clock::system().wall_now();
  /// The project's configuration files, not joined: where the edits go.
  std::vector<YamlNode> trees;
  /// Their entries by line, column and file.
  std::map<std::tuple<int, int, std::string>, const YamlEntry*> entries;
  /// The files' full paths by what positions call them.
  std::map<std::string, std::string, std::less<>> paths;
  /// By the action's full name; actions may share one.
  std::map<std::string, std::shared_ptr<const SourceReading>, std::less<>> sources;

  [[nodiscard]] const SourceReading& sources_of(const Action& action) const;
  /// The action's entry in its file; nullptr if it cannot be found again.
  [[nodiscard]] const YamlEntry* entry_of(const Action& action) const;
  /// Where the action's key stands (`runtime`); the action itself if it has none.
  [[nodiscard]] SourcePosition where(const Action& action, std::string_view key) const;
  [[nodiscard]] SourcePosition where_annotation(const Action& action, std::string_view annotation) const;
  /// The full path of a file as a position shows it.
  [[nodiscard]] std::string path_of(const SourcePosition& where) const;
};

/// Reads the project; faults of its files become findings. Throws only where there is no project (`no_project`), or
/// where `env_file` is given and does not exist.
[[nodiscard]] CheckSubject read_subject(const std::string& root, const std::optional<std::string>& env_file,
                                        Environment process, CheckReport& report);

// One function a matter. All are called by check_project.
void check_manifest(const CheckSubject& subject, CheckReport& report);
void check_functions(const CheckSubject& subject, CheckReport& report);
void check_env_file(const CheckSubject& subject, CheckReport& report);
void check_variables(const CheckSubject& subject, CheckReport& report);
void check_references(const CheckSubject& subject, CheckReport& report);
void check_sources(const CheckSubject& subject, CheckReport& report);
void check_credentials(const CheckSubject& subject, CheckReport& report);
void check_access(const CheckSubject& subject, CheckReport& report);
void check_runtimes(const CheckSubject& subject, CheckReport& report);
/// Asks git, which may take a second.
void check_repository(const CheckSubject& subject, CheckReport& report);

/// All of them; findings in order of file and line, each once.
void check_project(const CheckSubject& subject, CheckReport& report);

/// A variable whose value is not for everyone's eyes, judged by its name.
[[nodiscard]] bool names_a_secret(std::string_view name);
/// The line that maps a variable to the input of its name, as YAML wants it: `NAME: $NAME`. Returns `nullopt` if an
/// input cannot name such a variable (inputs.h).
[[nodiscard]] std::optional<std::string> mapping_line(const std::string& name);
/// The edit that adds `name: $name` to the action's inputs; none if the manifest's form makes it unsafe.
[[nodiscard]] SafeEdit mapping_edit(const CheckSubject& subject, const Action& action, const std::string& name);

}  // namespace adit::app
