#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "adit/environment.h"

namespace adit::cli {

/// A variable that configures adit.
struct Setting {
  std::string_view name;
  std::string_view meaning;
  /// True if the user's configuration file may contain it. Libraries read the others, only from the process
  /// environment.
  bool in_config = false;
  /// True if a project's `.env` may contain it.
  bool in_env_file = false;
};

/// Returns all settings in the order of the documentation. A project's credentials are not settings of adit.
[[nodiscard]] std::span<const Setting> settings();

/// Returns the path of `adit/config` in the user's configuration folder ($XDG_CONFIG_HOME, else ~/.config). Returns an
/// empty text if neither XDG_CONFIG_HOME nor HOME is an absolute path.
[[nodiscard]] std::string user_config_path();

/// Reads the user's defaults: settings in the format of `.env`, which apply if the command line, the process
/// environment and `.env` do not set them. Returns nothing if there is no such file. Throws Error (configuration), with
/// file and line, for a malformed line or an unknown setting.
[[nodiscard]] std::optional<EnvFile> read_user_config();

}  // namespace adit::cli
