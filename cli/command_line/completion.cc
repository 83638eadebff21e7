#include "cli/command_line/completion.h"

#include <algorithm>
#include <array>
#include <iostream>
#include <map>
#include <optional>
#include <utility>

#include <CLI/CLI.hpp>

#include "adit/error.h"
#include "cli/command_line/command_page.h"

#include "app/project/load_project.h"
#include "app/project/project_root.h"
#include "base/text/text.h"

namespace adit::cli {
namespace {

/// The candidates for values with this name in the help, for options that do not list their choices themselves.
struct Values {
  std::vector<std::string> words;
  Completion::Rest rest = Completion::Rest::nothing;
};

const Values& values_called(const std::string& name) {
  using Rest = Completion::Rest;
  static const std::map<std::string, Values, std::less<>> kKnown = {
      {"FILE", {{}, Rest::files}},
      {"FILE.json", {{}, Rest::files}},
      {"FILE|URL", {{}, Rest::files}},
      {"PREFIX", {{}, Rest::files}},
      {"DIR", {{}, Rest::folders}},
      {"IMS", {{"local", "prod", "stage"}}},
      {"STORE", {{"memory:", "file:", "redis://", "rediss://", "unix:"}}},
      {"METHOD", {{"DELETE", "GET", "HEAD", "PATCH", "POST", "PUT"}}},
      {"ALG", {{"RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512", "EdDSA", "Ed25519"}}}};
  static const Values kNone;
  const auto found = kKnown.find(name);
  return found == kKnown.end() ? kNone : found->second;
}

bool is_shown(const CLI::App* command) { return !command->get_group().empty(); }

/// Reads the words before the last one as the parser of the command line does.
class Reader {
 public:
  explicit Reader(const CLI::App& program) : app_(&program) {}

  void read(const std::string& word) {
    if (pending_ > 0) {
      if (option_->check_lname("project")) project_ = word;
      --pending_;
    } else if (only_arguments_ || !word.starts_with('-') || word == "-") {
      read_argument(word);
    } else if (word == "--") {
      only_arguments_ = true;
    } else {
      read_option(word);
    }
  }

  [[nodiscard]] Completion complete(const std::string& word) const {
    if (pending_ > 0) return values_of(*option_, word, "");
    if (!only_arguments_ && word.starts_with("--") && word.find('=') != std::string::npos) {
      const auto equals = word.find('=');
      const auto* option = option_named(word.substr(0, equals));
      return option == nullptr ? Completion{} : values_of(*option, word.substr(equals + 1), word.substr(0, equals + 1));
    }
    if (!only_arguments_ && word.starts_with('-') && word != "-") return options(word);
    auto found = arguments(word);
    // If nothing else can follow, offer the options.
    if (found.candidates.empty() && found.rest == Completion::Rest::nothing && word.empty()) return options("--");
    return found;
  }

 private:
  void read_argument(const std::string& word) {
    for (const auto* command : app_->get_subcommands([](const CLI::App*) { return true; })) {
      if (command->get_name() != word || given_ > 0 || only_arguments_) continue;
      app_ = command;
      return;
    }
    ++given_;
  }

  void read_option(const std::string& word) {
    const bool is_long = word.starts_with("--");
    const auto equals = is_long ? word.find('=') : std::string::npos;
    const auto* option = option_named(is_long ? word.substr(0, equals) : word.substr(0, 2));
    if (option == nullptr) return;
    const bool has_value = equals != std::string::npos || (!is_long && word.size() > 2);
    if (has_value) {
      if (option->check_lname("project") && is_long) project_ = word.substr(equals + 1);
      return;
    }
    option_ = option;
    pending_ = option->get_items_expected_max() == 0 ? 0 : option->get_type_size();
  }

  [[nodiscard]] const CLI::Option* option_named(const std::string& name) const {
    for (const auto* option : app_->get_options([](const CLI::Option*) { return true; }))
      if (option->check_name(name)) return option;
    return nullptr;
  }

  [[nodiscard]] Completion options(const std::string& word) const {
    Completion found;
    for (const auto* option : app_->get_options([](const CLI::Option*) { return true; }))
      for (const auto& name : option->get_lnames())
        if (auto full = "--" + name; full.starts_with(word))
          found.candidates.push_back({std::move(full), option->get_description()});
    return found;
  }

  [[nodiscard]] Completion arguments(const std::string& word) const {
    Completion found;
    if (given_ == 0 && !only_arguments_) {
      for (const auto* command : app_->get_subcommands([](const CLI::App*) { return true; }))
        if (is_shown(command) && command->get_name().starts_with(word))
          found.candidates.push_back({command->get_name(), command->get_description()});
    }
    int place = 0;
    for (const auto* option : app_->get_options([](const CLI::Option* one) { return one->get_positional(); }))
      if (place++ == given_) return values_of(*option, word, "");
    return found;
  }

