#pragma once

// The credentials of a technical account: OAuth server-to-server and JWT (docs/protocols/ims.md). Throws adit::Error
// `missing_params` and the codes of private keys (docs/errors.md). Thread-safety: as std::string's.
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

/// Reads a setting that lists scopes or metascopes: a JSON array, or names separated by commas or blanks. Returns each
/// name once, in order.
[[nodiscard]] std::vector<std::string> parse_scopes(std::string_view text);

/// A private key, and the encoding that it was read from.
struct PrivateKey {
  jwt::SigningKey key;
  /// For people: "PKCS#8 PEM in base64, wrapped", "PKCS#1 PEM on one line with \n", "file keys/private.key: PKCS#8
  /// PEM", …
  std::string encoding;
};

/// Reads a private key in every format that people put into `.env`:
///
///  - PEM: with line ends, with `\n` in two characters, or with blanks instead of line ends;
///  - base64 or base64url of PEM or DER: on one line or wrapped, with CRLF, a byte-order mark or stray blanks, or
///    between the CERTIFICATE lines that certutil adds;
///  - binary DER;
///  - the path of a file that contains one of these; relative paths are below `folder`.
///
/// The key may be PKCS#8, PKCS#1 or SEC1, also encrypted. Messages call it `name` (`JWT_PRIVATE_KEY`). Throws Error
/// (configuration); its code and hint say what the text looks like, and what to do. Messages never quote the text.
[[nodiscard]] PrivateKey read_private_key(const Secret& text, const Secret& passphrase = {},
                                          const std::string& name = "JWT_PRIVATE_KEY", const std::string& folder = ".",
                                          const std::string& passphrase_name = {});

/// A Service Account (JWT) credential. Adobe ended these on 2026-03-01; other servers still accept them.
struct JwtCredentials {
  std::string client_id;
  Secret client_secret;
  std::string technical_account_id;  // …@techacct.adobe.com
  std::string org_id;                // …@AdobeOrg
  /// As they are configured: whole URLs or only names.
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

/// A credential of either kind. Thread-safety: as std::string's.
///
/// The functions below read these names:
///
///  - OAuth server-to-server: `IMS_OAUTH_S2S_CLIENT_ID`, `IMS_OAUTH_S2S_CLIENT_SECRET`, `IMS_OAUTH_S2S_ORG_ID`,
///    `IMS_OAUTH_S2S_SCOPES`; in parameters also the object `__ims_oauth_s2s`;
///  - JWT, with the names of Adobe's tutorial: `JWT_CLIENT_ID`, `JWT_CLIENT_SECRET`, `JWT_TECHNICAL_ACCOUNT_ID`,
///    `JWT_IMS_ORG`, `JWT_METASCOPES`, `JWT_PRIVATE_KEY`, and `JWT_PRIVATE_KEY_PASSPHRASE` if the key is encrypted;
///  - in an Environment without any of these names, those of the aio CLI: `AIO_ims_contexts_NAME_client__id` and so on.
///
/// If both kinds are complete, OAuth is used, unless `grant` names the other. A client secret may be a JSON array of
/// secrets; the first is used. If no kind is complete, the functions throw Error `missing_params` (configuration). It
/// names the missing parts and, for an Environment, the file that contains the others.
class Credentials {
 public:
  Credentials(JwtCredentials jwt) : kind_(std::move(jwt)) {}        // NOLINT(google-explicit-constructor)
  Credentials(OAuthCredentials oauth) : kind_(std::move(oauth)) {}  // NOLINT(google-explicit-constructor)

  static Credentials from_params(const json::object& params, std::optional<Grant> grant = std::nullopt);
  static Credentials from_environment(const Environment& environment, std::optional<Grant> grant = std::nullopt);
  /// Reads the process environment and the file; the process environment takes precedence.
  static Credentials from_env_file(const std::string& path, std::optional<Grant> grant = std::nullopt);

  [[nodiscard]] Grant grant() const {
    return std::holds_alternative<JwtCredentials>(kind_) ? Grant::jwt : Grant::oauth;
  }
  [[nodiscard]] const JwtCredentials* jwt() const { return std::get_if<JwtCredentials>(&kind_); }
  [[nodiscard]] const OAuthCredentials* oauth() const { return std::get_if<OAuthCredentials>(&kind_); }
  [[nodiscard]] const std::string& client_id() const;
  [[nodiscard]] const Secret& client_secret() const;
  [[nodiscard]] const std::string& org_id() const;
  /// The scopes, or the metascopes of a JWT credential.
  [[nodiscard]] const std::vector<std::string>& scopes() const;
  /// Where the secret parts (client secret, private key, passphrase) were set. If they were set in several places, this
  /// is the one that the user controls most. Only for credentials from an Environment; otherwise nullopt.
  [[nodiscard]] const std::optional<SettingOrigin>& secret_origin() const { return secret_origin_; }
  /// A SHA-256 over all parts that IMS uses, in base64url. Equal for equal credentials, and reveals no part.
  [[nodiscard]] std::string fingerprint() const;

 private:
  std::variant<JwtCredentials, OAuthCredentials> kind_;
  std::optional<SettingOrigin> secret_origin_;
};

}  // namespace adit

#pragma GCC visibility pop
