#include "cli/command_line/command_line.h"

#include <type_traits>
#include <utility>

#include <CLI/CLI.hpp>

namespace adit::cli {

Option Option::type_name(const std::string& name) const { return Option(option_->type_name(name)); }
Option Option::required() const { return Option(option_->required()); }
Option Option::shows_default() const { return Option(option_->capture_default_str()); }
Option Option::in_range(std::int64_t least, std::int64_t most) const {
  return Option(option_->check(CLI::Range(least, most)));
}
Option Option::one_of(const std::vector<std::string>& values) const {
  return Option(option_->check(CLI::IsMember(values)));
}
Option Option::existing_file() const { return Option(option_->check(CLI::ExistingFile)); }
Option Option::repeatable() const { return Option(option_->allow_extra_args(false)->take_all()); }
Option Option::repeatable_pair() const { return Option(option_->type_size(2)->allow_extra_args(false)); }
Option Option::separated_by(char separator) const { return Option(option_->delimiter(separator)); }
Option Option::needs(const Option& other) const { return Option(option_->needs(other.option_)); }
Option Option::excludes(const Option& other) const { return Option(option_->excludes(other.option_)); }
Option Option::group(const std::string& name) const { return Option(option_->group(name)); }

Command Command::add_command(const std::string& name, const std::string& about) const {
  return Command(app_->add_subcommand(name, about));
}

std::vector<Command> Command::commands() const {
  std::vector<Command> inside;
  for (auto* app : app_->get_subcommands([](const CLI::App*) { return true; })) inside.emplace_back(app);
  return inside;
}

void Command::require_command() const { app_->require_subcommand(1); }

template <typename Value>
Option Command::add_option(const std::string& names, Value& variable, const std::string& about) const {
  auto* option = app_->add_option(names, variable, about);
  if constexpr (std::is_same_v<Value, std::string> || std::is_same_v<Value, std::optional<std::string>>)
    option->check([](const std::string& given) {
      return std::string(given.empty() ? "the value is empty, as that of a variable that is not set" : "");
    });
  return Option(option);
}
template Option Command::add_option(const std::string&, std::string&, const std::string&) const;
template Option Command::add_option(const std::string&, std::optional<std::string>&, const std::string&) const;
template Option Command::add_option(const std::string&, std::vector<std::string>&, const std::string&) const;
template Option Command::add_option(const std::string&, int&, const std::string&) const;
template Option Command::add_option(const std::string&, std::uint16_t&, const std::string&) const;
template Option Command::add_option(const std::string&, std::optional<std::uint16_t>&, const std::string&) const;
template Option Command::add_option(const std::string&, std::size_t&, const std::string&) const;

Option Command::add_text(const std::string& names, std::optional<std::string>& variable,
                         const std::string& about) const {
  return Option(app_->add_option_function<std::string>(
      names, [&variable](const std::string& given) { variable = given; }, about));
}

Option Command::add_flag(const std::string& names, bool& variable, const std::string& about) const {
  return Option(app_->add_flag(names, variable, about));
}

void Command::footer(const std::string& text) const { app_->footer(text); }
void Command::run(std::function<void()> work) const { app_->callback(std::move(work)); }
void Command::before_run(std::function<void()> work) const { app_->parse_complete_callback(std::move(work)); }

}  // namespace adit::cli
