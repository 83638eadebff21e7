#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "app/project/project.h"
#include "app/yaml/yaml_tree.h"

namespace adit::app {

/// A value of the wrong shape: `what` is nominative, "`inputs` of action 'a/b'"; `expected` is "a map (`NAME: value`
/// lines)".
[[nodiscard]] Error wrong_shape(std::string_view what, std::string_view expected, const YamlNode& node);

/// The member as a map; nullptr if it is absent or empty (`inputs:`), as Adobe's tools take it.
[[nodiscard]] const YamlNode* optional_map(const YamlNode& parent, std::string_view key, std::string_view owner);
/// The member as text; empty if it is absent or empty. Numbers and booleans are refused: quotes are missing then.
[[nodiscard]] std::string optional_text(const YamlNode& parent, std::string_view key, std::string_view owner);

/// Runs it; what it throws is kept where reading is to go on.
template <typename Run>
void guarded(OnFault on_fault, std::vector<Error>& faults, Run run) {
  if (on_fault == OnFault::stop) return run();
  try {
    run();
  } catch (const Error& fault) {
    faults.push_back(fault);
  }
}

enum class Unknown {
  /// Every key that is not known is told.
  all,
  /// Only those that look like a misspelt known one, where other tools may have keys of their own.
  misspelt
};
void warn_of_unknown_keys(const YamlNode& map, std::span<const std::string> known, std::string_view owner,
                          Unknown which, std::vector<Warning>& warnings);

/// Throws Error `invalid_name` unless it is a name by OpenWhisk's rule for entities (EntityName.scala: a letter, digit
/// or `_`, then also blanks and
/// `@ . & -`, no blank at the end, 256 at most), here with letters of every script, and without `..`.
void check_entity_name(std::string_view name, std::string_view kind, const SourcePosition& where);

}  // namespace adit::app
