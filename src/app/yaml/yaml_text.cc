#include "app/yaml/yaml_text.h"

#include <algorithm>

#include "base/text/byte_order_mark.h"
#include "base/text/text.h"
#include "base/text/utf8.h"
#include "config/dotenv.h"

namespace adit::app {
namespace {

bool is_forbidden_control(unsigned char byte) {
  return (byte < 0x20 && byte != '\t' && byte != '\n' && byte != '\r') || byte == 0x7F;
}

SourcePosition position_of(std::string_view text, std::size_t offset, const SourceFile& file) {
  int line = 1;
  int column = 1;
  for (std::size_t at = 0; at < offset; ++at) {
    if (text[at] == '\n') {
      ++line;
      column = 1;
    } else if (!continues_utf8(text[at])) {
      ++column;
    }
  }
  return {file.shown, line, column};
}

void refuse_utf16(std::string_view bytes, const SourceFile& file) {
  if (!is_utf16(bytes)) return;
  throw Error::configuration("invalid_yaml", cat(file.shown, " is UTF-16 text."))
      .hint("Save it as UTF-8 (PowerShell's `>` writes UTF-16; use `| Out-File -Encoding utf8`).")
      .at(file.shown, 1, 1);
}

std::string hexadecimal(unsigned char byte) {
  std::string text = "0x";
  append_hex(text, byte);
  return text;
}

bool is_blank(char c) { return c == ' ' || c == '\t'; }
bool opens_flow(char c) { return c == '[' || c == '{'; }

/// Returns true if a flow list or map may begin after this part of a line: after nothing, `-`, `?`, `:`, a tag or an
/// anchor. Everywhere else a bracket is part of a plain scalar.
bool may_begin_flow(std::string_view line) {
  line = line.substr(0, line.find_last_not_of(" \t") + 1);  // npos + 1 is 0
  const auto word = line.substr(line.find_last_of(" \t") + 1);
  return word.empty() || word == "-" || word == "?" || word.back() == ':' || word.front() == '&' || word.front() == '!';
}

/// Returns the place after the closing quote of the quoted text that begins at `at`.
std::size_t end_of_quoted(std::string_view text, std::size_t at) {
  const char quote = text[at];
  for (++at; at < text.size() && text[at] != quote; ++at) {
    if (quote == '"' && text[at] == '\\') ++at;
  }
  return std::min(at + 1, text.size());
}

}  // namespace

std::optional<std::size_t> where_flow_is_deeper(std::string_view text, std::size_t most) {
  std::size_t depth = 0;
  std::size_t line = 0;
  for (std::size_t at = 0; at < text.size();) {
    const char c = text[at];
    const char before = at == 0 ? '\n' : text[at - 1];
    const bool behind_blank = is_blank(before) || before == '\n';
    if (c == '#' && behind_blank) {
      at = std::min(text.find('\n', at), text.size());
      continue;
    }
    if ((c == '"' || c == '\'') && (behind_blank || opens_flow(before) || before == ',' || before == ':')) {
      at = end_of_quoted(text, at);
      continue;
    }
    if (c == '\n') line = at + 1;
    if (opens_flow(c)) {
      const bool flow = depth > 0 || (behind_blank && may_begin_flow(text.substr(line, at - line)));
      if (flow && ++depth > most) return at;
    }
    if ((c == ']' || c == '}') && depth > 0) --depth;
    ++at;
  }
  return std::nullopt;
}

Error too_deep(const YamlLimits& limits) {
  return Error::configuration("invalid_yaml", cat("Values are nested more than ", limits.max_depth, " levels deep."))
      .hint("A project needs at most ten. Check that it is the right file, and that its brackets are closed.");
}

std::string clean_yaml_text(std::string_view bytes, const SourceFile& file, const YamlLimits& limits) {
  if (bytes.size() > limits.max_bytes)
    throw Error::configuration("invalid_yaml", cat(file.shown, " has ", bytes.size(), " bytes, more than the ",
                                                   limits.max_bytes, " that a configuration file may have."))
        .hint("Check that it is the right file.")
        .at(file.shown);
  refuse_utf16(bytes, file);
  bytes = without_byte_order_mark(bytes);
  auto text = normalise_line_ends(bytes);
  for (std::size_t at = 0; at < text.size();) {
    const auto byte = static_cast<unsigned char>(text[at]);
    const auto length = utf8_length(std::string_view(text).substr(at));
    if (length == 0)
      throw Error::configuration("invalid_yaml", cat("The byte ", hexadecimal(byte), " is not UTF-8."))
          .hint("Save the file as UTF-8; it is probably in an older encoding such as ISO 8859-1 or Windows-1252.")
          .at(position_of(text, at, file));
    if (is_forbidden_control(byte))
      throw Error::configuration("invalid_yaml",
                                 cat("YAML does not allow the control character ", hexadecimal(byte), "."))
          .hint("Remove it, or write it as an escape such as \"\\x1B\" in double quotes.")
          .at(position_of(text, at, file));
    at += length;
  }
  if (const auto deep = where_flow_is_deeper(text, 10 * limits.max_depth))
    throw too_deep(limits).at(position_of(text, *deep, file));
  return text;
}

namespace {

constexpr std::size_t kBetweenCounts = 256;

}  // namespace

CharacterIndex::CharacterIndex(std::string_view text) {
  counts_.reserve(text.size() / kBetweenCounts + 1);
  counts_.push_back(0);
  for (std::size_t at = kBetweenCounts; at <= text.size(); at += kBetweenCounts)
    counts_.push_back(counts_.back() + utf8_count(text.substr(at - kBetweenCounts, kBetweenCounts)));
}

std::size_t CharacterIndex::characters_before(std::string_view text, std::size_t byte) const {
  byte = std::min(byte, text.size());
  const auto block = byte / kBetweenCounts;
  return counts_[block] + utf8_count(text.substr(block * kBetweenCounts, byte - block * kBetweenCounts));
}

std::size_t CharacterIndex::byte_of(std::string_view text, std::size_t character) const {
  const auto after = std::upper_bound(counts_.begin(), counts_.end(), character);
  const auto block = static_cast<std::size_t>(after - counts_.begin()) - 1;
  auto passed = counts_[block];
  for (auto at = block * kBetweenCounts; at < text.size(); ++at) {
    if (continues_utf8(text[at])) continue;
    if (passed++ == character) return at;
  }
  return text.size();
}

TextLines::TextLines(std::string_view text) : text_(text), starts_{0}, characters_(text) {
  for (std::size_t at = text.find('\n'); at != std::string_view::npos; at = text.find('\n', at + 1))
    starts_.push_back(at + 1);
}

std::string_view TextLines::line(int number) const {
  if (number < 0 || number >= count()) return {};
  const auto index = static_cast<std::size_t>(number);
  const auto end = index + 1 < starts_.size() ? starts_[index + 1] - 1 : text_.size();
  return text_.substr(starts_[index], end - starts_[index]);
}

std::string_view TextLines::from(int line_number, int byte_column) const {
  if (line_number < 0 || line_number >= count()) return {};
  const auto begin =
      starts_[static_cast<std::size_t>(line_number)] + static_cast<std::size_t>(std::max(byte_column, 0));
  return begin < text_.size() ? text_.substr(begin) : std::string_view();
}

int TextLines::column(int line_number, int byte_column) const {
  if (line_number < 0 || line_number >= count()) return 1;
  const auto begin = starts_[static_cast<std::size_t>(line_number)];
  const auto byte = std::min(static_cast<std::size_t>(std::max(byte_column, 0)), line(line_number).size());
  return 1 + static_cast<int>(characters_.characters_before(text_, begin + byte) -
                              characters_.characters_before(text_, begin));
}

}  // namespace adit::app
