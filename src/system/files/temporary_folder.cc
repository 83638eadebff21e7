#include "system/files/temporary_folder.h"

#include <cstdlib>
#include <system_error>

namespace adit {

TemporaryFolder::TemporaryFolder(const std::filesystem::path& beside) {
  auto name = beside.string() + ".XXXXXX";
  if (::mkdtemp(name.data()) != nullptr) path_ = name;
}

TemporaryFolder::~TemporaryFolder() {
  std::error_code ignored;
  if (!path_.empty()) std::filesystem::remove_all(path_, ignored);
}

}  // namespace adit
