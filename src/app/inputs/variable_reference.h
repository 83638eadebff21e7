#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace adit::app {

/// A reference to a variable in the text of an input, as adobe/aio-lib-runtime reads it (`replaceIfEnvKey`): a `$`,
/// optionally a `{` and spaces, and a name of letters, digits, `_` and `-`.
struct VariableReference {
  /// [begin, end) in the text.
  std::size_t begin = 0;
  std::size_t end = 0;
  /// The name that is looked up. For a malformed reference it is seldom the intended one: `${AB` looks up `A`, `$A}`
  /// looks up `A}`, which no variable can be called.
  std::string_view name;
  bool is_well_formed = true;
};

/// Returns the first reference at or after `from`; nullopt if there is none.
[[nodiscard]] std::optional<VariableReference> next_variable(std::string_view text, std::size_t from);

/// Replaces the first occurrence of `reference` in `text` with `value`, as JavaScript's String.replace does with two
/// strings. In the value, `$$` means `$`, `$&` the reference itself, "$`" and `$'` the text before and after it.
[[nodiscard]] std::string replace_reference(std::string_view text, std::string_view reference, std::string_view value);

/// Returns true if the value contains one of the patterns to which replace_reference() gives a meaning.
[[nodiscard]] bool has_replacement_signs(std::string_view value);

}  // namespace adit::app
