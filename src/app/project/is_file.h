#pragma once

#include <filesystem>
#include <system_error>

namespace adit::app {

/// A regular file, or a link to one. What cannot be looked at is none.
[[nodiscard]] inline bool is_file(const std::filesystem::path& path) {
  std::error_code unknown;
  return std::filesystem::is_regular_file(path, unknown);
}

}  // namespace adit::app
