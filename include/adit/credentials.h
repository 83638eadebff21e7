#pragma once

// Credentials of a technical account: JWT and OAuth server-to-server. Errors are `missing_params` and the codes of
// private keys (docs/errors.md). A value: threads may use different copies at once.
//
//     const auto from_file = adit::Credentials::from_env_file(".env");
//     const adit::Credentials from_vault = adit::OAuthCredentials{.client_id = "me",
//                                                                 .client_secret = adit::Secret("secret"),
//                                                                 .org_id = "my-org@AdobeOrg",
//                                                                 .scopes = {"openid", "AdobeID"}};

#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "adit/environment.h"
#include "adit/json.h"
#include "adit/secret.h"
#include "adit/signing_key.h"

#pragma GCC visibility push(default)

namespace adit {

/// The names in a setting of scopes or metascopes: a JSON array, or a list with commas or blanks between; each name
/// once, in order.
[[nodiscard]] std::vector<std::string> parse_scopes(std::string_view text);

/// A private key as it was found, and what it was found to be.
struct PrivateKey {
  jwt::SigningKey key;
  /// For people: "PKCS#8 PEM in base64, wrapped", "PKCS#1 PEM on one line with \n", "file keys/private.key: PKCS#8
  /// PEM", …
  std::string shape;
};

/// Reads a private key in every shape in which it reaches `.env`: PEM (real line ends, literal `\n`, blanks for line
/// ends), base64 or base64url of PEM or DER (on one line, wrapped, with CRLF, a byte-order mark or stray blanks, in
/// certutil's CERTIFICATE armour), PKCS#8, PKCS#1 or encrypted, or the path of a file that holds any of these. `name`
/// is what messages call it (`JWT_PRIVATE_KEY`); relative paths are below `folder`. Throws Error (configuration), its
/// code and hint saying what the text looks like and what to do; the text itself is never quoted.
[[nodiscard]] PrivateKey read_private_key(const Secret& text, const Secret& passphrase = {},
                                          const std::string& name = "JWT_PRIVATE_KEY", const std::string& folder = ".",
                                          const std::string& passphrase_name = {});

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
/// `_CLIENT_SECRET`, `_ORG_ID`, `_SCOPES`; in parameters also the object `__ims_oauth_s2s`). If both are there OAuth
/// wins, unless `grant` says otherwise. A client secret may be a JSON array of secrets. In an Environment without any
/// of these names the credential may also stand in the aio CLI's: `AIO_ims_contexts_NAME_client__id` and so on. A
/// half-filled kind throws Error `missing_params` (configuration) that names what is missing and, with an Environment,
/// where the others stand.
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
