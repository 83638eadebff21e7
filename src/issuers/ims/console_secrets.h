#pragma once

#include <optional>
#include <string>
#include <vector>

#include "adit/clock.h"
#include "adit/http.h"
#include "adit/secret.h"

namespace adit::ims {

/// The scopes that a token needs for ConsoleSecrets, in addition to openid and AdobeID (Adobe's OAuth server-to-server
/// implementation guide, "Rotating client secrets programmatically"). The project needs the I/O Management API.
inline constexpr const char* kConsoleSecretsScopes =
    "read_organizations,additional_info.projectedProductContext,additional_info.roles,adobeio_api,read_client_secret,manage_client_secrets";

/// A client secret as the Developer Console describes it.
struct ClientSecret {
  std::string uuid;
  /// RFC 3339; empty if the Console does not say, or if the secret was never used.
  std::string created_at;
  std::string last_used_at;
  /// Only in the result of add(); the Console never returns it again.
  std::optional<Secret> value;
};

/// A credential in the Developer Console. The URL of its page contains both numbers:
/// `https://developer.adobe.com/console/projects/{org}/{project}/credentials/{credential}/details/…`. The
/// organisation's number is not its id with @AdobeOrg.
struct ConsoleCredential {
  std::string org;
  std::string credential;
};

/// The client secrets of an OAuth server-to-server credential, of which there are at most two:
/// `{base}/console/organizations/{org}/credentials/{credential}/secrets` (Adobe's implementation guide). Each call
/// sends one request, without retry. Thread-safe.
///
/// The answers are
///
///  - GET: `{"client_id":…,"client_secrets":[{"uuid":…,"created_at":"1682448485000",
///    "secret_usages":null or [{"last_used_at":…,"grant_type":…}],…}]}`;
///  - POST: one such object, or one in `client_secrets`, with `client_secret`;
///  - DELETE: any 2xx.
///
/// Accepted as well: an array as the whole answer, times that are numbers or texts, and `last_used_at` next to
/// `created_at`.
///
/// Throws Error: the API's code and message, with hint and debug id, `retryable` for 429 and 5xx;
/// `secret_limit_reached` if a third secret is requested; `invalid_response_body`.
class ConsoleSecrets {
 public:
  static constexpr const char* kBase = "https://api.adobe.io";

  /// `client_id` is sent as x-api-key. Throws `invalid_console_credential` (configuration) if a number of `which`
  /// cannot be a segment of a path.
  ConsoleSecrets(ConsoleCredential which, std::string client_id, http::Transport& transport,
                 const Clock& clock = Clock::system(), std::string base = kBase);

  [[nodiscard]] std::vector<ClientSecret> list(const Secret& token) const;
  /// Adds a secret and returns it. Throws `invalid_response_body` if the answer does not contain it. It may have been
  /// added even then; see list().
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
