#include "app/project/project.h"

#include <algorithm>

#include "app/yaml/source_file.h"
#include "base/text/text.h"

namespace adit::app {
namespace {

std::vector<Runnable> all_of(const Project& project) {
  std::vector<Runnable> all;
  for (const auto& package : project.packages) {
    for (const auto& action : package.actions) all.push_back({&action, nullptr});
    for (const auto& sequence : package.sequences) all.push_back({nullptr, &sequence});
  }
  return all;
}

/// Returns a line "  a/b (file:3:5)" for each.
std::string list_of(const std::vector<Runnable>& runnables) {
  std::string list;
  for (const auto& runnable : runnables)
    list += cat("\n  ", runnable.full_name(), " (", runnable.where().to_string(), ")");
  return list;
}

std::vector<std::string> names_of(const std::vector<Runnable>& runnables) {
  std::vector<std::string> names;
  for (const auto& runnable : runnables) {
    names.push_back(runnable.full_name());
    names.push_back(runnable.action != nullptr ? runnable.action->name : runnable.sequence->name);
  }
  return names;
}

Error unknown_action(std::string_view name, const std::vector<Runnable>& all) {
  const auto meant = nearest(name, names_of(all));
  return Error::configuration("unknown_action", cat("There is no action '", name, "'."))
      .hint(cat(meant ? cat("Did you mean '", *meant, "'? ") : "", "The project's actions:", list_of(all)));
}

/// Returns the one that the name refers to.
Runnable choose(const std::vector<Runnable>& all, std::string_view name) {
  std::vector<Runnable> matching;
  const bool full = name.find('/') != std::string_view::npos;
  for (const auto& runnable : all) {
    const auto& own = runnable.action != nullptr ? runnable.action->name : runnable.sequence->name;
    if (name.empty() || (full ? runnable.full_name() == name : own == name)) matching.push_back(runnable);
  }
  if (matching.empty()) throw unknown_action(name, all);
  if (matching.size() > 1)
    throw Error::configuration("ambiguous_action", name.empty()
                                                       ? std::string("Which action? The project has more than one.")
                                                       : cat("More than one package has an action '", name, "'."))
        .hint(cat("Name one as package/action:", list_of(matching)));
  return matching.front();
}

Error no_actions(const Project& project) {
  Error error = Error::configuration("no_actions", "The project defines no action.")
                    .hint("Add one below `runtimeManifest: packages: NAME: actions:` with its `function:`.");
  if (project.files.empty()) return error;
  return std::move(error).at(shown_path(project.files.front()));
}

}  // namespace

bool Action::is_node() const { return docker.empty() && to_lower(runtime).starts_with("nodejs:"); }

bool Action::is_cpp() const { return equals_ignoring_case(runtime, "cpp") || to_lower(runtime).starts_with("cpp:"); }

bool Action::has_annotation(std::string_view annotation) const {
  const auto* value = annotations.if_contains(annotation);
  if (value == nullptr) return false;
  if (value->is_bool()) return value->get_bool();
  const bool read_by_tools = annotation == "require-adobe-auth" || annotation == "include-ims-credentials";
  return read_by_tools && value->is_string() && !value->get_string().empty();
}

std::string Warning::to_string() const {
  const auto place = where.to_string();
  return cat(place, place.empty() ? "" : ": ", message, hint.empty() ? "" : "\n  ", hint);
}

std::vector<const Action*> Project::actions() const {
  std::vector<const Action*> all;
  for (const auto& package : packages)
    for (const auto& action : package.actions) all.push_back(&action);
  return all;
}

std::vector<const Sequence*> Project::sequences() const {
  std::vector<const Sequence*> all;
  for (const auto& package : packages)
    for (const auto& sequence : package.sequences) all.push_back(&sequence);
  return all;
}

std::vector<const Trigger*> Project::triggers() const {
  std::vector<const Trigger*> all;
  for (const auto& package : packages)
    for (const auto& trigger : package.triggers) all.push_back(&trigger);
  return all;
}

std::vector<const Rule*> Project::rules() const {
  std::vector<const Rule*> all;
  for (const auto& package : packages)
    for (const auto& rule : package.rules) all.push_back(&rule);
  return all;
}

std::vector<const ApiRoute*> Project::routes() const {
  std::vector<const ApiRoute*> all;
  for (const auto& package : packages)
    for (const auto& route : package.routes) all.push_back(&route);
  return all;
}

Runnable Project::find(std::string_view wanted) const {
  const auto all = all_of(*this);
  if (all.empty()) throw no_actions(*this);
  return choose(all, wanted);
}

const Action& Project::find_action(std::string_view wanted) const {
  auto all = all_of(*this);
  if (all.empty()) throw no_actions(*this);
  // An action takes precedence over a sequence if the name is empty or has no package.
  auto only_actions = all;
  std::erase_if(only_actions, [](const Runnable& runnable) { return runnable.action == nullptr; });
  const bool named = std::any_of(only_actions.begin(), only_actions.end(), [wanted](const Runnable& runnable) {
    return runnable.action->name == wanted || runnable.full_name() == wanted;
  });
  const auto found = choose(named || (wanted.empty() && !only_actions.empty()) ? only_actions : all, wanted);
  if (found.action == nullptr)
    throw Error::configuration("is_sequence", cat("'", found.full_name(), "' is a sequence, not an action."))
        .hint(cat("It runs ", join(found.sequence->actions, ", "), "; name one of these."))
        .at(found.sequence->where);
  return *found.action;
}

}  // namespace adit::app
