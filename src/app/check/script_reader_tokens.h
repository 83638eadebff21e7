#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace adit::app {

enum class Language { javascript, cpp };

/// A piece of a program: enough of its grammar to tell code from comments and texts.
struct ScriptToken {
  /// `text` is a string literal with its content; a template with `${}` in it is `other`, its expressions follow.
  enum class Kind { word, text, number, sign, other };

  Kind kind = Kind::other;
  /// A string's value, otherwise as written; signs are one character, but `?.`, `=>`, `==`, `::`, `->`, `||`, `??`, … .
  std::string text;
  /// From 1, in bytes.
  int line = 1;
  int column = 1;

  [[nodiscard]] bool is(std::string_view sign_or_word) const {
    return (kind == Kind::sign || kind == Kind::word) && text == sign_or_word;
  }
};

/// Never throws: what is not a valid program gives some tokens, too. Comments are left out; a regular expression and a
/// template's plain parts are `other`.
[[nodiscard]] std::vector<ScriptToken> tokens_of(std::string_view program, Language language);

}  // namespace adit::app
