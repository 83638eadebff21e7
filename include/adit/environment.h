#pragma once

// Settings of a program: flags, process environment, `.env`, user's file, in this order. A value: threads may read one
// copy at once. Times are in seconds where a setting is read, and in milliseconds in the program.
//
//     auto settings = adit::Environment::process();
//     settings.add_file(adit::EnvFile::read(".env"));
//     const auto timeout = settings.seconds("ADIT_TIMEOUT").value_or(std::chrono::seconds(30));
//     const std::string level = settings.get_or("LOG_LEVEL", "info");

#include <chrono>
#include <cstddef>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "adit/error.h"
#include "adit/secret.h"

#pragma GCC visibility push(default)

namespace adit {

struct DotenvEntry {
  std::string key;
  WipedString value;
  /// Line of the key, from 1.
  int line = 0;
  /// The byte range of the whole match in the source text (after the `\r\n?` to `\n` rule has been applied, see
  /// `normalise_line_ends`): [begin, end).
  std::size_t begin = 0;
  std::size_t end = 0;
  /// Where the value stands in that range, with its quotes; empty if there is none.
  std::size_t value_begin = 0;
  std::size_t value_end = 0;
};

/// `.env` text by exactly the grammar of npm's `dotenv` (its `parse` in version 16/17): the same keys and the same
/// values for every text. Entries come in file order; a key that stands twice comes twice, and the later one counts.
/// Source: https://github.com/motdotla/dotenv, lib/main.js, the expression LINE.
[[nodiscard]] std::vector<DotenvEntry> parse_dotenv(std::string_view text);

/// The same, entry by entry, for readers that want to look at what stands between them. `text` has to be normalised and
/// to outlive it.
class DotenvScanner {
 public:
  explicit DotenvScanner(std::string_view text) : text_(text) {}
  [[nodiscard]] std::optional<DotenvEntry> next();
  /// Goes on at this byte of the text.
  void skip_to(std::size_t position) { position_ = position; }

 private:
  std::string_view text_;
  std::size_t position_ = 0;
  /// The line of `counted_`, so that lines are counted just once.
  std::size_t counted_ = 0;
  int line_ = 1;
};

/// `\r\n` and `\r` become `\n`, as dotenv does before it parses.
[[nodiscard]] std::string normalise_line_ends(std::string_view text);

/// A `.env` file: npm dotenv's grammar, plus one rule for the private keys that people paste. A key whose unquoted
/// value is the beginning of base64 or PEM text that goes on over the next lines (what `base64 private.key` and
/// `certutil -encode` print) takes those lines as its value, line ends kept as `\n`; dotenv itself would cut the key
/// off after its first line.
struct EnvFile {
  std::string path;
  std::vector<DotenvEntry> entries;

  /// Throws Error `file_unreadable`.
  static EnvFile read(const std::string& path);
  static EnvFile parse(std::string_view text, std::string path);

  /// The variables that the file sets, as adobe/aio-lib-core-config names them: in upper case. If that name is
  /// taken, by another line or by one before it that was spelt otherwise, a name stays as it is written. Of two lines
  /// with one name the last counts. Points into `entries`.
  [[nodiscard]] std::map<std::string, const DotenvEntry*, std::less<>> variables() const;
};

/// What a setting was set by. The files of a project may be somebody else's, for example those of a repository that the
/// user has cloned; all other sources are the user's own.
enum class SettingSource { project, user_file, environment, command_line };

/// A setting, or a secret that was given in another way, without its value: for messages, and to decide whether a
/// secret may go where a setting says (secret_destination.h).
struct SettingOrigin {
  std::string name;
  SettingSource source = SettingSource::project;
  /// As Environment::Variable::origin.
  SourcePosition where;
};

/// Where settings come from, in the order of precedence: overrides (flags), the process environment, `.env`, the user's
/// configuration file. Copyable; takes a snapshot of the process environment when made, so that it is thread-safe and
/// tests need not change the process.
class Environment {
 public:
  struct Variable {
    /// May be a secret.
    WipedString value;
    /// File and line where it stands in a file; for others file is "the environment" or "the command line" and line 0.
    SourcePosition origin;
    SettingSource source = SettingSource::environment;
  };

  /// Only what is added.
  Environment() = default;
  /// The process environment.
  static Environment process();

  /// Adds a project's file: its names in upper case (EnvFile::variables).
  Environment& add_file(const EnvFile& file);
  /// The folder that paths in the project's files must not leave. Without it, the folder of each file.
  Environment& set_project_root(std::string folder);
  /// Counts above everything else.
  Environment& set_override(std::string name, std::string value);
  /// The same for a variable that keeps its source.
  Environment& set_override(std::string name, Variable variable);
  /// As if the process environment had it.
  Environment& set(std::string name, std::string value);

  [[nodiscard]] const Variable* find(std::string_view name) const;
  [[nodiscard]] std::optional<std::string> get(std::string_view name) const;
  [[nodiscard]] std::string get_or(std::string_view name, std::string_view fallback) const;
  /// Returns nullopt if the variable is unset or blank.
  [[nodiscard]] std::optional<SettingOrigin> origin_of(std::string_view name) const;
  /// A time in seconds, fractions allowed; nothing if the variable is unset or empty. Throws Error `invalid_setting`
  /// (configuration) for anything but a number between 0.001 and 86400.
  [[nodiscard]] std::optional<std::chrono::milliseconds> seconds(std::string_view name) const;
  /// The first variable whose name equals `name` in any letter case; in each of the places that are looked at one after
  /// the other, exact ones first.
  [[nodiscard]] const Variable* find_ignoring_case(std::string_view name) const;
  /// All names that have a value from somewhere and begin like this in any letter case, sorted.
  [[nodiscard]] std::vector<std::string> names(std::string_view beginning = {}) const;
  /// The path of the `.env` file that was added, or empty.
  [[nodiscard]] const std::string& file_path() const { return file_path_; }
  /// What set_project_root() was given, or empty.
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
