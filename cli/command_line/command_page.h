#pragma once

#include <string>
#include <utility>
#include <vector>

namespace CLI {
class App;
class Option;
}  // namespace CLI

namespace adit::cli {

/// The documentation of a command, read from its definition.
struct CommandPage {
  struct Entry {
    /// The parts of `-o, --output FILE`: the names, and what follows them.
    std::vector<std::string> names;
    std::string value;
    std::string about;
    bool required = false;
  };
  /// `adit key show`
  std::string words;
  std::string about;
  /// What follows `words`: `[OPTIONS] FILE`
  std::string usage;
  std::vector<Entry> arguments;
  std::vector<Entry> options;
  /// The options that every command has.
  std::vector<Entry> common;
  /// The subcommands of a group: the name and the description of each.
  std::vector<std::pair<std::string, std::string>> commands;
  std::string footer;
};

/// Returns the name of an option's value in the help (`FILE`), without what validators append after a colon.
[[nodiscard]] std::string value_name(const CLI::Option& option);

/// Returns the page of the command whose full name is `words`.
[[nodiscard]] CommandPage command_page(const CLI::App& app, std::string words);

/// Returns the program's page, then those of its commands and their subcommands, in the order of their definitions.
[[nodiscard]] std::vector<CommandPage> command_pages(const CLI::App& program);

}  // namespace adit::cli
