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

/// What commands are defined with: handles to CLI11's objects, which belong to the program. CLI11 itself, whose headers
/// cost each file that includes them seconds to compile, stays behind command_line.cc.

/// An option or an argument. Each function changes it and returns it, so that they can be written in a row.
class Option {
 public:
  explicit Option(CLI::Option* option) : option_(option) {}

  /// What the help calls its value: `FILE`.
  Option type_name(const std::string& name) const;
  Option required() const;
  /// The help shows the value that its variable has now.
  Option shows_default() const;
  Option in_range(std::int64_t least, std::int64_t most) const;
  Option one_of(const std::vector<std::string>& values) const;
  Option existing_file() const;
  /// It may be given several times, with one value each.
  Option repeatable() const;
  /// It may be given several times, with two values each.
  Option repeatable_pair() const;
  /// Its value may be several, with this between them.
  Option separated_by(char separator) const;
  /// It means nothing without the other one.
  Option needs(const Option& other) const;
  Option excludes(const Option& other) const;
  /// The help's heading for it.
  Option group(const std::string& name) const;

 private:
  CLI::Option* option_;
};

/// A command, a group of commands, or the whole program.
class Command {
 public:
  explicit Command(CLI::App* app) : app_(app) {}

  [[nodiscard]] Command add_command(const std::string& name, const std::string& about) const;
  /// The commands inside.
  [[nodiscard]] std::vector<Command> commands() const;
  /// One of the commands inside has to be named.
  void require_command() const;

  /// `names`: `-o,--output`, or for an argument `FILE`. The variable lives as long as the program runs. What it may be:
  /// command_line.cc.
  template <typename Value>
  Option add_option(const std::string& names, Value& variable, const std::string& about) const;
  /// As add_option, which takes an empty text for none: a shell makes one of every variable that is not set.
  Option add_text(const std::string& names, std::optional<std::string>& variable, const std::string& about) const;
  Option add_flag(const std::string& names, bool& variable, const std::string& about) const;
  /// Stands at the end of the help.
  void footer(const std::string& text) const;

  /// What the command does, once the whole line is read. Throws Error.
  void run(std::function<void()> work) const;
  /// Called once the whole line is read, before what a command does.
  void before_run(std::function<void()> work) const;

 private:
  CLI::App* app_;
};

}  // namespace adit::cli
