// A deployed zip archive: reads it and writes its files to the disk.
#include <filesystem>

#include "dev/deployed/unpack.h"
#include "fuzz/folder.h"
#include "fuzz/target.h"

using namespace adit;
using namespace adit::fuzz;

ADIT_FUZZ(deployed_zip) {
  constexpr dev::UnpackLimits kLimits{.max_files = 20, .max_bytes = 1U << 16U};
  const auto files = accepted([&] { return dev::read_deployed_zip(bytes, kLimits); });
  if (!files) return;
  std::size_t size = 0;
  for (const auto& file : *files) {
    size += file.bytes.size();
    require(!file.path.empty() && file.path.front() != '/' && ("/" + file.path + "/").find("/../") == std::string::npos,
            "no path of a file leads out of the archive");
  }
  require(files->size() <= kLimits.max_files && size <= kLimits.max_bytes, "an archive contains no more than allowed");

  static const Folder folder;
  folder.clear();
  const auto inside = folder.path("inside");
  std::filesystem::create_directory(inside);
  static_cast<void>(done([&] { dev::write_unpacked(*files, inside); }));
  std::size_t beside = 0;
  for (const auto& entry : std::filesystem::directory_iterator(folder.path())) beside += entry.path() != inside;
  require(beside == 0, "nothing is written beside the folder");
}
