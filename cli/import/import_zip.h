#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "adit/secret.h"

namespace adit::cli {

struct ZipMember {
  std::string name;
  Secret text;
};

/// Returns the files in a small zip archive. Works in memory and writes nothing to the disk. Throws Error
/// (configuration) `invalid_zip` if the archive is damaged or encrypted, has more than 100 members or more than 1 MB of
/// content, or if a name leads out of it.
[[nodiscard]] std::vector<ZipMember> read_zip(std::string_view bytes, const std::string& shown);

}  // namespace adit::cli
