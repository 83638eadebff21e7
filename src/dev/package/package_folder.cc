#include "dev/package/package_folder.h"

#include <filesystem>
#include <fstream>

#include <sys/stat.h>
#include <unistd.h>

#include "adit/error.h"

#include "base/system_reason.h"
#include "base/text/text.h"
#include "system/files/resolve_for_writing.h"
#include "system/files/temporary_folder.h"

namespace adit::dev {
namespace {

namespace fs = std::filesystem;

/// This file marks a folder as a package that may be overwritten.
constexpr const char* kMark = ".adit-package";

Error unwritable(const std::string& path, std::string_view why) {
  return Error::failure("file_unwritable", cat(path, " cannot be written: ", why, "."))
      .hint("Check the folder's permissions, and the space left on its disk.");
}

void write_file(const fs::path& path, const PackagedFile& file) {
  std::error_code error;
  fs::create_directories(path.parent_path(), error);
  if (error) throw unwritable(path.parent_path().string(), error.message());
  std::ofstream out(path, std::ios::binary);
  out << file.bytes;
  out.close();
  if (!out) throw unwritable(path.string(), system_reason());
  if (::chmod(path.c_str(), file.executable ? 0755 : 0644) != 0) throw unwritable(path.string(), system_reason());
}

}  // namespace

void write_package_folder(const std::string& given, const std::vector<PackagedFile>& files) {
  auto place = fs::absolute(given).lexically_normal();
  if (!place.has_filename()) place = place.parent_path();
  make_folders(place.parent_path().string());
  // If the folder is a link, the link itself is replaced.
  const auto folder = (fs::path(resolve_for_writing(place.parent_path().string())) / place.filename()).string();
  std::error_code error;
  const bool there = fs::exists(fs::symlink_status(folder, error));
  if (there && !fs::exists(fs::path(folder) / kMark, error) &&
      !(fs::is_directory(folder, error) && fs::is_empty(folder, error))) {
    throw Error::configuration("folder_in_use", cat(given, " exists and is not a package that adit made."))
        .hint("Remove it, or name another place with -o.");
  }
  const TemporaryFolder made(folder);
  if (made.path().empty()) throw unwritable(folder, system_reason());
  const auto fresh = made.path() / "new";
  for (const auto& file : files) write_file(fresh / file.path, file);
  write_file(fresh / kMark, {kMark, "Made by adit package, which replaces this folder.\n"});
  ::chmod(fresh.c_str(), 0755);
  if (there) {
    fs::rename(folder, made.path() / "old", error);
    if (error) throw unwritable(given, error.message());
  }
  fs::rename(fresh, folder, error);
  if (error) {
    std::error_code back;
    if (there) fs::rename(made.path() / "old", folder, back);
    throw unwritable(given, error.message());
  }
}

}  // namespace adit::dev
