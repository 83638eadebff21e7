#include "system/files/user_folders.h"

#include <cstdlib>

#include "base/text/text.h"

namespace adit {
namespace {

std::string folder_of_user(const char* variable, std::string_view below_home) {
  if (const char* folder = std::getenv(variable); folder != nullptr && *folder == '/') return cat(folder, "/adit");
  if (const char* home = std::getenv("HOME"); home != nullptr && *home == '/') return cat(home, below_home);
  return {};
}

}  // namespace

std::string cache_folder() { return folder_of_user("XDG_CACHE_HOME", "/.cache/adit"); }

std::string config_folder() { return folder_of_user("XDG_CONFIG_HOME", "/.config/adit"); }

}  // namespace adit
