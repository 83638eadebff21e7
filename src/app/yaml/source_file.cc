#include "app/yaml/source_file.h"

#include <filesystem>
#include <system_error>

namespace adit::app {

std::string shown_path(const std::string& path) {
  std::error_code unknown;
  const auto folder = std::filesystem::current_path(unknown);
  if (unknown) return path;
  const auto relative = std::filesystem::path(path).lexically_relative(folder);
  return relative.empty() || *relative.begin() == ".." ? path : relative.string();
}

}  // namespace adit::app
