#pragma once

#include <string>

namespace adit::app {

/// A file that was read: its path, and its name in messages.
struct SourceFile {
  std::string path;
  std::string shown;
};

/// Returns the path as messages show it: relative to the current folder if it is below it, otherwise unchanged.
[[nodiscard]] std::string shown_path(const std::string& path);

}  // namespace adit::app
