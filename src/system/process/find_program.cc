#include "system/process/find_program.h"

#include <cstdlib>
#include <filesystem>

#include <unistd.h>

#include "base/text/text.h"

namespace adit {

std::string find_program(std::string_view name) {
  const char* path = std::getenv("PATH");
  for (const auto& folder : split_list(path != nullptr ? path : "/usr/local/bin:/usr/bin:/bin", ':')) {
    auto file = cat(folder, '/', name);
    if (::access(file.c_str(), X_OK) == 0 && !std::filesystem::is_directory(file)) return file;
  }
  return {};
}

}  // namespace adit
