#include "app/yaml/yaml_flow.h"

#include <algorithm>
#include <string_view>

namespace adit::app {
namespace {

/// A range of bytes in a line.
struct Span {
  std::size_t begin = 0;
  std::size_t end = 0;
};

/// A flow map on its line: the range between the braces, and each entry without surrounding spaces.
struct FlowMap {
  Span inside;
  std::vector<Span> entries;
  /// The place of the comma after each entry, or of the closing brace if there is no comma.
  std::vector<std::size_t> commas;
};

/// YAML 1.2.2, s-white.
bool is_white(char c) { return c == ' ' || c == '\t'; }

/// Returns the byte after a quoted scalar, or npos if it does not end on the line (YAML 1.2.2, sections 7.3.1 and
/// 7.3.2).
std::size_t after_quotes(std::string_view line, std::size_t at) {
  const char quote = line[at];
  for (++at; at < line.size(); ++at) {
    if (quote == '"' && line[at] == '\\') {
      ++at;
    } else if (line[at] == quote) {
      if (quote == '"' || line.substr(at + 1, 1) != "'") return at + 1;
      ++at;
    }
  }
  return std::string_view::npos;
}

/// Adds the entry in `span`, unless there are only spaces, as after a trailing comma.
void add_entry(std::string_view line, Span span, std::size_t comma, FlowMap& map) {
  while (span.begin < span.end && is_white(line[span.begin])) ++span.begin;
  while (span.end > span.begin && is_white(line[span.end - 1])) --span.end;
  if (span.begin == span.end) return;
  map.entries.push_back(span);
  map.commas.push_back(comma);
}

/// Reads the map whose brace is at `open`. Without a closing brace the result has no entries.
FlowMap read_flow_map(std::string_view line, std::size_t open) {
  FlowMap map;
  std::size_t depth = 0;
  std::size_t begin = open + 1;
  // Inside a plain scalar a quote is an ordinary character.
  bool at_start = true;
  for (std::size_t at = open; at < line.size(); ++at) {
    const char c = line[at];
    if (is_white(c)) continue;
    if (at_start && (c == '"' || c == '\'')) {
      const auto end = after_quotes(line, at);
      if (end == std::string_view::npos) return {};
      at = end - 1;
      at_start = false;
      continue;
    }
    if (c == '#' && is_white(line[at - 1])) return {};
    at_start = std::string_view("{[,:").find(c) != std::string_view::npos;
    if (c == '{' || c == '[') ++depth;
    if (c == ',' && depth == 1) {
      add_entry(line, {begin, at}, at, map);
      begin = at + 1;
    }
    if ((c == '}' || c == ']') && --depth == 0) {
      add_entry(line, {begin, at}, at, map);
      map.inside = {open + 1, at};
      return map;
    }
  }
  return {};
}

/// Returns true if the entries of `map` are those found in the line.
bool has_these_entries(const FlowMap& flow, const YamlEdit& text, const YamlNode& map) {
  if (flow.entries.size() != map.entries.size()) return false;
  for (std::size_t i = 0; i < flow.entries.size(); ++i) {
    const auto& entry = map.entries[i];
    if (entry.line != map.line || text.byte_at(entry.line, entry.column) != flow.entries[i].begin) return false;
  }
  return true;
}

}  // namespace

bool is_flow_map(const YamlEdit& text, const YamlNode& map) {
  const auto at = text.byte_at(map.line, map.column);
  return map.is_map() && text.line(map.line).substr(at, 1) == "{";
}

bool change_flow_map(YamlEdit& text, const YamlNode& map, const std::vector<const YamlEntry*>& dropped,
                     const std::vector<std::string>& added, const YamlEntry& place) {
  if (!is_flow_map(text, map)) return false;
  const auto flow = read_flow_map(text.line(map.line), text.byte_at(map.line, map.column));
  if (!has_these_entries(flow, text, map)) return false;

  const auto count = map.entries.size();
  std::vector<bool> stays(count);
  std::size_t first = count;
  std::size_t before = count;
  for (std::size_t i = 0; i < count; ++i) {
    stays[i] = std::find(dropped.begin(), dropped.end(), &map.entries[i]) == dropped.end();
    if (!stays[i]) continue;
    first = std::min(first, i);
    if (before == count || i <= static_cast<std::size_t>(&place - map.entries.data())) before = i;
  }
  std::string list;
  for (const auto& entry : added) list += (list.empty() ? "" : ", ") + entry;
  if (first == count) {
    const Span all = list.empty() ? flow.inside : Span{flow.entries.front().begin, flow.entries.back().end};
    text.replace_bytes(map.line, all.begin, all.end - all.begin, list);
    return true;
  }
  if (!list.empty()) text.replace_bytes(map.line, flow.entries[before].end, 0, ", " + list);
  for (std::size_t i = 0; i < count; ++i) {
    if (stays[i]) continue;
    // Remove the entry with the comma before it, or with the one after it if no entry before it stays.
    const auto begin = i < first ? flow.entries[i].begin : flow.commas[i - 1];
    const auto end = i < first ? flow.entries[i + 1].begin : i + 1 < count ? flow.commas[i] : flow.entries[i].end;
    text.replace_bytes(map.line, begin, end - begin, "");
  }
  return true;
}

}  // namespace adit::app
