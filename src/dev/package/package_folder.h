#pragma once

#include <string>
#include <vector>

#include "dev/package/packaged_file.h"

namespace adit::dev {

/// Makes the folder contain exactly these files. They are written to a temporary folder, which then replaces the
/// folder. Throws Error `folder_in_use` (configuration) if the folder contains something other than a package, and
/// `file_unwritable`.
void write_package_folder(const std::string& folder, const std::vector<PackagedFile>& files);

}  // namespace adit::dev
