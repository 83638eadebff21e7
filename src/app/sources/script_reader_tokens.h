#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace adit::app {

enum class Language { javascript, cpp };

/// A token of a program; only as precise as needed to distinguish code from comments and strings.
struct ScriptToken {
  /// `text` is a string literal, with its content. A template that contains `${}` is `other`; the tokens of its
  /// expressions follow.
  enum class Kind { word, text, number, sign, other };

  Kind kind = Kind::other;
  /// A string's value, otherwise the token as written. Signs are one character, except `?.`, `=>`, `==`, `::`, `->`,
  /// `||`, `??`, … .
  std::string text;
  /// Both count from 1; columns are in bytes.
  int line = 1;
  int column = 1;

  [[nodiscard]] bool is(std::string_view sign_or_word) const {
    return (kind == Kind::sign || kind == Kind::word) && text == sign_or_word;
  }
};

/// Never throws: an invalid program gives some tokens, too. Comments are left out; regular expressions and the plain
/// parts of templates are `other`.
[[nodiscard]] std::vector<ScriptToken> tokens_of(std::string_view program, Language language);

}  // namespace adit::app
