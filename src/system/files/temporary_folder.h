#pragma once

#include <filesystem>
#include <string>

namespace adit {

/// A temporary folder of this process. The destructor removes it with its content. If the folder could not be made,
/// `path` is empty and errno is set.
class TemporaryFolder {
 public:
  /// Makes a folder named `BESIDE.XXXXXX`, where six letters make the name unique.
  explicit TemporaryFolder(const std::filesystem::path& beside);
  ~TemporaryFolder();
  TemporaryFolder(const TemporaryFolder&) = delete;
  TemporaryFolder& operator=(const TemporaryFolder&) = delete;

  [[nodiscard]] const std::filesystem::path& path() const { return path_; }

 private:
  std::filesystem::path path_;
};

}  // namespace adit