  [[nodiscard]] Completion values_of(const CLI::Option& option, const std::string& word,
                                     const std::string& before) const {
    Completion found;
    const auto add = [&](const std::string& value, const std::string& about = {}) {
      if (value.starts_with(word)) found.candidates.push_back({before + value, about});
    };
    const auto type = option.get_type_name();
    const auto begin = type.find('{');
    if (begin != std::string::npos) {
      for (const auto& choice : split_list(type.substr(begin + 1, type.find('}') - begin - 1))) add(choice);
      return found;
    }
    auto name = value_name(option);
    if (option.get_positional() && values_called(name).words.empty()) name = option.get_name(true);
    if (name == "ACTION") {
      for (const auto& [action, about] : action_names(word)) add(action, about);
      return found;
    }
    const auto& values = values_called(name);
    for (const auto& value : values.words) add(value);
    found.rest = values.rest;
    return found;
  }

  /// Returns names as find_action accepts them: with the package if the word contains one or the name alone is
  /// ambiguous.
  [[nodiscard]] std::vector<std::pair<std::string, std::string>> action_names(std::string_view word) const try {
    const auto project = app::load_project(app::find_project_root(project_), app::OnError::go_on);
    const bool only_cpp = app_->get_name() != "invoke";
    const auto all = project.actions();
    std::vector<std::pair<std::string, std::string>> names;
    for (const auto* action : all) {
      if (only_cpp && !action->is_cpp()) continue;
      const auto same =
          std::count_if(all.begin(), all.end(), [&](const auto* other) { return other->name == action->name; });
      const bool whole = same > 1 || word.find('/') != std::string_view::npos;
      names.emplace_back(whole ? action->full_name() : action->name, action->where.to_string());
    }
    return names;
  } catch (const std::exception&) {
    return {};
  }

  const CLI::App* app_;
  const CLI::Option* option_ = nullptr;
  int pending_ = 0;
  int given_ = 0;
  bool only_arguments_ = false;
  std::string project_;
};

/// Splits a line that is being typed into words as a shell does, and removes quotes. The last word may be empty.
std::vector<std::string> typed_words(std::string_view line) {
  std::vector<std::string> words{""};
  char quote = 0;
  for (std::size_t i = 0; i < line.size(); ++i) {
    const char c = line[i];
    if (quote != 0 && c == quote) {
      quote = 0;
    } else if (c == '\\' && quote != '\'' && i + 1 < line.size()) {
      words.back() += line[++i];
    } else if (quote == 0 && (c == '\'' || c == '"')) {
      quote = c;
    } else if (quote == 0 && (c == ' ' || c == '\t' || c == '\n')) {
      if (!words.back().empty()) words.emplace_back();
    } else {
      words.back() += c;
    }
  }
  return words;
}

/// Returns the word with the quoting that it needs on the command line.
std::string quoted_for_bash(const std::string& word) {
  constexpr std::string_view kSpecial = " \t\"'\\$`&|;<>()*?[]#~!{}";
  std::string quoted;
  for (const char c : word) {
    if (kSpecial.find(c) != std::string_view::npos) quoted += '\\';
    quoted += c;
  }
  return quoted;
}

std::string_view name_of(Completion::Rest rest) {
  switch (rest) {
    case Completion::Rest::nothing:
      return "nothing";
    case Completion::Rest::files:
      return "files";
    case Completion::Rest::folders:
      return "folders";
  }
  return "nothing";
}

/// bash passes the line, and the word as it sees it: it also splits at = and :, and expects only the part after them.
void answer_bash(const CLI::App& program, const std::string& line, const std::string& seen) {
  auto words = typed_words(line);
  words.erase(words.begin());
  if (words.empty()) return;
  const auto found = complete(program, words);
  const auto& word = words.back();
  const auto own = seen == "=" || seen == ":" ? std::string() : seen;
  const auto skipped = word.ends_with(own) ? word.size() - own.size() : 0;
  std::cout << name_of(found.rest) << '\n';
  for (const auto& candidate : found.candidates)
    if (candidate.word.size() >= skipped) std::cout << quoted_for_bash(candidate.word.substr(skipped)) << '\n';
}

}  // namespace

Completion complete(const CLI::App& program, std::span<const std::string> words) {
  Reader reader(program);
  if (words.empty()) return {};
  for (const auto& word : words.first(words.size() - 1)) reader.read(word);
  return reader.complete(words.back());
}

void answer_shell(const CLI::App& program, std::span<const std::string> arguments) {
  if (arguments.empty()) return;
  const auto rest = arguments.subspan(1);
  if (arguments.front() == "bash") {
    if (rest.size() == 2) answer_bash(program, rest[0], rest[1]);
    return;
  }
  const auto found = complete(program, rest);
  std::cout << name_of(found.rest) << '\n';
  for (const auto& [word, about] : found.candidates)
    std::cout << word << '\t' << about.substr(0, about.find_first_of("\n;:")) << '\n';
}

}  // namespace adit::cli
