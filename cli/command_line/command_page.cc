#include "cli/command_line/command_page.h"

#include <CLI/CLI.hpp>

#include "cli/command_line/common_options.h"

#include "base/text/text.h"

namespace adit::cli {
namespace {

CommandPage::Entry entry_of(const CLI::Option& option) {
  CommandPage::Entry entry;
  for (const auto& name : option.get_snames()) entry.names.push_back("-" + name);
  for (const auto& name : option.get_lnames()) entry.names.push_back("--" + name);
  entry.about = option.get_description();
  entry.required = option.get_required();
  if (option.get_positional()) {
    entry.names = {option.get_name(true)};
  } else if (option.get_items_expected_max() > 0) {
    entry.value = value_name(option);
  }
  const auto type = option.get_type_name();
  if (const auto begin = type.find('{'); begin != std::string::npos) {
    const auto choices = split_list(type.substr(begin + 1, type.find('}') - begin - 1));
    if (!option.get_positional()) entry.value = join(choices, "|");
  }
  if (const auto& value = option.get_default_str(); !value.empty()) entry.about += cat(" (", value, ")");
  return entry;
}

void add_pages(const CLI::App& app, const std::string& words, std::vector<CommandPage>& pages) {
  pages.push_back(command_page(app, words));
  for (const auto* command : app.get_subcommands([](const CLI::App* one) { return !one->get_group().empty(); }))
    add_pages(*command, cat(words, ' ', command->get_name()), pages);
}

}  // namespace

std::string value_name(const CLI::Option& option) {
  auto type = option.get_type_name();
  for (auto at = type.find(':'); at != std::string::npos; at = type.find(':', at + 1))
    if (at + 1 == type.size() || type[at + 1] != ' ') return type.substr(0, at);  // not in `'NAME: VALUE'`
  return type;
}

CommandPage command_page(const CLI::App& app, std::string words) {
  CommandPage page;
  page.words = std::move(words);
  page.about = app.get_description();
  page.footer = app.get_footer();
  for (const auto* option : app.get_options([](const CLI::Option* one) { return !one->get_group().empty(); })) {
    auto& place = option->get_positional()                                              ? page.arguments
                  : option->get_group() == kCommonGroup || option == app.get_help_ptr() ? page.common
                                                                                        : page.options;
    place.push_back(entry_of(*option));
  }
  for (const auto* command : app.get_subcommands([](const CLI::App* one) { return !one->get_group().empty(); }))
    page.commands.emplace_back(command->get_name(), command->get_description());
  page.usage = page.commands.empty() ? "[OPTIONS]" : "[OPTIONS] COMMAND";
  for (const auto& option : page.options)
    if (option.required) page.usage += cat(' ', option.names.back(), ' ', option.value);
  for (const auto& argument : page.arguments)
    page.usage += argument.required ? cat(' ', argument.names.front()) : cat(" [", argument.names.front(), "]");
  return page;
}

std::vector<CommandPage> command_pages(const CLI::App& program) {
  std::vector<CommandPage> pages;
  add_pages(program, program.get_name(), pages);
  return pages;
}

}  // namespace adit::cli
