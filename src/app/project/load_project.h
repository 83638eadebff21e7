#pragma once

#include <string>

#include "app/project/on_error.h"
#include "app/project/project.h"

namespace adit::app {

/// Reads the project whose root is this folder. Throws Error (configuration), with file, line and column:
/// `invalid_yaml`, `invalid_config`, `invalid_name`, `invalid_limit`, `include_missing`, `include_cycle`,
/// `two_actions`, `no_project`, `file_unreadable`.
[[nodiscard]] Project load_project(const std::string& root, OnError on_error = OnError::stop);

}  // namespace adit::app
