#pragma once

#include <string>
#include <vector>

#include "app/sources/source_reading.h"

namespace adit::app {

/// Returns "NAME" for each input that is read, "NAME!" for required, "NAME?" for optional.
inline std::vector<std::string> input_names(const SourceReading& reading) {
  std::vector<std::string> shown;
  for (const auto& use : reading.inputs)
    shown.push_back(use.name + (use.need == InputUse::Need::required   ? "!"
                                : use.need == InputUse::Need::optional ? "?"
                                                                       : ""));
  return shown;
}

}  // namespace adit::app
