#pragma once

#include <optional>
#include <string_view>

namespace adit::console {

struct PageFile {
  std::string_view text;
  std::string_view content_type;
};

/// A file of the console's page (src/console/page, compiled in) by its name: `index.html`.
[[nodiscard]] std::optional<PageFile> page_file(std::string_view name);

}  // namespace adit::console
