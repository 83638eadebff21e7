#pragma once

#include <string>

namespace adit::dev {

/// A file of an action's package.
struct PackagedFile {
  /// Path in the package, with slashes.
  std::string path;
  std::string bytes;
  bool executable = false;
};

}  // namespace adit::dev
