#pragma once

#include <memory>
#include <optional>
#include <string>

#include "adit/http.h"
#include "cli/terminal/command_line.h"
#include "cli/terminal/project_token.h"

#include "app/project/inputs.h"
#include "deploy/client.h"
#include "deploy/destination.h"

namespace adit::cli {

/// `--to` and what every command has that needs a project's token: for commands that talk to a platform.
struct PlatformOptions {
  ProjectOptions project;
  std::string to;

  /// The command must not outlive this.
  void add_to(Command command);
};

/// A platform, ready to be talked to. Not thread-safe.
class PlatformSession {
 public:
  explicit PlatformSession(const PlatformOptions& options);
  PlatformSession(const PlatformSession&) = delete;
  PlatformSession& operator=(const PlatformSession&) = delete;

  [[nodiscard]] const app::ProjectEnvironment& settings() const { return settings_; }
  [[nodiscard]] const Environment& environment() const { return settings_.environment; }
  [[nodiscard]] const deploy::Destination& destination() const { return destination_; }
  /// For requests to the platform without credentials, too.
  [[nodiscard]] http::Transport& transport() { return *http_; }
  /// The client of activations and triggers, which takes the namespace's key. Throws Error `missing_params`
  /// (configuration) if there is none.
  [[nodiscard]] deploy::Client reader();
  /// The client that deploys: at Adobe's deploy service with a token of the project's own OAuth credential, otherwise
  /// as reader(). Throws also what getting a token throws, and `untrusted_destination`.
  [[nodiscard]] deploy::Client deployer();
  /// Where the credential comes from with which deployer() deploys.
  [[nodiscard]] const std::optional<SettingOrigin>& deployer_origin() const { return deployer_origin_; }

 private:
  void require_namespace() const;

  const PlatformOptions& options_;
  app::ProjectEnvironment settings_;
  deploy::Destination destination_;
  std::unique_ptr<http::Client> http_;
  std::unique_ptr<ProjectSession> ims_;
  std::optional<SettingOrigin> deployer_origin_;
};

}  // namespace adit::cli
