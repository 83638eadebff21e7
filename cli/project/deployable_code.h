#pragma once

#include <map>
#include <string>

#include "adit/environment.h"

#include "app/project/project.h"
#include "deploy/desired.h"

namespace adit::cli {

/// Builds, bundles and packs every action of the project, as `adit package` does: C++ for `target` (`nodejs`,
/// `native`), JavaScript as a zip, a zip as it is, a container image by its name. Returns the results by the actions'
/// full names. Throws what building throws, and `package_too_large`.
[[nodiscard]] std::map<std::string, deploy::Code> deployable_code(const app::Project& project,
                                                                  const Environment& environment,
                                                                  const std::string& target);

/// Returns true if the project has a folder of web assets: then Adobe's tools deploy another validator.
[[nodiscard]] bool has_front_end(const app::Project& project);

}  // namespace adit::cli
