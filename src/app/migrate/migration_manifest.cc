#include "app/migrate/migration_manifest.h"

#include <algorithm>
#include <memory>

#include "adit/error.h"

#include "app/inputs/inputs.h"
#include "app/inputs/variable_reference.h"
#include "app/yaml/source_file.h"
#include "app/yaml/yaml_edit.h"
#include "app/yaml/yaml_flow.h"
#include "app/yaml/yaml_parse.h"
#include "base/text/text.h"

namespace adit::app {
namespace {

bool mentions(const YamlEntry& entry, std::string_view name) {
  if (entry.key == name) return true;
  const auto names = variables_in(entry.value.text);
  return std::find(names.begin(), names.end(), name) != names.end();
}

std::string_view replacement_of(std::string_view jwt) {
  for (const auto& [from, to] : kRenamedSettings) {
    if (from == jwt) return to;
  }
  return {};
}

/// Returns the JWT settings that the value names, without duplicates.
std::vector<std::string> jwt_settings(const YamlNode& value) {
  std::vector<std::string> settings;
  if (!value.is_string()) return settings;
  for (const auto& name : variables_in(value.text)) {
    const bool dropped = std::find(kDroppedSettings.begin(), kDroppedSettings.end(), name) != kDroppedSettings.end();
    if ((dropped || !replacement_of(name).empty()) &&
        std::find(settings.begin(), settings.end(), name) == settings.end())
      settings.push_back(name);
  }
  return settings;
}

class Editor {
 public:
  Editor(YamlEdit& edit, bool both, std::vector<std::string>& remaining)
      : edit_(edit), both_(both), remaining_(remaining) {}

  void walk(const YamlNode& node) {
    for (const auto& item : node.items) walk(item);
    for (const auto& entry : node.entries) {
      if (entry.key == "inputs" && entry.value.is_map()) migrate(entry.value);
      walk(entry.value);
    }
  }

 private:
  /// Returns true if the value is one variable and nothing else: `$NAME`, `${ NAME }`.
  static bool is_variable(std::string_view value) {
    const auto names = variables_in(value);
    if (names.size() != 1) return false;
    if (value == cat('$', names.front())) return true;
    return value.starts_with("${") && value.ends_with('}') && trim(value.substr(2, value.size() - 3)) == names.front();
  }

  /// Returns true if `KEY: $VALUE`, with or without quotes and a comment, is alone on its line.
  [[nodiscard]] bool is_own_line(const YamlEntry& entry) const {
    auto line = trim(edit_.line(entry.line));
    line = trim(line.substr(0, line.find(" #")));
    const auto colon = line.find(':');
    if (colon == std::string_view::npos || unquoted(line.substr(0, colon)) != entry.key) return false;
    // The line must contain the whole value: a change would cut a value that continues in the next line.
    const auto value = unquoted(line.substr(colon + 1));
    return is_variable(value) && value == entry.value.text;
  }

  static std::string_view unquoted(std::string_view text) {
    text = trim(text);
    const bool quoted = text.size() > 1 && (text.front() == '"' || text.front() == '\'') && text.back() == text.front();
    return quoted ? text.substr(1, text.size() - 2) : text;
  }

  [[nodiscard]] std::string indent_of(int line) const {
    const auto text = edit_.line(line);
    return std::string(text.substr(0, std::min(text.find_first_not_of(" \t"), text.size())));
  }

  void add_step(const SourcePosition& where, std::string_view what) {
    remaining_.push_back(cat(where.to_string(), ": ", what));
  }

  void migrate(const YamlNode& inputs) {
    const YamlEntry* last = nullptr;
    std::vector<std::string_view> there;
    for (const auto& entry : inputs.entries) {
      if (!jwt_settings(entry.value).empty()) last = &entry;
      if (!both_) change_below(entry.value);
    }
    if (last == nullptr) return;
    for (const auto& [from, to] : kRenamedSettings) {
      const auto found = std::any_of(inputs.entries.begin(), inputs.entries.end(),
                                     [to = to](const auto& entry) { return mentions(entry, to); });
      if (found) there.push_back(to);
    }
    std::vector<const YamlEntry*> superfluous;
    if (!both_) {
      for (const auto& entry : inputs.entries) {
        for (const auto& name : jwt_settings(entry.value)) change(entry, name, there, superfluous);
      }
    }
    std::vector<std::string> missing;
    for (const auto& [from, to] : kRenamedSettings) {
      if (std::find(there.begin(), there.end(), to) == there.end()) missing.push_back(cat(to, ": $", to));
    }
    if (!is_flow_map(edit_, inputs)) return change_lines(superfluous, missing, *last);
    if (change_flow_map(edit_, inputs, superfluous, missing, *last)) return;
    for (const auto* entry : superfluous) ask_to_remove(*entry, entry->key);
    for (const auto& input : missing) add_step(last->where(), cat("add the input ", input));
  }

