#include <algorithm>
#include <array>
#include <filesystem>

#include "app/project/include.h"
#include "app/project/is_file.h"
#include "app/project/project.h"
#include "app/yaml/yaml_tree.h"
#include "base/text.h"

namespace adit::app {
namespace {

namespace fs = std::filesystem;

constexpr std::string_view kAppConfig = "app.config.yaml";
constexpr std::array<std::string_view, 2> kPartFiles = {"ext.config.yaml", "manifest.yml"};
/// Names that people give these files and that no tool of Adobe's reads.
constexpr std::array<std::string_view, 5> kMisnamed = {"app.config.yml", "ext.config.yml", "manifest.yaml",
                                                       "app.config.json", "app-config.yaml"};

std::vector<fs::path> upwards_from(fs::path folder) {
  std::vector<fs::path> folders{folder};
  while (folder.has_relative_path()) {
    folder = folder.parent_path();
    folders.push_back(folder);
  }
  return folders;
}

/// Whether that app.config.yaml pulls in this file. One that cannot be read is judged by its text, so that the user is
/// told of the fault there and not of what follows from it.
bool includes(const fs::path& app_config, const fs::path& part) {
  try {
    const auto tree = read_config_tree(app_config.string());
    return std::any_of(tree.files.begin(), tree.files.end(), [&part](const std::string& file) {
      std::error_code unknown;
      return fs::equivalent(file, part, unknown);
    });
  } catch (const Error&) {
    try {
      return read_file(app_config.string()).find(part.lexically_relative(app_config.parent_path()).generic_string()) !=
             std::string::npos;
    } catch (const Error&) {
      return false;
    }
  }
}

/// Whether a file in this folder makes it a project. `manifest.yml` is a common name: in a folder above, it has to be a
/// runtime's manifest, or at least a broken file that speaks of packages.
bool has_part_file(const fs::path& folder, std::string_view name, bool is_start) {
  if (!is_file(folder / name)) return false;
  if (is_start || name != "manifest.yml") return true;
  try {
    const auto root = read_yaml((folder / name).string());
    const auto* project = root.find("project");
    return root.find("packages") != nullptr || (project != nullptr && project->find("packages") != nullptr);
  } catch (const Error&) {
    try {
      return cat('\n', read_file((folder / name).string())).find("\npackages:") != std::string::npos;
    } catch (const Error&) {
      return false;
    }
  }
}

fs::path start_folder(const std::string& start) {
  std::error_code unknown;
  auto folder = fs::absolute(start.empty() ? fs::path(".") : fs::path(start)).lexically_normal();
  if (!folder.has_filename() && folder.has_relative_path()) folder = folder.parent_path();
  if (is_file(folder)) folder = folder.parent_path();
  if (!fs::is_directory(folder, unknown))
    throw Error::configuration("no_project", cat("The folder ", folder.string(), " does not exist."))
        .hint("Name the folder of an App Builder project.");
  return folder;
}

Error no_project(const std::vector<fs::path>& folders) {
  std::string list;
  std::string misnamed;
  for (const auto& folder : folders) {
    list += cat(list.empty() ? "" : ", ", folder.string());
    for (const auto name : kMisnamed)
      if (misnamed.empty() && is_file(folder / name)) misnamed = (folder / name).string();
  }
  auto hint = std::string("Run the command in the project's folder, or name the folder with --project DIR.");
  if (!misnamed.empty()) hint = cat("There is ", misnamed, ", which has another name than those; rename it. ", hint);
  return Error::configuration(
             "no_project",
             cat("No App Builder project: looked for app.config.yaml, ext.config.yaml and manifest.yml in ", list, "."))
      .hint(std::move(hint));
}

}  // namespace

std::string find_project_root(const std::string& start) {
  const auto folders = upwards_from(start_folder(start));
  for (auto folder = folders.begin(); folder != folders.end(); ++folder) {
    if (is_file(*folder / kAppConfig)) return folder->string();
    const auto part = std::find_if(kPartFiles.begin(), kPartFiles.end(), [&](std::string_view name) {
      return has_part_file(*folder, name, folder == folders.begin());
    });
    if (part == kPartFiles.end()) continue;
    const auto whole = std::find_if(std::next(folder), folders.end(), [&](const fs::path& above) {
      return is_file(above / kAppConfig) && includes(above / kAppConfig, *folder / *part);
    });
    return (whole == folders.end() ? folder : whole)->string();
  }
  throw no_project(folders);
}

}  // namespace adit::app
