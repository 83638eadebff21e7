#include "app/check/mapping_edit.h"

#include <vector>

#include "app/check/check_subject.h"
#include "app/inputs/variable_reference.h"
#include "app/yaml/yaml_scalar.h"
#include "base/text/ascii.h"
#include "base/text/text.h"

namespace adit::app {
namespace {

/// Returns the entries of `map` if each begins its own line below the action, so that a line can be inserted before
/// each of them; otherwise nothing.
std::vector<const YamlEntry*> entries_on_own_lines(const YamlNode& map, const Action& action) {
  std::vector<const YamlEntry*> found;
  for (const auto& entry : map.entries) {
    if (entry.where().file != action.where.file || entry.line <= action.where.line) return {};  // an alias
    if (!found.empty() && (found.back()->line == entry.line || found.back()->column != entry.column)) return {};
    found.push_back(&entry);
  }
  return found;
}

bool begins_its_line(const std::string& path, const YamlEntry& entry) {
  try {
    const auto text = read_file(path);
    std::size_t begin = 0;
    for (int line = 1; line < entry.line; ++line) begin = text.find('\n', begin) + 1;
    auto blanks = static_cast<std::size_t>(entry.column) - 1;
    return text.find_first_not_of(' ', begin) == begin + blanks;
  } catch (const Error&) {
    return false;
  }
}

/// Returns the entry before which `name` is inserted: the one after the first entry that has the same prefix (`JWT_`),
/// or the first.
const YamlEntry* place_for(const std::vector<const YamlEntry*>& entries, const std::string& name) {
  const auto family = name.substr(0, name.find('_') + 1);
  for (std::size_t index = 0; index + 1 < entries.size(); ++index)
    if (!family.empty() && entries[index]->key.starts_with(family)) return entries[index + 1];
  return entries.front();
}

}  // namespace

std::optional<std::string> mapping_line(const std::string& name) {
  const auto text = cat('$', name);
  const auto reference = next_variable(text, 0);
  if (!reference || reference->name != name) return std::nullopt;
  // YAML reads most such names as strings. Those that look like a number (`1e3`), a keyword (`null`) or a list (`-`)
  // need quotes.
  YamlNode key;
  key.text = name;
  type_plain_scalar(key);
  const bool plain = key.is_string() && !is_digit(name.front()) && name.front() != '-';
  return plain ? cat(name, ": $", name) : cat('\'', name, "': $", name);
}

SafeEdit mapping_edit(const CheckSubject& subject, const Action& action, const std::string& name) {
  const auto line = mapping_line(name);
  if (!line) return {};
  const auto* entry = subject.entry_of(action);
  if (entry == nullptr || !entry->value.is_map()) return {};
  const auto path = subject.path_of(action.where);
  const auto* inputs = entry->value.find("inputs");
  if (inputs != nullptr && inputs->is_map() && !inputs->entries.empty()) {
    const auto entries = entries_on_own_lines(*inputs, action);
    if (entries.empty()) return {};
    const auto* next = place_for(entries, name);
    if (!begins_its_line(path, *next)) return {};
    const auto indent = std::string(static_cast<std::size_t>(next->column) - 1, ' ');
    return {SafeEdit::Kind::insert_lines, path, next->line, next->column, {}, cat(indent, *line, "\n")};
  }
  if (entry->value.find_entry("inputs") != nullptr) return {};
  const auto members = entries_on_own_lines(entry->value, action);
  if (members.empty() || !begins_its_line(path, *members.front())) return {};
  const auto indent = std::string(static_cast<std::size_t>(members.front()->column) - 1, ' ');
  return {SafeEdit::Kind::insert_lines, path, members.front()->line,
          members.front()->column,      {},   cat(indent, "inputs:\n", indent, "  ", *line, "\n")};
}

}  // namespace adit::app
