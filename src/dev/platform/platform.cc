#include "dev/platform/platform.h"

#include <algorithm>
#include <utility>
#include <vector>

#include "adit/error.h"
#include "adit/log.h"

#include "base/current_error.h"
#include "base/interrupted.h"
#include "base/text/text.h"
#include "dev/platform/alarm_feed.h"
#include "dev/platform/sequence.h"
#include "dev/platform/trigger.h"

namespace adit::dev {
namespace {

/// More activations than this wait until others have ended.
constexpr std::size_t kMaxThreads = 512;

ActivationRecord new_record(const Configuration& configuration, const ServedAction& served, const std::string& id,
                            const Clock& clock) {
  ActivationRecord record;
  record.id = id;
  record.name = served.entity.name;
  record.name_space = configuration.runtime.name_space;
  record.path = cat(served.entity.name_space, '/', served.entity.name);
  record.kind = served.entity.kind;
  record.version = served.entity.version;
  record.limits = served.entity.limits;
  record.start = record.end = clock.wall_now();
  return record;
}

/// Returns the action's inputs, overridden by the caller's parameters. An array is passed without inputs, as in
/// OpenWhisk (core/controller/actions/PrimitiveActions.scala, invokeSimpleAction).
json::value with_inputs(const ServedAction& served, json::value params) {
  if (params.is_array()) return params;
  auto all = served.inputs.params;
  if (params.is_object()) {
    for (auto& [name, value] : params.get_object()) all.insert_or_assign(name, std::move(value));
  }
  return all;
}

std::unique_ptr<StateFolder> state_folder(const std::string& path) {
  return path.empty() ? std::make_unique<StateFolder>() : std::make_unique<StateFolder>(path);
}

}  // namespace

Platform::Platform(PlatformOptions options, PlatformObserver& observer)
    : options_(std::move(options)),
      observer_(observer),
      live_(options_.configuration, observer_),
      store_(state_folder(options_.state_folder)),
      system_(options_.validate_token,
              [this](const std::string& feed, const json::object& params) {
                return answer_alarm_feed(store_, catalog().name_space(), feed, params);
              }),
      workers_(kMaxThreads),
      source_watcher_([this](const std::stop_token& ending) { watch_sources(ending); }),
      alarm_watcher_(*this) {}

void Platform::serve_at(const std::string& origin, const std::string& certificate_file) {
  live_.serve_at(origin, certificate_file);
}

Platform::Started Platform::start(std::shared_ptr<const Configuration> configuration, const ServedAction& served,
                                  json::object params) {
  const Catalog catalog(configuration, store_, system_);
  return start(catalog, {std::move(configuration), &served}, std::move(params));
}

Platform::Started Platform::start(const Catalog& catalog, std::shared_ptr<const ServedAction> served,
                                  json::object params) {
  auto promise = std::make_shared<std::promise<std::shared_ptr<const Activated>>>();
  Started started{.activation_id = make_activation_id(), .done = promise->get_future().share()};
  auto job = [this, promise, catalog, served = std::move(served), params = std::move(params),
              id = started.activation_id]() mutable {
    try {
      promise->set_value(std::make_shared<const Activated>(activate(catalog, *served, std::move(params), id, {})));
    } catch (...) {
      promise->set_exception(std::current_exception());
    }
  };
  workers_.run(std::move(job));
  return started;
}

std::string Platform::fire(const Catalog& catalog, const DeployedTrigger& trigger, const json::object& event) {
  const auto start_action = [&](std::shared_ptr<const ServedAction> served, json::object params) {
    return start(catalog, std::move(served), std::move(params)).activation_id;
  };
  auto record = fire_trigger(catalog, trigger, event, start_action, *options_.clock);
  if (!record) return {};
  activations_.add(*record);
  return std::move(record->id);
}

Activated Platform::activate(const Catalog& catalog, const ServedAction& served, json::value params,
                             const std::string& id, const Cause& cause) {
  Activated activated;
  activated.record = new_record(catalog.configuration(), served, id, *options_.clock);
  auto& record = activated.record;
  record.cause = cause.id;
  const bool composes = is_conductor(served.entity) && !served.system && !cause.conducts;
  if (composes) record.kind = "sequence";
  observer_.activation_began(record, served);
  // A sequence has no inputs, and a conductor gets its inputs each time that it runs.
  const bool is_whole = composes || served.what.sequence != nullptr;
  const auto all = is_whole ? std::move(params) : with_inputs(served, std::move(params));
  const auto* named = all.if_object();
  auto refused = served.adobe_auth && !cause.conducts
                     ? refuse_unauthorized(named != nullptr ? *named : json::object(), options_.validate_token)
                     : std::nullopt;
  if (refused) {
    activated.refused = true;
    record.status = ActivationStatus::application_error;
    record.result = *std::move(refused);
    record.end = options_.clock->wall_now();
  } else if (served.system) {
    auto answer = served.system(named != nullptr ? *named : json::object());
    record.status = answer.status;
    record.result = std::move(answer.result);
    record.end = options_.clock->wall_now();
  } else if (served.what.sequence != nullptr) {
    run_sequence_of(catalog, served, all, cause, activated);
  } else if (composes) {
    run_composition_of(catalog, served, all, cause, activated);
  } else {
    run_action(catalog, served, all, activated);
  }
  activations_.add(record);
  observer_.activation_ended(activated, served, all);
  return activated;
}

Running Platform::running(const Configuration& configuration, const ServedAction& served) {
  if (!served.deployed) return action_of(served.full_name())->use(configuration, *served.what.action);
  const auto& entity = served.deployed->entity;
  return deployed_host_of(cat(entity.name_space, '/', entity.name))->use(configuration, served);
}

void Platform::run_action(const Catalog& catalog, const ServedAction& served, const json::value& params,
                          Activated& activated) {
  auto& record = activated.record;
  try {
    const auto running = this->running(catalog.configuration(), served);
    const auto exchanges = running.tokens->exchanges.load();
    const auto calls = running.tokens->api_calls.load();
    auto ran = running.host->run_value(params, {.activation_id = record.id, .transaction_id = make_activation_id()});
    ran.cause = record.cause;
    ran.version = record.version;
    ran.kind = record.kind;
    ran.path = record.path;
    record = std::move(ran);
    activated.cold = record.init_time.has_value();
    activated.exchanged_token = running.tokens->exchanges.load() != exchanges;
    activated.used_cached_token = !activated.exchanged_token && running.tokens->api_calls.load() != calls;
  } catch (const Interrupted&) {
    throw;
  } catch (...) {
    const auto error = current_error("start_failed", "The machine could not start it");
    // The activation fails like that of a deployed action whose code does not start.
    activated.not_started = true;
    record.fail(cat("The action could not be started: ", error.message()), error.hint());
    record.logs.push_back(error.to_string());
    record.end = options_.clock->wall_now();
  }
}

ActivationRecord Platform::activate_component(const Catalog& catalog, const ServedAction& part, json::value params,
                                              const Cause& cause, Activated& whole) {
  auto done = activate(catalog, part, std::move(params), make_activation_id(), cause);
  whole.cold = whole.cold || done.cold;
  whole.exchanged_token = whole.exchanged_token || done.exchanged_token;
  whole.used_cached_token = whole.used_cached_token || done.used_cached_token;
  return std::move(done.record);
}

void Platform::run_sequence_of(const Catalog& catalog, const ServedAction& served, json::value params,
                               const Cause& cause, Activated& activated) {
  if (const auto refusal = served.deployed ? std::string_view() : refusal_of(catalog.configuration(), served);
      !refusal.empty()) {
    activated.record.fail(refusal, "OpenWhisk would refuse to deploy it with the same message.");
    activated.record.status = ActivationStatus::application_error;
    activated.record.end = options_.clock->wall_now();
    return;
  }
  const auto run_part = [&](const std::string& name, json::value part_params) -> std::optional<ActivationRecord> {
    const auto part = catalog.resolve(parse_entity_path(name, catalog.name_space()));
    if (part == nullptr) return std::nullopt;
    return activate_component(catalog, *part, std::move(part_params), {.id = activated.record.id, .count = cause.count},
                              activated);
  };
  run_sequence(served.entity.components, std::move(params), run_part, *options_.clock, activated.record);
}

void Platform::run_composition_of(const Catalog& catalog, const ServedAction& conductor, json::value params,
                                  const Cause& cause, Activated& activated) {
  CompositionCount own;
  auto& count = cause.count != nullptr ? *cause.count : own;
  const auto conduct = [&](json::value part_params) {
    return activate_component(catalog, conductor, std::move(part_params),
                              {.id = activated.record.id, .count = &count, .conducts = true}, activated);
  };
  const auto run = [&](const EntityPath& path, json::value part_params) -> std::optional<ActivationRecord> {
    const auto part = catalog.resolve(path);
    if (part == nullptr) return std::nullopt;
    if (!is_conductor(part->entity)) ++count.components;
    return activate_component(catalog, *part, std::move(part_params), {.id = activated.record.id, .count = &count},
                              activated);
  };
  run_composition({.name_space = catalog.name_space(), .count = count, .conduct = conduct, .run = run},
                  std::move(params), *options_.clock, activated.record);
}

std::shared_ptr<DeployedHost> Platform::deployed_host_of(const std::string& path) {
  const std::lock_guard lock(mutex_);
  auto& host = deployed_[path];
  if (!host)
    host = std::make_shared<DeployedHost>(store_, observer_, options_.interrupted,
                                          [this] { return cat(code_folder_.path(), '/', ++code_folders_); });
  return host;
}

std::shared_ptr<PlatformAction> Platform::action_of(const std::string& full_name) {
  const std::lock_guard lock(mutex_);
  auto& action = actions_[full_name];
  if (!action) action = std::make_shared<PlatformAction>(observer_, options_.interrupted);
  return action;
}

std::map<std::string, int> Platform::processes() {
  std::map<std::string, std::shared_ptr<PlatformAction>> actions;
  {
    const std::lock_guard lock(mutex_);
    actions = actions_;
  }
  std::map<std::string, int> found;
  for (const auto& [name, action] : actions)
    if (const int process = action->process_id(); process > 0) found.emplace(name, process);
  return found;
}

void Platform::watch_sources(const std::stop_token& ending) {
  auto wait = std::chrono::milliseconds(0);
  while (!ending.stop_requested()) {
    const auto end = std::chrono::steady_clock::now() + wait;
    while (!ending.stop_requested() && std::chrono::steady_clock::now() < end)
      std::this_thread::sleep_for(std::chrono::milliseconds(20));
    if (ending.stop_requested()) return;
    try {
      const auto begin = std::chrono::steady_clock::now();
      live_.retry_if_broken();
      const auto configuration = live_.now();
      drop_removed(*configuration);
      const auto changed = changed_actions(*configuration);
      const auto took = std::chrono::steady_clock::now() - begin;
      // Uses at most a tenth of a processor, however large the project is.
      wait = std::max(options_.poll_interval, std::chrono::duration_cast<std::chrono::milliseconds>(took * 10));
      refresh(*configuration, changed);
    } catch (const Interrupted&) {
      return;
    } catch (const Error& error) {
      log(LogLevel::error, error.to_string());
    } catch (const std::exception& error) {
      log(LogLevel::error, error.what());
    }
  }
}

/// Ends the processes of actions that were removed from the manifest, or deleted, when their last activation has ended.
void Platform::drop_removed(const Configuration& configuration) {
  std::vector<std::shared_ptr<DeployedHost>> deleted;  // destroyed after the lock is released
  std::vector<std::shared_ptr<PlatformAction>> removed;
  const std::lock_guard lock(mutex_);
  std::erase_if(actions_, [&](const auto& entry) {
    if (configuration.served.contains(entry.first)) return false;
    removed.push_back(entry.second);
    return true;
  });
  std::erase_if(deployed_, [&](const auto& entry) {
    const auto path = parse_entity_path(entry.first, configuration.runtime.name_space);
    if (store_.find<DeployedAction>({path.package, path.name})) return false;
    deleted.push_back(entry.second);
    return true;
  });
}

std::vector<const app::Action*> Platform::changed_actions(const Configuration& configuration) {
  auto actions = configuration.project.actions();
  std::erase_if(actions,
                [&](const auto* action) { return !action_of(action->full_name())->is_out_of_date(configuration); });
  return actions;
}

/// Builds in parallel: compilers use all processors, and a slow build or start of one action does not delay the others.
void Platform::refresh(const Configuration& configuration, const std::vector<const app::Action*>& actions) {
  ThreadPool builds(actions.size());
  for (const auto* action : actions) {
    builds.run([platform_action = action_of(action->full_name()), &configuration, action] {
      try {
        platform_action->refresh(configuration, *action);
      } catch (const std::exception&) {  // interrupted, because the platform ends
      }
    });
  }
}

}  // namespace adit::dev
