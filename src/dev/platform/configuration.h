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

#include "app/project/inputs.h"
#include "app/project/project.h"
#include "dev/deployed/entity_store.h"
#include "dev/entity/action_entity.h"
#include "dev/host/runtime_settings.h"
#include "dev/sources/file_stamps.h"
#include "dev/web/web_action.h"

namespace adit::dev {

/// What an action that adit dev itself stands in for answers.
struct SystemAnswer {
  ActivationStatus status = ActivationStatus::success;
  json::value result;
};
using RunSystemAction = std::function<SystemAnswer(const json::object& params)>;

/// One action or sequence, as the platform serves it.
struct Served {
  /// Points into the Configuration's project, or to what was made of a deployed action; of neither kind if `system` is
  /// set.
  app::Runnable what;
  /// The same as the API shows it.
  ActionEntity entity;
  app::MappedInputs inputs;
  WebRules rules;
  /// A web action that wants a caller whom IMS knows.
  bool adobe_auth = false;
  /// Null if it is the project's own.
  std::shared_ptr<const DeployedAction> deployed;
  /// Instead of code (system_actions.h).
  RunSystemAction system;

  /// `PACKAGE/NAME`, with the package `default` where there is none.
  [[nodiscard]] std::string full_name() const;
};

/// A project with its settings, read at one moment and never changed: what an activation works with from its beginning
/// to its end.
struct Configuration {
  /// Another one for each reading.
  std::uint64_t serial = 0;
  app::Project project;
  app::ProjectEnvironment settings;
  RuntimeSettings runtime;
  /// By full name.
  std::map<std::string, Served, std::less<>> served;
  // As the API shows what the manifest has besides actions, by name.
  std::map<std::string, PackageEntity, std::less<>> packages;
  std::map<std::string, DeployedTrigger, std::less<>> triggers;
  std::map<std::string, RuleEntity, std::less<>> rules;

  [[nodiscard]] const Served* find(std::string_view package, std::string_view name) const;
};

/// Why OpenWhisk would not take one of the project's sequences, in its words; empty if it would.
[[nodiscard]] std::string_view refusal_of(const Configuration& configuration, const Served& sequence);

struct ConfigurationOptions {
  std::string root;
  std::optional<std::string> env_file;
  /// Counts above `.env` and the process environment: ADIT_IMS, ADIT_ENDPOINTS.
  std::vector<std::pair<std::string, Environment::Variable>> overrides;
  /// The namespace's key where AIO_runtime_auth is not set.
  Secret api_key;
  /// Where the platform's own API is served: counts above AIO_runtime_apihost, so that what an action calls stays on
  /// this machine. Empty if it is not known yet.
  std::string api_host = {};
  std::string certificate_file = {};
  const Clock* clock = &Clock::system();
};

/// Throws Error (configuration) as app::load_project and app::map_inputs do, and `untrusted_destination`, see
/// action_environment.h.
[[nodiscard]] std::shared_ptr<const Configuration> read_configuration(const ConfigurationOptions& options);

/// The configuration as its files have it now. Thread-safe.
class LiveConfiguration {
 public:
  struct Events {
    /// It was read again.
    std::function<void(const Configuration&)> on_change;
    /// It cannot be read, and the last good one goes on serving; called once for each state of the files.
    std::function<void(const Error&)> on_error;
  };
  /// Throws where there is no good one to begin with.
  LiveConfiguration(ConfigurationOptions options, Events events);

  /// Looks at the times of the files (a few microseconds), and reads them again where one has changed.
  [[nodiscard]] std::shared_ptr<const Configuration> now();
  /// Reads again with these for ConfigurationOptions' `api_host` and `certificate_file`. Throws as the constructor
  /// does.
  void serve_at(const std::string& origin, const std::string& certificate_file);
  /// The files are to be read again in any case, where they cannot be read at present: one that is missing may have
  /// come.
  void look_again_if_broken();
  /// Without looking at the files.
  [[nodiscard]] std::shared_ptr<const Configuration> last_good() const;

 private:
  void read_again();
  void stamp(const std::string& extra = {});

  ConfigurationOptions options_;
  Events events_;
  mutable std::mutex mutex_;
  std::shared_ptr<const Configuration> good_;
  FileStamps stamps_;
  std::string last_error_;
  bool broken_ = false;
};

}  // namespace adit::dev
