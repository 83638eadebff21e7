#pragma once

#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "adit/base/environment.h"
#include "adit/base/json.h"
#include "adit/base/secret.h"
#include "adit/jwt/signing_key.h"

#pragma GCC visibility push(default)

namespace adit {

/// A Service Account (JWT) credential; Adobe ended these on 2026-03-01, other servers take them.
struct JwtCredentials {
  std::string client_id;
  Secret client_secret;
  std::string technical_account_id;  // …@techacct.adobe.com
  std::string org_id;                // …@AdobeOrg
  /// As configured: whole URLs or bare names.
  std::vector<std::string> metascopes;
  jwt::SigningKey private_key;
};

/// An OAuth server-to-server credential.
struct OAuthCredentials {
  std::string client_id;
  Secret client_secret;
  std::string org_id;
  std::vector<std::string> scopes;
};

enum class Grant { jwt, oauth };

/// One of the two kinds. A value; thread-safe as std::string.
///
/// The names read are the seed's (`JWT_CLIENT_ID`, `JWT_CLIENT_SECRET`, `JWT_TECHNICAL_ACCOUNT_ID`, `JWT_IMS_ORG`,
/// `JWT_METASCOPES`, `JWT_PRIVATE_KEY`, `JWT_PRIVATE_KEY_PASSPHRASE`) and Adobe's for OAuth (`IMS_OAUTH_S2S_CLIENT_ID`,
/// `_CLIENT_SECRET`, `_ORG_ID`, `_SCOPES`; in parameters also the object `__ims_oauth_s2s`). Where both are there OAuth
/// wins, unless `grant` says otherwise. A half-filled kind throws Error `missing_params` (configuration) that names
/// what is missing and, with an Environment, where the others stand.
class Credentials {
 public:
  Credentials(JwtCredentials jwt) : kind_(std::move(jwt)) {}        // NOLINT(google-explicit-constructor)
  Credentials(OAuthCredentials oauth) : kind_(std::move(oauth)) {}  // NOLINT(google-explicit-constructor)

  static Credentials from_params(const json::object& params, std::optional<Grant> grant = std::nullopt);
  static Credentials from_environment(const Environment& environment, std::optional<Grant> grant = std::nullopt);
  /// Reads the file; the process environment wins over it.
  static Credentials from_env_file(const std::string& path, std::optional<Grant> grant = std::nullopt);

  [[nodiscard]] Grant grant() const {
    return std::holds_alternative<JwtCredentials>(kind_) ? Grant::jwt : Grant::oauth;
  }
  [[nodiscard]] const JwtCredentials* jwt() const { return std::get_if<JwtCredentials>(&kind_); }
  [[nodiscard]] const OAuthCredentials* oauth() const { return std::get_if<OAuthCredentials>(&kind_); }
  [[nodiscard]] const std::string& client_id() const;
  [[nodiscard]] const Secret& client_secret() const;
  [[nodiscard]] const std::string& org_id() const;
  /// Metascopes or scopes.
  [[nodiscard]] const std::vector<std::string>& scopes() const;
  /// Where the secret parts (client secret, private key, passphrase) were set: of several places, the one that the user
  /// controls most. Only of credentials from an Environment.
  [[nodiscard]] const std::optional<SettingOrigin>& secret_origin() const { return secret_origin_; }
  /// Changes exactly when any part that matters to IMS does: a SHA-256 over all of them, base64url. Shows none of them.
  [[nodiscard]] std::string fingerprint() const;

 private:
  std::variant<JwtCredentials, OAuthCredentials> kind_;
  std::optional<SettingOrigin> secret_origin_;
};

}  // namespace adit

#pragma GCC visibility pop
