#include "cli/command_line/help_formatter.h"

#include <CLI/CLI.hpp>

#include "cli/terminal/terminal.h"

#include "base/text/text.h"

namespace adit::cli {
namespace {

/// Formats a name and its meaning: side by side, or below each other if the window is narrow or the name is long.
std::string row(const std::string& name, const std::string& meaning, std::size_t column) {
  constexpr std::size_t kLeastMeaning = 30;
  constexpr std::size_t kNarrowIndent = 6;
  const auto room = width(Stream::out);
  const auto indent = room < column + kLeastMeaning ? kNarrowIndent : column;
  const auto used = 2 + columns_of(name);
  const bool beside = used < indent;
  return cat("  ", name, beside ? std::string(indent - used, ' ') : cat('\n', std::string(indent, ' ')),
             wrapped(meaning, room, indent, indent), '\n');
}

class WindowFormatter : public CLI::Formatter {
 public:
  std::string make_description(const CLI::App* app) const override {
    return wrapped(app->get_description(), width(Stream::out)) + '\n';
  }
  std::string make_option(const CLI::Option* option, bool is_positional) const override {
    return row(make_option_name(option, is_positional) + make_option_opts(option), make_option_desc(option),
               get_column_width());
  }
  std::string make_subcommand(const CLI::App* command) const override {
    return row(command->get_name(), command->get_description(), get_column_width());
  }
};

}  // namespace

std::shared_ptr<CLI::FormatterBase> help_formatter() {
  if (is_terminal(Stream::out)) return std::make_shared<WindowFormatter>();
  return std::make_shared<CLI::Formatter>();
}

}  // namespace adit::cli
