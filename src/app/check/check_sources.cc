#include "app/check/check_sources.h"

#include <algorithm>
#include <cctype>
#include <string>
#include <string_view>
#include <vector>

#include "app/check/check_report.h"
#include "app/check/check_subject.h"
#include "app/check/credential_setting.h"
#include "app/check/file_builders.h"
#include "app/check/join_findings.h"
#include "app/check/mapping_edit.h"
#include "app/sources/jwt_auth_use.h"
#include "base/text/text.h"
#include "credentials/credential_names.h"

namespace adit::app {
namespace {

/// Returns true for `JWT_CLIENT_ID`, a setting, and false for `clientId`, a parameter that a caller passes.
bool looks_like_setting(std::string_view name) {
  bool letter = false;
  for (const char c : name) {
    if (std::islower(static_cast<unsigned char>(c)) != 0) return false;
    letter = letter || std::isupper(static_cast<unsigned char>(c)) != 0;
  }
  return letter;
}

/// Returns the advice to map the variable in the action's inputs.
std::string line_to_add(const Action& action, const std::string& name) {
  const auto line = mapping_line(name);
  if (!line) return "Give it another name: an input can name a variable only with letters, digits, _ and -";
  return cat("Add below `inputs:` of ", action.name, ": `", *line, "`");
}

/// Returns true if `adit migrate` has removed this input. Then the source must change; the input must not be added
/// again.
bool is_migrated(const Action& action, const std::string& name) {
  return std::find(jwt_names().begin(), jwt_names().end(), name) != jwt_names().end() &&
         std::all_of(oauth_names().begin(), oauth_names().end(),
                     [&action](const auto& oauth) { return action.inputs.contains(oauth); });
}

void report_migrated(const CheckSubject& subject, const Action& action, const InputUse& use, CheckReport& report) {
  report.findings.push_back(
      {"input_migrated", Severity::error, use.where,
       cat("The action ", action.full_name(), use.need == InputUse::Need::required ? " demands " : " reads ", use.name,
           ", but its inputs (", subject.where(action, "inputs").to_string(), ") are those of OAuth server-to-server."),
       "Let the source ask for the IMS_OAUTH_S2S_… inputs instead; `adit migrate` lists all such lines."});
}

void report_unmapped(const CheckSubject& subject, const Action& action, const InputUse& use, CheckReport& report) {
  const bool set = subject.environment.find(use.name) != nullptr;
  const bool required = use.need == InputUse::Need::required;
  const bool fatal = required || is_credential_setting(use.name);
  auto change = line_to_add(action, use.name);
  if (!set) change += cat(", and set ", use.name, " in .env");
  report.findings.push_back(joinable(
      {"input_not_mapped", fatal ? Severity::error : Severity::warning, subject.where(action, "inputs"),
       cat("The action ", action.full_name(), required ? " demands " : " reads ", use.name, " (", use.where.to_string(),
           "), which its inputs do not map", set ? " though it is set." : "."),
       // If the variable is not set, callers may be meant to pass it, so that no edit is safe.
       change + ".", set || is_credential_setting(use.name) ? mapping_edit(subject, action, use.name) : SafeEdit{}},
      action));
}

void check_use(const CheckSubject& subject, const Action& action, const InputUse& use, bool is_in_env_file,
               CheckReport& report) {
  if (action.inputs.contains(use.name)) return;
  if (use.name == "__ims_oauth_s2s" || use.name == "__ims_env") {
    if (use.need == InputUse::Need::optional || action.has_annotation("include-ims-credentials")) return;
    report.findings.push_back({"annotation_missing", Severity::error, subject.where(action, "annotations"),
                               cat("The action ", action.full_name(), " reads ", use.name, " (", use.where.to_string(),
                                   "), which only the annotation `include-ims-credentials` gives it."),
                               "Add `include-ims-credentials: true` below `annotations:`."});
    return;
  }
  if (is_migrated(action, use.name)) {
    if (use.need != InputUse::Need::optional) report_migrated(subject, action, use, report);
    return;
  }
  const bool set = subject.environment.find(use.name) != nullptr;
  if (use.need == InputUse::Need::optional) {
    if (is_in_env_file) report_unmapped(subject, action, use, report);
    return;
  }
  if (looks_like_setting(use.name) || (set && use.name.find('_') != std::string::npos)) {
    report_unmapped(subject, action, use, report);
    return;
  }
  report.findings.push_back(
      joinable({"input_from_caller", Severity::note, use.where,
                cat("The action ", action.full_name(), use.need == InputUse::Need::required ? " demands '" : " reads '",
                    use.name, "', which no input maps: each caller must pass it."),
                cat("If callers pass it, do nothing; otherwise add it below `inputs:` of ", action.name, ".")},
               action));
}

/// Whether the inputs contain all `names`: Credentials::from_params needs one complete set.
bool has_all(const Action& action, const std::vector<std::string>& names) {
  return std::all_of(names.begin(), names.end(), [&](const auto& name) { return action.inputs.contains(name); });
}

void check_complete_set(const CheckSubject& subject, const Action& action, CheckReport& report) {
  const auto& sources = subject.sources_of(action);
  const bool asks = !sources.credentials_from_params.empty();
  if (!asks && !sources.files.empty()) return;  // the source itself shows what it needs
  if (action.has_annotation("include-ims-credentials") || has_all(action, jwt_names()) ||
      has_all(action, oauth_names()))
    return;
  const auto count = [&](const auto& names) {
    return std::count_if(names.begin(), names.end(), [&](const auto& name) { return action.inputs.contains(name); });
  };
  const auto jwt = count(jwt_names());
  const auto oauth = count(oauth_names());
  if (!asks && jwt < 3 && oauth < 2) return;
  const bool jwt_is_set = subject.environment.find("JWT_CLIENT_ID") != nullptr &&
                          subject.environment.find("IMS_OAUTH_S2S_CLIENT_ID") == nullptr;
  const auto& names = jwt > oauth || (jwt == oauth && jwt_is_set) ? jwt_names() : oauth_names();
  for (const auto& name : names) {
    if (action.inputs.contains(name)) continue;
    const bool set = subject.environment.find(name) != nullptr;
    const auto asked = asks ? cat(" reads its credential from its inputs (",
                                  sources.credentials_from_params.front().to_string(), "), but ")
                            : std::string(" maps the parts of a credential, but ");
    report.findings.push_back(
        {"input_not_mapped", Severity::error, subject.where(action, "inputs"),
         cat("The action ", action.full_name(), asked, name, " is not mapped", set ? " though it is set." : "."),
         cat(line_to_add(action, name), set ? "." : cat(", and set ", name, " in .env.")),
         mapping_edit(subject, action, name)});
  }
}

void report_missing_file(const MissingFile& missing, const FileBuilder& builder, CheckReport& report) {
  const auto text = cat("The file '", missing.name, "' that is imported here does not exist");
  if (builder.words.empty()) {
    report.findings.push_back(
        {"import_missing", Severity::warning, missing.where, cat(text, "."), "Create it, or correct the path."});
  } else {
    report.findings.push_back({"import_not_built", Severity::note, missing.where,
                               cat(text, " yet; it may be made by ", builder.words, "."), builder.change});
  }
}

}  // namespace

void check_sources(const CheckSubject& subject, CheckReport& report) {
  const auto in_env_file = subject.env_file.variables();
  const auto at_first = report.findings.size();
  FileBuilders builders(subject);
  for (const auto* action : subject.project.actions()) {
    const auto& sources = subject.sources_of(*action);
    const auto before = report.findings.size();
    for (const auto& use : sources.inputs) {
      if (is_full(at_first, report)) return;
      check_use(subject, *action, use, in_env_file.contains(use.name), report);
    }
    check_complete_set(subject, *action, report);
    for (const auto& missing : sources.missing_files) {
      if (is_full(at_first, report)) return;
      report_missing_file(missing, builders.of(missing.path), report);
    }
    for (const auto& use : sources.wrong_properties) {
      if (is_full(at_first, report)) return;
      report.findings.push_back(
          {"property_undefined", Severity::error, use.where,
           cat("@adobe/jwt-auth returns no `", use.name,
               "`: the value that is read here is undefined, and every API refuses it as a token."),
           cat("Read `", jwt_auth_property_meant(use.name), "`; const { ", jwt_auth_property_meant(use.name), ": ",
               use.name, " } = … keeps the name.")});
    }
    if (report.findings.size() == before && !sources.files.empty())
      report.passed.push_back(cat("The inputs that ", action->full_name(), " reads are mapped (", sources.files.size(),
                                  sources.files.size() == 1 ? " source file)." : " source files)."));
  }
}

}  // namespace adit::app
