#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "adit/credentials.h"
#include "adit/http.h"
#include "adit/token_engine.h"
#include "cli/terminal/command_line.h"
#include "cli/terminal/ims_option.h"

#include "app/project/inputs.h"

namespace adit::cli {

/// `--project`, `--env-file`, `--grant`, `--store` and `--ims`: what every command has that needs a project's token.
struct ProjectOptions {
  std::string project;
  std::optional<std::string> env_file;
  std::optional<std::string> store;
  std::optional<std::string> grant;
  ImsOption ims;

  /// The command must not outlive this.
  void add_to(Command command);
  /// The project's settings; outside a project, those of the current folder, for `.env` is all that a token needs.
  [[nodiscard]] app::ProjectEnvironment settings() const;
  /// Throws Error (configuration) where the settings hold none.
  [[nodiscard]] Credentials credentials(const Environment& environment) const;
};

/// An IMS to be asked, a way there, and the project's token: everything that lives as long as one command's work. The
/// store is opened when a token is first wanted. Not thread-safe.
class ProjectSession {
 public:
  /// `environment` must outlive this.
  ProjectSession(const ProjectOptions& options, const Environment& environment);
  ProjectSession(const ProjectSession&) = delete;
  ProjectSession& operator=(const ProjectSession&) = delete;

  [[nodiscard]] const OpenedIms& opened() const { return opened_; }
  [[nodiscard]] http::Client& transport() { return http_; }
  /// Throws Error `untrusted_destination` (configuration) if the credential's secret may not go to this IMS or into
  /// this store (secret_destination.h).
  [[nodiscard]] TokenSource source(const Credentials& credentials);
  /// Call it before a token goes to `url`: throws Error `untrusted_destination` (configuration) if only ADIT_API_HOSTS
  /// of a project's file lets the host have tokens of the user's own credential. `named` are hosts of the command line.
  void refuse_untrusted_host(const Credentials& credentials, const std::string& url,
                             const std::vector<std::string>& named = {}) const;
  /// The same for a token or credential that was set there.
  void refuse_untrusted_host(const SettingOrigin& secret, const std::string& url,
                             const std::vector<std::string>& named = {}) const;

 private:
  const ProjectOptions& options_;
  const Environment& environment_;
  OpenedIms opened_;
  // Before the engine, which goes first: its threads may be sending.
  http::Client http_;
  std::unique_ptr<token::TokenEngine> engine_;
};

}  // namespace adit::cli
