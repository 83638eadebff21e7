#pragma once

// A client of any OAuth 2.0 token endpoint (RFC 6749, RFC 7523). Throws adit::Error with the server's code.
// Thread-safe.
//
//     auto& http = adit::http::Client::shared();
//     const auto server = adit::ims::discover("https://login.example.com", http);
//     adit::ims::OAuthClient client({.token_endpoint = server.token_endpoint,
//                                    .client_id = "me",
//                                    .client_secret = adit::Secret("secret")},
//                                   http);
//     const auto token = client.client_credentials({.scopes = {"reports"}});

#include <chrono>
#include <memory>
#include <optional>
#include <stop_token>
#include <string>
#include <utility>
#include <vector>

#include "adit/clock.h"
#include "adit/http.h"
#include "adit/ims.h"
#include "adit/json.h"
#include "adit/signing_key.h"

#pragma GCC visibility push(default)

namespace adit::ims {

/// The metadata of an authorization server (RFC 8414 section 2).
struct OAuthServer {
  std::string issuer{};
  std::string token_endpoint{};
  std::string jwks_uri{};
  /// `token_endpoint_auth_methods_supported`; empty if the metadata has no such member.
  std::vector<std::string> auth_methods{};
};

/// Fetches the issuer's metadata from `/.well-known/oauth-authorization-server`, inserted between host and path (RFC
/// 8414 section 3), or, if that does not exist, from `{issuer}/.well-known/openid-configuration` (OpenID Connect
/// Discovery section 4). Throws Error `discovery_failed`, also if the metadata names another issuer (RFC 8414 section
/// 3.3), and `request_failed`.
[[nodiscard]] OAuthServer discover(const std::string& issuer, http::Transport& transport);

/// How the client authenticates (OpenID Connect Core section 9, RFC 6749 section 2.3).
enum class ClientAuth { client_secret_basic, client_secret_post, private_key_jwt, none };

/// A key that signs assertions (RFC 7523).
struct AssertionKey {
  jwt::SigningKey key;
  /// `kid`; empty: none.
  std::string key_id{};
  /// Empty: SigningKey::default_algorithm().
  std::optional<jwt::Algorithm> algorithm{};
};

struct OAuthClientOptions {
  std::string token_endpoint{};
  std::string client_id{};
  ClientAuth auth = ClientAuth::client_secret_basic;
  /// For client_secret_basic and client_secret_post.
  Secret client_secret{};
  /// For private_key_jwt.
  std::optional<AssertionKey> key{};
  /// `aud` of private_key_jwt assertions. Empty: the token endpoint (RFC 7523 section 3). Some servers require the
  /// issuer.
  std::string auth_audience{};
  std::chrono::seconds assertion_life{300};
  /// The life of a token whose answer has no `expires_in`.
  std::chrono::milliseconds default_life = std::chrono::minutes(5);
};

/// The parameters of one token request.
struct OAuthRequest {
  /// Sent as `scope`, separated by spaces (RFC 6749 section 3.3).
  std::vector<std::string> scopes{};
  /// `audience`, which many servers accept, and `resource` (RFC 8707). Not sent if empty.
  std::string audience{};
  std::string resource{};
  /// Further form fields.
  std::vector<std::pair<std::string, Secret>> extra{};
  /// Limits the time of the request, if the transport's own time-out is longer.
  std::optional<std::chrono::milliseconds> at_most{};
  /// Ends the request with Error `cancelled` when a stop is requested.
  std::stop_token stop{};
};

/// An assertion that is used as an authorization grant (RFC 7523 section 2.1).
struct OAuthAssertion {
  AssertionKey key;
  /// `iss`; empty: the client id.
  std::string issuer{};
  /// `sub`; empty: the issuer.
  std::string subject{};
  /// `aud`; empty: the token endpoint.
  std::string audience{};
  /// Further claims; they replace those above.
  json::object claims{};
};

/// A client of any OAuth 2.0 token endpoint, with the two grants that need no user. Each call sends one request;
/// nothing is repeated or cached. `expires_in` is read in seconds. Thread-safe.
///
/// Throws Error: the server's `error` (RFC 6749 section 5.2), with status, description, hint and Retry-After;
/// `request_failed`, `invalid_response_body`, `sign_failed`, `no_randomness`; `invalid_oauth_client` (configuration) if
/// the options contradict each other.
class OAuthClient {
 public:
  OAuthClient(OAuthClientOptions options, http::Transport& transport, const Clock& clock = Clock::system());
  ~OAuthClient();
  OAuthClient(const OAuthClient&) = delete;
  OAuthClient& operator=(const OAuthClient&) = delete;

  /// `grant_type=client_credentials` (RFC 6749 section 4.4).
  [[nodiscard]] AccessToken client_credentials(const OAuthRequest& request = {});
  /// `grant_type=urn:ietf:params:oauth:grant-type:jwt-bearer`: with an assertion that the client makes, or with a
  /// finished one.
  [[nodiscard]] AccessToken jwt_bearer(const OAuthAssertion& assertion, const OAuthRequest& request = {});
  [[nodiscard]] AccessToken jwt_bearer(const Secret& assertion, const OAuthRequest& request = {});

  [[nodiscard]] const OAuthClientOptions& options() const;

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace adit::ims

#pragma GCC visibility pop
