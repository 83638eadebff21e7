#pragma once

#include <string>
#include <string_view>

namespace adit {

/// Returns `piece` repeated to at least `bytes`, to test that a parser takes linear time. The text should be so long
/// that a parser with quadratic time would need minutes and run into the test's time-out.
[[nodiscard]] inline std::string repeated(std::string_view piece, std::size_t bytes) {
  std::string text;
  text.reserve(bytes + piece.size());
  while (text.size() < bytes) text += piece;
  return text;
}

}  // namespace adit
