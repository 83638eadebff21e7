#include "app/check/check_subject.h"

#include <filesystem>
#include <utility>

#include "app/check/check_report.h"
#include "app/inputs/inputs.h"
#include "app/project/load_project.h"
#include "app/sources/read_action_sources.h"
#include "app/yaml/source_file.h"
#include "app/yaml/yaml_parse.h"
#include "base/text/text.h"
#include "config/dotenv.h"

namespace adit::app {
namespace {

namespace fs = std::filesystem;

Finding of_error(const Error& error) {
  auto change = error.hint();
  if (change.empty()) change = "Correct it there.";
  return {error.code(), Severity::error, error.where().value_or(SourcePosition{}), error.message(), std::move(change)};
}

void add_entries(const YamlNode& node, CheckSubject& subject) {
  for (const auto& entry : node.entries) {
    const auto where = entry.where();
    subject.entries.emplace(std::tuple(where.line, where.column, where.file), &entry);
    add_entries(entry.value, subject);
  }
  for (const auto& item : node.items) add_entries(item, subject);
}

void read_trees(CheckSubject& subject) {
  for (const auto& file : subject.project.files) {
    try {
      subject.trees.push_back(read_yaml(file));
    } catch (const Error&) {
      continue;  // reported already, when the project was read
    }
  }
  for (const auto& tree : subject.trees) add_entries(tree, subject);
  for (const auto& file : subject.project.files) subject.paths.emplace(shown_path(file), file);
}

void read_env(CheckSubject& subject, const std::optional<std::string>& env_file, Environment process,
              CheckReport& report) {
  subject.environment = process;
  try {
    auto settings = environment_for(subject.project.root, env_file, std::move(process));
    subject.env_file.path = settings.env_file;
    subject.env_found = settings.env_file_found;
    subject.environment = std::move(settings.environment);
    if (!subject.env_found) return;
    subject.env_text = normalise_line_ends(read_file(settings.env_file));
    subject.env_file = EnvFile::parse(subject.env_text, settings.env_file);
  } catch (const Error& error) {
    std::error_code unknown;
    if (env_file && !fs::exists(*env_file, unknown)) throw;
    auto finding = of_error(error);
    const auto file = env_file.value_or((fs::path(subject.project.root) / ".env").string());
    if (finding.where.file.empty()) finding.where = {shown_path(file), 0, 0};
    report.findings.push_back(std::move(finding));
    subject.env_file.path = shown_path(file);
    subject.env_found = true;
  }
}

/// Reads the sources of all actions; sources that actions share are read once.
void read_sources(CheckSubject& subject, CheckReport& report) {
  constexpr std::size_t kMostBytes = 64U << 20U;
  std::size_t bytes = 0;
  std::map<std::pair<std::string, bool>, std::shared_ptr<const SourceReading>> known;
  for (const auto* action : subject.project.actions()) {
    if (action->function_path.empty()) continue;
    if (bytes > kMostBytes) {
      report.findings.push_back(
          {"sources_not_read", Severity::warning, action->where,
           cat("The sources of the project's actions have more than ", kMostBytes >> 20U, " MB; those of ",
               action->full_name(), " and of the actions after it were not read."),
           "Check whether built or bundled files are among them."});
      return;
    }
    const auto [found, fresh] = known.try_emplace({action->function_path, action->is_cpp()});
    if (fresh) {
      found->second = std::make_shared<const SourceReading>(read_action_sources(*action, subject.project.root));
      bytes += found->second->bytes;
    }
    subject.sources.insert_or_assign(action->full_name(), found->second);
  }
}

}  // namespace

const SourceReading& CheckSubject::sources_of(const Action& action) const {
  static const SourceReading kNone;
  const auto found = sources.find(action.full_name());
  return found == sources.end() ? kNone : *found->second;
}

const YamlEntry* CheckSubject::entry_of(const Action& action) const {
  const auto found = entries.find(std::tuple(action.where.line, action.where.column, action.where.file));
  return found == entries.end() ? nullptr : found->second;
}

SourcePosition CheckSubject::where(const Action& action, std::string_view key) const {
  const auto* entry = entry_of(action);
  const auto* member = entry == nullptr ? nullptr : entry->value.find_entry(key);
  return member == nullptr ? action.where : member->where();
}

SourcePosition CheckSubject::where_annotation(const Action& action, std::string_view annotation) const {
  const auto* entry = entry_of(action);
  const auto* annotations = entry == nullptr ? nullptr : entry->value.find("annotations");
  const auto* member = annotations == nullptr ? nullptr : annotations->find_entry(annotation);
  return member == nullptr ? where(action, "web") : member->where();
}

std::string CheckSubject::path_of(const SourcePosition& where) const {
  const auto found = paths.find(where.file);
  return found == paths.end() ? where.file : found->second;
}

CheckSubject read_subject(const std::string& root, const std::optional<std::string>& env_file, Environment process,
                          CheckReport& report) {
  CheckSubject subject;
  subject.project = load_project(root, OnError::go_on);
  for (const auto& error : subject.project.errors) report.findings.push_back(of_error(error));
  read_trees(subject);
  read_env(subject, env_file, std::move(process), report);
  read_sources(subject, report);
  return subject;
}

}  // namespace adit::app
