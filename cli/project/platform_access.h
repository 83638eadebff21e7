#pragma once

#include <memory>
#include <optional>
#include <string>

#include "adit/http.h"
#include "cli/command_line/command_line.h"
#include "cli/project/project_token.h"

#include "app/inputs/inputs.h"
#include "deploy/destination.h"
#include "deploy/openwhisk_client.h"

namespace adit::cli {

/// The options of commands that use a platform: `--to`, and those of every command that needs a project's token.
struct PlatformAccessOptions {
  ProjectOptions project;
  std::optional<std::string> to;

  /// The command must not outlive this.
  void add_to(Command command);
};

/// A platform, ready for requests. Not thread-safe. While an `Interrupts` object exists, its requests throw Interrupted
/// at a signal, because a platform may take minutes to answer.
class PlatformSession {
 public:
  explicit PlatformSession(const PlatformAccessOptions& options);
  PlatformSession(const PlatformSession&) = delete;
  PlatformSession& operator=(const PlatformSession&) = delete;

  [[nodiscard]] const app::ProjectEnvironment& settings() const { return settings_; }
  [[nodiscard]] const Environment& environment() const { return settings_.environment; }
  [[nodiscard]] const deploy::Destination& destination() const { return destination_; }
  /// Also for requests to the platform without credentials.
  [[nodiscard]] http::Transport& transport() { return *http_; }
  /// Returns a client for activations and triggers, which uses the namespace's key. Throws Error `missing_params`
  /// (configuration) if there is none.
  [[nodiscard]] deploy::OpenWhiskClient reader();
  /// Returns a client that deploys: to Adobe's deploy service with a token of the project's OAuth credential, otherwise
  /// like reader(). Throws also what getting a token throws, and `untrusted_destination`.
  [[nodiscard]] deploy::OpenWhiskClient deployer();
  /// The origin of the credential that deployer() uses.
  [[nodiscard]] const std::optional<SettingOrigin>& deployer_origin() const { return deployer_origin_; }

 private:
  void require_namespace() const;

  const PlatformAccessOptions& options_;
  app::ProjectEnvironment settings_;
  deploy::Destination destination_;
  std::unique_ptr<http::Transport> http_;
  std::unique_ptr<ProjectSession> ims_;
  std::optional<SettingOrigin> deployer_origin_;
};

}  // namespace adit::cli
