#pragma once

#include <atomic>
#include <chrono>
#include <future>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

#include "adit/clock.h"

#include "dev/deployed/entity_store.h"
#include "dev/feeds/alarm.h"
#include "dev/platform/action.h"
#include "dev/platform/activations.h"
#include "dev/platform/adobe_auth.h"
#include "dev/platform/catalog.h"
#include "dev/platform/conductor.h"
#include "dev/platform/configuration.h"
#include "dev/platform/deployed_host.h"
#include "dev/platform/system_actions.h"
#include "dev/platform/workers.h"

namespace adit::dev {

struct Activated;

/// Who looks on while activations run. Called on any thread, several at once; the objects live as long as the call.
struct ActivationEvents {
  std::function<void(const ActivationRecord& begun, const Served&)> on_begin;
  /// `params` are the action's, inputs included. Not called for what the platform's own end interrupts.
  std::function<void(const Activated&, const Served&, const json::value& params)> on_end;
};

struct PlatformOptions {
  ConfigurationOptions configuration;
  LiveConfiguration::Events configuration_events;
  ActionEvents events;
  ActivationEvents activation_events;
  /// For `require-adobe-auth`.
  ValidateToken validate_token;
  /// Where deployed entities are kept: a folder of the user's choice, or a temporary one if this is empty.
  std::string state_folder;
  /// How often sources are looked at.
  std::chrono::milliseconds look_every{200};
  const Clock* clock = &Clock::system();
};

/// What one activation was, for whoever tells the user.
struct Activated {
  ActivationRecord record;
  /// `require-adobe-auth` let nobody in, and nothing ran.
  bool refused = false;
  /// A process was started for it.
  bool cold = false;
  bool exchanged_token = false;
  /// It called an API, and needed no exchange for it.
  bool used_cached_token = false;
};

/// A project's actions and sequences, ready to be activated: OpenWhisk on one machine, for development. Thread-safe.
///
/// An activation works with the configuration as the files have it when it begins. Changed sources are built in the
/// background, and a project's actions are built from the start on, those first that somebody asks for.
class Platform {
 public:
  /// Throws Error (configuration) where the project cannot be read.
  explicit Platform(PlatformOptions options);
  /// Ends once everything that runs has ended: let PlatformOptions' `interrupted` be true before.
  ~Platform();
  Platform(const Platform&) = delete;
  Platform& operator=(const Platform&) = delete;

  [[nodiscard]] std::shared_ptr<const Configuration> configuration() { return live_.now(); }
  /// The last one that could be read, without looking at the files.
  [[nodiscard]] std::shared_ptr<const Configuration> last_configuration() const { return live_.last_good(); }
  [[nodiscard]] const Activations& activations() const { return activations_; }

  /// Tells actions where the platform's API is served (`__OW_API_HOST`), and by which certificate Node.js may trust it:
  /// a file, empty over plain HTTP.
  void serve_at(const std::string& origin, const std::string& certificate_file);

  /// The processes that take new activations, by their action's full name.
  [[nodiscard]] std::map<std::string, int> processes();

  struct Started {
    std::string activation_id;
    /// Throws Error `interrupted` where the platform ends.
    std::shared_future<std::shared_ptr<const Activated>> done;
  };
  /// Begins an activation with the caller's parameters over the action's inputs. It goes on whether anybody waits for
  /// it or not, and is remembered when it ends. `served` is one of `configuration`'s.
  Started start(std::shared_ptr<const Configuration> configuration, const Served& served, json::object params);
  /// The same for what a catalog has given.
  Started start(const Catalog& catalog, std::shared_ptr<const Served> served, json::object params);

  /// What is deployed; who changes it checks before whether the caller may.
  [[nodiscard]] EntityStore& store() { return store_; }
  /// The project's entities and the deployed ones as they are now.
  [[nodiscard]] Catalog catalog() { return {live_.now(), store_, system_}; }
  [[nodiscard]] const SystemActions& system_actions() const { return system_; }
  [[nodiscard]] const Clock& clock() const { return *options_.clock; }

  /// Fires a trigger: starts the actions of its active rules with its parameters and `event`. Returns the id of its
  /// activation, whose log says what each rule did; empty if it has no active rule, of which nothing is recorded.
  std::string fire(const Catalog& catalog, const DeployedTrigger& trigger, const json::object& event);
  /// When alarms fire their triggers next, by the trigger's name.
  [[nodiscard]] std::map<std::string, WallTime> next_alarms();

 private:
  /// What an activation is a part of.
  struct Cause {
    /// Of the sequence's or composition's activation; empty if the caller activated it.
    std::string id{};
    /// Of the outermost composition, where there is one.
    CompositionCount* count = nullptr;
    /// The action is the conductor of the composition, and runs as any other action.
    bool conducts = false;
  };
  Activated activate(const Catalog& catalog, const Served& served, json::value params, const std::string& id,
                     const Cause& cause);
  /// Runs a part of what `whole` is the activation of.
  ActivationRecord activate_part(const Catalog& catalog, const Served& part, json::value params, const Cause& cause,
                                 Activated& whole);
  void run_action(const Catalog& catalog, const Served& served, const json::value& params, Activated& activated);
  void run_sequence_of(const Catalog& catalog, const Served& served, json::value params, const Cause& cause,
                       Activated& activated);
  void run_composition_of(const Catalog& catalog, const Served& conductor, json::value params, const Cause& cause,
                          Activated& activated);
  [[nodiscard]] Running running(const Configuration& configuration, const Served& served);
  std::shared_ptr<DeployedHost> deployed_host_of(const std::string& path);
  SystemAnswer answer_feed(const std::string& feed, const json::object& params);
  void fire_alarms();
  void watch_alarms();
  std::shared_ptr<PlatformAction> action_of(const std::string& full_name);
  void look_at_sources();
  std::vector<const app::Action*> changed_actions(const Configuration& configuration);
  void refresh(const Configuration& configuration, const std::vector<const app::Action*>& actions);
  void drop_removed(const Configuration& configuration);

  PlatformOptions options_;
  LiveConfiguration live_;
  EntityStore store_;
  SystemActions system_;
  Activations activations_;
  std::mutex mutex_;
  std::map<std::string, std::shared_ptr<PlatformAction>> actions_;
  /// By `NS/PACKAGE/NAME`.
  std::map<std::string, std::shared_ptr<DeployedHost>> deployed_;
  PrivateFolder code_folder_;
  std::atomic<std::uint64_t> code_folders_{0};
  /// The alarm clock's own.
  Alarms alarms_;
  std::map<std::string, WallTime> alarm_times_;
  std::uint64_t alarms_of_store_ = 0;
  std::uint64_t alarms_of_configuration_ = 0;
  Workers workers_;
  std::atomic<bool> ending_{false};
  std::thread watcher_;
  std::thread alarm_clock_;
};

}  // namespace adit::dev
