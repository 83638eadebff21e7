#pragma once

#include <atomic>
#include <chrono>
#include <functional>
#include <future>
#include <map>
#include <memory>
#include <mutex>
#include <stop_token>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

#include "adit/clock.h"

#include "dev/deployed/entity_store.h"
#include "dev/platform/action.h"
#include "dev/platform/activations.h"
#include "dev/platform/adobe_auth.h"
#include "dev/platform/alarm_watcher.h"
#include "dev/platform/catalog.h"
#include "dev/platform/conductor.h"
#include "dev/platform/configuration.h"
#include "dev/platform/deployed_host.h"
#include "dev/platform/platform_observer.h"
#include "dev/platform/system_actions.h"
#include "system/thread_pool.h"

namespace adit::dev {

struct PlatformOptions {
  ConfigurationOptions configuration;
  /// Validates the tokens of callers, for `require-adobe-auth`.
  ValidateToken validate_token;
  /// The folder for deployed entities. If empty, a temporary one.
  std::string state_folder;
  /// How often sources are checked for changes.
  std::chrono::milliseconds poll_interval{200};
  const Clock* clock = &Clock::system();
  /// If it returns true, builds and activations end with Error `interrupted`. Called as HostOptions' `interrupted`.
  std::function<bool()> interrupted{};
};

/// The outcome of an activation, for messages to the user.
struct Activated {
  ActivationRecord record;
  /// `require-adobe-auth` rejected the caller, and nothing ran.
  bool refused = false;
  /// The action could not be built or started, and nothing ran.
  bool not_started = false;
  /// A process was started for it.
  bool cold = false;
  bool exchanged_token = false;
  /// It called an API with a token that was already in memory.
  bool used_cached_token = false;
};

/// Runs a project's actions and sequences: an OpenWhisk on one machine, for development. The destructor waits for the
/// end of all activations; PlatformOptions' `interrupted` must return true before. Thread-safe.
///
/// An activation uses the configuration as it is in the files when the activation begins. Changed sources are built in
/// the background. After the start, all actions of the project are built; those that are activated come first.
class Platform {
 public:
  /// `observer` must outlive the platform. Throws Error (configuration) if the project cannot be read.
  Platform(PlatformOptions options, PlatformObserver& observer);
  Platform(const Platform&) = delete;
  Platform& operator=(const Platform&) = delete;

  [[nodiscard]] std::shared_ptr<const Configuration> configuration() { return live_.now(); }
  /// The last valid configuration, without checking the files.
  [[nodiscard]] std::shared_ptr<const Configuration> last_configuration() const { return live_.last_good(); }
  [[nodiscard]] const Activations& activations() const { return activations_; }

  /// Sets the origin of the platform's API, which actions get as `__OW_API_HOST`, and the file of the certificate that
  /// Node.js must trust; empty for plain HTTP.
  void serve_at(const std::string& origin, const std::string& certificate_file);

  /// The processes that get new activations, by the full name of their action.
  [[nodiscard]] std::map<std::string, int> processes();

  struct Started {
    std::string activation_id;
    /// Throws Error `interrupted` if the platform ends.
    std::shared_future<std::shared_ptr<const Activated>> done;
  };
  /// Starts an activation with the caller's parameters, which override the action's inputs. It runs to its end even if
  /// no caller waits for it, and is then recorded. `served` belongs to `configuration`.
  Started start(std::shared_ptr<const Configuration> configuration, const ServedAction& served, json::object params);
  /// The same for an action that `catalog` returned.
  Started start(const Catalog& catalog, std::shared_ptr<const ServedAction> served, json::object params);

  /// The deployed entities. A caller that changes them must check its permission before.
  [[nodiscard]] EntityStore& store() { return store_; }
  /// The project's entities and the deployed ones, as they are now.
  [[nodiscard]] Catalog catalog() { return {live_.now(), store_, system_}; }
  [[nodiscard]] const SystemActions& system_actions() const { return system_; }
  [[nodiscard]] const Clock& clock() const { return *options_.clock; }

  /// Fires a trigger: starts the actions of its active rules with the trigger's parameters, overridden by `event`.
  /// Returns the id of the trigger's activation, whose log says what each rule did. If the trigger has no active rule,
  /// records nothing and returns an empty text.
  std::string fire(const Catalog& catalog, const DeployedTrigger& trigger, const json::object& event);
  /// The next times at which alarms fire, by the trigger's name.
  [[nodiscard]] std::map<std::string, WallTime> next_alarms() { return alarm_watcher_.next_times(); }

 private:
  /// The sequence or composition that an activation belongs to.
  struct Cause {
    /// The id of the activation of the sequence or composition; empty if the caller activated the action itself.
    std::string id{};
    /// The count of the outermost composition, if there is one.
    CompositionCount* count = nullptr;
    /// Whether the action is the conductor of this composition. It then runs like any other action.
    bool conducts = false;
  };
  Activated activate(const Catalog& catalog, const ServedAction& served, json::value params, const std::string& id,
                     const Cause& cause);
  /// Runs a component of the sequence or composition whose activation is `whole`.
  ActivationRecord activate_component(const Catalog& catalog, const ServedAction& part, json::value params,
                                      const Cause& cause, Activated& whole);
  void run_action(const Catalog& catalog, const ServedAction& served, const json::value& params, Activated& activated);
  void run_sequence_of(const Catalog& catalog, const ServedAction& served, json::value params, const Cause& cause,
                       Activated& activated);
  void run_composition_of(const Catalog& catalog, const ServedAction& conductor, json::value params, const Cause& cause,
                          Activated& activated);
  [[nodiscard]] Running running(const Configuration& configuration, const ServedAction& served);
  std::shared_ptr<DeployedHost> deployed_host_of(const std::string& path);
  std::shared_ptr<PlatformAction> action_of(const std::string& full_name);
  void watch_sources(const std::stop_token& ending);
  std::vector<const app::Action*> changed_actions(const Configuration& configuration);
  void refresh(const Configuration& configuration, const std::vector<const app::Action*>& actions);
  void drop_removed(const Configuration& configuration);

  PlatformOptions options_;
  PlatformObserver& observer_;
  LiveConfiguration live_;
  EntityStore store_;
  SystemActions system_;
  Activations activations_;
  std::mutex mutex_;
  std::map<std::string, std::shared_ptr<PlatformAction>> actions_;
  /// The key is `NS/PACKAGE/NAME`.
  std::map<std::string, std::shared_ptr<DeployedHost>> deployed_;
  PrivateFolder code_folder_{PrivateFolder::Content::programs};
  std::atomic<std::uint64_t> code_folders_{0};
  /// An activation can continue after its caller stopped waiting.
  ThreadPool workers_;
  std::jthread source_watcher_;
  // The last member, because it fires triggers until it is destroyed.
  AlarmWatcher alarm_watcher_;
};

}  // namespace adit::dev
