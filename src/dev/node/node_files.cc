#include "dev/node/node_files.h"

#include <fstream>

#include "adit/error.h"

#include "base/system_reason.h"
#include "base/text/text.h"
#include "dev/node/node_sources.h"
#include "system/files/private_folder.h"

namespace adit::dev {
namespace {

class NodeFolder {
 public:
  NodeFolder() {
    for (const auto& source : node_sources::kAll) {
      const auto path = cat(folder_.path(), '/', source.name);
      std::ofstream file(path, std::ios::binary);
      file << source.text;
      if (file.flush()) continue;
      throw Error::failure("no_folder", cat(path, " cannot be written: ", system_reason(), "."))
          .hint("Set TMPDIR to a folder that can be written to.");
    }
  }
  [[nodiscard]] const std::string& path() const { return folder_.path(); }

 private:
  PrivateFolder folder_;
};

}  // namespace

const std::string& node_files() {
  static const NodeFolder folder;
  return folder.path();
}

}  // namespace adit::dev
