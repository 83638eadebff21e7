#include "system/process/find_program.h"

#include <cstdlib>
#include <filesystem>

#include <unistd.h>

#include "base/text/text.h"

namespace adit {

std::string find_program(std::string_view name) {
  const char* path = std::getenv("PATH");
  return find_program(name, path != nullptr ? path : kDefaultPath, [](const auto& /*program*/) { return true; });
}

std::string find_program(std::string_view name, std::string_view path,
                         const std::function<bool(const std::filesystem::path& program)>& accept) {
  for (const auto& folder : split_list(path, ':')) {
    auto file = cat(folder, '/', name);
    if (::access(file.c_str(), X_OK) == 0 && !std::filesystem::is_directory(file) && accept(file)) return file;
  }
  return {};
}

}  // namespace adit
