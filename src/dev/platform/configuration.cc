#include "dev/platform/configuration.h"

#include <algorithm>
#include <atomic>
#include <filesystem>

#include "app/project/load_project.h"
#include "base/text/text.h"
#include "dev/host/action_environment.h"
#include "dev/platform/sequence.h"

namespace adit::dev {
namespace {

ActionEntity entity_of(std::string_view package, const std::string& name, const RuntimeSettings& runtime,
                       WallTime updated) {
  ActionEntity entity;
  const bool in_package = !package.empty() && package != "default";
  entity.name_space = in_package ? cat(runtime.name_space, '/', package) : runtime.name_space;
  entity.name = name;
  entity.updated = updated;
  return entity;
}

ServedAction serve(const app::Action& action, const Environment& environment, ActionEntity entity) {
  ServedAction served;
  served.what.action = &action;
  served.inputs = app::map_inputs(action, environment);
  refuse_untrusted_destinations(environment, served.inputs.secret);
  served.rules = WebRules::of(action.annotations, served.inputs.params);
  served.adobe_auth = served.rules.exported && action.has_annotation("require-adobe-auth");
  if (served.adobe_auth) served.rules = served.rules.with_adobe_auth();

  entity.kind = action.docker.empty() ? action.runtime : "blackbox";
  entity.image = action.docker;
  entity.main = action.main;
  entity.binary = true;
  entity.parameters = served.inputs.params;
  entity.annotations = action.annotations;
  entity.limits = action.limits;
  served.entity = std::move(entity);
  return served;
}

/// A sequence gives its components no inputs; each component has its own.
ServedAction serve(const app::Sequence& sequence, const RuntimeSettings& runtime, ActionEntity entity) {
  ServedAction served;
  served.what.sequence = &sequence;
  served.rules = WebRules::of(sequence.annotations, {});
  app::Action annotated;
  annotated.annotations = sequence.annotations;
  served.adobe_auth = served.rules.exported && annotated.has_annotation("require-adobe-auth");

  entity.kind = "sequence";
  for (const auto& part : sequence.actions) {
    const auto name = local_name(part, runtime.name_space);
    const auto slash = name.find('/');
    entity.components.push_back(
        name.starts_with('/') || slash == std::string::npos
            ? part
            : cat('/', runtime.name_space, '/', entity_path(name.substr(0, slash), name.substr(slash + 1))));
  }
  entity.parameters["_actions"] = json::array(entity.components.begin(), entity.components.end());
  entity.annotations = sequence.annotations;
  served.entity = std::move(entity);
  return served;
}

template <typename Entity>
Entity other_entity(std::string_view name, const RuntimeSettings& runtime, WallTime updated) {
  Entity entity;
  entity.name_space = runtime.name_space;
  entity.name = name;
  entity.updated = updated;
  return entity;
}

/// Returns the path of a feed. In a manifest, as with `wsk`, a path without a namespace belongs to this namespace.
std::string feed_path(std::string_view feed, const RuntimeSettings& runtime) {
  if (feed.starts_with("/_/")) return cat('/', runtime.name_space, feed.substr(2));
  return feed.starts_with('/') ? std::string(feed) : cat('/', runtime.name_space, '/', feed);
}

DeployedTrigger serve(const app::Trigger& trigger, const Configuration& configuration, WallTime now) {
  DeployedTrigger served{.entity = other_entity<TriggerEntity>(trigger.name, configuration.runtime, now), .feed = {}};
  const auto inputs =
      app::map_inputs(trigger.inputs, trigger.input_positions, trigger.where, configuration.settings.environment);
  served.entity.annotations = trigger.annotations;
  if (trigger.feed.empty()) {
    served.entity.parameters = inputs.params;
  } else {
    const auto feed = feed_path(trigger.feed, configuration.runtime);
    served.entity.annotations["feed"] = feed;
    served.feed = inputs.params;
    (*served.feed)["feed"] = feed.substr(feed.rfind('/') + 1);
  }
  return served;
}

/// Adds packages, triggers and rules.
void add_others(Configuration& configuration, WallTime now) {
  const auto& runtime = configuration.runtime;
  for (const auto& package : configuration.project.packages) {
    if (package.name != "default") {
      auto entity = other_entity<PackageEntity>(package.name, runtime, now);
      entity.publish = package.is_public;
      configuration.packages.insert_or_assign(package.name, std::move(entity));
    }
    for (const auto& binding : package.bindings) {
      auto entity = other_entity<PackageEntity>(binding.name, runtime, now);
      entity.binding = {binding.target_namespace == "_" ? runtime.name_space : binding.target_namespace,
                        binding.target_package};
      entity.parameters =
          app::map_inputs(binding.inputs, binding.input_positions, binding.where, configuration.settings.environment)
              .params;
      configuration.packages.insert_or_assign(binding.name, std::move(entity));
    }
    for (const auto& trigger : package.triggers)
      configuration.triggers.insert_or_assign(trigger.name, serve(trigger, configuration, now));
    for (const auto& rule : package.rules) {
      auto entity = other_entity<RuleEntity>(rule.name, runtime, now);
      const auto slash = rule.action.find('/');
      const auto of_package = rule.action.substr(0, slash);
      entity.trigger = {runtime.name_space, {}, rule.trigger};
      entity.action = {runtime.name_space, of_package == "default" ? "" : of_package, rule.action.substr(slash + 1)};
      configuration.rules.insert_or_assign(rule.name, std::move(entity));
    }
  }
}

}  // namespace

std::string_view refusal_of(const Configuration& configuration, const ServedAction& sequence) {
  const auto components_of = [&](const std::string& name) -> std::optional<std::vector<std::string>> {
    const auto found = configuration.served.find(local_name(name, configuration.runtime.name_space));
    if (found == configuration.served.end() || !found->second.entity.is_sequence()) return std::nullopt;
    return found->second.entity.components;
  };
  const auto& entity = sequence.entity;
  return sequence_refusal(cat('/', entity.name_space, '/', entity.name), entity.components, components_of);
}

const ServedAction* Configuration::find(std::string_view package, std::string_view name) const {
  const auto found = served.find(cat(package, '/', name));
  return found != served.end() ? &found->second : nullptr;
}

std::string ServedAction::full_name() const {
  if (what.action != nullptr || what.sequence != nullptr) return what.full_name();
  return cat(entity.name_space, '/', entity.name);
}

std::shared_ptr<const Configuration> read_configuration(const ConfigurationOptions& options) {
  static std::atomic<std::uint64_t> readings{0};
  auto configuration = std::make_shared<Configuration>();
  configuration->serial = ++readings;
  auto& settings = configuration->settings;
  configuration->project = app::load_project(options.root);
  settings = app::environment_for(options.root, options.env_file);
  for (const auto& [name, value] : options.overrides) settings.environment.set_override(name, value);
  configuration->runtime = RuntimeSettings::of(settings.environment);
  auto& runtime = configuration->runtime;
  if (runtime.api_key.empty()) runtime.api_key = options.api_key;
  if (!options.api_host.empty()) {
    runtime.api_host = options.api_host;
    runtime.is_this_server = true;
    runtime.certificate_file = options.certificate_file;
  }
  const auto now = options.clock->wall_now();
  for (const auto& package : configuration->project.packages) {
    for (const auto& action : package.actions)
      configuration->served.emplace(
          action.full_name(), serve(action, settings.environment, entity_of(package.name, action.name, runtime, now)));
    for (const auto& sequence : package.sequences)
      configuration->served.emplace(sequence.full_name(),
                                    serve(sequence, runtime, entity_of(package.name, sequence.name, runtime, now)));
  }
  add_others(*configuration, now);
  for (const auto* sequence : configuration->project.sequences()) {
    const auto refusal = refusal_of(*configuration, *configuration->find(sequence->package, sequence->name));
    if (refusal.empty()) continue;
    configuration->project.warnings.push_back(
        {.message = cat("The sequence ", sequence->full_name(), " cannot be deployed: ", refusal),
         .hint = "An activation of it fails with the same message.",
         .where = sequence->where});
  }
  return configuration;
}

LiveConfiguration::LiveConfiguration(ConfigurationOptions options, PlatformObserver& observer)
    : options_(std::move(options)), observer_(observer), good_(read_configuration(options_)) {
  stamp();
}

std::shared_ptr<const Configuration> LiveConfiguration::now() {
  const std::lock_guard lock(mutex_);
  if (!stamps_.unchanged()) read_again();
  return good_;
}

void LiveConfiguration::serve_at(const std::string& origin, const std::string& certificate_file) {
  const std::lock_guard lock(mutex_);
  options_.api_host = origin;
  options_.certificate_file = certificate_file;
  good_ = read_configuration(options_);
}

void LiveConfiguration::retry_if_broken() {
  const std::lock_guard lock(mutex_);
  if (broken_) read_again();
}

std::shared_ptr<const Configuration> LiveConfiguration::last_good() const {
  const std::lock_guard lock(mutex_);
  return good_;
}

void LiveConfiguration::read_again() {
  // Stamp the files before they are read: a file that changes meanwhile is then read the next time.
  stamp();
  try {
    auto fresh = read_configuration(options_);
    const bool other_files = fresh->project.files != good_->project.files;
    good_ = std::move(fresh);
    broken_ = false;
    last_error_.clear();
    if (other_files) stamp();
    observer_.configuration_read(*good_);
  } catch (const Error& error) {
    broken_ = true;
    if (error.where()) stamp(error.where()->file);
    if (last_error_ == error.to_string()) return;
    last_error_ = error.to_string();
    observer_.configuration_broken(error);
  }
}

void LiveConfiguration::stamp(const std::string& extra) {
  const auto root = std::filesystem::path(options_.root);
  stamps_ = FileStamps();
  for (const auto* name : {"app.config.yaml", "ext.config.yaml", "manifest.yml", "package.json"})
    stamps_.add((root / name).string());
  for (const auto& file : good_->project.files) stamps_.add(file);
  stamps_.add(good_->settings.env_file);
  if (!extra.empty()) stamps_.add(extra);
}

}  // namespace adit::dev
