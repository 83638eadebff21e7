#pragma once

#include <cstddef>
#include <functional>
#include <map>
#include <string>

#include "adit/error.h"

#include "app/yaml/yaml_tree.h"

namespace adit::app {

/// Counts the inputs of all actions of a project. Each action gets its package's inputs, so that a small file can
/// demand very many.
class InputTotals {
 public:
  /// Throws Error `invalid_config` if there are too many inputs, or if they are too long.
  void add(std::size_t bytes, const SourcePosition& where);

 private:
  std::size_t values_ = 0;
  std::size_t bytes_ = 0;
};

/// Notes the position of an input's value, and of each value in it, by its path (Action::input_positions). Throws as
/// InputTotals::add does.
void note_input_positions(const YamlEntry& input, InputTotals& totals,
                          std::map<std::string, SourcePosition, std::less<>>& positions);

}  // namespace adit::app
