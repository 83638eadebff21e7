#pragma once

#include <filesystem>

namespace adit {

/// Whether `path` is `folder` or lies below it, after the symbolic links of both have been followed. What does not
/// exist is judged by where it would be.
[[nodiscard]] bool is_inside(const std::filesystem::path& path, const std::filesystem::path& folder);

}  // namespace adit
