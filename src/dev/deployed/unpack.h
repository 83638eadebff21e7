#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace adit::dev {

struct UnpackLimits {
  std::size_t max_files = 50'000;
  std::size_t max_bytes = 512U << 20U;
};

/// A file of a deployed zip.
struct UnpackedFile {
  /// Relative, without `..`.
  std::string path;
  std::string bytes;
  bool executable = false;
  /// The target of a symbolic link, for which `bytes` is empty.
  std::string link;
};

/// Reads the files of a zip into memory. Throws Error (configuration) `invalid_zip` if it is damaged or encrypted,
/// exceeds the limits, contains a name or a link that leads out of the archive, or two files with the same name.
[[nodiscard]] std::vector<UnpackedFile> read_deployed_zip(std::string_view bytes, const UnpackLimits& limits = {});

/// Writes the files into an existing, empty folder, readable only by this user. Links are written last, so that no file
/// is written through a link. Throws Error `invalid_zip`, also if several links together lead out of the folder.
void write_unpacked(const std::vector<UnpackedFile>& files, const std::string& folder);

}  // namespace adit::dev
