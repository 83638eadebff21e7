#pragma once

#include <string>

#include "adit/json.h"

namespace adit::cli {

/// All of stdin. Throws Error (configuration) `input_too_long` past a megabyte.
[[nodiscard]] std::string read_stdin();
/// A token as it was given: the argument, or for `-` stdin; without `Bearer ` and what else people copy with it.
[[nodiscard]] std::string given_token(const std::string& argument);
/// JSON for stdout or stderr, whose texts hold nothing that could steer a terminal: `\u009b` instead.
[[nodiscard]] std::string shown_json(const json::value& value);
[[nodiscard]] std::string shown_pretty_json(const json::value& value);
/// A result on stdout: pretty JSON for people who asked for it on a terminal, compact otherwise.
void print_json(const json::value& value);

/// A parameter of the command line, read as `wsk` and `aio` do: JSON if it is JSON, text otherwise.
[[nodiscard]] json::value param_value(const std::string& text);

/// A value among words: a text as it is, without quotes, all else as JSON.
[[nodiscard]] std::string unquoted(const json::value& value);

}  // namespace adit::cli
