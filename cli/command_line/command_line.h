#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <vector>

namespace CLI {
class App;
class Option;
}  // namespace CLI

namespace adit::cli {

/// The interface with which commands are defined: handles to CLI11's objects, which the program owns. Only
/// command_line.cc and a few other files include CLI11, because its headers take seconds to compile.

/// An option or an argument. Each function changes it and returns it, so that calls can be chained.
class Option {
 public:
  explicit Option(CLI::Option* option) : option_(option) {}

  /// Sets the name of its value in the help: `FILE`.
  Option type_name(const std::string& name) const;
  Option required() const;
  /// Shows the variable's current value in the help as the default.
  Option shows_default() const;
  Option in_range(std::int64_t least, std::int64_t most) const;
  Option one_of(const std::vector<std::string>& values) const;
  Option existing_file() const;
  /// Allows the option several times, with one value each.
  Option repeatable() const;
  /// Allows the option several times, with two values each.
  Option repeatable_pair() const;
  /// Allows several values in one, separated by this character.
  Option separated_by(char separator) const;
  /// Requires the other option.
  Option needs(const Option& other) const;
  Option excludes(const Option& other) const;
  /// Sets the heading above it in the help.
  Option group(const std::string& name) const;

 private:
  CLI::Option* option_;
};

/// A command, a group of commands, or the whole program.
class Command {
 public:
  explicit Command(CLI::App* app) : app_(app) {}

  [[nodiscard]] Command add_command(const std::string& name, const std::string& about) const;
  /// Returns its subcommands.
  [[nodiscard]] std::vector<Command> commands() const;
  /// Requires one of its subcommands on the command line.
  void require_command() const;

  /// Adds an option. `names` is `-o,--output`, or `FILE` for an argument. The variable must live as long as the program
  /// runs. command_line.cc lists the types that it may have.
  template <typename Value>
  Option add_option(const std::string& names, Value& variable, const std::string& about) const;
  /// Like add_option, but accepts an empty text. add_option refuses one for a single text, because a shell passes it
  /// for every variable that is not set, and a check must not be skipped for that reason.
  Option add_text(const std::string& names, std::optional<std::string>& variable, const std::string& about) const;
  Option add_flag(const std::string& names, bool& variable, const std::string& about) const;
  /// Adds a text at the end of the help.
  void footer(const std::string& text) const;

  /// Sets what the command does after the whole line is parsed. `work` may throw Error.
  void run(std::function<void()> work) const;
  /// Sets what is called after the whole line is parsed, before the command's work.
  void before_run(std::function<void()> work) const;

 private:
  CLI::App* app_;
};

}  // namespace adit::cli
