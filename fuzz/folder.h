#pragma once

#include <filesystem>
#include <string>
#include <string_view>

namespace adit::fuzz {

/// A temporary folder of this process. The destructor removes it with its content.
class Folder {
 public:
  Folder();
  Folder(const Folder&) = delete;
  Folder& operator=(const Folder&) = delete;
  ~Folder();

  [[nodiscard]] std::string path(std::string_view name = {}) const;
  void write(std::string_view name, std::string_view text) const;
  /// Removes the folder's content.
  void clear() const;

 private:
  std::filesystem::path path_;
};

}  // namespace adit::fuzz
