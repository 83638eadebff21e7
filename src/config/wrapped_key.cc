#include "config/wrapped_key.h"

#include <algorithm>
#include <cstdint>
#include <vector>

#include "adit/base64.h"

#include "base/text/ascii.h"
#include "base/text/text.h"
#include "config/base64_key.h"

namespace adit {
namespace {

constexpr std::string_view kBegin = "-----BEGIN ";
constexpr std::string_view kEnd = "-----END ";

bool is_base64_character(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '+' || c == '/' ||
         c == '-' || c == '_';
}

struct Line {
  /// The line without white space at both ends.
  std::string_view text;
  /// The position of the line's end in the file, before the `\n`.
  std::size_t end = 0;
};

/// Returns the line after the one that ends at `end`, or `nullopt` at the end of the file.
std::optional<Line> line_after(std::string_view text, std::size_t end) {
  if (end >= text.size() || text[end] != '\n') return std::nullopt;
  const std::size_t line_end = std::min(text.find('\n', end + 1), text.size());
  return Line{trim(text.substr(end + 1, line_end - end - 1)), line_end};
}

/// A line of base64 text: its characters and the number of padding characters after them.
struct Base64Line {
  std::string_view characters;
  std::size_t padding = 0;
};

std::optional<Base64Line> base64_line(std::string_view line) {
  const auto* const first_other = std::find_if_not(line.begin(), line.end(), is_base64_character);
  const std::size_t count = static_cast<std::size_t>(first_other - line.begin());
  const std::size_t padding = line.size() - count;
  if (line.empty() || padding > 2 || line.find_first_not_of('=', count) != std::string_view::npos) return std::nullopt;
  return Base64Line{line.substr(0, count), padding};
}

std::string decode_prefix(std::string_view characters) {
  return base64_decode_forgiving(characters.substr(0, characters.size() / 4 * 4)).value_or("");
}

/// Whether the line is base64 that starts like a key.
bool starts_like_key(std::string_view line) {
  if (!base64_line(line) || !begins_like_base64_key(line)) return false;
  // Base64 of text such as "000" begins like DER of a short key, too. A short line of it is more likely to be that.
  constexpr std::size_t kLeast = 32;
  const bool may_be_text = line.starts_with('M') && !line.starts_with("MII");
  return line.size() >= kLeast || !may_be_text;
}

/// Returns how many decoded bytes the complete key has, if that can be read from them.
std::optional<std::size_t> whole_size(std::string_view decoded) {
  const std::size_t begin = decoded.find(kBegin);
  if (begin != std::string_view::npos) {
    const std::size_t end = decoded.find(kEnd, begin);
    if (end == std::string_view::npos) return std::nullopt;
    const std::size_t dashes = decoded.find("-----", end + kEnd.size());
    if (dashes == std::string_view::npos) return std::nullopt;
    return dashes + 5;
  }
  const auto size = der_key_size(decoded);
  return size && *size <= decoded.size() ? size : std::nullopt;
}

/// Whether the line is `NAME=` with a name that is usual for a variable.
bool looks_like_variable(const Base64Line& line) {
  const auto is_usual = [](char c) { return (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_'; };
  return line.padding == 1 && !line.characters.empty() &&
         std::all_of(line.characters.begin(), line.characters.end(), is_usual);
}

bool is_plausible_tail(const Base64Line& line, std::size_t characters_before) {
  if (line.padding != 1 || line.characters.empty()) return true;  // nobody writes a variable as `NAME==`
  if (looks_like_variable(line)) return false;
  const bool is_name = line.characters.find_first_of("+/-") == std::string_view::npos;
  return !is_name || (characters_before + line.characters.size() + line.padding) % 4 == 0;
}

/// Returns the base64 lines from `first` on, up to and including the first one with padding.
std::vector<Line> base64_lines(std::string_view text, const Line& first) {
  std::vector<Line> lines{first};
  std::optional<Line> line = first;
  while (base64_line(line->text)->padding == 0) {
    line = line_after(text, line->end);
    if (!line || !base64_line(line->text)) return lines;
    lines.push_back(*line);
  }
  // The padding may be wrapped as well.
  const auto next = line_after(text, line->end);
  if (next && next->text == "=" && base64_line(line->text)->padding == 1) lines.push_back(*next);
  return lines;
}

/// Returns the number of white space bytes at the end of the text.
std::size_t trailing_space(std::string_view text) {
  const auto last = std::find_if_not(text.rbegin(), text.rend(), is_space);
  return static_cast<std::size_t>(last - text.rbegin());
}

/// Returns how many of these lines belong to the key.
std::size_t count_key_lines(const std::vector<Line>& lines) {
  std::size_t all = 0;
  for (const Line& line : lines) all += line.text.size();
  WipedString characters;
  characters.reserve(all);
  for (const Line& line : lines) characters += base64_line(line.text)->characters;
  auto padded = base64_decode_forgiving(characters);
  const WipedString decoded = padded ? std::move(*padded) : decode_prefix(characters);
  const auto size = whole_size(decoded);
  const std::size_t text_end = decoded.size() - trailing_space(decoded);
  std::size_t seen = 0;
  for (std::size_t i = 0; i < lines.size(); ++i) {
    const Base64Line line = *base64_line(lines[i].text);
    if (i > 0 && size) {
      const std::size_t decoded_before = seen * 3 / 4;
      // The key is complete. Only the line end after PEM's last line may follow ("Cg==").
      const bool only_space_follows = decoded_before >= text_end && decoded_before < decoded.size();
      if (decoded_before >= *size && (line.characters.empty() || !only_space_follows))
        return line.characters.empty() ? i + 1 : i;
    } else if (i > 0 && !is_plausible_tail(line, seen)) {
      return i;
    }
    seen += line.characters.size();
  }
  return lines.size();
}

WrappedKey joined(const std::vector<Line>& lines, std::size_t count) {
  WrappedKey key;
  std::size_t size = 0;
  for (std::size_t i = 0; i < count; ++i) size += lines[i].text.size() + 1;
  key.value.reserve(size);
  for (std::size_t i = 0; i < count; ++i) {
    if (i > 0) key.value += '\n';
    key.value += lines[i].text;
    key.end = lines[i].end;
  }
  return key;
}

WrappedKey base64_key(std::string_view text, const Line& first) {
  std::vector<Line> lines = base64_lines(text, first);
  std::size_t count = count_key_lines(lines);
  // A PEM END line, if the BEGIN line was left out.
  const auto next = line_after(text, lines[count - 1].end);
  if (next && next->text.starts_with(kEnd)) {
    lines.resize(count);
    lines.push_back(*next);
    ++count;
  }
  return joined(lines, count);
}

/// Whether the line is a header of an encrypted PKCS#1 key (RFC 1421). An empty line ends these headers.
bool is_pem_header(std::string_view line) { return line.starts_with("Proc-Type:") || line.starts_with("DEK-Info:"); }

WrappedKey pem_key(std::string_view text, const Line& first) {
  std::vector<Line> lines{first};
  std::size_t characters = 0;
  while (lines.back().text.find(kEnd) == std::string_view::npos) {
    const auto line = line_after(text, lines.back().end);
    if (!line) break;
    const auto base64 = base64_line(line->text);
    const bool ends_headers = line->text.empty() && is_pem_header(lines.back().text);
    const bool is_end = line->text.starts_with(kEnd);
    if (!base64 && !ends_headers && !is_end && !is_pem_header(line->text)) break;
    if (base64 && base64->padding > 0) {
      const auto after = line_after(text, line->end);
      const bool end_follows = after && after->text.starts_with(kEnd);
      if (!end_follows && !is_plausible_tail(*base64, characters)) break;
    }
    if (base64) characters += base64->characters.size();
    lines.push_back(*line);
  }
  return joined(lines, lines.size());
}

}  // namespace

std::optional<WrappedKey> wrapped_key(std::string_view text, const DotenvEntry& entry) {
  // A comment after the value ends it.
  if (entry.value_end < text.size() && text[entry.value_end] != '\n') return std::nullopt;
  Line first{trim(text.substr(entry.value_begin, entry.value_end - entry.value_begin)), entry.value_end};
  const bool begins_below = first.text.empty();
  if (begins_below) {
    const auto next = line_after(text, entry.value_end);
    if (!next) return std::nullopt;
    first = *next;
  }
  const bool is_pem = first.text.starts_with(kBegin);
  if (!is_pem && !starts_like_key(first.text)) return std::nullopt;
  WrappedKey key = is_pem ? pem_key(text, first) : base64_key(text, first);
  if (!begins_below && key.end == first.end) return std::nullopt;
  return key;
}

}  // namespace adit
