#include "config/dotenv.h"

#include <algorithm>
#include <array>
#include <optional>
#include <utility>

#include "base/text/text.h"
#include "config/wrapped_key.h"

// dotenv reads with one regular expression:
//
//   (?:^|^)\s*(?:export\s+)?([\w.-]+)(?:\s*=\s*?|:\s+?)
//   (\s*'(?:\\'|[^'])*'|\s*"(?:\\"|[^"])*"|\s*`(?:\\`|[^`])*`|[^#\r\n]+)?\s*(?:#.*)?(?:$|$)        flags m, g
//
// This file matches the same language by hand, in linear time. Most of the expression's backtracking can never lead to
// a match: after the separator has matched, a value of `[^#\r\n]+` or an empty value always matches, so a shorter run
// of `\s` or of key characters, or a longer `\s*?`, is never tried with success. Three choices remain: whether `export`
// is a prefix or the key itself, which quote closes the value, and how far the last `\s*` reaches.

namespace adit {
namespace {

/// Returns the length in bytes of the UTF-8 character at `i` if it matches JavaScript's `\s` (ECMAScript's WhiteSpace
/// and LineTerminator), otherwise 0.
std::size_t space_at(std::string_view text, std::size_t i) {
  if (i >= text.size()) return 0;
  const char c = text[i];
  if (c == ' ' || (c >= '\t' && c <= '\r')) return 1;
  if (static_cast<unsigned char>(c) < 0x80) return 0;
  constexpr std::array<std::string_view, 19> kSpaces = {
      "\xC2\xA0",     "\xE1\x9A\x80", "\xE2\x80\x80", "\xE2\x80\x81", "\xE2\x80\x82", "\xE2\x80\x83", "\xE2\x80\x84",
      "\xE2\x80\x85", "\xE2\x80\x86", "\xE2\x80\x87", "\xE2\x80\x88", "\xE2\x80\x89", "\xE2\x80\x8A", "\xE2\x80\xA8",
      "\xE2\x80\xA9", "\xE2\x80\xAF", "\xE2\x81\x9F", "\xE3\x80\x80", "\xEF\xBB\xBF"};
  for (const std::string_view space : kSpaces) {
    if (!space.empty() && text.substr(i, space.size()) == space) return space.size();
  }
  return 0;
}

/// The same for the character that ends before `i`.
std::size_t space_before(std::string_view text, std::size_t i) {
  for (std::size_t size = 1; size <= 3 && size <= i; ++size) {
    if (space_at(text.substr(0, i), i - size) == size) return size;
  }
  return 0;
}

/// Returns the length in bytes of the line terminator at `i`, or 0 if there is none. `^` and `$` match at line
/// terminators.
std::size_t terminator_at(std::string_view text, std::size_t i) {
  if (i >= text.size()) return 0;
  if (text[i] == '\n' || text[i] == '\r') return 1;
  const std::string_view three = text.substr(i, 3);
  return three == "\xE2\x80\xA8" || three == "\xE2\x80\xA9" ? 3 : 0;
}

bool is_line_start(std::string_view text, std::size_t i) {
  return i == 0 || text[i - 1] == '\n' || text[i - 1] == '\r' || (i >= 3 && terminator_at(text, i - 3) == 3);
}

bool is_line_end(std::string_view text, std::size_t i) { return i == text.size() || terminator_at(text, i) != 0; }

std::size_t next_line_end(std::string_view text, std::size_t i) {
  while (!is_line_end(text, i)) ++i;
  return i;
}

std::size_t skip_spaces(std::string_view text, std::size_t i) {
  for (std::size_t size = space_at(text, i); size != 0; size = space_at(text, i)) i += size;
  return i;
}

bool is_key_character(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' || c == '.' || c == '-';
}

bool is_quote(char c) { return c == '\'' || c == '"' || c == '`'; }

/// Matches `\s*(?:#.*)?$` from `i`. Returns where the match ends.
std::optional<std::size_t> match_tail(std::string_view text, std::size_t i) {
  std::optional<std::size_t> last_line_end;
  for (std::size_t size = space_at(text, i); size != 0; size = space_at(text, i)) {
    if (terminator_at(text, i) != 0) last_line_end = i;
    i += size;
  }
  if (i == text.size()) return i;
  if (text[i] == '#') return next_line_end(text, i);
  return last_line_end;
}

struct Value {
  std::size_t begin = 0;
  std::size_t end = 0;
  /// The end of the whole match.
  std::size_t tail_end = 0;
};

/// Matches `\s*'(?:\\'|[^'])*'` and the rest of its line. The first quote without a backslash before it closes the
/// value. If the line does not end after that quote, the expression tries the quotes with a backslash, the last one
/// first.
std::optional<Value> match_quoted(std::string_view text, std::size_t begin) {
  const std::size_t open = skip_spaces(text, begin);
  if (open == text.size() || !is_quote(text[open])) return std::nullopt;
  const char quote = text[open];
  std::size_t close = text.find(quote, open + 1);
  while (close != std::string_view::npos && close > open + 1 && text[close - 1] == '\\')
    close = text.find(quote, close + 1);
  if (close == std::string_view::npos) close = text.rfind(quote);
  for (; close > open; close = text.rfind(quote, close - 1)) {
    if (const auto tail = match_tail(text, close + 1)) return Value{begin, close + 1, *tail};
  }
  return std::nullopt;
}

Value match_value(std::string_view text, std::size_t begin) {
  if (const auto quoted = match_quoted(text, begin)) return *quoted;
  const std::size_t end = std::min(text.find_first_of("#\r\n", begin), text.size());
  return {begin, end, match_tail(text, end).value_or(end)};
}

struct Key {
  std::size_t begin = 0;
  std::size_t end = 0;
  std::size_t value_begin = 0;
};

/// Matches `([\w.-]+)(?:\s*=\s*?|:\s+?)` at `i`.
std::optional<Key> match_key(std::string_view text, std::size_t i) {
  std::size_t end = i;
  while (end < text.size() && is_key_character(text[end])) ++end;
  if (end == i || end == text.size()) return std::nullopt;
  if (text[end] == ':') {
    const std::size_t space = space_at(text, end + 1);
    if (space == 0) return std::nullopt;
    return Key{i, end, end + 1 + space};
  }
  const std::size_t equals = skip_spaces(text, end);
  if (equals == text.size() || text[equals] != '=') return std::nullopt;
  return Key{i, end, equals + 1};
}

std::optional<Key> match_key_after_export(std::string_view text, std::size_t i) {
  constexpr std::string_view kExport = "export";
  if (text.substr(i, kExport.size()) == kExport && space_at(text, i + kExport.size()) != 0) {
    if (const auto key = match_key(text, skip_spaces(text, i + kExport.size()))) return key;
  }
  return match_key(text, i);
}

std::string_view trim_spaces(std::string_view text) {
  text.remove_prefix(skip_spaces(text, 0));
  for (std::size_t size = space_before(text, text.size()); size != 0; size = space_before(text, text.size())) {
    text.remove_suffix(size);
  }
  return text;
}

/// Does the same as `value.replace(/^(['"`])([\s\S]*)\1$/mg, '$2')`. With the flag m, a quoted line inside a longer
/// value also loses its quotes.
WipedString without_quotes(std::string_view value) {
  const auto last_closing = [value](char quote) {
    std::size_t at = value.rfind(quote);
    while (at != std::string_view::npos && !is_line_end(value, at + 1))
      at = at == 0 ? std::string_view::npos : value.rfind(quote, at - 1);
    return at;
  };
  const std::array<std::pair<char, std::size_t>, 3> closings = {
      {{'\'', last_closing('\'')}, {'"', last_closing('"')}, {'`', last_closing('`')}}};
  WipedString result;
  result.reserve(value.size());
  std::size_t i = 0;
  while (i < value.size()) {
    const auto* closing =
        std::find_if(closings.begin(), closings.end(), [&](const auto& c) { return c.first == value[i]; });
    if (closing != closings.end() && closing->second != std::string_view::npos && closing->second > i &&
        is_line_start(value, i)) {
      result.append(value, i + 1, closing->second - i - 1);
      i = closing->second + 1;
    } else {
      result += value[i++];
    }
  }
  return result;
}

/// Replaces the escapes `\n`, and then `\r`, as dotenv does.
void expand_escapes(WipedString& value) {
  for (const auto& [escape, character] : {std::pair("\\n", '\n'), std::pair("\\r", '\r')}) {
    std::size_t size = 0;
    for (std::size_t i = 0; i < value.size(); ++size) {
      const bool found = value.compare(i, 2, escape) == 0;
      value[size] = found ? character : value[i];
      i += found ? 2 : 1;
    }
    wipe(value.data() + size, value.size() - size);
    value.resize(size);
  }
}

WipedString value_of(std::string_view raw) {
  const std::string_view value = trim_spaces(raw);
  const bool expand = !value.empty() && value.front() == '"';
  WipedString result = without_quotes(value);
  if (expand) expand_escapes(result);
  return result;
}

/// Parses one entry at a time. `text` must have normalised line ends, and outlive the scanner.
class DotenvScanner {
 public:
  explicit DotenvScanner(std::string_view text) : text_(text) {}
  [[nodiscard]] std::optional<DotenvEntry> next();
  /// Continues at this byte of the text.
  void skip_to(std::size_t position) { position_ = position; }

