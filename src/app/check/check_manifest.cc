#include "app/check/check_manifest.h"

#include <filesystem>
#include <utility>

#include "app/check/check_report.h"
#include "app/check/check_subject.h"
#include "app/project/is_file.h"
#include "app/yaml/source_file.h"
#include "base/text/text.h"

namespace adit::app {

namespace {

/// Whether the key, if it has an effect, lets everybody on the web call an action. `--fix` leaves such a change to the
/// user.
bool opens_an_action(std::string_view key) { return key == "web" || key == "web-export"; }

}  // namespace

void check_manifest(const CheckSubject& subject, CheckReport& report) {
  for (const auto& warning : subject.project.warnings) {
    using Kind = Warning::Kind;
    const bool refused = warning.kind == Kind::refused;
    const bool idle = warning.kind == Kind::without_effect;
    const bool left = warning.kind == Kind::left_to_aio;
    Finding finding{refused                             ? "refused_by_adobe"
                    : idle                              ? "key_without_effect"
                    : left                              ? "key_left_to_aio"
                    : warning.kind == Kind::unknown_key ? "unknown_key"
                                                        : "probable_mistake",
                    refused        ? Severity::error
                    : idle || left ? Severity::note
                                   : Severity::warning,
                    warning.where, warning.message, warning.hint};
    if (idle) {
      finding.action = warning.where.to_string();
      finding.joint_message =
          cat("The key `", warning.key, "` has no effect in these places: neither Adobe's tools nor adit act on it");
    }
    if (opens_an_action(warning.meant)) {
      finding.change += " --fix does not change it, because everybody could call the action then.";
    } else if (!warning.meant.empty()) {
      finding.edit = {SafeEdit::Kind::rename_key,
                      subject.path_of(warning.where),
                      warning.where.line,
                      warning.where.column,
                      warning.key,
                      warning.meant};
    }
    report.findings.push_back(std::move(finding));
  }
  const std::filesystem::path root = subject.project.root;
  if (is_file(root / "app.config.yaml") && !is_file(root / "package.json"))
    report.findings.push_back(
        {"package_json_missing",
         Severity::note,
         {shown_path((root / "app.config.yaml").string()), 0, 0},
         "The project has no package.json. Adobe's tools refuse to load a project without one.",
         "Write one if `aio` is to deploy the project: {\"name\": \"…\", \"version\": \"1.0.0\"}"});
  if (subject.project.errors.empty()) {
    const auto actions = subject.project.actions().size();
    const auto sequences = subject.project.sequences().size();
    report.passed.push_back(cat("The configuration can be read: ", actions, actions == 1 ? " action" : " actions", ", ",
                                sequences, sequences == 1 ? " sequence" : " sequences", "."));
  }
}

}  // namespace adit::app
