#include "credentials/key_text.h"

#include <algorithm>
#include <array>
#include <cctype>
#include <system_error>

#include "base/text/byte_order_mark.h"
#include "base/text/text.h"
#include "config/base64_key.h"

namespace adit {
namespace {

bool is_base64_character(char c) {
  return std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '+' || c == '/' || c == '-' || c == '_' || c == '=';
}

bool is_blank(char c) { return std::isspace(static_cast<unsigned char>(c)) != 0; }

/// Converts UTF-16, as Windows PowerShell writes it, with or without a byte-order mark. Every second byte of a key's
/// text is then zero. Returns an empty secret for other text.
Secret from_utf16(std::string_view text) {
  const bool big_endian = text.starts_with("\xFE\xFF") || text.starts_with(std::string_view("\0-", 2));
  const bool little_endian = text.starts_with("\xFF\xFE") || text.starts_with(std::string_view("-\0", 2));
  if (!big_endian && !little_endian) return {};
  std::string ascii;
  ascii.reserve(text.size() / 2);
  for (std::size_t i = 0; i + 1 < text.size(); i += 2) {
    const char low = text[big_endian ? i + 1 : i];
    const char high = text[big_endian ? i : i + 1];
    if (high == '\0') ascii += low;  // also drops the byte-order mark
  }
  Secret secret(ascii);
  wipe(ascii.data(), ascii.size());
  return secret;
}

/// Returns the size in bytes of the character at `at` if it is an invisible one that text copied from a web page may
/// contain: a blank other than a space (sets `blank`), or a character without width. Returns 0 for all others.
std::size_t invisible_size(std::string_view text, std::size_t at, bool& blank) {
  constexpr std::array<std::string_view, 18> kWithoutWidth{"\u00AD", "\u180E", "\u200B", "\u200C", "\u200D", "\u200E",
                                                           "\u200F", "\u202A", "\u202B", "\u202C", "\u202D", "\u202E",
                                                           "\u2060", "\u2066", "\u2067", "\u2068", "\u2069", "\uFEFF"};
  constexpr std::array<std::string_view, 17> kBlanks{"\u00A0", "\u2000", "\u2001", "\u2002", "\u2003", "\u2004",
                                                     "\u2005", "\u2006", "\u2007", "\u2008", "\u2009", "\u200A",
                                                     "\u2028", "\u2029", "\u202F", "\u205F", "\u3000"};
  if ((static_cast<unsigned char>(text[at]) & 0x80U) == 0) return 0;
  const auto begins = [rest = text.substr(at)](std::string_view character) { return rest.starts_with(character); };
  const auto* const none = std::find_if(kWithoutWidth.begin(), kWithoutWidth.end(), begins);
  if (none != kWithoutWidth.end()) return none->size();
  const auto* const found = std::find_if(kBlanks.begin(), kBlanks.end(), begins);
  blank = found != kBlanks.end();
  return blank ? found->size() : 0;
}

bool is_ascii(std::string_view text) {
  return std::none_of(text.begin(), text.end(), [](char c) { return (static_cast<unsigned char>(c) & 0x80U) != 0; });
}

/// Returns the text with spaces instead of other blanks, and without characters that have no width.
Secret without_invisible(std::string_view text) {
  std::string plain;
  plain.reserve(text.size());
  for (std::size_t at = 0; at < text.size();) {
    bool blank = false;
    const auto size = invisible_size(text, at, blank);
    if (size == 0) plain += text[at];
    if (blank) plain += ' ';
    at += std::max<std::size_t>(size, 1);
  }
  return Secret::taken_from(plain);
}

std::string_view strip(std::string_view text) {
  constexpr std::array<std::string_view, 7> kQuotes{"\"", "'", "`", "“", "”", "‘", "’"};
  while (true) {
    const auto before = text.size();
    text = trim(text);
    if (text.starts_with(kByteOrderMark)) text.remove_prefix(kByteOrderMark.size());
    if (text.ends_with(',') || text.ends_with(';')) text.remove_suffix(1);
    for (const auto quote : kQuotes) {
      if (text.starts_with(quote)) text.remove_prefix(quote.size());
      if (text.ends_with(quote)) text.remove_suffix(quote.size());
    }
    if (text.size() == before) return text;
  }
}

}  // namespace

Secret without_wrapping(std::string_view text) {
  const Secret ascii = from_utf16(text);
  const auto bare = strip(ascii.empty() ? text : ascii.reveal());
  if (is_ascii(bare)) return Secret(bare);
  const Secret plain = without_invisible(bare);
  if (plain.reveal() == bare) return Secret(bare);
  const auto cleaned = strip(plain.reveal());
  // Other text, such as the path of a file, must not be changed.
  const bool is_key = cleaned.find("-----BEGIN") != std::string_view::npos || begins_like_base64_key(cleaned);
  return Secret(is_key ? cleaned : bare);
}

Secret without_escapes(std::string_view text) {
  std::string plain;
  plain.reserve(text.size());
  for (std::size_t i = 0; i < text.size();) {
    // Reads each run of backslashes once, so that a long run does not take quadratic time.
    const auto after = std::min(text.find_first_not_of('\\', i), text.size());
    const char next = after < text.size() ? text[after] : ' ';
    if (after == i) {
      plain += next;
      ++i;
    } else if (next == 'n' || next == 'r' || next == 't') {
      plain += next == 't' ? ' ' : '\n';
      i = after + 1;
    } else {
      // A backslash before a space is a shell's line continuation, and dropped.
      plain.append(after - i - (is_blank(next) ? 1 : 0), '\\');
      i = after;
    }
  }
  Secret secret(plain);
  wipe(plain.data(), plain.size());
  return secret;
}

bool is_unexpanded_variable(std::string_view text) {
  if (!text.starts_with('$')) return false;
  text.remove_prefix(1);
  if (text.starts_with('{') && text.ends_with('}')) text = trim(text.substr(1, text.size() - 2));
  return !text.empty() && std::all_of(text.begin(), text.end(), [](char c) {
    return std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '_' || c == '-';
  });
}

bool is_shortened_example(std::string_view text) {
  const bool pem = text.find("-----BEGIN") != std::string_view::npos;
  if (!pem && !begins_like_base64_key(text)) return false;
  return text.find("..") != std::string_view::npos || text.find("…") != std::string_view::npos;
}

bool is_key_file_name(std::string_view text) {
  constexpr std::array<std::string_view, 8> kEndings{".key", ".pem", ".der", ".p8", ".pk8", ".txt", ".p12", ".pfx"};
  constexpr std::size_t kMaxLength = 255;
  if (text.size() > kMaxLength ||
      std::any_of(text.begin(), text.end(), [](char c) { return std::iscntrl(static_cast<unsigned char>(c)) != 0; })) {
    return false;
  }
  const std::string lower = to_lower(text);
  return std::any_of(kEndings.begin(), kEndings.end(),
                     [&lower](std::string_view ending) { return lower.ends_with(ending); });
}

bool looks_like_path(std::string_view text) {
  constexpr std::size_t kMaxPath = 4096;
  if (text.size() > kMaxPath || text.find('\n') != std::string_view::npos) return false;
  if (is_key_file_name(text)) return true;
  if (begins_like_base64_key(text)) return false;
  if (text.starts_with('/') || text.starts_with("./") || text.starts_with("../") || text.starts_with("~") ||
      text.starts_with("file:")) {
    return true;
  }
  const bool drive = text.size() > 2 && std::isalpha(static_cast<unsigned char>(text[0])) != 0 && text[1] == ':' &&
                     (text[2] == '\\' || text[2] == '/');
  // `keys/private` could be base64 by its characters, but is too short for a key.
  constexpr std::size_t kShortestKey = 64;
  const bool short_with_slash =
      text.size() < kShortestKey && text.find('/') != std::string_view::npos &&
      std::all_of(text.begin(), text.end(), [](char c) { return is_base64_character(c) || c == '.'; });
  return drive || short_with_slash;
}

std::optional<std::filesystem::path> key_file_named_by(std::string_view text, const std::string& folder) {
  constexpr std::size_t kMaxPath = 4096;
  // A text that is longer than a file's name and begins like a key is not looked up as a file.
  constexpr std::size_t kMaxName = 255;
  const bool may_be = !text.empty() && text.size() < kMaxPath &&
                      !(text.size() > kMaxName && begins_like_base64_key(text)) &&
                      text.find_first_of(std::string_view("\n\0", 2)) == std::string_view::npos &&
                      text.find("-----BEGIN") == std::string_view::npos;
  if (!may_be) return std::nullopt;
  auto path = (std::filesystem::path(folder) / std::filesystem::path(text)).lexically_normal();
  std::error_code error;
  if (!std::filesystem::exists(path, error)) return std::nullopt;
  return path;
}

}  // namespace adit
