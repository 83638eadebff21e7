#pragma once

#include <string>

namespace adit::app {

/// Returns the absolute path of the first folder, from `start` ("" is the current folder) upwards, that has an
/// `app.config.yaml`, `ext.config.yaml` or `manifest.yml`. If an `app.config.yaml` further up includes that
/// `ext.config.yaml` or `manifest.yml`, returns the folder of the former. Throws Error `no_project` (configuration).
[[nodiscard]] std::string find_project_root(const std::string& start = "");

}  // namespace adit::app
