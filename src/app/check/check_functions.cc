#include <algorithm>
#include <array>
#include <filesystem>

#include "adit/json.h"

#include "app/check/check.h"
#include "app/check/git_repository.h"
#include "app/project/is_file.h"
#include "app/project/package_json.h"
#include "app/project/refusal_to_run.h"
#include "base/text.h"

// The code of each action: whether it is there, or will be, and whether it runs here as it lies there.

namespace adit::app {
namespace {

namespace fs = std::filesystem;

/// The hooks that run before an action's code is needed: adobe/aio-cli-plugin-app runs them in `build`, `run`,
/// `deploy`.
constexpr std::array<const char*, 4> kHooksBefore = {"pre-app-build", "build-actions", "pre-app-run", "pre-app-deploy"};

/// Says what may make files that are not there yet, of all the project.
class Builders {
 public:
  explicit Builders(const CheckSubject& subject) : subject_(subject) {
    const auto package = read_package_json(subject.project.root, subject.project.root);
    if (const auto* scripts = package.if_contains("scripts"); scripts != nullptr && scripts->is_object())
      scripts_ = scripts->get_object();
    has_compiler_ = is_file(fs::path(subject.project.root) / "tsconfig.json") || scripts_.contains("build") ||
                    scripts_.contains("compile") || scripts_.contains("prebuild");
  }

  /// Words for what may make the action's function; empty if nothing is known that does.
  [[nodiscard]] std::string of(const Action& action) {
    for (const auto& extension : subject_.project.extensions)
      for (const auto* hook : kHooksBefore)
        if (extension.hooks.contains(hook)) return cat("the hook `", hook, "`");
    for (const auto* hook : kHooksBefore)
      if (scripts_.contains(hook)) return cat("the script `", hook, "` of package.json");
    if (is_ignored(action)) return "a build: git ignores it";
    if (has_compiler_) return "the project's own build (package.json, tsconfig.json)";
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
  json::object scripts_;
  bool has_compiler_ = false;
  bool asked_ = false;
  std::set<std::string, std::less<>> ignored_;
};

void check_missing(const CheckSubject& subject, const Action& action, Builders& builders, CheckReport& report) {
  const auto where = subject.where(action, "function");
  const auto builder = builders.of(action);
  const auto shown = shown_path(action.function_path);
  if (builder.empty()) {
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
       cat("The function of ", action.full_name(), " is not there yet: ", shown, "; it may be made by ", builder, "."),
       "Nothing, if it is; `adit check` runs no hook and no build.",
       {},
       action.full_name(),
       cat("The functions of these actions are not there yet; they may be made by ", builder)});
}

/// adobe/aio-lib-runtime, build-actions.js: a folder is packed as it is, and has to say where it begins.
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
           ", where an action of a folder begins; Adobe's tools refuse to build it."),
       "Name the file itself, or a folder with an index.js, or with a package.json whose `main` "
       "names the file."});
}

void check_language(const CheckSubject& subject, const Action& action, CheckReport& report) {
  const bool known_otherwise = action.docker.empty() && !action.runtime.empty() && !action.is_node();
  if (const auto refusal = refusal_to_run(action); refusal && !known_otherwise) {
    report.findings.push_back(of_each(
        {refusal->code(), Severity::warning, subject.where(action, "function"),
         cat("adit does not run the action, which Adobe's tools may deploy: ", refusal->message()), refusal->hint()},
        action));
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
