#include "app/check/file_builders.h"

#include <array>
#include <string_view>
#include <vector>

#include "adit/json.h"

#include "app/check/check_subject.h"
#include "app/check/git_repository.h"
#include "app/project/is_file.h"
#include "app/project/package_json.h"
#include "base/text/text.h"

namespace adit::app {
namespace {

namespace fs = std::filesystem;

/// A hook that runs before an action's code is needed, and the commands of adit that run it.
struct HookBefore {
  const char* name;
  std::string_view commands;
};
constexpr std::array<HookBefore, 4> kHooksBefore = {{
    {"pre-app-build", "`adit build`, `invoke`, `dev`, `package` and `deploy` run it"},
    {"build-actions", "`adit build`, `invoke`, `dev`, `package` and `deploy` run it"},
    {"pre-app-run", "`adit dev` runs it"},
    {"pre-app-deploy", "`adit deploy` runs it"},
}};

/// Returns the files that the checks may ask about: functions, the first files of folders, and missing imports.
std::vector<std::string> candidates(const CheckSubject& subject) {
  std::vector<std::string> paths;
  for (const auto* action : subject.project.actions()) {
    if (action->function_path.empty()) continue;
    std::error_code unknown;
    paths.push_back(action->function_path);
    if (fs::is_directory(action->function_path, unknown))
      paths.push_back(entry_of_folder(action->function_path).string());
    for (const auto& missing : subject.sources_of(*action).missing_files) paths.push_back(missing.path);
  }
  return paths;
}

}  // namespace

fs::path entry_of_folder(const fs::path& folder) {
  const auto main = main_of_package(folder, folder.string());
  return (folder / (main.empty() ? "index.js" : main)).lexically_normal();
}

FileBuilders::FileBuilders(const CheckSubject& subject) : subject_(subject) {
  const auto package = read_package_json(subject.project.root, subject.project.root);
  has_compiler_ = is_file(fs::path(subject.project.root) / "tsconfig.json");
  if (const auto* scripts = package.if_contains("scripts"); scripts != nullptr && scripts->is_object())
    for (const auto* name : {"build", "compile", "prebuild"})
      has_compiler_ = has_compiler_ || scripts->get_object().contains(name);
}

FileBuilder FileBuilders::of(const std::string& path) {
  for (const auto& extension : subject_.project.extensions)
    for (const auto& hook : kHooksBefore)
      if (extension.hooks.contains(hook.name))
        return {cat("the hook `", hook.name, "`"), cat("Nothing: ", hook.commands, "; `adit check` runs no hook.")};
  constexpr std::string_view kOwnBuild = "Run that build; `adit check` runs no build.";
  if (is_ignored(path)) return {"a build: git ignores it", std::string(kOwnBuild)};
  if (has_compiler_) return {"the project's own build (package.json, tsconfig.json)", std::string(kOwnBuild)};
  return {};
}

bool FileBuilders::is_ignored(const std::string& path) {
  if (!ignored_) {
    std::vector<std::string> names;
    for (const auto& candidate : candidates(subject_)) names.push_back(name_of(candidate));
    ignored_.emplace();
    if (const auto repository = GitRepository::find(subject_.project.root))
      ignored_ = repository->ignored(names).value_or(std::set<std::string, std::less<>>());
  }
  return ignored_->contains(name_of(path));
}

std::string FileBuilders::name_of(const std::string& path) const {
  return fs::path(path).lexically_relative(subject_.project.root).string();
}

}  // namespace adit::app
