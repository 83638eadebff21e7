#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "adit/json.h"

namespace adit {

/// Why a text is not JSON.
struct JsonProblem {
  std::string what;
  /// Both count from 1, columns in characters. 0 if the problem has no position in the text.
  int line = 0;
  int column = 0;
  /// The text ends too early: more text could make it JSON.
  bool is_incomplete = false;
};

/// Returns the value. If the text is invalid, returns `nullopt` and describes the reason in `problem`.
[[nodiscard]] std::optional<json::value> read_json(std::string_view text, const JsonLimits& limits,
                                                   JsonProblem* problem);

}  // namespace adit
