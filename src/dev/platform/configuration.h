#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "adit/clock.h"
#include "adit/error.h"

#include "app/inputs/inputs.h"
#include "app/project/project.h"
#include "dev/deployed/entity_store.h"
#include "dev/entity/action_entity.h"
#include "dev/host/activation_record.h"
#include "dev/host/runtime_settings.h"
#include "dev/platform/platform_observer.h"
#include "dev/sources/file_stamps.h"
#include "dev/web/web_action.h"

namespace adit::dev {

/// The answer of an action that adit dev itself implements.
struct SystemAnswer {
  ActivationStatus status = ActivationStatus::success;
  json::value result;
};
using RunSystemAction = std::function<SystemAnswer(const json::object& params)>;

/// An action or sequence, as the platform serves it.
struct ServedAction {
  /// Points into the Configuration's project, or to an object made for a deployed action. Points to neither an action
  /// nor a sequence if `system` is set.
  app::Runnable what;
  /// The entity as the API shows it.
  ActionEntity entity;
  app::MappedInputs inputs;
  WebRules rules;
  /// Whether the web action requires a token that IMS accepts (`require-adobe-auth`).
  bool adobe_auth = false;
  /// The deployed action; null for the project's own.
  std::shared_ptr<const DeployedAction> deployed;
  /// Set for an action that adit dev itself implements (system_actions.h).
  RunSystemAction system;

  /// `PACKAGE/NAME`; the package is `default` if there is none.
  [[nodiscard]] std::string full_name() const;
};

/// A project with its settings, as it was at one time. It never changes: an activation uses one Configuration from its
/// beginning to its end.
struct Configuration {
  /// A new number each time that the files are read.
  std::uint64_t serial = 0;
  app::Project project;
  app::ProjectEnvironment settings;
  RuntimeSettings runtime;
  /// By full name.
  std::map<std::string, ServedAction, std::less<>> served;
  // The other entities of the manifest as the API shows them, by name.
  std::map<std::string, PackageEntity, std::less<>> packages;
  std::map<std::string, DeployedTrigger, std::less<>> triggers;
  std::map<std::string, RuleEntity, std::less<>> rules;

  [[nodiscard]] const ServedAction* find(std::string_view package, std::string_view name) const;
};

/// Returns the message with which OpenWhisk would reject one of the project's sequences; empty if it would accept it.
[[nodiscard]] std::string_view refusal_of(const Configuration& configuration, const ServedAction& sequence);

struct ConfigurationOptions {
  std::string root;
  std::optional<std::string> env_file;
  /// Settings that take precedence over `.env` and the process environment: ADIT_IMS, ADIT_ENDPOINTS.
  std::vector<std::pair<std::string, Environment::Variable>> overrides;
  /// The namespace's key if AIO_runtime_auth is not set.
  Secret api_key;
  /// The origin of the platform's own API. Takes precedence over AIO_runtime_apihost, so that calls of actions stay on
  /// this machine. Empty if it is not known yet.
  std::string api_host = {};
  std::string certificate_file = {};
  const Clock* clock = &Clock::system();
};

/// Reads the files. Throws Error (configuration) as app::load_project and app::map_inputs do, and
/// `untrusted_destination` (action_environment.h).
[[nodiscard]] std::shared_ptr<const Configuration> read_configuration(const ConfigurationOptions& options);

/// The configuration, read again when its files change. Thread-safe.
class LiveConfiguration {
 public:
  /// Throws if the configuration cannot be read now. `observer` must outlive this object.
  LiveConfiguration(ConfigurationOptions options, PlatformObserver& observer);

  /// Checks the times of the files (a few microseconds), and reads them again if one has changed.
  [[nodiscard]] std::shared_ptr<const Configuration> now();
  /// Sets `api_host` and `certificate_file` of ConfigurationOptions, and reads the configuration again. Throws as the
  /// constructor does.
  void serve_at(const std::string& origin, const std::string& certificate_file);
  /// If the configuration could not be read, reads it again even if no known file has changed: a missing file may exist
  /// now.
  void retry_if_broken();
  /// Returns the last valid configuration without checking the files.
  [[nodiscard]] std::shared_ptr<const Configuration> last_good() const;

 private:
  void read_again();
  void stamp(const std::string& extra = {});

  ConfigurationOptions options_;
  PlatformObserver& observer_;
  mutable std::mutex mutex_;
  std::shared_ptr<const Configuration> good_;
  FileStamps stamps_;
  std::string last_error_;
  bool broken_ = false;
};

}  // namespace adit::dev
