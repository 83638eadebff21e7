#include "app/project/package_json.h"

#include "adit/error.h"

#include "app/project/is_file.h"
#include "base/text/text.h"
#include "system/files/inside.h"

namespace adit::app {

json::object read_package_json(const std::filesystem::path& folder, const std::string& root) {
  const auto path = (folder / "package.json").string();
  if (!is_file(path) || !is_inside(path, root)) return {};
  try {
    auto value = try_parse_json(read_file(path));
    if (value && value->is_object()) return std::move(value->get_object());
  } catch (const Error&) {
    return {};
  }
  return {};
}

std::string main_of_package(const std::filesystem::path& folder, const std::string& root) {
  const auto package = read_package_json(folder, root);
  return std::string(string_member(package, "main"));
}

}  // namespace adit::app
