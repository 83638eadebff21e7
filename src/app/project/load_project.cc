#include "app/project/load_project.h"

#include <algorithm>
#include <array>
#include <filesystem>

#include "app/manifest/include.h"
#include "app/manifest/input_totals.h"
#include "app/manifest/manifest.h"
#include "app/manifest/manifest_keys.h"
#include "app/manifest/manifest_names.h"
#include "app/manifest/unused_keys.h"
#include "app/project/is_file.h"
#include "app/project/loader_rules.h"
#include "app/yaml/shape.h"
#include "app/yaml/source_file.h"
#include "base/json/json_file.h"
#include "base/text/text.h"

namespace adit::app {
namespace {

namespace fs = std::filesystem;

std::string dashed(std::string name) {
  std::replace(name.begin(), name.end(), '/', '-');
  return name;
}

/// Derives the type of an extension from its folder: Adobe's tools create `dx/excshell/1` in `src/dx-excshell-1`.
std::string type_of_folder(const std::string& folder) {
  static const std::array<std::string, 6> kTypes = {"dx/excshell/1",
                                                    "dx/asset-compute/worker/1",
                                                    "commerce/backend-ui/1",
                                                    "commerce/extensibility/1",
                                                    "commerce/configuration/1",
                                                    "workfront/ui/1"};
  const auto name = fs::path(folder).filename().string();
  const auto known =
      std::find_if(kTypes.begin(), kTypes.end(), [&name](const std::string& type) { return dashed(type) == name; });
  return known == kTypes.end() ? "extension" : *known;
}

/// Returns the path in the member `key`, or `fallback` beside the file that defines the extension.
std::string path_member(const YamlNode& node, std::string_view key, const std::string& fallback,
                        const std::string& owner) {
  const auto* given = node.find(key);
  // `web: {src: web-src, …}` is the newer form.
  if (given != nullptr && given->is_map() && key == "web")
    return path_member(*given, "src", fallback, cat("`web` of ", owner));
  const auto path = optional_text(node, key, owner);
  if (given != nullptr && !path.empty()) return resolve_path(*given->file, path);
  const auto& beside = node.entries.empty() ? node.file : node.entries.front().file;
  return resolve_path(*beside, fallback);
}

class ProjectReader {
 public:
  ProjectReader(const std::string& root, OnError on_error) : on_error_(on_error) { project_.root = root; }

  Project read() {
    or_go_on([this] { read_package_json(); });
    or_go_on([this] { read_configuration(); });
    or_go_on([this] { refuse_too_many(); });
    check_names(project_, on_error_);
    add_loader_errors();
    return std::move(project_);
  }

 private:
  template <typename Read>
  void or_go_on(Read read) {
    guarded(on_error_, project_.errors, read);
  }

  /// Adds the errors of Adobe's loader. For each place only one is reported: an error of this project
  /// before a loader error, and a loader error before other warnings.
  void add_loader_errors() {
    for (auto& loader_error : loader_errors_) {
      const auto place = loader_error.warning.where.to_string();
      const bool is_reported =
          std::any_of(project_.errors.begin(), project_.errors.end(),
                      [&place](const Error& error) { return error.where() && error.where()->to_string() == place; });
      if (is_reported) continue;
      std::erase_if(project_.warnings, [&place](const Warning& warning) { return warning.where.to_string() == place; });
      project_.warnings.push_back(std::move(loader_error.warning));
    }
  }

  void read_configuration() {
    const auto in_root = [this](std::string_view name) { return (fs::path(project_.root) / name).string(); };
    if (is_file(in_root("app.config.yaml"))) {
      read_app_config(in_root("app.config.yaml"));
      if (is_file(in_root("manifest.yml"))) read_legacy_beside(in_root("manifest.yml"));
    } else if (is_file(in_root("ext.config.yaml"))) {
      read_lone_extension(in_root("ext.config.yaml"));
    } else if (is_file(in_root("manifest.yml"))) {
      read_legacy(in_root("manifest.yml"));
    } else {
      throw Error::configuration(
          "no_project", cat("The folder ", project_.root, " has no app.config.yaml, ext.config.yaml or manifest.yml."))
          .hint("Name the folder of an App Builder project.");
    }
  }

