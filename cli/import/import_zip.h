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

/// The files in a small zip, in memory; nothing is written to the disk. Throws Error (configuration) `invalid_zip`:
/// damaged, encrypted, more than 100 members, over 1 MB in all, a name that leads out of the archive.
[[nodiscard]] std::vector<ZipMember> read_zip(std::string_view bytes, const std::string& shown);

}  // namespace adit::cli
