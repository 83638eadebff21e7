#pragma once

#include <optional>
#include <string_view>

namespace adit::console {

struct PageFile {
  std::string_view text;
  std::string_view content_type;
};

/// The file of the console's page with this name, for example `index.html`. The files of src/console/page are compiled
/// in.
[[nodiscard]] std::optional<PageFile> page_file(std::string_view name);

}  // namespace adit::console
