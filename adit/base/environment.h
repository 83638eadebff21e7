#pragma once

#include <chrono>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "adit/base/dotenv.h"
#include "adit/base/error.h"
#include "adit/base/secret.h"

#pragma GCC visibility push(default)

namespace adit {

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
};

/// Where settings come from, in the order of precedence: overrides (flags), the process environment, `.env`. Copyable;
/// takes a snapshot of the process environment when made, so that it is thread-safe and tests need not change the
/// process.
class Environment {
 public:
  struct Variable {
    /// May be a secret.
    WipedString value;
    /// File and line where it stands in `.env`; for others file is "the environment" or "the command line" and line 0.
    SourcePosition origin;
  };

  /// Only what is added.
  Environment() = default;
  /// The process environment.
  static Environment process();

  Environment& add_file(const EnvFile& file);
  /// Counts above everything else.
  Environment& set_override(std::string name, std::string value);
  /// As if the process environment had it.
  Environment& set(std::string name, std::string value);

  [[nodiscard]] const Variable* find(std::string_view name) const;
  [[nodiscard]] std::optional<std::string> get(std::string_view name) const;
  [[nodiscard]] std::string get_or(std::string_view name, std::string_view fallback) const;
  /// A time in seconds, fractions allowed; nothing where the variable is unset or empty. Throws Error `invalid_setting`
  /// (configuration) for anything but a number between 0.001 and 86400.
  [[nodiscard]] std::optional<std::chrono::milliseconds> seconds(std::string_view name) const;
  /// The first variable whose name equals `name` in any letter case, exact ones first.
  [[nodiscard]] const Variable* find_ignoring_case(std::string_view name) const;
  /// All names that have a value from somewhere, sorted.
  [[nodiscard]] std::vector<std::string> names() const;
  /// The path of the `.env` file that was added, or empty.
  [[nodiscard]] const std::string& file_path() const { return file_path_; }

 private:
  std::map<std::string, Variable, std::less<>> overrides_;
  std::map<std::string, Variable, std::less<>> process_;
  std::map<std::string, Variable, std::less<>> file_;
  std::string file_path_;
};

}  // namespace adit

#pragma GCC visibility pop
