#pragma once

#include <optional>
#include <string>
#include <vector>

#include "adit/clock.h"
#include "adit/http.h"
#include "adit/secret.h"

namespace adit::ims {

/// The scopes that a token needs for ConsoleSecrets, beside openid and AdobeID (Adobe's OAuth server-to-server
/// implementation guide, "Rotating client secrets programmatically"); the project needs the I/O Management API.
inline constexpr const char* kConsoleSecretsScopes =
    "read_organizations,additional_info.projectedProductContext,additional_info.roles,adobeio_api,read_client_secret,"
    "manage_client_secrets";

/// A client secret as the Developer Console tells of it.
struct ClientSecret {
  std::string uuid;
  /// RFC 3339; empty if it does not say: a secret never used has no last use.
  std::string created_at;
  std::string last_used_at;
  /// Only in the answer to add(): afterwards no call tells it again.
  std::optional<Secret> value;
};

/// A credential in the Developer Console. Both numbers stand in the URL of its page,
/// `https://developer.adobe.com/console/projects/{org}/{project}/credentials/{credential}/details/…`; the
/// organisation's is not the id with @AdobeOrg.
struct ConsoleCredential {
  std::string org;
  std::string credential;
};

/// The client secrets of an OAuth server-to-server credential, of which there are two at most:
/// `{base}/console/organizations/{org}/credentials/{credential}/secrets`, as Adobe's implementation guide has it. One
/// request a call, no retry. Thread-safe.
///
/// What is read: GET `{"client_id":…,"client_secrets":[{"uuid":…,"created_at":"1682448485000",
/// "secret_usages":null or [{"last_used_at":…,"grant_type":…}],…}]}`, POST one such object (or one in
/// `client_secrets`) with `client_secret`, DELETE any 2xx. An array at the top, times that are numbers or texts, and
/// `last_used_at` beside `created_at` are taken too.
///
/// Errors: the API's code and message, hint and debug id; `retryable` for 429 and 5xx; `secret_limit_reached` where a
/// third secret is asked for; `invalid_response_body`.
class ConsoleSecrets {
 public:
  static constexpr const char* kBase = "https://api.adobe.io";

  /// `client_id` goes into x-api-key. Throws `invalid_console_credential` (configuration) for ids that are not a path
  /// segments.
  ConsoleSecrets(ConsoleCredential which, std::string client_id, http::Transport& transport,
                 const Clock& clock = Clock::system(), std::string base = kBase);

  [[nodiscard]] std::vector<ClientSecret> list(const Secret& token) const;
  /// The new secret. Throws `invalid_response_body` where the answer lacks it; the secret may exist then: list() tells.
  [[nodiscard]] ClientSecret add(const Secret& token) const;
  void remove(const Secret& token, const std::string& uuid) const;

 private:
  [[nodiscard]] http::Response send(http::Request request, const Secret& token) const;
  [[noreturn]] void refuse(const http::Response& response, std::string what, const Secret& token) const;

  std::string client_id_;
  http::Transport& transport_;
  const Clock& clock_;
  std::string base_;
  std::string url_;
};

}  // namespace adit::ims
