#include "console/page_files.h"

#include <algorithm>
#include <iterator>

#include "console/page_sources.h"

namespace adit::console {
namespace {

std::string_view content_type_of(std::string_view name) {
  if (name.ends_with(".html")) return "text/html; charset=utf-8";
  if (name.ends_with(".css")) return "text/css; charset=utf-8";
  if (name.ends_with(".svg")) return "image/svg+xml";
  return "text/javascript; charset=utf-8";
}

}  // namespace

std::optional<PageFile> page_file(std::string_view name) {
  const auto* found = std::ranges::find(page_sources::kAll, name, &page_sources::Source::name);
  if (found == std::end(page_sources::kAll)) return std::nullopt;
  return PageFile{.text = found->text, .content_type = content_type_of(name)};
}

}  // namespace adit::console
