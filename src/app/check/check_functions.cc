#include "app/check/check_functions.h"

#include <algorithm>
#include <array>
#include <filesystem>

#include "adit/json.h"

#include "app/check/check_report.h"
#include "app/check/check_subject.h"
#include "app/check/git_repository.h"
#include "app/check/join_findings.h"
#include "app/project/bundler.h"
#include "app/project/is_file.h"
#include "app/project/package_json.h"
#include "app/project/refusal_to_run.h"
#include "app/yaml/source_file.h"
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

/// What may build an action's function, as text for the message, and what the user should do.
struct Builder {
  std::string words;
  std::string change;
};

/// Finds what in the project may build files that do not exist yet.
class Builders {
 public:
  explicit Builders(const CheckSubject& subject) : subject_(subject) {
    const auto package = read_package_json(subject.project.root, subject.project.root);
    has_compiler_ = is_file(fs::path(subject.project.root) / "tsconfig.json");
    if (const auto* scripts = package.if_contains("scripts"); scripts != nullptr && scripts->is_object())
      for (const auto* name : {"build", "compile", "prebuild"})
        has_compiler_ = has_compiler_ || scripts->get_object().contains(name);
  }

  /// Returns empty words if nothing is known that builds the action's function.
  [[nodiscard]] Builder of(const Action& action) {
    for (const auto& extension : subject_.project.extensions)
      for (const auto& hook : kHooksBefore)
        if (extension.hooks.contains(hook.name))
          return {cat("the hook `", hook.name, "`"), cat("Nothing: ", hook.commands, "; `adit check` runs no hook.")};
    constexpr std::string_view kOwnBuild = "Run that build; `adit check` runs no build.";
    if (is_ignored(action)) return {"a build: git ignores it", std::string(kOwnBuild)};
    if (has_compiler_) return {"the project's own build (package.json, tsconfig.json)", std::string(kOwnBuild)};
    return {};
  }

 private:
  bool is_ignored(const Action& action) {
    if (!asked_) {
      asked_ = true;
      std::vector<std::string> names;
      for (const auto* one : subject_.project.actions()) names.push_back(name_of(*one));
      if (const auto repository = GitRepository::find(subject_.project.root))
        ignored_ = repository->ignored(names).value_or(std::set<std::string, std::less<>>());
    }
    return ignored_.contains(name_of(action));
  }

  [[nodiscard]] std::string name_of(const Action& action) const {
    return fs::path(action.function_path).lexically_relative(subject_.project.root).string();
  }

  const CheckSubject& subject_;
  bool has_compiler_ = false;
  bool asked_ = false;
  std::set<std::string, std::less<>> ignored_;
};

void check_missing(const CheckSubject& subject, const Action& action, Builders& builders, CheckReport& report) {
  const auto where = subject.where(action, "function");
  const auto builder = builders.of(action);
  const auto shown = shown_path(action.function_path);
  if (builder.words.empty()) {
    report.findings.push_back({"function_missing",
                               Severity::error,
                               where,
                               cat("The function of ", action.full_name(), " does not exist: ", shown, "."),
                               "Create it, or correct the path; it is relative to this file.",
                               {},
                               action.full_name(),
                               "The functions of these actions do not exist"});
    return;
  }
  report.findings.push_back(
      {"function_not_built",
       Severity::note,
       where,
       cat("The function of ", action.full_name(), " does not exist yet: ", shown, "; it may be made by ",
           builder.words, "."),
       builder.change,
       {},
       action.full_name(),
       cat("The functions of these actions do not exist yet; they may be made by ", builder.words)});
}

/// adobe/aio-lib-runtime, build-actions.js, packs a folder as it is; the folder must contain an index.js or name its
/// entry point.
void check_folder(const CheckSubject& subject, const Action& action, CheckReport& report) {
  std::error_code unknown;
  const fs::path folder = action.function_path;
  if (action.is_cpp() || !action.docker.empty() || !fs::is_directory(folder, unknown)) return;
  const auto package = read_package_json(folder, folder.string());
  const auto main = string_member(package, "main");
  const auto entry = folder / (main.empty() ? "index.js" : std::string(main));
  if (fs::exists(entry, unknown)) return;
  report.findings.push_back(
      {"refused_by_adobe", Severity::error, subject.where(action, "function"),
       cat("The function of ", action.full_name(), " is a folder without ", entry.lexically_relative(folder).string(),
           ", the file that begins an action in a folder; Adobe's tools refuse to build it."),
       "Name the file itself, or a folder with an index.js, or with a package.json whose `main` names the file."});
}

void check_language(const CheckSubject& subject, const Action& action, CheckReport& report) {
  const bool known_otherwise = action.docker.empty() && !action.runtime.empty() && !action.is_node();
  if (known_otherwise) return;
  if (const auto refusal = refusal_to_run(subject.project, action)) {
    report.findings.push_back(joinable(
        {refusal->code(), Severity::warning, subject.where(action, "function"),
         cat("adit does not run the action, which Adobe's tools may deploy: ", refusal->message()), refusal->hint()},
        action));
  } else if (!is_bundled(subject.project, action)) {
    for (const auto& import : subject.sources_of(action).typescript_imports)
      report.findings.push_back(
          {"import_needs_bundler", Severity::warning, import.where,
           cat("Node.js does not load '", import.name,
               "', which is TypeScript; Adobe's build compiles it, and adit does if the project has esbuild."),
           "npm install --save-dev esbuild"});
  }
}

}  // namespace

void check_functions(const CheckSubject& subject, CheckReport& report) {
  Builders builders(subject);
  for (const auto* action : subject.project.actions()) {
    if (action->function_path.empty()) continue;
    std::error_code unknown;
    if (!fs::exists(action->function_path, unknown)) {
      check_missing(subject, *action, builders, report);
    } else {
      check_folder(subject, *action, report);
      check_language(subject, *action, report);
    }
  }
}

}  // namespace adit::app
