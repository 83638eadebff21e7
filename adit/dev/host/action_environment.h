#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "adit/base/environment.h"

namespace adit::dev {

/// What every action's environment has, and so has what an action starts.
inline constexpr std::string_view kActionMark = "AIO_DEV=true";

/// The environment of an action's process, as `NAME=value`: PATH, HOME, LANG, TZ, the proxy and certificate variables,
/// ADIT_*, and AIO_DEV=true. Nothing else that the developer has: what works here must not depend on a variable that a
/// deployed action will not see; inputs are how an action gets settings.
[[nodiscard]] std::vector<std::string> action_environment(const Environment& environment);

}  // namespace adit::dev
