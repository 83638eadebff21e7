#include "app/check/check_env_file.h"

#include <algorithm>
#include <filesystem>
#include <map>
#include <set>
#include <string>
#include <vector>

#include "app/check/check_report.h"
#include "app/check/check_subject.h"
#include "app/inputs/inputs.h"
#include "base/text/text.h"
#include "config/dotenv.h"
#include "config/ignored_lines.h"

namespace adit::app {
namespace {

/// Lines that dotenv ignores.
void check_ignored_lines(const CheckSubject& subject, CheckReport& report) {
  for (const int line : ignored_lines(subject.env_text)) {
    // The line may be part of a secret, so it is not shown.
    report.findings.push_back(
        {"env_line_ignored",
         Severity::warning,
         {subject.env_file.path, line, 0},
         "dotenv ignores this line, or the part of it after the value: it is neither NAME=value nor a comment.",
         "Write NAME=value, put a value over several lines in double quotes, or remove the line."});
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

}  // namespace adit::app
