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
  /// Of a symbolic link, whose text it is: `bytes` is empty then.
  std::string link;
};

/// The files in a zip, in memory. Throws Error (configuration) `invalid_zip`: damaged, encrypted, more than the limits,
/// a name or a link that leads out of the archive, two files of one name.
[[nodiscard]] std::vector<UnpackedFile> read_deployed_zip(std::string_view bytes, const UnpackLimits& limits = {});

/// Writes them below an existing folder that holds nothing yet, for this user alone. Links come last, so that no file
/// is written through one. Throws Error `invalid_zip`, also where links lead out of the folder together.
void write_unpacked(const std::vector<UnpackedFile>& files, const std::string& folder);

}  // namespace adit::dev
