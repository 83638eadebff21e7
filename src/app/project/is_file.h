#pragma once

#include <filesystem>
#include <system_error>

namespace adit::app {

/// Returns true for a regular file or a link to one; false if the path cannot be examined.
[[nodiscard]] inline bool is_file(const std::filesystem::path& path) {
  std::error_code unknown;
  return std::filesystem::is_regular_file(path, unknown);
}

}  // namespace adit::app