  /// Refuses a project with very many actions: adit does much of its work once for each of them.
  void refuse_too_many() {
    constexpr std::size_t kMaxActions = 2000;
    std::size_t count = 0;
    for (const auto& package : project_.packages) count += package.actions.size() + package.sequences.size();
    if (count <= kMaxActions) return;
    project_.packages.clear();
    throw Error::configuration("invalid_config", cat("The project has ", count, " actions and sequences; at most ",
                                                     kMaxActions, " are allowed."))
        .hint("Check that it is the right file.")
        .at(shown_path(project_.files.front()));
  }

  void read_package_json() {
    project_.name = "unnamed-app";
    project_.version = "0.1.0";
    const auto path = (fs::path(project_.root) / "package.json").string();
    if (!is_file(path)) return;
    refuse_outside(path, project_.root, "The file", {shown_path(path), 0, 0});
    const auto package =
        parse_json_file(read_file(path), shown_path(path), "It contains the project's name and version.");
    if (!package.is_object()) return;
    const auto name = string_member(package.get_object(), "name");
    const auto version = string_member(package.get_object(), "version");
    if (!name.empty()) project_.name = name.substr(name.rfind('/') + 1);
    if (!version.empty()) project_.version = version;
    if (const auto* scripts = package.get_object().if_contains("scripts"); scripts != nullptr && scripts->is_object())
      for (const auto& hook : keys_of(KeyPlace::hooks))
        if (const auto command = string_member(scripts->get_object(), hook); !command.empty())
          script_hooks_[hook] = command;
  }

  YamlNode read_file_tree(const std::string& path) {
    auto tree = read_config_tree(path);
    project_.files.insert(project_.files.end(), tree.files.begin(), tree.files.end());
    if (!tree.root.is_map() && !tree.root.is_null())
      throw wrong_shape(tree.root.file->shown, Shape::map, "a map (`key: value` lines)", tree.root);
    return std::move(tree.root);
  }

  void read_app_config(const std::string& path) {
    const auto root = read_file_tree(path);
    loader_errors_ = find_loader_errors(root);
    const auto shown = shown_path(path);
    for (const auto* key : {"runtimeManifest", "packages"})
      if (const auto* entry = root.find_entry(key))
        project_.warnings.push_back({cat("`", key, "` at the top of ", shown, " has no effect."),
                                     "Move it below `application:` or below an extension.", entry->where(), "",
                                     Warning::Kind::unknown_key});
    warn_of_unknown_keys(root, keys_of(KeyPlace::top), shown, Unknown::misspelt, project_.warnings);
    warn_of_unused_keys(root, KeyPlace::top, shown, project_.warnings);
    or_go_on([&] {
      if (const auto* application = optional_map(root, kApplication, shown))
        add_extension(*application, std::string(kApplication), root.find_entry(kApplication)->where());
    });
    const auto* extensions = optional_map(root, "extensions", shown);
    if (extensions == nullptr) return;
    for (const auto& entry : extensions->entries) {
      or_go_on([&] {
        if (!entry.value.is_map() && !entry.value.is_null())
          throw wrong_shape(cat("The extension '", entry.key, "'"), Shape::map, "a map, or `$include: FILE`",
                            entry.value);
        add_extension(entry.value, entry.key, entry.where());
      });
    }
  }

  void read_lone_extension(const std::string& path) {
    const auto root = read_file_tree(path);
    add_extension(root, type_of_folder(project_.root), root.where());
  }

