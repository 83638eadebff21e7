#include "cli/command_line/help_formatter.h"

#include <CLI/CLI.hpp>

#include "cli/command_line/command_page.h"
#include "cli/command_line/common_options.h"
#include "cli/terminal/terminal.h"

#include "base/text/text.h"

namespace adit::cli {
namespace {

/// Formats a name and its meaning: side by side, or below each other if the window is narrow or the name is long.
std::string help_row(const std::string& name, const std::string& meaning) {
  constexpr std::size_t kColumn = 30;
  constexpr std::size_t kLeastMeaning = 30;
  constexpr std::size_t kNarrowIndent = 6;
  const auto room = folding_width(Stream::out);
  const auto indent = room < kColumn + kLeastMeaning ? kNarrowIndent : kColumn;
  const auto used = 2 + columns_of(name);
  const bool beside = used < indent;
  return cat("  ", name, beside ? std::string(indent - used, ' ') : cat('\n', std::string(indent, ' ')),
             wrapped(meaning, room, indent, indent), '\n');
}

std::string entries_below(std::string_view heading, const std::vector<CommandPage::Entry>& entries) {
  if (entries.empty()) return {};
  auto text = cat('\n', heading, ":\n");
  for (const auto& entry : entries)
    text += help_row(cat(join(entry.names, ", "), entry.value.empty() ? "" : " ", entry.value), entry.about);
  return text;
}

/// Prints what docs/reference.md and the manual pages contain. CLI11's own formatter would print its names of types
/// and constraints (`TEXT:{jwt,oauth} REQUIRED Excludes: --json`).
class PageFormatter : public CLI::Formatter {
 public:
  std::string make_help(const CLI::App* app, std::string name, CLI::AppFormatMode) const override {
    const auto page = command_page(*app, std::move(name));
    auto text = cat(wrapped(page.about, folding_width(Stream::out)), "\nUsage: ", page.words, ' ', page.usage, '\n');
    text += entries_below("Arguments", page.arguments) + entries_below("Options", page.options);
    if (!page.commands.empty()) text += "\nCommands:\n";
    for (const auto& [command, about] : page.commands) text += help_row(command, about);
    text += entries_below(kCommonGroup, page.common);
    return page.footer.empty() ? text : cat(text, '\n', page.footer, '\n');
  }
};

}  // namespace

std::shared_ptr<CLI::FormatterBase> help_formatter() { return std::make_shared<PageFormatter>(); }

}  // namespace adit::cli
