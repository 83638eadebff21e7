#pragma once

#include <filesystem>
#include <string>

namespace adit {

/// A folder of this process's, removed with all that is in it when this object ends. `path` is empty if it could not
/// be made; errno says why.
class TemporaryFolder {
 public:
  /// Named `BESIDE.XXXXXX`, with six letters that make the name new.
  explicit TemporaryFolder(const std::filesystem::path& beside);
  ~TemporaryFolder();
  TemporaryFolder(const TemporaryFolder&) = delete;
  TemporaryFolder& operator=(const TemporaryFolder&) = delete;

  [[nodiscard]] const std::filesystem::path& path() const { return path_; }

 private:
  std::filesystem::path path_;
};

}  // namespace adit
