#pragma once

// The settings of a program: from options, the process environment, `.env` files and the user's file, in this order.
// Settings for times are written in seconds; the program gets milliseconds. `.env` files are read as App Builder reads
// them (docs/protocols/app-builder.md). Throws adit::Error `file_unreadable` and `invalid_setting`. Thread-safety: as
// std::map's.
//
//     auto settings = adit::Environment::process();
//     settings.add_file(adit::EnvFile::read(".env"));
//     const auto timeout = settings.seconds("ADIT_TIMEOUT").value_or(std::chrono::seconds(30));
//     const std::string level = settings.get_or("LOG_LEVEL", "info");

#include <chrono>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "adit/error.h"
#include "adit/secret.h"

#pragma GCC visibility push(default)

namespace adit {

/// A `.env` file: the grammar of npm's dotenv (versions 16 and 17), plus one rule for private keys that people paste.
/// If an unquoted value is the first line of a base64 or PEM text that continues on the next lines (as
/// `base64 private.key` and `certutil -encode` print it), those lines belong to the value, with `\n` between them.
/// dotenv itself would read only the first line.
struct EnvFile {
  struct Entry {
    std::string key;
    /// May be a secret.
    WipedString value;
    /// The line of the key; the first line is 1.
    int line = 0;
  };

  std::string path;
  /// In the order of the file. If the file sets a key twice, both entries are here; the later one wins.
  std::vector<Entry> entries;

  /// Throws Error `file_unreadable`.
  static EnvFile read(const std::string& path);
  static EnvFile parse(std::string_view text, std::string path);

  /// Returns the variables that the file sets, under the names that adobe/aio-lib-core-config gives them: upper case. A
  /// name keeps its spelling if another line has exactly the upper-case name, or an earlier line of another spelling
  /// has taken it. If two lines have the same name, the last one wins. The pointers point into `entries`.
  [[nodiscard]] std::map<std::string, const Entry*, std::less<>> variables() const;
};

/// What set a setting. A project's files may come from another person, for example in a repository that the user has
/// cloned; the user controls all other sources.
enum class SettingSource { project, user_file, environment, command_line };

/// Where a setting, or a secret given in another way, comes from; without its value. For messages, and to decide
/// whether a secret may be sent to the server that a setting names.
struct SettingOrigin {
  std::string name;
  SettingSource source = SettingSource::project;
  /// As Environment::Variable::origin.
  SourcePosition where;
};

/// Settings from several sources. They are read in this order; the first one found wins:
///
/// 1. overrides (options of a command),
/// 2. the process environment,
/// 3. the project's files (`.env`),
/// 4. the user's configuration file.
///
/// process() copies the process environment, so that later changes of it have no effect here, and tests need not
/// change it.
class Environment {
 public:
  struct Variable {
    /// May be a secret.
    WipedString value;
    /// The file and line. For the other sources, the file is "the environment" or "the command line", and the line 0.
    SourcePosition origin;
    SettingSource source = SettingSource::environment;
  };

  /// Makes an empty environment.
  Environment() = default;
  /// Returns the variables of the process environment.
  static Environment process();

  /// Adds a project's file, with its names in upper case (EnvFile::variables).
  Environment& add_file(const EnvFile& file);
  /// Sets the folder that paths in the project's files must not leave. If it is not set, that is the folder of each
  /// file.
  Environment& set_project_root(std::string folder);
  /// Sets a variable that takes precedence over all other sources.
  Environment& set_override(std::string name, std::string value);
  /// As above, but the variable keeps its own source and origin.
  Environment& set_override(std::string name, Variable variable);
  /// Sets a variable as if the process environment contained it.
  Environment& set(std::string name, std::string value);

  [[nodiscard]] const Variable* find(std::string_view name) const;
  [[nodiscard]] std::optional<std::string> get(std::string_view name) const;
  [[nodiscard]] std::string get_or(std::string_view name, std::string_view fallback) const;
  /// Returns nullopt if the variable is unset or blank.
  [[nodiscard]] std::optional<SettingOrigin> origin_of(std::string_view name) const;
  /// Reads a time in seconds, fractions allowed. Returns nullopt if the variable is unset or empty. Throws Error
  /// `invalid_setting` (configuration) if the value is not a number between 0.001 and 86400.
  [[nodiscard]] std::optional<std::chrono::milliseconds> seconds(std::string_view name) const;
  /// Finds a variable by its name in any letter case. A source of higher precedence wins; within one source, the exact
  /// spelling wins. Returns nullptr if there is none.
  [[nodiscard]] const Variable* find_ignoring_case(std::string_view name) const;
  /// Returns the names of all variables that begin with `beginning`, in any letter case; sorted, each once.
  [[nodiscard]] std::vector<std::string> names(std::string_view beginning = {}) const;
  /// The path of the `.env` file that was added; empty if none was.
  [[nodiscard]] const std::string& file_path() const { return file_path_; }
  /// The folder given to set_project_root(); empty if it was not called.
  [[nodiscard]] const std::string& project_root() const { return project_root_; }

 private:
  std::map<std::string, Variable, std::less<>> overrides_;
  std::map<std::string, Variable, std::less<>> process_;
  std::map<std::string, Variable, std::less<>> file_;
  std::map<std::string, Variable, std::less<>> user_file_;
  std::string file_path_;
  std::string project_root_;
};

}  // namespace adit

#pragma GCC visibility pop
