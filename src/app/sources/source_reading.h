#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "adit/error.h"

namespace adit::app {

/// An input that an action's source reads.
struct InputUse {
  enum class Need {
    /// Read with a fallback (`params.X || 'info'`, `get_or`), or only tested for existence.
    optional,
    /// Read without handling the case that it is missing.
    read,
    /// Named in the action's check for missing inputs: without it the action refuses to work.
    required
  };

  std::string name;
  Need need = Need::read;
  SourcePosition where;
};

/// A relative import of a file that does not exist.
struct MissingFile {
  /// As the source names it.
  std::string name;
  /// The absolute path of the file that would be loaded. An import without an ending is taken to be one of `.js`.
  std::string path;
  SourcePosition where;
};

/// What was read from the sources of an action.
struct SourceReading {
  /// Each name once, with its strongest need and the position of that use, sorted by name. Without `__ow_…`.
  std::vector<InputUse> inputs;
  /// Calls of Credentials::from_params, which reads the JWT_* or the IMS_OAUTH_S2S_* inputs.
  std::vector<SourcePosition> credentials_from_params;
  /// The files read, absolute.
  std::vector<std::string> files;
  std::vector<MissingFile> missing_files;
  /// Relative imports of TypeScript, which only a bundler compiles.
  std::vector<InputUse> typescript_imports;
  /// Properties that `@adobe/jwt-auth` does not return (jwt_auth_use.h).
  std::vector<InputUse> wrong_properties;
  /// The size of the files read.
  std::size_t bytes = 0;
};

}  // namespace adit::app
