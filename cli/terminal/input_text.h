#pragma once

#include <string>

#include "adit/error.h"
#include "adit/json.h"

#include "base/text/text.h"

namespace adit::cli {

/// Reads all of stdin. Throws Error (configuration) `input_too_long` if it exceeds one megabyte.
[[nodiscard]] std::string read_stdin();
/// Returns the argument, or stdin for `-`. Throws Error (configuration) `no_token` if the argument names a file.
[[nodiscard]] std::string token_text(const std::string& argument);
/// Returns the token in the argument, or on stdin for `-`, without `Bearer ` and other text that is often copied with
/// it.
[[nodiscard]] std::string given_token(const std::string& argument);
/// Returns `read(text of the file)`. An error in the text names the file, and is one of the configuration.
template <typename Read>
[[nodiscard]] auto read_from(const std::string& file, Read read) {
  const auto text = read_file(file);
  try {
    return read(text);
  } catch (const Error& error) {
    throw Error::configuration(error.code(), error.message()).hint(error.hint()).at(file);
  }
}

/// Returns JSON for stdout or stderr, with control characters that could affect a terminal written as `\u009b`.
[[nodiscard]] std::string shown_json(const json::value& value);
[[nodiscard]] std::string shown_pretty_json(const json::value& value);
/// Prints a result on stdout: indented JSON on a terminal, compact JSON otherwise.
void print_json(const json::value& value);

/// Reads a parameter of the command line as `wsk` and `aio` do: as JSON if it is valid JSON, otherwise as text.
[[nodiscard]] json::value param_value(const std::string& text);

/// Returns a value for use in a sentence: a string without quotes, anything else as JSON.
[[nodiscard]] std::string unquoted(const json::value& value);

}  // namespace adit::cli
