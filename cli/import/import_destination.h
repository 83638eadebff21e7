#pragma once

#include <vector>

#include "adit/environment.h"

namespace adit::cli {

/// The settings of a `.env` that send secrets which stand beside them to another place than Adobe or this machine. A
/// `.env` that somebody else wrote may hold them before the user's credential is put there.
[[nodiscard]] std::vector<SettingOrigin> foreign_destinations(const EnvFile& file);

}  // namespace adit::cli
