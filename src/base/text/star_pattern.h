#pragma once

#include <cstddef>
#include <string_view>

namespace adit {

/// Matches a text against a pattern in which `*` means any number of characters. `one_length(pattern, c)` gets the rest
/// of the pattern, which is not empty. It returns how many characters at its beginning match the character `c`, or 0 if
/// they do not match. The number of steps is at most the product of both lengths.
template <typename OneLength>
[[nodiscard]] bool matches_stars(std::string_view pattern, std::string_view text, OneLength one_length) {
  std::size_t at = 0;
  std::size_t in_text = 0;
  auto star = std::string_view::npos;  // the last `*` that was reached
  std::size_t behind_star = 0;         // where the text after this `*` begins
  while (in_text < text.size()) {
    if (at < pattern.size() && pattern[at] == '*') {
      star = at++;
      behind_star = in_text;
      continue;
    }
    const std::size_t length = at < pattern.size() ? one_length(pattern.substr(at), text[in_text]) : 0;
    if (length > 0) {
      at += length;
      ++in_text;
    } else if (star != std::string_view::npos) {
      at = star + 1;
      in_text = ++behind_star;
    } else {
      return false;
    }
  }
  return pattern.find_first_not_of('*', at) == std::string_view::npos;
}

}  // namespace adit
