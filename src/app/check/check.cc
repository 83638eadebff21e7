#include "app/check/check.h"

#include <algorithm>
#include <array>
#include <filesystem>
#include <set>
#include <tuple>
#include <utility>

#include "app/manifest/variable_reference.h"
#include "app/project/is_file.h"
#include "app/project/load_project.h"
#include "app/yaml/yaml_parse.h"
#include "app/yaml/yaml_scalar.h"
#include "base/text/ascii.h"
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

std::string_view severity_name(Severity severity) {
  switch (severity) {
    case Severity::error:
      return "error";
    case Severity::warning:
      return "warning";
    case Severity::note:
      break;
  }
  return "note";
}

bool CheckReport::has(Severity severity) const {
  return std::any_of(findings.begin(), findings.end(),
                     [severity](const Finding& finding) { return finding.severity == severity; });
}

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
      finding.joint_message = cat("The key `", warning.key,
                                  "` has no effect in these places: neither Adobe's tools nor adit "
                                  "act on it");
    }
    if (!warning.meant.empty())
      finding.edit = {SafeEdit::Kind::rename_key,
                      subject.path_of(warning.where),
                      warning.where.line,
                      warning.where.column,
                      warning.key,
                      warning.meant};
    report.findings.push_back(std::move(finding));
  }
  const auto& root = subject.project.root;
  if (is_file(fs::path(root) / "app.config.yaml") && !is_file(fs::path(root) / "package.json"))
    report.findings.push_back(
        {"package_json_missing",
         Severity::note,
         {shown_path((fs::path(root) / "app.config.yaml").string()), 0, 0},
         "The project has no package.json. Adobe's tools refuse to load a project without one.",
         "Write one if `aio` is to deploy the project: {\"name\": \"…\", \"version\": \"1.0.0\"}"});
  if (subject.project.errors.empty()) {
    const auto actions = subject.project.actions().size();
    const auto sequences = subject.project.sequences().size();
    report.passed.push_back(cat("The configuration can be read: ", actions, actions == 1 ? " action" : " actions", ", ",
                                sequences, sequences == 1 ? " sequence" : " sequences", "."));
  }
}

void check_project(const CheckSubject& subject, CheckReport& report) {
  for (auto* check : {check_manifest, check_functions, check_env_file, check_variables, check_references, check_sources,
                      check_credentials, check_access, check_runtimes, check_repository})
    check(subject, report);
  const auto place = [](const Finding& finding) {
    return std::tie(finding.where.file, finding.where.line, finding.where.column);
  };
  std::stable_sort(report.findings.begin(), report.findings.end(),
                   [&place](const Finding& a, const Finding& b) { return place(a) < place(b); });
  std::set<std::string> seen;
  std::erase_if(report.findings, [&seen](const Finding& finding) {
    return !seen.insert(cat(finding.code, '\n', finding.where.to_string(), '\n', finding.message)).second;
  });
}

namespace {

/// Returns the entries of `map` if each begins its own line below the action, so that a line can be inserted before
/// each of them; otherwise nothing.
std::vector<const YamlEntry*> entries_on_own_lines(const YamlNode& map, const Action& action) {
  std::vector<const YamlEntry*> found;
  for (const auto& entry : map.entries) {
    if (entry.where().file != action.where.file || entry.line <= action.where.line) return {};  // an alias
    if (!found.empty() && (found.back()->line == entry.line || found.back()->column != entry.column)) return {};
    found.push_back(&entry);
  }
  return found;
}

bool begins_its_line(const std::string& path, const YamlEntry& entry) {
  try {
    const auto text = read_file(path);
    std::size_t begin = 0;
    for (int line = 1; line < entry.line; ++line) begin = text.find('\n', begin) + 1;
    auto blanks = static_cast<std::size_t>(entry.column) - 1;
    return text.find_first_not_of(' ', begin) == begin + blanks;
  } catch (const Error&) {
    return false;
  }
}

/// Returns the entry before which `name` is inserted: the one after the first entry that has the same prefix (`JWT_`),
/// or the first.
const YamlEntry* place_for(const std::vector<const YamlEntry*>& entries, const std::string& name) {
  const auto family = name.substr(0, name.find('_') + 1);
  for (std::size_t index = 0; index + 1 < entries.size(); ++index)
    if (!family.empty() && entries[index]->key.starts_with(family)) return entries[index + 1];
  return entries.front();
}

}  // namespace

std::optional<std::string> mapping_line(const std::string& name) {
  const auto text = cat('$', name);
  const auto reference = next_variable(text, 0);
  if (!reference || reference->name != name) return std::nullopt;
  // YAML reads most such names as strings. Those that look like a number (`1e3`), a keyword (`null`) or a list (`-`)
  // need quotes.
  YamlNode key;
  key.text = name;
  type_plain_scalar(key);
  const bool plain = key.is_string() && !is_digit(name.front()) && name.front() != '-';
  return plain ? cat(name, ": $", name) : cat('\'', name, "': $", name);
}

SafeEdit mapping_edit(const CheckSubject& subject, const Action& action, const std::string& name) {
  const auto line = mapping_line(name);
  if (!line) return {};
  const auto* entry = subject.entry_of(action);
  if (entry == nullptr || !entry->value.is_map()) return {};
  const auto path = subject.path_of(action.where);
  const auto* inputs = entry->value.find("inputs");
  if (inputs != nullptr && inputs->is_map() && !inputs->entries.empty()) {
    const auto entries = entries_on_own_lines(*inputs, action);
    if (entries.empty()) return {};
    const auto* next = place_for(entries, name);
    if (!begins_its_line(path, *next)) return {};
    const auto indent = std::string(static_cast<std::size_t>(next->column) - 1, ' ');
    return {SafeEdit::Kind::insert_lines, path, next->line, next->column, {}, cat(indent, *line, "\n")};
  }
  if (entry->value.find_entry("inputs") != nullptr) return {};
  const auto members = entries_on_own_lines(entry->value, action);
  if (members.empty() || !begins_its_line(path, *members.front())) return {};
  const auto indent = std::string(static_cast<std::size_t>(members.front()->column) - 1, ' ');
  return {SafeEdit::Kind::insert_lines, path, members.front()->line,
          members.front()->column,      {},   cat(indent, "inputs:\n", indent, "  ", *line, "\n")};
}

}  // namespace adit::app
