#include "fuzz/folder.h"

#include <fstream>

#include "fuzz/target.h"

namespace adit::fuzz {

namespace fs = std::filesystem;

Folder::Folder() { require(!path_.empty(), "a temporary folder can be made"); }

std::string Folder::path(std::string_view name) const {
  return name.empty() ? path_.string() : (path_ / name).string();
}

void Folder::write(std::string_view name, std::string_view text) const {
  fs::create_directories((path_ / name).parent_path());
  std::ofstream(path_ / name, std::ios::binary) << text;
}

void Folder::clear() const {
  for (const auto& entry : fs::directory_iterator(path_)) fs::remove_all(entry);
}

}  // namespace adit::fuzz