  void change_lines(const std::vector<const YamlEntry*>& superfluous, const std::vector<std::string>& missing,
                    const YamlEntry& last) {
    for (const auto* entry : superfluous) {
      if (is_own_line(*entry)) {
        edit_.remove_line(entry->line);
      } else {
        ask_to_remove(*entry, entry->key);
      }
    }
    for (const auto& input : missing) {
      if (is_own_line(last)) {
        edit_.insert_after(last.line, indent_of(last.line) + input);
      } else {
        add_step(last.where(), cat("add the input ", input));
      }
    }
  }

  void ask_to_remove(const YamlEntry& entry, std::string_view setting) {
    add_step(entry.where(), cat("remove the input '", entry.key, "', which names ", setting));
  }

  /// Renames the variable everywhere in the value. Returns false and changes nothing if the value is not written
  /// literally.
  bool rename_variable(const YamlNode& value, std::string_view name, std::string_view to) {
    const auto begin = edit_.scalar_at(value.line, value.column, value.text);
    if (!begin) return false;
    for (auto reference = next_variable(value.text, 0); reference;
         reference = next_variable(value.text, reference->end)) {
      if (reference->name != name) continue;
      const auto at = static_cast<std::size_t>(reference->name.data() - value.text.data());
      edit_.replace_bytes(value.line, *begin + at, name.size(), std::string(to));
    }
    return true;
  }

  void change(const YamlEntry& entry, const std::string& name, std::vector<std::string_view>& there,
              std::vector<const YamlEntry*>& superfluous) {
    const auto to = replacement_of(name);
    const bool own_name = entry.key == name;
    const bool already = std::find(there.begin(), there.end(), to) != there.end();
    if (to.empty() || (already && own_name)) {
      if (own_name && is_variable(entry.value.text)) {
        superfluous.push_back(&entry);
      } else {
        ask_to_remove(entry, name);
      }
      return;
    }
    // Also if the user is asked to write it: then it is not added as well.
    there.push_back(to);
    const auto key = own_name ? edit_.scalar_at(entry.line, entry.column, name) : std::nullopt;
    if ((own_name && !key) || !rename_variable(entry.value, name, to)) {
      add_step(entry.where(), cat("replace ", name, " with ", to));
      return;
    }
    if (key) edit_.replace_bytes(entry.line, *key, name.size(), std::string(to));
  }

  /// Changes the values inside an input that is a map or a list.
  void change_below(const YamlNode& input) {
    const auto visit = [this](const YamlNode& value) {
      for (const auto& name : jwt_settings(value)) {
        const auto to = replacement_of(name);
        if (to.empty()) {
          add_step(value.where(), cat("take out $", name));
        } else if (!rename_variable(value, name, to)) {
          add_step(value.where(), cat("replace ", name, " with ", to));
        }
      }
      change_below(value);
    };
    for (const auto& item : input.items) visit(item);
    for (const auto& entry : input.entries) visit(entry.value);
  }

  YamlEdit& edit_;
  bool both_;
  std::vector<std::string>& remaining_;
};

}  // namespace

std::string migrate_manifest(const std::string& text, const std::string& path, bool both,
                             std::vector<std::string>& remaining) {
  const auto file = std::make_shared<const SourceFile>(SourceFile{path, shown_path(path)});
  YamlEdit edit(text);
  Editor(edit, both, remaining).walk(parse_yaml(text, file));
  auto changed = edit.apply();
  // Check that the result is still YAML.
  if (changed != text) (void)parse_yaml(changed, file);
  return changed;
}

}  // namespace adit::app
