#include "base/text/visible_text.h"

#include <algorithm>
#include <cstdint>

#include "base/text/utf8.h"

namespace adit {
namespace {

/// A UTF-8 character and its length in bytes, which is 0 if the text does not begin with one (RFC 3629).
struct Character {
  std::uint32_t code = 0;
  std::size_t length = 0;
};

std::size_t length_by_first_byte(unsigned char first) {
  if (first < 0x80) return 1;
  if (first >= 0xC2 && first <= 0xDF) return 2;
  if (first >= 0xE0 && first <= 0xEF) return 3;
  if (first >= 0xF0 && first <= 0xF4) return 4;
  return 0;
}

Character first_character(std::string_view text) {
  const auto first = static_cast<unsigned char>(text.front());
  const auto length = utf8_length(text);
  if (length < 2) return {first, length};
  std::uint32_t code = first & (0x7FU >> length);
  for (std::size_t i = 1; i < length; ++i) code = code << 6U | (static_cast<unsigned char>(text[i]) & 0x3FU);
  return {code, length};
}

/// Whether the character could control a terminal or change the order in which text is shown.
bool is_control_code(std::uint32_t code) {
  return code < 0x20 || (code >= 0x7F && code <= 0x9F) || code == 0x061C || code == 0x200E || code == 0x200F ||
         (code >= 0x2028 && code <= 0x202E) || (code >= 0x2066 && code <= 0x2069) ||
         (code >= 0xE0000 && code <= 0xE007F);
}

void append_hex(std::string& text, std::uint32_t number, unsigned digits) {
  constexpr std::string_view kDigits = "0123456789abcdef";
  for (unsigned digit = digits; digit-- > 0;) text += kDigits[(number >> (4 * digit)) & 0xFU];
}

void append_escape(std::string& text, std::uint32_t code, Controls controls) {
  if (code < 0x80 && controls != Controls::as_json) {
    text += "\\x";
    return append_hex(text, code, 2);
  }
  if (code > 0xFFFF && controls == Controls::as_json) {
    append_escape(text, 0xD800 + ((code - 0x10000) >> 10U), controls);
    return append_escape(text, 0xDC00 + ((code - 0x10000) & 0x3FFU), controls);
  }
  text += "\\u";
  append_hex(text, code, code > 0xFFFF ? 5 : 4);
}

bool stays(std::uint32_t code, std::string_view rest, Controls controls) {
  if (controls == Controls::escape_all) return false;
  return code == '\n' || code == '\t' || (code == '\r' && rest.substr(0, 2) == "\r\n");
}

}  // namespace

std::string visible(std::string_view text, Controls controls) {
  const auto is_plain = [](char c) { return c >= 0x20 && c < 0x7F; };
  std::string shown;
  shown.reserve(text.size());
  while (!text.empty()) {
    const auto plain = static_cast<std::size_t>(std::find_if_not(text.begin(), text.end(), is_plain) - text.begin());
    shown += text.substr(0, plain);
    text.remove_prefix(plain);
    if (text.empty()) break;
    const auto [code, length] = first_character(text);
    if (length == 0) {
      if (controls == Controls::as_json) {
        shown += "\\ufffd";
      } else {
        shown += "\\x";
        append_hex(shown, static_cast<unsigned char>(text.front()), 2);
      }
    } else if (!is_control_code(code) || stays(code, text, controls)) {
      shown += text.substr(0, length);
    } else {
      append_escape(shown, code, controls);
    }
    text.remove_prefix(std::max<std::size_t>(length, 1));
  }
  return shown;
}

std::size_t unfinished_at_end(std::string_view text) {
  if (text.ends_with('\r')) return 1;
  for (std::size_t back = 1; back <= std::min<std::size_t>(3, text.size()); ++back) {
    const char byte = text[text.size() - back];
    if (continues_utf8(byte)) continue;
    return length_by_first_byte(static_cast<unsigned char>(byte)) > back ? back : 0;
  }
  return 0;
}

}  // namespace adit
