#include "adit/dev/node/node_files.h"

#include <cerrno>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <system_error>

#include <unistd.h>

#include "adit/base/error.h"
#include "adit/base/text.h"
#include "adit/dev/node/node_sources.h"

namespace adit::dev {
namespace {

class NodeFolder {
 public:
  NodeFolder() {
    std::error_code no_folder;
    const auto temporary = std::filesystem::temp_directory_path(no_folder);
    path_ = (no_folder ? std::filesystem::path("/tmp") : temporary) / "adit-node-XXXXXX";
    if (::mkdtemp(path_.data()) == nullptr) throw failed();
    for (const auto& source : node_sources::kAll) {
      std::ofstream file(cat(path_, '/', source.name), std::ios::binary);
      file << source.text;
      if (!file.flush()) throw failed();
    }
  }
  NodeFolder(const NodeFolder&) = delete;
  NodeFolder& operator=(const NodeFolder&) = delete;
  ~NodeFolder() {
    std::error_code ignored;
    std::filesystem::remove_all(path_, ignored);
  }
  [[nodiscard]] const std::string& path() const { return path_; }

 private:
  [[nodiscard]] Error failed() const {
    return Error::failure("no_folder", cat(path_, " cannot be written: ", std::generic_category().message(errno), "."))
        .hint("Set TMPDIR to a folder that can be written to.");
  }
  std::string path_;
};

}  // namespace

const std::string& node_files() {
  static const NodeFolder folder;
  return folder.path();
}

}  // namespace adit::dev
