#pragma once

#include <string>

namespace adit {

/// Returns adit's folder for caches, `$XDG_CACHE_HOME/adit`, else `~/.cache/adit`. Ignores a variable with a relative
/// path, as the XDG Base Directory Specification requires (https://specifications.freedesktop.org/basedir-spec).
/// Returns an empty string if neither variable has an absolute path. Reads only the environment of the process: a
/// project's file must not decide where adit writes.
[[nodiscard]] std::string cache_folder();

/// The same for the configuration: `$XDG_CONFIG_HOME/adit`, else `~/.config/adit`.
[[nodiscard]] std::string config_folder();

}  // namespace adit
