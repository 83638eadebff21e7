#include "dev/console/description.h"

#include <algorithm>
#include <optional>

#include "app/check/check.h"
#include "app/inputs/inputs.h"
#include "app/project/secret_names.h"
#include "base/text/text.h"
#include "base/text/utf8.h"
#include "dev/web/path.h"

namespace adit::dev {
namespace {

json::object place(const SourcePosition& where) {
  json::object shown{{"file", where.file}};
  if (where.line > 0) shown["line"] = where.line;
  return shown;
}

std::string_view source_word(SettingSource source) {
  switch (source) {
    case SettingSource::project:
      return "project file";
    case SettingSource::user_file:
      return "user file";
    case SettingSource::environment:
      return "environment";
    case SettingSource::command_line:
      break;
  }
  return "command line";
}

/// How much of a build's output is kept: twice what is shown, so that a secret that is cut at the end is never in the
/// half that is shown.
constexpr std::size_t kMostKept = 2 * Hiding::kMostShown;

/// The output of a build, with secrets hidden.
std::string shown_output(const std::string& output, const Hiding& hiding) {
  auto shown = hiding.lines(output);
  // A secret that is cut at the end is not recognised. Hiding others shortens the text, so it can move into the shown
  // part.
  if (output.size() >= kMostKept)
    shown.resize(utf8_cut(shown, shown.size() - std::min(shown.size(), kMostKept - Hiding::kMostShown)).size());
  return cut_to_shown(std::move(shown));
}

/// Collects the names of the variables in a value of the manifest, at any depth.
void collect_variables(const json::value& value, std::vector<std::string>& names) {
  if (const auto* text = value.if_string()) {
    for (auto& name : app::variables_in(*text))
      if (std::ranges::find(names, name) == names.end()) names.push_back(std::move(name));
  } else if (const auto* object = value.if_object()) {
    for (const auto& [key, member] : *object) collect_variables(member, names);
  } else if (const auto* list = value.if_array()) {
    for (const auto& item : *list) collect_variables(item, names);
  }
}

json::object input_of(const Configuration& configuration, const ServedAction& served, std::string_view name,
                      const json::value& written, const Hiding& hiding) {
  json::object shown{{"name", name}};
  const auto& action = *served.what.action;
  const auto position = action.input_positions.find(name);
  shown["where"] = place(position == action.input_positions.end() ? action.where : position->second);
  std::vector<std::string> variables;
  collect_variables(written, variables);
  json::array from;
  for (const auto& variable : variables) {
    json::object one{{"variable", variable}};
    if (const auto* found = configuration.settings.environment.find(variable)) {
      one["source"] = source_word(found->source);
      one["where"] = place(found->origin);
    } else {
      one["unset"] = true;
      shown["unset"] = true;
    }
    from.push_back(std::move(one));
  }
  shown["origin"] = from.empty() ? "literal" : "variable";
  if (!from.empty()) shown["from"] = std::move(from);
  const auto* value = served.inputs.params.if_contains(name);
  if (value == nullptr) return shown;
  const auto hidden = hiding.value(json::object{{name, *value}});
  const auto& visible = hidden.as_object().at(name);
  const bool secret = app::names_a_secret(name) || std::ranges::any_of(variables, app::names_a_secret);
  const bool empty = value->is_string() && value->get_string().empty();
  shown["secret"] = !empty && (secret || visible != *value);
  if (!shown["secret"].as_bool()) shown["value"] = visible;
  if (empty) shown["empty"] = true;
  return shown;
}

}  // namespace

std::string_view ActionStates::name_of(Step step) {
  switch (step) {
    case Step::waiting:
      return "waiting";
    case Step::building:
      return "building";
    case Step::ready:
      return "ready";
    case Step::failed:
      break;
  }
  return "failed";
}

void ActionStates::building(const std::string& action) {
  const std::lock_guard lock(mutex_);
  states_[action] = {.step = Step::building};
}

void ActionStates::output(const std::string& action, std::string_view text) {
  const std::lock_guard lock(mutex_);
  auto& output = states_[action].output;
  output += text.substr(0, kMostKept - std::min(output.size(), kMostKept));
}

void ActionStates::made(const std::string& action) {
  const std::lock_guard lock(mutex_);
  states_[action] = {.step = Step::ready};
}

void ActionStates::failed(const std::string& action, const std::string& error) {
  const std::lock_guard lock(mutex_);
  auto& state = states_[action];
  // An action can fail before its next build begins, and the next failure must not show this output again.
  state = {.step = Step::failed, .failed_output = std::move(state.output), .error = error};
}

json::object ActionStates::of(const std::string& action, const Hiding& hiding) const {
  State state;
  {
    const std::lock_guard lock(mutex_);
    if (const auto found = states_.find(action); found != states_.end()) state = found->second;
  }
  json::object shown{{"state", name_of(state.step)}};
  if (state.step == Step::failed)
    shown["output"] = cat(shown_output(state.failed_output, hiding), cut_to_shown(hiding.lines(state.error)));
  return shown;
}

json::array inputs_of(const Configuration& configuration, const ServedAction& served, const Hiding& hiding) {
  json::array inputs;
  if (served.what.action == nullptr) return inputs;
  for (const auto& [name, written] : served.what.action->inputs)
    inputs.push_back(input_of(configuration, served, name, written, hiding));
  return inputs;
}

json::object description_of(const Configuration& configuration, const ServedAction& served, const Hiding& hiding) {
  const auto name = served.full_name();
  json::object shown{{"name", name},
                     {"kind", served.entity.kind},
                     {"web", served.rules.exported},
                     {"path", path_to(name, served.rules.exported)},
                     {"adobe_auth", served.adobe_auth},
                     {"deployed", served.deployed != nullptr},
                     {"annotations", hiding.value(served.entity.annotations)}};
  const bool has_place =
      served.deployed == nullptr && (served.what.action != nullptr || served.what.sequence != nullptr);
  if (has_place) shown["where"] = place(served.what.where());
  if (const auto* sequence = served.what.sequence)
    shown["components"] = json::array(sequence->actions.begin(), sequence->actions.end());
  if (const auto* action = served.what.action) {
    shown["limits"] = json::object{{"timeout_ms", action->limits.timeout.count()},
                                   {"memory_mb", action->limits.memory_mb},
                                   {"concurrency", action->limits.concurrency}};
    shown["inputs"] = inputs_of(configuration, served, hiding);
  }
  return shown;
}

json::object description_of(const Catalog& catalog, const DeployedTrigger& trigger, std::optional<WallTime> next,
                            const Hiding& hiding) {
  json::object shown{{"name", trigger.entity.name}};
  json::array rules;
  for (const auto& rule : catalog.rules_of(trigger.entity.name))
    rules.push_back(json::object{{"name", rule.name}, {"action", rule.action.to_string()}, {"active", rule.active}});
  shown["rules"] = std::move(rules);
  if (!trigger.feed) return shown;
  json::object alarm;
  for (const auto* name : {"feed", "cron", "minutes", "date", "startDate", "stopDate", "maxTriggers"})
    if (const auto* value = trigger.feed->if_contains(name)) alarm[name] = hiding.value(*value);
  shown["alarm"] = std::move(alarm);
  if (next) shown["next_ms"] = next->time_since_epoch().count();
  return shown;
}

json::array findings_of(const std::string& root, const std::optional<std::string>& env_file) {
  app::CheckReport report;
  app::check_project(app::read_subject(root, env_file, Environment::process(), report), report);
  std::ranges::stable_sort(report.findings, {}, &app::Finding::severity);
  json::array findings;
  for (const auto& finding : report.findings) {
    findings.push_back(json::object{{"code", finding.code},
                                    {"severity", app::severity_name(finding.severity)},
                                    {"file", finding.where.file},
                                    {"line", finding.where.line},
                                    {"message", finding.message},
                                    {"fix", finding.change},
                                    {"fixable", finding.edit.kind != app::SafeEdit::Kind::none}});
  }
  return findings;
}

}  // namespace adit::dev
