#pragma once

#include <cstddef>
#include <string_view>

namespace adit {

/// Matches a text against a pattern in which `*` stands for any number of characters. `one_length(pattern, c)` says how
/// many characters at the begin of the rest of the pattern, which is not empty, match the character `c`; 0 if they do
/// not. Takes at most the product of both lengths in steps, whatever the pattern.
template <typename OneLength>
[[nodiscard]] bool matches_stars(std::string_view pattern, std::string_view text, OneLength one_length) {
  std::size_t at = 0;
  std::size_t in_text = 0;
  auto star = std::string_view::npos;  // the last `*` seen
  std::size_t behind_star = 0;         // where the text continues that this `*` does not cover
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
