#include "cli/terminal/input_text.h"

#include <filesystem>
#include <iostream>
#include <system_error>

#include <unistd.h>

#include "adit/error.h"
#include "adit/json.h"
#include "cli/terminal/terminal.h"

#include "base/text/shell_word.h"
#include "base/text/text.h"
#include "base/text/visible_text.h"

namespace adit::cli {

std::string read_stdin() {
  constexpr std::size_t kMaxBytes = 1U << 20U;
  if (::isatty(STDIN_FILENO) == 1) note("reading from the terminal; end the text with Enter and Ctrl-D");
  std::string text;
  char bytes[4096];
  while (std::cin.read(bytes, sizeof bytes), std::cin.gcount() > 0) {
    text.append(bytes, static_cast<std::size_t>(std::cin.gcount()));
    if (text.size() > kMaxBytes)
      throw Error::configuration("input_too_long", "The text on stdin is longer than a megabyte.")
          .hint("Give one token.");
  }
  return text;
}

std::string token_text(const std::string& argument) {
  if (argument == "-") return read_stdin();
  if (std::error_code unknown; std::filesystem::is_regular_file(argument, unknown))
    throw Error::configuration("no_token", cat(argument, " is a file, not a token."))
        .hint(cat("Write `- < ", shell_file(argument), "` instead, so that it is read from stdin."));
  return argument;
}

std::string given_token(const std::string& argument) {
  const auto text = token_text(argument);
  auto token = trim(text);
  const auto drop = [&token](std::string_view word) {
    if (token.size() > word.size() && equals_ignoring_case(token.substr(0, word.size()), word))
      token = trim(token.substr(word.size()));
  };
  drop("authorization:");
  drop("bearer ");
  while (token.size() > 1 && (token.front() == '"' || token.front() == '\'') && token.back() == token.front())
    token = trim(token.substr(1, token.size() - 2));
  if (token.empty())
    throw Error::configuration("no_token", "There is no token.").hint("Give a token, or - to read it from stdin.");
  return std::string(token);
}

std::string shown_json(const json::value& value) { return visible(to_json(value), Controls::as_json); }

std::string shown_pretty_json(const json::value& value) { return visible(to_pretty_json(value), Controls::as_json); }

void print_json(const json::value& value) {
  std::cout << (is_terminal(Stream::out) ? shown_pretty_json(value) : shown_json(value)) << '\n';
}

json::value param_value(const std::string& text) {
  auto value = try_parse_json(text);
  return value ? *std::move(value) : json::value(json::string(text));
}

std::string unquoted(const json::value& value) {
  return value.is_string() ? std::string(value.get_string()) : to_json(value);
}

}  // namespace adit::cli
