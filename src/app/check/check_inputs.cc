#include <algorithm>
#include <cctype>
#include <filesystem>
#include <set>

#include "app/check/check.h"
#include "app/check/jwt_auth_use.h"
#include "base/text/text.h"
#include "config/dotenv.h"
#include "config/ignored_lines.h"
#include "credentials/credential_names.h"

// Checks what actions get: the lines of .env, the variables that inputs name, and the inputs that sources read.

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

bool is_credential(std::string_view name) {
  return std::find(jwt_names().begin(), jwt_names().end(), name) != jwt_names().end() ||
         std::find(oauth_names().begin(), oauth_names().end(), name) != oauth_names().end();
}

std::vector<std::string> names_in(const EnvFile& file) {
  std::vector<std::string> names;
  for (const auto& [name, entry] : file.variables()) names.push_back(name);
  return names;
}

/// Returns true, and adds a finding that says so, if this check has added `kMostFindings` findings. `before` is the
/// number of findings before it began.
bool is_full(std::size_t before, CheckReport& report) {
  if (report.findings.size() < before + kMostFindings) return false;
  report.findings.push_back(
      {"too_many_findings",
       Severity::error,
       {},
       cat("There are more than ", kMostFindings, " findings of one kind; the others are not listed."),
       "Correct these, then run adit check again."});
  return true;
}

bool needs(const CheckSubject& subject, const Action& action, std::string_view input) {
  const auto& uses = subject.sources_of(action).inputs;  // sorted by name
  const auto use = std::lower_bound(uses.begin(), uses.end(), input,
                                    [](const InputUse& one, std::string_view name) { return one.name < name; });
  return use != uses.end() && use->name == input && use->need == InputUse::Need::required;
}

/// Lines that dotenv ignores.
void check_ignored_lines(const CheckSubject& subject, CheckReport& report) {
  for (const int line : ignored_lines(subject.env_text)) {
    // The line may be part of a secret, so it is not shown.
    report.findings.push_back({"env_line_ignored",
                               Severity::warning,
                               {subject.env_file.path, line, 0},
                               "This line, or its end, has no effect: it is neither NAME=value nor a comment.",
                               "Write NAME=value, put a value over several lines in double quotes, or remove the "
                               "line."});
  }
}

void check_doubles(const CheckSubject& subject, CheckReport& report) {
  std::map<std::string, int> seen;
  for (const auto& entry : subject.env_file.entries) {
    const auto [known, fresh] = seen.emplace(entry.key, entry.line);
    if (fresh) continue;
    report.findings.push_back({"env_key_twice",
                               Severity::warning,
                               {subject.env_file.path, entry.line, 0},
                               cat(entry.key, " is set twice; this line wins over line ", known->second, "."),
                               "Remove one of the two lines."});
    known->second = entry.line;
  }
}

/// Adobe's loader turns the names in `.env` into upper case; plain dotenv does not, and a program that runs without the
/// loader sees them as written. Adobe's own settings (AIO_…) are found in upper and lower case.
void check_upper_case(const CheckSubject& subject, CheckReport& report) {
  std::vector<std::string> renamed;
  int first = 0;
  for (const auto& [name, entry] : subject.env_file.variables()) {
    if (name == entry->key || name.starts_with("AIO_")) continue;
    renamed.push_back(cat(entry->key, " is ", name));
    first = first == 0 ? entry->line : std::min(first, entry->line);
  }
  if (renamed.empty()) return;
  report.findings.push_back(
      {"env_name_upper_case",
       Severity::note,
       {subject.env_file.path, first, 0},
       cat("Adobe's tools, and so adit, read the names in .env in upper case: ", join(renamed, ", "), "."),
       "Write the names in upper case in the file and in the inputs; `$name` in lower case finds nothing."});
}

/// Values without quotes that contain a `#`. dotenv, and so adit, reads the rest as a comment, which few expect inside
/// a word.
void check_cut_values(const CheckSubject& subject, CheckReport& report) {
  const std::string_view text = subject.env_text;
  for (const auto& entry : parse_with_wrapped_keys(text)) {
    const auto end = entry.value_end;
    if (entry.value.empty() || end >= text.size() || text[end] != '#') continue;
    if (std::string_view(" \t\"'`").find(text[end - 1]) != std::string_view::npos) continue;
    report.findings.push_back({"env_value_cut",
                               Severity::warning,
                               {subject.env_file.path, entry.line, 0},
                               cat("The value of ", entry.key, " ends before its #, where a comment begins."),
                               "Put the value in single quotes, or a space before the # of a comment."});
  }
}

void report_missing_env_file(const CheckSubject& subject, CheckReport& report) {
  std::set<std::string> unset;
  for (const auto* action : subject.project.actions())
    for (const auto& [name, value] : action->inputs)
      if (value.is_string())
        for (const auto& variable : variables_in(value.get_string()))
          if (subject.environment.find(variable) == nullptr) unset.insert(variable);
  if (unset.empty()) return;
  std::error_code unknown;
  const bool example = std::filesystem::exists(subject.project.root + "/.env.example", unknown);
  report.findings.push_back({"env_missing",
                             Severity::error,
                             {subject.env_file.path, 0, 0},
                             cat("There is no .env, and the inputs name variables that are not set: ",
                                 join(std::vector<std::string>(unset.begin(), unset.end()), ", "), "."),
                             example ? "Copy .env.example to .env and put your values there."
                                     : "Create it with a line NAME=value for each."});
}

