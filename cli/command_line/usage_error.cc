#include "cli/command_line/usage_error.h"

#include <algorithm>
#include <optional>
#include <vector>

#include <CLI/CLI.hpp>

#include "cli/command_line/curl_options.h"

#include "base/text/text.h"

namespace adit::cli {
namespace {

/// The innermost subcommand on the command line, and its full name: `adit key generate`.
struct Named {
  const CLI::App* app;
  std::string words;
};

Named innermost(const CLI::App& program) {
  Named named{&program, program.get_name()};
  for (auto used = program.get_subcommands(); !used.empty(); used = named.app->get_subcommands()) {
    named.app = used.front();
    named.words += cat(' ', named.app->get_name());
  }
  return named;
}

std::vector<std::string> commands_of(const CLI::App& app) {
  std::vector<std::string> names;
  for (const auto* command : app.get_subcommands([](const CLI::App*) { return true; }))
    names.push_back(command->get_name());
  return names;
}

/// Returns the names of the arguments that follow the command without an option: `FILE`.
std::vector<std::string> arguments_of(const CLI::App& app) {
  std::vector<std::string> names;
  for (const auto* option : app.get_options([](const CLI::Option* one) { return one->get_positional(); }))
    names.push_back(option->get_name(true));
  return names;
}

std::vector<std::string> options_of(const CLI::App& app) {
  std::vector<std::string> names;
  for (const auto* option : app.get_options([](const CLI::Option*) { return true; }))
    for (const auto& name : option->get_lnames()) names.push_back("--" + name);
  return names;
}

std::string with_nearest(std::string message, std::string_view word, const std::vector<std::string>& known) {
  const auto meant = nearest(word, known);
  return meant ? cat(message, " Did you mean ", *meant, "?") : std::move(message);
}

std::string unexpected(const Named& named, const std::string& word) {
  if (word.starts_with('-')) {
    // A value may follow a short option, or a `=` after a long one.
    const auto option = word.starts_with("--") ? word.substr(0, word.find('=')) : word.substr(0, 2);
    if (const auto instead = named.app->get_name() == "call" ? instead_of_curl_option(option) : std::string();
        !instead.empty())
      return cat("adit call does not have curl's option ", option, ": ", instead);
    return with_nearest(cat(named.words, " has no option ", option, "."), option, options_of(*named.app));
  }
  const auto commands = commands_of(*named.app);
  if (commands.empty()) {
    const auto arguments = arguments_of(*named.app);
    return arguments.empty() ? cat(named.words, " takes no argument, and was given ", described(word), ".")
                             : cat(named.words, " takes one argument, ", join(arguments, ", "), ", and was also given ",
                                   described(word), ".");
  }
  // Show only words that look like commands; anything else may be a token.
  constexpr std::size_t kLongestCommand = 20;
  const bool like_command =
      word.size() <= kLongestCommand && word.find_first_not_of("abcdefghijklmnopqrstuvwxyz-") == std::string::npos;
  return with_nearest(like_command ? cat("There is no command `", named.words, ' ', word, "`.")
                                   : cat(named.words, " has no such command: it was given ", described(word), "."),
                      word, commands);
}

/// Rewrites `--store: 1 required STORE missing` to say what to write.
std::optional<std::string> as_missing_value(std::string_view text) {
  constexpr std::string_view kRequired = " required ";
  const auto colon = text.find(": ");
  const auto required = text.find(kRequired);
  if (colon == std::string_view::npos || required == std::string_view::npos || !text.ends_with(" missing"))
    return std::nullopt;
  const auto begin = required + kRequired.size();
  const auto type = std::string(text.substr(begin, text.size() - begin - std::string_view(" missing").size()));
  const auto choices = type.find('{');
  const auto what =
      choices == std::string::npos
          ? type.substr(0, type.find(':'))
          : cat("one of ", replace_all(type.substr(choices + 1, type.find('}') - choices - 1), ",", ", "));
  return cat(text.substr(0, colon), " needs a value after it: ", what, ".");
}

/// Returns `0 to 9` for both forms of a range in versions of CLI11: `0 to 9` and `[0 - 9]`.
std::string as_range(std::string_view text) {
  if (!text.starts_with('[') || !text.ends_with(']')) return std::string(text);
  return replace_all(std::string(text.substr(1, text.size() - 2)), " - ", " to ");
}

/// Rewrites `--port: Value 99999 not in range [0 - 65535]`. Does not use std::regex, which needs a stack frame for each
/// character.
std::optional<std::string> as_out_of_range(std::string_view text) {
  constexpr std::string_view kValue = ": Value ";
  constexpr std::string_view kRange = " not in range ";
  const auto range = text.rfind(kRange);
  const auto value = text.substr(0, range).find(kValue);
  if (range == std::string_view::npos || value == std::string_view::npos) return std::nullopt;
  const auto begin = value + kValue.size();
  return cat(text.substr(0, value), ": ", described(text.substr(begin, range - begin)),
             " is not a number in the range ", as_range(text.substr(range + kRange.size())), ".");
}

/// Returns `--port: a value of 5 characters` for `--port = VALUE`: the value may be a secret given in the wrong place.
std::string option_and_value(std::string_view text, std::string_view between, const std::vector<std::string>& known) {
  const auto end = std::min(text.find(between), text.size());
  return cat(text.substr(0, end), ": ", described(text.substr(std::min(end + between.size(), text.size())), known));
}

/// Rewrites CLI11's message to name the option and its value. CLI11 has no codes for these errors, so its words are all
/// that tells them apart. If a version changes them, CLI11's own message is shown, and the test of
/// tests/cli/errors.test.mjs fails that compares errors/approved.txt ("Wrong usage").
std::string rewritten(const CLI::ParseError& wrong) {
  const std::string text = wrong.what();
  constexpr std::string_view kNotIn = " not in {";
  if (const auto list = text.find(kNotIn); list != std::string::npos) {
    auto known = text.substr(list + kNotIn.size());
    if (known.ends_with('}')) known.pop_back();
    return cat(option_and_value(text.substr(0, list), ": ", split_list(known)), " is not one of ",
               replace_all(known, ",", ", "), ".");
  }
  if (auto missing = as_missing_value(text)) return *std::move(missing);
  if (auto beyond = as_out_of_range(text)) return *std::move(beyond);
  constexpr std::string_view kConversion = "Could not convert: ";
  if (text.starts_with(kConversion))
    return cat(option_and_value(text.substr(kConversion.size()), " = ", {}), " is not a number.");
  return text.ends_with('.') ? text : text + ".";
}

}  // namespace

std::string usage_error(const CLI::App& program, const CLI::ParseError& wrong) {
  const auto named = innermost(program);
  const auto left = named.app->remaining();
  const bool has_commands = !commands_of(*named.app).empty();
  std::string message;
  if (!left.empty() && (has_commands || dynamic_cast<const CLI::ExtrasError*>(&wrong) != nullptr)) {
    message = unexpected(named, left.front());
  } else if (has_commands && dynamic_cast<const CLI::RequiredError*>(&wrong) != nullptr) {
    message = cat(named.words, " needs a command: ", join(commands_of(*named.app), ", "), ".");
  } else {
    message = rewritten(wrong);
  }
  return cat(message, "\n  See ", named.words, " --help.");
}

}  // namespace adit::cli
