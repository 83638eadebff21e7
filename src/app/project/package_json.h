#pragma once

#include <filesystem>
#include <string>

#include "adit/json.h"

namespace adit::app {

/// The package.json of a folder. Empty if there is none that can be read, if it is not an object, or if it leads out of
/// `root` after links are followed.
[[nodiscard]] json::object read_package_json(const std::filesystem::path& folder, const std::string& root);

}  // namespace adit::app
