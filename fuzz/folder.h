#pragma once

#include <filesystem>
#include <string>
#include <string_view>

#include "system/files/temporary_folder.h"

namespace adit::fuzz {

/// A temporary folder of this process. The destructor removes it with its content.
class Folder {
 public:
  Folder();

  [[nodiscard]] std::string path(std::string_view name = {}) const;
  void write(std::string_view name, std::string_view text) const;
  /// Removes the folder's content.
  void clear() const;

 private:
  TemporaryFolder folder_{std::filesystem::temp_directory_path() / "adit-fuzz"};
  const std::filesystem::path& path_ = folder_.path();
};

}  // namespace adit::fuzz
