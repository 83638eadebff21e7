#include "system/files/inside.h"

#include <algorithm>
#include <system_error>

namespace adit {
namespace {

namespace fs = std::filesystem;

/// Follows all links. weakly_canonical() does not follow a link whose target does not exist; this does.
fs::path real_path(fs::path path) {
  constexpr int kMostLinks = 40;
  std::error_code error;
  path = fs::absolute(path, error);
  for (int links = 0; links < kMostLinks; ++links) {
    path = fs::weakly_canonical(path, error);
    if (!fs::is_symlink(fs::symlink_status(path, error))) break;
    path = path.parent_path() / fs::read_symlink(path, error);
  }
  return path.has_filename() ? path : path.parent_path();
}

}  // namespace

bool is_inside(const fs::path& path, const fs::path& folder) {
  const auto real = real_path(path);
  const auto root = real_path(folder);
  return std::mismatch(root.begin(), root.end(), real.begin(), real.end()).first == root.end();
}

}  // namespace adit
