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
#include "adit/secret.h"

#include "app/project/project.h"
#include "app/sources/source_reading.h"
#include "app/yaml/yaml_tree.h"

namespace adit::app {

struct CheckReport;

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

/// Reads the project. Errors in its files become findings. Throws Error `no_project` if no project is found, and an
/// Error if `env_file` is given and does not exist.
[[nodiscard]] CheckSubject read_subject(const std::string& root, const std::optional<std::string>& env_file,
                                        Environment process, CheckReport& report);

}  // namespace adit::app
