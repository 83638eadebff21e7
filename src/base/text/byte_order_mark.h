#pragma once

#include <string_view>

namespace adit {

/// The byte-order mark of UTF-8, which some Windows editors write at the beginning of a text.
inline constexpr std::string_view kByteOrderMark = "\xEF\xBB\xBF";

[[nodiscard]] constexpr std::string_view without_byte_order_mark(std::string_view text) {
  if (text.starts_with(kByteOrderMark)) text.remove_prefix(kByteOrderMark.size());
  return text;
}

/// Whether the text is UTF-16: it has that byte-order mark, or begins with zero bytes as ASCII text in UTF-16 does.
[[nodiscard]] constexpr bool is_utf16(std::string_view text) {
  if (text.starts_with("\xFF\xFE") || text.starts_with("\xFE\xFF")) return true;
  return text.size() >= 4 &&
         ((text[0] != 0 && text[1] == 0 && text[3] == 0) || (text[0] == 0 && text[1] != 0 && text[2] == 0));
}

}  // namespace adit
