#include "app/project/project_root.h"

#include <algorithm>
#include <array>
#include <filesystem>

#include "app/manifest/include.h"
#include "app/manifest/manifest_keys.h"
#include "app/project/is_file.h"
#include "app/yaml/yaml_parse.h"
#include "base/text/text.h"

namespace adit::app {
namespace {

namespace fs = std::filesystem;

constexpr std::string_view kAppConfig = "app.config.yaml";
constexpr std::string_view kPartConfig = "ext.config.yaml";
constexpr std::string_view kManifest = "manifest.yml";
constexpr std::array<std::string_view, 2> kPartFiles = {kPartConfig, kManifest};
/// Frequent wrong names of these files, which Adobe's tools do not read.
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

/// Returns true if that app.config.yaml includes this file. If it cannot be parsed, its text is searched, so that the
/// user sees the error in it and not an error that follows from it.
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

/// Returns true for a map that includes its keys from another file, so that they are not known here.
bool is_included(const YamlNode& node) { return node.find("$include") != nullptr; }

bool has_key_of(const YamlNode& node, KeyPlace place) {
  return std::ranges::any_of(keys_of(place), [&node](const std::string& key) { return node.find(key) != nullptr; });
}

/// Returns true for the packages of a runtime manifest: a map of maps that have one of the keys of packages.
bool are_runtime_packages(const YamlNode& packages) {
  if (packages.is_null() || is_included(packages)) return true;
  const auto is_package = [](const YamlEntry& entry) {
    const auto& package = entry.value;
    const auto holds = [&package](const char* key) { return package.find(key) != nullptr; };
    return package.is_null() || is_included(package) || (package.is_map() && package.entries.empty()) ||
           std::ranges::any_of(std::array{"actions", "sequences", "triggers", "rules", "apis", "dependencies"}, holds);
  };
  return packages.is_map() && (packages.entries.empty() || std::ranges::any_of(packages.entries, is_package));
}

bool is_of_app_builder(const YamlNode& root, std::string_view name) {
  if (is_included(root)) return true;
  if (name == kAppConfig) return has_key_of(root, KeyPlace::top);
  if (name == kPartConfig) return has_key_of(root, KeyPlace::extension);
  const auto* project = root.find("project");
  for (const auto* holder : {&root, project}) {
    const auto* packages = holder == nullptr ? nullptr : holder->find("packages");
    if (packages != nullptr && are_runtime_packages(*packages)) return true;
  }
  return false;
}

/// Decides the same for a file that is not valid YAML by the beginnings of its lines, so that the user sees the error
/// in it.
bool seems_of_app_builder(std::string_view text, std::string_view name) {
  const auto has_line = [lines = cat('\n', text)](std::string_view key) {
    return lines.find(cat('\n', key, ':')) != std::string::npos;
  };
  if (name == kManifest) return has_line("packages");
  return std::ranges::any_of(keys_of(name == kAppConfig ? KeyPlace::top : KeyPlace::extension), has_line);
}

/// Returns true if the file of this name makes the folder a project. Other tools use these names, too, so that in a
/// folder above the start of the search the content of the file must be that of an App Builder project.
bool has_project_file(const fs::path& folder, std::string_view name, bool is_start) {
  if (!is_file(folder / name)) return false;
  if (is_start) return true;
  const auto path = (folder / name).string();
  try {
    return is_of_app_builder(read_yaml(path), name);
  } catch (const Error&) {
    try {
      return seems_of_app_builder(read_file(path), name);
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
  std::string foreign;
  for (const auto& folder : folders) {
    list += cat(list.empty() ? "" : ", ", folder.string());
    for (const auto name : {kAppConfig, kPartConfig})
      if (foreign.empty() && is_file(folder / name)) foreign = (folder / name).string();
    for (const auto name : kMisnamed)
      if (misnamed.empty() && is_file(folder / name)) misnamed = (folder / name).string();
  }
  auto hint = std::string("Run the command in the project's folder, or name the folder with --project DIR.");
  if (!misnamed.empty()) hint = cat("There is ", misnamed, ", which has another name than those; rename it. ", hint);
  if (!foreign.empty()) hint = cat(foreign, " has no key of an App Builder configuration. ", hint);
  return Error::configuration(
             "no_project",
             cat("No App Builder project: looked for app.config.yaml, ext.config.yaml and manifest.yml in ", list, "."))
      .hint(std::move(hint));
}

}  // namespace

std::string find_project_root(const std::string& start) {
  const auto folders = upwards_from(start_folder(start));
  for (auto folder = folders.begin(); folder != folders.end(); ++folder) {
    const auto is_project_file = [&folder, is_start = folder == folders.begin()](std::string_view name) {
      return has_project_file(*folder, name, is_start);
    };
    if (is_project_file(kAppConfig)) return folder->string();
    const auto part = std::ranges::find_if(kPartFiles, is_project_file);
    if (part == kPartFiles.end()) continue;
    const auto whole = std::find_if(std::next(folder), folders.end(), [&](const fs::path& above) {
      return is_file(above / kAppConfig) && includes(above / kAppConfig, *folder / *part);
    });
    return (whole == folders.end() ? folder : whole)->string();
  }
  throw no_project(folders);
}

}  // namespace adit::app
