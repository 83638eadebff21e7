#pragma once

#include <optional>
#include <string>
#include <vector>

#include "adit/api_client.h"
#include "adit/environment.h"
#include "adit/secret.h"
#include "cli/terminal/project_token.h"

namespace adit::cli {

/// What a request to an environment of AEM as a Cloud Service may carry. Its hosts are not among Adobe's, for customers
/// run code of their own there; only these are given a token:
///
///  1. the author and publish hosts of the environment that JWT_CLIENT_ID names (`cm-p1-e2-…`) get that credential's;
///  2. a local development token (AEM_ACCESS_TOKEN) names no environment: it goes to an AEM host that --api-host or
///     ADIT_API_HOSTS names.
class AemCall {
 public:
  /// For a request to `url`. Finds nothing where `url` is not of AEM's.
  AemCall(const ProjectOptions& options, const Environment& environment, const std::string& url);

  /// Whether JWT_CLIENT_ID is of the environment that is called.
  [[nodiscard]] bool is_own() const { return own_; }
  /// Adds the hosts of the environment, if it is the credential's own.
  void add_hosts(api::ApiHosts& hosts) const;
  /// The local development token. Throws Error `token_expired` (configuration).
  [[nodiscard]] std::optional<Secret> local_token(const Clock& clock) const;
  /// Call it before the token of `credentials` goes there: throws Error `untrusted_destination` (configuration) if a
  /// client id in a project's file would decide where a token of the user's own credential goes. `named` are hosts of
  /// the command line.
  void refuse_untrusted(const Credentials& credentials, const std::vector<std::string>& named) const;
  /// Why the host gets no token; empty if it is not of AEM's.
  [[nodiscard]] std::string why_no_token() const;

 private:
  const Environment& environment_;
  std::string url_;
  std::string client_id_;
  bool is_aem_ = false;
  bool own_ = false;
};

}  // namespace adit::cli
