#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "app/check/script_reader_tokens.h"
#include "app/project/project.h"

namespace adit::app {

/// An input that an action's source asks for.
struct InputUse {
  enum class Need {
    /// Read with something to fall back on (`params.X || 'info'`, `get_or`), or only asked whether it is there.
    optional,
    /// Read, and nothing is done for the case that it is missing.
    read,
    /// Named in the action's check of missing inputs: without it the action refuses to work.
    required
  };

  std::string name;
  Need need = Need::read;
  SourcePosition where;
};

/// What the sources of an action tell.
struct SourceReading {
  /// Each name once, with its strongest need and the place of that, in order of names. `__ow_…` are left out.
  std::vector<InputUse> inputs;
  /// Calls of Credentials::from_params, which take the JWT_* or the IMS_OAUTH_S2S_* inputs.
  std::vector<SourcePosition> credentials_from_params;
  /// The files read, absolute.
  std::vector<std::string> files;
  /// Relative imports of files that are not there: the path as written, and the place.
  std::vector<InputUse> missing_files;
  /// Relative imports of TypeScript, which only a bundler compiles.
  std::vector<InputUse> typescript_imports;
  /// Properties that `@adobe/jwt-auth` does not return (jwt_auth_use.h).
  std::vector<InputUse> wrong_properties;
  /// Of the files read.
  std::size_t bytes = 0;
};

/// One program text: names read from the action's parameters. `file` is what positions call it.
[[nodiscard]] SourceReading read_program(std::string_view program, Language language, const std::string& file);

/// The action's function with the files that it pulls in by relative path (JavaScript, TypeScript), or the C++ sources
/// of its folder. What cannot be read is left out, and so is what does not lie below `root`, after symbolic links have
/// been followed. Bounded: 500 files of at most 2 MB, 16 MB in all, and the first 1,000 imports of each.
[[nodiscard]] SourceReading read_action_sources(const Action& action, const std::string& root);

}  // namespace adit::app
