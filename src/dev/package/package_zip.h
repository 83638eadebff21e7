#pragma once

#include <string>
#include <vector>

#include "dev/package/packaged_file.h"

namespace adit::dev {

/// Packs the files and their modes into a zip, with the same bytes each time and on each machine. Throws Error
/// `zip_failed`.
[[nodiscard]] std::string zip_files(const std::vector<PackagedFile>& files);

}  // namespace adit::dev
