#pragma once

#include <string>
#include <string_view>

namespace adit {

/// At least `bytes` of one piece after another: for readers that must not slow down as a text grows. What they read is
/// long enough that one whose time grows with the square of it needs minutes, which a test's time-out ends.
[[nodiscard]] inline std::string repeated(std::string_view piece, std::size_t bytes) {
  std::string text;
  text.reserve(bytes + piece.size());
  while (text.size() < bytes) text += piece;
  return text;
}

}  // namespace adit