Finding unset_finding(const CheckSubject& subject, const Action& action, const Unset& unset,
                      const std::vector<std::string>& known) {
  const bool fatal = is_credential(unset.name) || needs(subject, action, unset.input);
  auto change = remedy_of(unset, subject.environment, subject.env_file.path);
  change.front() = to_upper(change.substr(0, 1)).front();
  if (to_upper(unset.name) != unset.name) {
    if (!change.ends_with("…")) change += '.';
  } else if (const auto meant = nearest(unset.name, known)) {
    change = cat("Did you mean $", *meant, "? Otherwise add to ", subject.env_file.path, ": ", unset.name, "=…");
  }
  return {"variable_unset", fatal ? Severity::error : Severity::warning, unset.where,
          cat("The input ", unset.input, " of ", action.full_name(), " takes $", unset.name, ", which is not set."),
          std::move(change)};
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
  const bool fatal = required || is_credential(use.name);
  auto change = line_to_add(action, use.name);
  if (!set) change += cat(", and set ", use.name, " in .env");
  report.findings.push_back(
      joinable({"input_not_mapped", fatal ? Severity::error : Severity::warning, subject.where(action, "inputs"),
                cat("The action ", action.full_name(), required ? " demands " : " reads ", use.name, " (",
                    use.where.to_string(), "), which its inputs do not map", set ? " though it is set." : "."),
                // If the variable is not set, callers may be meant to pass it, so that no edit is safe.
                change + ".", set || is_credential(use.name) ? mapping_edit(subject, action, use.name) : SafeEdit{}},
               action));
}

void check_use(const CheckSubject& subject, const Action& action, const InputUse& use,
               const std::vector<std::string>& names_in_file, CheckReport& report) {
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
    if (std::binary_search(names_in_file.begin(), names_in_file.end(), use.name))
      report_unmapped(subject, action, use, report);
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

void check_whole_set(const CheckSubject& subject, const Action& action, CheckReport& report) {
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

}  // namespace

void check_env_file(const CheckSubject& subject, CheckReport& report) {
  if (!subject.env_found) {
    report_missing_env_file(subject, report);
    return;
  }
  check_ignored_lines(subject, report);
  check_doubles(subject, report);
  check_upper_case(subject, report);
  check_cut_values(subject, report);
}

void check_variables(const CheckSubject& subject, CheckReport& report) {
  if (!subject.env_found) return;  // reported once, by check_env_file
  const auto known = names_in(subject.env_file);
  const auto before = report.findings.size();
  std::size_t mapped = 0;
  bool all = true;
  for (const auto* action : subject.project.actions()) {
    MappedInputs inputs;
    try {
      inputs = map_inputs(*action, subject.environment);
    } catch (const Error& error) {
      all = false;
      report.findings.push_back(
          {error.code(), Severity::error, error.where().value_or(action->where), error.message(), error.hint()});
      continue;
    }
    mapped += inputs.params.size();
    for (const auto& unset : inputs.unset) {
      all = false;
      if (is_full(before, report)) return;
      if (!unset.is_well_formed) continue;  // check_references() reports it
      report.findings.push_back(joinable(unset_finding(subject, *action, unset, known), *action));
    }
    for (const auto& empty : empty_variables(*action, subject.environment)) {
      const auto* variable = subject.environment.find(empty.name);
      if (variable == nullptr || !(is_credential(empty.name) || needs(subject, *action, empty.input))) continue;
      all = false;
      if (is_full(before, report)) return;
      report.findings.push_back({"variable_empty", Severity::error, variable->origin,
                                 cat(empty.name, ", which the input ", empty.input, " of ", action->full_name(),
                                     " takes, is set, but empty."),
                                 cat("Write its value there: ", empty.name, "=…")});
    }
  }
  if (all && mapped > 0)
    report.passed.push_back(cat("Every variable that the inputs name is set (", mapped, " inputs)."));
}

void check_sources(const CheckSubject& subject, CheckReport& report) {
  const auto names_in_file = names_in(subject.env_file);
  const auto at_first = report.findings.size();
  for (const auto* action : subject.project.actions()) {
    const auto& sources = subject.sources_of(*action);
    const auto before = report.findings.size();
    for (const auto& use : sources.inputs) {
      if (is_full(at_first, report)) return;
      check_use(subject, *action, use, names_in_file, report);
    }
    check_whole_set(subject, *action, report);
    for (const auto& missing : sources.missing_files) {
      if (is_full(at_first, report)) return;
      report.findings.push_back({"import_missing", Severity::warning, missing.where,
                                 cat("The file '", missing.name, "' that is imported here does not exist."),
                                 "Create it, or correct the path."});
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
