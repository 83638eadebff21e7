#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "adit/environment.h"

namespace adit::cli {

/// A variable that settles how adit works.
struct Setting {
  std::string_view name;
  std::string_view meaning;
  /// It may stand in the user's configuration file, too; the others are read by libraries, from the process alone.
  bool in_config = false;
  /// And in a project's `.env`.
  bool in_env_file = false;
};

/// All of them, in the order of the documentation. What a project's credentials are is not a setting of adit's.
[[nodiscard]] std::span<const Setting> settings();

/// `adit/config` in the user's configuration folder ($XDG_CONFIG_HOME, else ~/.config); empty if there is none.
[[nodiscard]] std::string user_config_path();

/// The user's defaults: settings as in `.env`, which count where the command line, the process environment and `.env`
/// say nothing. Nothing if there is no such file. Throws Error (configuration), with file and line, for a line that
/// is none or a setting that is unknown.
[[nodiscard]] std::optional<EnvFile> read_user_config();

}  // namespace adit::cli
