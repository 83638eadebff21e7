#pragma once

#include <filesystem>
#include <string>

#include "adit/json.h"

namespace adit::app {

/// Returns the package.json of a folder. Empty if it is missing or unreadable, if it is not an object, or if it is
/// outside `root` after links are resolved.
[[nodiscard]] json::object read_package_json(const std::filesystem::path& folder, const std::string& root);

/// Returns what the package.json of a folder names as its `main`, relative to the folder; empty if it names nothing.
[[nodiscard]] std::string main_of_package(const std::filesystem::path& folder, const std::string& root);

}  // namespace adit::app
