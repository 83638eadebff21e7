#include "app/check/check_functions.h"

#include <filesystem>

#include "app/check/check_report.h"
#include "app/check/check_subject.h"
#include "app/check/file_builders.h"
#include "app/check/join_findings.h"
#include "app/project/bundler.h"
#include "app/project/refusal_to_run.h"
#include "app/yaml/source_file.h"
#include "base/text/text.h"

namespace adit::app {
namespace {

namespace fs = std::filesystem;

void report_not_built(const CheckSubject& subject, const Action& action, const std::string& file,
                      const FileBuilder& builder, CheckReport& report) {
  report.findings.push_back(
      {"function_not_built",
       Severity::note,
       subject.where(action, "function"),
       cat("The function of ", action.full_name(), " does not exist yet: ", shown_path(file), "; it may be made by ",
           builder.words, "."),
       builder.change,
       {},
       action.full_name(),
       cat("The functions of these actions do not exist yet; they may be made by ", builder.words)});
}

void check_missing(const CheckSubject& subject, const Action& action, FileBuilders& builders, CheckReport& report) {
  if (const auto builder = builders.of(action.function_path); !builder.words.empty())
    return report_not_built(subject, action, action.function_path, builder, report);
  report.findings.push_back(
      {"function_missing",
       Severity::error,
       subject.where(action, "function"),
       cat("The function of ", action.full_name(), " does not exist: ", shown_path(action.function_path), "."),
       "Create it, or correct the path; it is relative to this file.",
       {},
       action.full_name(),
       "The functions of these actions do not exist"});
}

/// adobe/aio-lib-runtime, build-actions.js, packs a folder as it is; the folder must contain an index.js or name its
/// entry point.
void check_folder(const CheckSubject& subject, const Action& action, FileBuilders& builders, CheckReport& report) {
  std::error_code unknown;
  const fs::path folder = action.function_path;
  if (action.is_cpp() || !action.docker.empty() || !fs::is_directory(folder, unknown)) return;
  const auto entry = entry_of_folder(folder);
  if (fs::exists(entry, unknown)) return;
  if (const auto builder = builders.of(entry.string()); !builder.words.empty())
    return report_not_built(subject, action, entry.string(), builder, report);
  report.findings.push_back(
      {"refused_by_adobe", Severity::error, subject.where(action, "function"),
       cat("The function of ", action.full_name(), " is a folder without ", entry.lexically_relative(folder).string(),
           ", the file that begins an action in a folder; Adobe's tools refuse to build it."),
       "Name the file itself, or a folder with an index.js, or with a package.json whose `main` names the file."});
}

void check_language(const CheckSubject& subject, const Action& action, CheckReport& report) {
  if (action.docker.empty() && !action.is_node()) return;  // check_runtimes() reports it
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
  FileBuilders builders(subject);
  for (const auto* action : subject.project.actions()) {
    if (action->function_path.empty()) continue;
    std::error_code unknown;
    if (!fs::exists(action->function_path, unknown)) {
      check_missing(subject, *action, builders, report);
    } else {
      check_folder(subject, *action, builders, report);
      check_language(subject, *action, report);
    }
  }
}

}  // namespace adit::app