 private:
  std::string_view text_;
  std::size_t position_ = 0;
  /// `line_` is the line of this byte; remembered, so that no line is counted twice.
  std::size_t counted_ = 0;
  int line_ = 1;
};

std::optional<DotenvEntry> DotenvScanner::next() {
  while (position_ < text_.size()) {
    std::size_t begin = position_;
    if (!is_line_start(text_, begin)) {
      begin = next_line_end(text_, begin);
      begin += terminator_at(text_, begin);
      position_ = begin;
      if (begin == text_.size()) break;
    }
    const std::size_t word = skip_spaces(text_, begin);
    const auto key = match_key_after_export(text_, word);
    if (!key) {
      position_ = word + 1;
      // Every line start before `word` would lead to the same word.
      continue;
    }
    const Value value = match_value(text_, key->value_begin);
    position_ = value.tail_end;
    line_ += static_cast<int>(std::count(text_.begin() + static_cast<std::ptrdiff_t>(counted_),
                                         text_.begin() + static_cast<std::ptrdiff_t>(key->begin), '\n'));
    counted_ = key->begin;
    // JavaScript's `obj['__proto__'] = 'text'` does nothing.
    if (text_.substr(key->begin, key->end - key->begin) == "__proto__") continue;
    return DotenvEntry{.key = std::string(text_.substr(key->begin, key->end - key->begin)),
                       .value = value_of(text_.substr(value.begin, value.end - value.begin)),
                       .line = line_,
                       .begin = begin,
                       .end = value.tail_end,
                       .value_begin = value.begin,
                       .value_end = value.end};
  }
  return std::nullopt;
}

}  // namespace

std::vector<DotenvEntry> parse_dotenv(std::string_view text) {
  const WipedString normalised = normalise_line_ends(text);
  DotenvScanner scanner(normalised);
  std::vector<DotenvEntry> entries;
  while (auto entry = scanner.next()) entries.push_back(std::move(*entry));
  return entries;
}

std::vector<DotenvEntry> parse_with_wrapped_keys(std::string_view text) {
  const WipedString normalised = normalise_line_ends(text);
  DotenvScanner scanner(normalised);
  std::vector<DotenvEntry> entries;
  while (auto entry = scanner.next()) {
    if (auto key = wrapped_key(normalised, *entry)) {
      entry->value = std::move(key->value);
      entry->end = key->end;
      entry->value_end = key->end;
      scanner.skip_to(key->end);
    }
    entries.push_back(std::move(*entry));
  }
  return entries;
}

std::string normalise_line_ends(std::string_view text) {
  std::string result;
  result.reserve(text.size());
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] != '\r') {
      result += text[i];
      continue;
    }
    result += '\n';
    if (i + 1 < text.size() && text[i + 1] == '\n') ++i;
  }
  return result;
}

}  // namespace adit
