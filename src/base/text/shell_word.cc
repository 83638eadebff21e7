#include "base/text/shell_word.h"

#include <algorithm>

#include "base/text/text.h"
#include "base/text/visible_text.h"

namespace adit {
namespace {

bool is_plain(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
         std::string_view("-_./:@%+=,").find(c) != std::string_view::npos;
}

/// Returns the text as `$'…'`. Octal escapes always have three digits, so a following digit cannot become part of one.
std::string escaped(std::string_view text) {
  std::string word = "$'";
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    if (c == '\'' || c == '\\') {
      word += cat('\\', c);
    } else if (byte >= 0x20 && byte < 0x7F) {
      word += c;
    } else {
      for (const char part : {'\\', static_cast<char>('0' + (byte >> 6U)), static_cast<char>('0' + (byte >> 3U & 7U)),
                              static_cast<char>('0' + (byte & 7U))})
        word += part;
    }
  }
  return word += '\'';
}

}  // namespace

std::string shell_word(std::string_view text) {
  if (visible(text, Controls::escape_all) != text) return escaped(text);
  if (!text.empty() && std::all_of(text.begin(), text.end(), &is_plain)) return std::string(text);
  return cat('\'', replace_all(std::string(text), "'", "'\\''"), '\'');
}

std::string shell_file(std::string_view path) { return shell_word(path.starts_with('-') ? cat("./", path) : path); }

}  // namespace adit
