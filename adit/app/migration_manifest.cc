#include "adit/app/migration_manifest.h"

#include <algorithm>
#include <memory>

#include "adit/app/inputs.h"
#include "adit/app/yaml_edit.h"
#include "adit/app/yaml_tree.h"
#include "adit/base/error.h"
#include "adit/base/text.h"

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

/// The JWT setting that the input's value names, if it does.
std::string jwt_setting(const YamlEntry& entry) {
  if (!entry.value.is_string()) return {};
  for (const auto& name : variables_in(entry.value.text)) {
    if (!replacement_of(name).empty()) return name;
    if (std::find(kDroppedSettings.begin(), kDroppedSettings.end(), name) != kDroppedSettings.end()) return name;
  }
  return {};
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
  /// `KEY: $VALUE` alone on its line, perhaps quoted, perhaps with a comment.
  [[nodiscard]] bool is_own_line(const YamlEntry& entry) const {
    auto line = trim(edit_.line(entry.line));
    line = trim(line.substr(0, line.find(" #")));
    const auto colon = line.find(':');
    if (colon == std::string_view::npos || unquoted(line.substr(0, colon)) != entry.key) return false;
    const auto value = unquoted(line.substr(colon + 1));
    const auto names = variables_in(value);
    if (names.size() != 1) return false;
    if (value == cat('$', names.front())) return true;
    return value.starts_with("${") && value.ends_with('}') && trim(value.substr(2, value.size() - 3)) == names.front();
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

  void tell(const YamlEntry& entry, std::string_view what) {
    remaining_.push_back(cat(entry.where().to_string(), ": ", what));
  }

  void migrate(const YamlNode& inputs) {
    const YamlEntry* last = nullptr;
    std::vector<std::string_view> there;
    for (const auto& entry : inputs.entries) {
      if (!jwt_setting(entry).empty()) last = &entry;
    }
    if (last == nullptr) return;
    for (const auto& [from, to] : kRenamedSettings) {
      const auto found = std::any_of(inputs.entries.begin(), inputs.entries.end(),
                                     [to = to](const auto& entry) { return mentions(entry, to); });
      if (found) there.push_back(to);
    }
    if (!both_) {
      for (const auto& entry : inputs.entries) {
        const auto name = jwt_setting(entry);
        if (!name.empty()) change(entry, name, there);
      }
    }
    for (const auto& [from, to] : kRenamedSettings) {
      if (std::find(there.begin(), there.end(), to) != there.end()) continue;
      if (is_own_line(*last)) {
        edit_.insert_after(last->line, cat(indent_of(last->line), to, ": $", to));
      } else {
        tell(*last, cat("add the input ", to, ": $", to));
      }
    }
  }

  void change(const YamlEntry& entry, const std::string& name, std::vector<std::string_view>& there) {
    const auto to = replacement_of(name);
    const bool own_name = entry.key == name;
    const bool already = std::find(there.begin(), there.end(), to) != there.end();
    if (to.empty() || (already && own_name)) {
      if (own_name && is_own_line(entry)) {
        edit_.remove_line(entry.line);
      } else {
        tell(entry, cat("take out the input '", entry.key, "', which names ", name));
      }
      return;
    }
    const bool key_done = !own_name || edit_.replace(entry.line, entry.column, name, to);
    if (!key_done || !edit_.replace(entry.value.line, entry.value.column, name, to)) {
      tell(entry, cat("write ", to, " in place of ", name));
      return;
    }
    there.push_back(to);
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
  // Proves that it is YAML still.
  if (changed != text) (void)parse_yaml(changed, file);
  return changed;
}

}  // namespace adit::app
