#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace adit::app {

/// A reference to a variable in the text of an input, read as adobe/aio-lib-runtime does (`replaceIfEnvKey`): a `$`,
/// maybe a `{` with blanks behind it, and a name of letters, digits, `_` and `-`.
struct VariableReference {
  /// [begin, end) in the text.
  std::size_t begin = 0;
  std::size_t end = 0;
  /// What is looked up. Of a reference that is not well formed this is seldom what was meant: `${AB` is A, `$A}` is
  /// `A}`, which no variable is called.
  std::string_view name;
  bool is_well_formed = true;
};

/// The first reference at or behind `from`; nullopt if there is none.
[[nodiscard]] std::optional<VariableReference> next_variable(std::string_view text, std::size_t from);

/// Puts `value` instead of the first occurrence of `reference` in `text`, as JavaScript's String.replace does with
/// two texts: in the value `$$` is a `$`, `$&` the reference itself, "$`" and `$'` what stands before and behind it.
[[nodiscard]] std::string replace_reference(std::string_view text, std::string_view reference, std::string_view value);

/// True if the value holds one of the signs that replace_reference() gives a meaning.
[[nodiscard]] bool has_replacement_signs(std::string_view value);

}  // namespace adit::app
