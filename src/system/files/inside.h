#pragma once

#include <filesystem>

namespace adit {

/// Whether `path` is `folder` or below it. Follows the symbolic links of both. For a path that does not exist, decides
/// by the place where it would be.
[[nodiscard]] bool is_inside(const std::filesystem::path& path, const std::filesystem::path& folder);

}  // namespace adit
