#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "adit/credentials.h"
#include "adit/http.h"
#include "adit/token_engine.h"
#include "cli/command_line/command_line.h"
#include "cli/project/ims_option.h"

#include "app/inputs/inputs.h"

namespace adit::cli {

inline constexpr std::string_view kReadEnvFile = "Read this file instead of the project's .env";

/// The options of every command that needs a project's token: `--project`, `--env-file`, `--grant`, `--store` and
/// `--ims`.
struct ProjectOptions {
  std::string project;
  std::optional<std::string> env_file;
  std::optional<std::string> store;
  std::optional<std::string> grant;
  ImsOption ims;

  /// The command must not outlive this. A command that also writes the file says so in its help of `--env-file`.
  void add_to(Command command, std::string_view env_file_help = kReadEnvFile);
  /// Returns the project's settings; outside a project, those of the current folder, because a token requires only
  /// `.env`.
  [[nodiscard]] app::ProjectEnvironment settings() const;
  /// Throws Error (configuration) if the settings contain no credentials.
  [[nodiscard]] Credentials credentials(const Environment& environment) const;
};

/// The IMS, the HTTP client and the token source of one command. The token store is opened when a token is first
/// needed. Not thread-safe.
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
  /// Call this before sending a token to `url`. Throws Error `untrusted_destination` (configuration) if only
  /// ADIT_API_HOSTS in a project's file allows the host to get tokens of the user's own credential. `named` are the
  /// hosts given on the command line.
  void refuse_untrusted_host(const Credentials& credentials, const std::string& url,
                             const std::vector<std::string>& named = {}) const;
  /// Does the same for a token or credential that was set at `secret`.
  void refuse_untrusted_host(const SettingOrigin& secret, const std::string& url,
                             const std::vector<std::string>& named = {}) const;

 private:
  const ProjectOptions& options_;
  const Environment& environment_;
  OpenedIms opened_;
  // Declared before the engine, so that it is destroyed after it: the engine's threads may be sending.
  http::Client http_;
  std::unique_ptr<token::TokenEngine> engine_;
};

}  // namespace adit::cli
