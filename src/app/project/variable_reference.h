#pragma once

#include <cstddef>
#include <optional>
#include <string_view>

namespace adit::app {

/// A variable that a text names, as map_inputs (inputs.h) reads it: `$NAME`, `${NAME}`, `${ NAME }`.
struct VariableReference {
  /// Its bytes, from the `$` to the end of the name or the closing brace.
  std::size_t begin = 0;
  std::size_t end = 0;
  /// Part of the text.
  std::string_view name;
};

/// The first one that begins at or after the byte `from`. A brace that is never closed makes none.
[[nodiscard]] std::optional<VariableReference> next_variable(std::string_view text, std::size_t from);

}  // namespace adit::app
