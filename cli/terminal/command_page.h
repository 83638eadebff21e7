#pragma once

#include <string>
#include <utility>
#include <vector>

namespace CLI {
class App;
class Option;
}  // namespace CLI

namespace adit::cli {

/// A command as its documentation shows it, read from its definition.
struct CommandPage {
  struct Entry {
    /// `-o, --output FILE`, as parts: names, what follows them.
    std::vector<std::string> names;
    std::string value;
    std::string about;
    bool required = false;
  };
  /// `adit key show`
  std::string words;
  std::string about;
  /// What `words` is followed by: `[OPTIONS] FILE`
  std::string usage;
  std::vector<Entry> arguments;
  std::vector<Entry> options;
  /// Those that every command has.
  std::vector<Entry> common;
  /// The commands of a group: name and what it is about.
  std::vector<std::pair<std::string, std::string>> commands;
  std::string footer;
};

/// What the help calls an option's value (`FILE`), without what its validators add behind a colon.
[[nodiscard]] std::string value_name(const CLI::Option& option);

/// The program's page, then those of its commands and theirs, in the order in which they are defined.
[[nodiscard]] std::vector<CommandPage> command_pages(const CLI::App& program);

}  // namespace adit::cli
