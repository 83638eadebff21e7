#pragma once

#include <optional>
#include <string>
#include <vector>

#include "adit/api_client.h"
#include "adit/environment.h"
#include "adit/secret.h"
#include "cli/project/project_token.h"

namespace adit::cli {

/// Decides which token a request to an environment of AEM as a Cloud Service may carry. Its hosts do not get tokens as
/// Adobe's hosts do, because customers run their own code there. Only these get a token:
///
///  1. the author and publish hosts of the environment that JWT_CLIENT_ID names (`cm-p1-e2-…`) get a token of that
///     credential;
///  2. a local development token (AEM_ACCESS_TOKEN) names no environment: it goes to an AEM host that --api-host or
///     ADIT_API_HOSTS names.
class AemCall {
 public:
  /// Examines `url`. If it is not one of AEM, the functions below return false or nothing.
  AemCall(const ProjectOptions& options, const Environment& environment, const std::string& url);

  /// Returns true if JWT_CLIENT_ID belongs to the environment that is called.
  [[nodiscard]] bool is_own() const { return own_; }
  /// Adds the hosts of the environment if the credential belongs to it.
  void add_hosts(api::ApiHosts& hosts) const;
  /// Returns the local development token. Throws Error `token_expired` (configuration).
  [[nodiscard]] std::optional<Secret> local_token(const Clock& clock) const;
  /// Call this before sending a token of `credentials`. Throws Error `untrusted_destination` (configuration) if a
  /// client id in a project's file would decide where a token of the user's own credential goes. `named` are the hosts
  /// given on the command line.
  void refuse_untrusted(const Credentials& credentials, const std::vector<std::string>& named) const;
  /// Returns why the host gets no token; empty if it is not a host of AEM.
  [[nodiscard]] std::string why_no_token() const;

 private:
  const Environment& environment_;
  std::string url_;
  std::string client_id_;
  bool is_aem_ = false;
  bool own_ = false;
};

}  // namespace adit::cli