  void read_legacy(const std::string& path) {
    const auto root = read_file_tree(path);
    Extension application;
    application.name = kApplication;
    application.actions = resolve_path(*root.file, "actions");
    application.web = resolve_path(*root.file, "web-src");
    application.dist = (fs::path(project_.root) / "dist" / kApplication).string();
    application.where = root.where();
    application.hooks = script_hooks_;
    project_.extensions.push_back(std::move(application));
    // In wskdeploy's older form everything is one level deeper, below `project`.
    const auto* inner = optional_map(root, "project", shown_path(path));
    read_manifest(inner != nullptr && root.find("packages") == nullptr ? *inner : root, std::string(kApplication),
                  project_, totals_, on_error_);
  }

  /// As in adobe/aio-cli-lib-app-config, the application's own `runtimeManifest` replaces the legacy file.
  void read_legacy_beside(const std::string& path) {
    const auto has_own = application_has_manifest_;
    if (!has_own) {
      const bool known = std::find(project_.files.begin(), project_.files.end(), path) != project_.files.end();
      if (!known) read_legacy(path);
      return;
    }
    if (std::find(project_.files.begin(), project_.files.end(), path) != project_.files.end()) return;
    project_.warnings.push_back({"This file is not read: app.config.yaml has a `runtimeManifest` for the application.",
                                 "Remove one of the two.",
                                 {shown_path(path), 0, 0}});
  }

  void add_extension(const YamlNode& node, const std::string& name, const SourcePosition& where) {
    const bool is_application = name == kApplication;
    const auto owner = extension_text(name);
    warn_of_unknown_keys(node, keys_of(KeyPlace::extension), owner, Unknown::misspelt, project_.warnings);
    warn_of_unused_keys(node, KeyPlace::extension, owner, project_.warnings);
    Extension extension;
    extension.name = name;
    extension.where = where;
    const auto path = [&](std::string_view key, const std::string& fallback) {
      auto found = path_member(node, key, fallback, owner);
      const auto* given = node.find(key);
      refuse_outside(found, project_.root, cat("`", key, "` of ", owner), given == nullptr ? where : given->where());
      return found;
    };
    extension.actions = path("actions", "actions");
    extension.web = path("web", "web-src");
    const auto default_dist = (fs::path(project_.root) / "dist" / dashed(name)).string();
    extension.dist = path("dist", default_dist);
    if (is_application) extension.hooks = script_hooks_;
    if (const auto* hooks = optional_map(node, "hooks", owner)) {
      const auto of_hooks = cat("`hooks` of ", owner);
      warn_of_unknown_keys(*hooks, keys_of(KeyPlace::hooks), of_hooks, Unknown::misspelt, project_.warnings);
      warn_of_unused_keys(*hooks, KeyPlace::hooks, of_hooks, project_.warnings);
      const auto given = to_json_value(*hooks);
      for (const auto& [hook, command] : given.get_object()) extension.hooks[hook] = command;
    }
    if (const auto* operations = optional_map(node, "operations", owner))
      extension.operations = to_json_value(*operations);
    project_.extensions.push_back(std::move(extension));
    const auto* manifest = optional_map(node, "runtimeManifest", owner);
    if (manifest == nullptr) {
      if (const auto* packages = node.find_entry("packages"))
        project_.warnings.push_back({cat("`packages` of ", owner, " has no effect here."),
                                     "Move it below `runtimeManifest:`.", packages->where(), "",
                                     Warning::Kind::unknown_key});
      return;
    }
    application_has_manifest_ = application_has_manifest_ || is_application;
    read_manifest(*manifest, name, project_, totals_, on_error_);
  }

  Project project_;
  std::vector<LoaderError> loader_errors_;
  InputTotals totals_;
  /// The scripts of package.json that have a hook's name. As in adobe/aio-cli-lib-app-config, they are hooks of the
  /// application unless its configuration defines its own.
  json::object script_hooks_;
  OnError on_error_;
  bool application_has_manifest_ = false;
};

}  // namespace

Project load_project(const std::string& root, OnError on_error) {
  auto folder = fs::absolute(root.empty() ? fs::path(".") : fs::path(root)).lexically_normal();
  if (!folder.has_filename() && folder.has_relative_path()) folder = folder.parent_path();
  return ProjectReader(folder.string(), on_error).read();
}

}  // namespace adit::app
