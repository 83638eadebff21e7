#include "dev/platform/configuration.h"

#include <atomic>
#include <filesystem>

#include "base/text.h"
#include "dev/host/action_environment.h"
#include "dev/platform/sequence.h"

namespace adit::dev {
namespace {

Served serve(const app::Action& action, const Environment& environment) {
  Served served;
  served.what.action = &action;
  served.inputs = app::map_inputs(action, environment);
  refuse_untrusted_destinations(environment, served.inputs.secret);
  served.rules = WebRules::of(action.annotations, served.inputs.params);
  served.adobe_auth = served.rules.exported && action.has_annotation("require-adobe-auth");
  return served;
}

/// A sequence has no inputs of its own, but its package's.
Served serve(const app::Sequence& sequence, const app::Package& package, const Environment& environment) {
  app::Action inputs;
  inputs.package = sequence.package;
  inputs.name = sequence.name;
  inputs.inputs = package.inputs;
  inputs.annotations = sequence.annotations;
  inputs.where = sequence.where;
  Served served;
  served.what.sequence = &sequence;
  served.inputs = app::map_inputs(inputs, environment);
  served.rules = WebRules::of(sequence.annotations, served.inputs.params);
  served.adobe_auth = served.rules.exported && inputs.has_annotation("require-adobe-auth");
  return served;
}

}  // namespace

const Served* Configuration::find(std::string_view package, std::string_view name) const {
  const auto found = served.find(cat(package, '/', name));
  return found != served.end() ? &found->second : nullptr;
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
  if (configuration->runtime.api_key.empty()) configuration->runtime.api_key = options.api_key;
  for (const auto& package : configuration->project.packages) {
    for (const auto& action : package.actions)
      configuration->served.emplace(action.full_name(), serve(action, settings.environment));
    for (const auto& sequence : package.sequences)
      configuration->served.emplace(sequence.full_name(), serve(sequence, package, settings.environment));
  }
  for (const auto* sequence : configuration->project.sequences()) {
    const auto cycle = sequence_cycle(configuration->project, *sequence);
    if (cycle.empty()) continue;
    configuration->project.warnings.push_back({.message = cat("The sequence goes in a circle: ", cycle, "."),
                                               .hint = "It will end with an error.",
                                               .where = sequence->where});
  }
  return configuration;
}

LiveConfiguration::LiveConfiguration(ConfigurationOptions options, Events events)
    : options_(std::move(options)), events_(std::move(events)), good_(read_configuration(options_)) {
  stamp();
}

std::shared_ptr<const Configuration> LiveConfiguration::now() {
  const std::lock_guard lock(mutex_);
  if (!stamps_.unchanged()) read_again();
  return good_;
}

void LiveConfiguration::look_again_if_broken() {
  const std::lock_guard lock(mutex_);
  if (broken_) read_again();
}

std::shared_ptr<const Configuration> LiveConfiguration::last_good() const {
  const std::lock_guard lock(mutex_);
  return good_;
}

void LiveConfiguration::read_again() {
  // As the files are before they are read: what changes meanwhile is read the next time.
  stamp();
  try {
    auto fresh = read_configuration(options_);
    const bool other_files = fresh->project.files != good_->project.files;
    good_ = std::move(fresh);
    broken_ = false;
    last_error_.clear();
    if (other_files) stamp();
    if (events_.on_change) events_.on_change(*good_);
  } catch (const Error& error) {
    broken_ = true;
    if (error.where()) stamp(error.where()->file);
    if (last_error_ == error.to_string()) return;
    last_error_ = error.to_string();
    if (events_.on_error) events_.on_error(error);
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
