#pragma once

#include <vector>

#include "adit/environment.h"

namespace adit::cli {

/// Returns the settings of a `.env` that would send its secrets to another place than Adobe or this machine. A `.env`
/// that someone else wrote may contain them before the user's credential is added.
[[nodiscard]] std::vector<SettingOrigin> foreign_destinations(const EnvFile& file);

}  // namespace adit::cli
