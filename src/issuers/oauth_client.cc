#include "adit/oauth_client.h"

#include <atomic>
#include <cstdint>

#include "adit/base64.h"
#include "adit/error.h"
#include "adit/http.h"
#include "adit/jwt.h"

#include "base/random_bytes.h"
#include "base/text/text.h"
#include "issuers/ims/answer.h"
#include "issuers/ims/token_request.h"

namespace adit::ims {
namespace {

using std::chrono::milliseconds;

constexpr std::string_view kSettings = "the token endpoint's URL and ADIT_ENDPOINTS";

Error unfit(std::string_view what) {
  return Error::configuration("invalid_oauth_client", cat("The OAuth client cannot be used: ", what, '.'));
}

/// Hints for the errors of RFC 6749 section 5.2.
std::string oauth_hint(int status, std::string_view code, std::string_view /*description*/) {
  if (status == 429) return "The server throttles clients that ask too often. Wait, and use one cached token.";
  if (code == "invalid_client")
    return "Check the client id, its secret or key, and the way of authentication that the server has registered for the client (client_secret_basic, client_secret_post, private_key_jwt).";
  if (code == "invalid_grant")
    return "The server does not accept the assertion: check its issuer, subject, audience and key, and this machine's clock.";
  if (code == "unauthorized_client" || code == "unsupported_grant_type")
    return "The server does not support this grant, or this client may not use it.";
  if (code == "invalid_scope") return "Leave out the scopes that the client was not given.";
  if (code == "invalid_target") return "The audience or resource is not one that the server issues tokens for.";
  if (status >= 500) return "The server has a problem. Try again later.";
  return {};
}

OAuthClientOptions checked(OAuthClientOptions options) {
  static_cast<void>(http::split_url(options.token_endpoint));
  if (options.client_id.empty()) throw unfit("it has no client id").hint("Give the client id.");
  const bool secret = options.auth == ClientAuth::client_secret_basic || options.auth == ClientAuth::client_secret_post;
  if (secret && options.client_secret.empty())
    throw unfit("it has no client secret").hint("Give the client secret, or another way of authentication.");
  if (options.auth == ClientAuth::private_key_jwt && !options.key)
    throw unfit("private_key_jwt needs a key").hint("Give the private key whose public half the server knows.");
  if (options.assertion_life.count() <= 0) throw unfit("the life of its assertions is not positive");
  return options;
}

std::optional<json::object> document_at(const std::string& url, http::Transport& transport) {
  const auto response = http::Request::get(url)
                            .header("accept", "application/json")
                            .max_response_bytes(kAnswerLimits.max_bytes)
                            .send(transport);
  if (response.status() == 404 || response.status() == 405) return std::nullopt;
  auto document = response.ok() ? try_parse_json(response.body(), kAnswerLimits) : std::nullopt;
  if (!document || !document->is_object()) {
    return std::nullopt;
  }
  return std::move(document->get_object());
}

std::string without_slash(std::string text) {
  while (text.ends_with('/')) text.pop_back();
  return text;
}

}  // namespace

OAuthServer discover(const std::string& issuer, http::Transport& transport) {
  const auto url = http::split_url(issuer);
  const auto path = without_slash(url.rest.substr(0, url.rest.find_first_of("?#")));
  auto document = document_at(cat(url.origin, "/.well-known/oauth-authorization-server", path), transport);
  if (!document) document = document_at(cat(url.origin, path, "/.well-known/openid-configuration"), transport);
  const auto fail = [&](std::string_view what) {
    return Error::failure("discovery_failed", cat("The authorization server at ", url.shown(), ' ', what, '.'))
        .hint("Check the issuer's URL, or give the token endpoint itself.");
  };
  if (!document) throw fail("publishes no metadata (RFC 8414, OpenID Connect Discovery)");
  OAuthServer server{.issuer = std::string(string_member(*document, "issuer")),
                     .token_endpoint = std::string(string_member(*document, "token_endpoint")),
                     .jwks_uri = std::string(string_member(*document, "jwks_uri"))};
  // RFC 8414 section 3.3: otherwise a server could direct the secrets of another server's clients to itself.
  if (without_slash(server.issuer) != without_slash(issuer)) throw fail("publishes the metadata of another issuer");
  if (server.token_endpoint.empty()) throw fail("names no token endpoint");
  if (issuer.starts_with("https:") && !server.token_endpoint.starts_with("https:"))
    throw fail("names a token endpoint without TLS");
  if (const auto* methods = document->if_contains("token_endpoint_auth_methods_supported");
      methods != nullptr && methods->is_array()) {
    for (const auto& method : methods->get_array()) {
      if (method.is_string()) server.auth_methods.emplace_back(method.get_string());
    }
  }
  return server;
}

struct OAuthClient::State {
  using Form = std::vector<std::pair<std::string, Secret>>;

  AccessToken ask(Form form, const OAuthRequest& request, std::string grant_name);
  [[nodiscard]] Secret make_assertion(const AssertionKey& key, json::object claims) const;
  [[nodiscard]] http::Request authenticated(Form& form) const;
  /// Returns the text after `Basic` for client_secret_basic; otherwise an empty one.
  [[nodiscard]] Secret basic_credentials() const;

  OAuthClientOptions options;
  http::Transport& transport;
  const Clock& clock;
  std::atomic<std::int64_t> skew_ms{0};
};

OAuthClient::OAuthClient(OAuthClientOptions options, http::Transport& transport, const Clock& clock)
    : state_(new State{.options = checked(std::move(options)), .transport = transport, .clock = clock}) {}

OAuthClient::~OAuthClient() = default;

const OAuthClientOptions& OAuthClient::options() const { return state_->options; }

Secret OAuthClient::State::make_assertion(const AssertionKey& key, json::object claims) const {
  // By the server's clock, if an earlier answer had a `Date`.
  const auto skew = milliseconds(skew_ms.load(std::memory_order_relaxed));
  const auto now = std::chrono::floor<std::chrono::seconds>(clock.wall_now() + skew).time_since_epoch().count();
  const auto unless_given = [&claims](std::string_view name, json::value value) {
    if (!claims.contains(name)) claims[name] = std::move(value);
  };
  unless_given("iat", static_cast<std::int64_t>(now));
  unless_given("exp", static_cast<std::int64_t>(now + options.assertion_life.count()));
  unless_given("jti", json::value(base64url_encode(random_bytes(16))));
  json::object header;
  if (!key.key_id.empty()) header["kid"] = key.key_id;
  return jwt::sign(claims, key.key, key.algorithm.value_or(key.key.default_algorithm()), std::move(header));
}

Secret OAuthClient::State::basic_credentials() const {
  if (options.auth != ClientAuth::client_secret_basic) return {};
  // RFC 6749 section 2.3.1: both are form-encoded first.
  auto pair = cat(form_encode(options.client_id), ':', form_encode(options.client_secret.reveal()));
  auto encoded = base64_encode(pair);
  wipe(pair.data(), pair.size());
  return Secret::taken_from(encoded);
}

http::Request OAuthClient::State::authenticated(Form& form) const {
  switch (options.auth) {
    case ClientAuth::client_secret_basic:
      return http::Request::post(options.token_endpoint)
          .header("authorization", cat("Basic ", basic_credentials().reveal()));
    case ClientAuth::client_secret_post:
      form.emplace_back("client_id", Secret(options.client_id));
      form.emplace_back("client_secret", options.client_secret);
      break;
    case ClientAuth::private_key_jwt: {
      const auto& audience = options.auth_audience.empty() ? options.token_endpoint : options.auth_audience;
      form.emplace_back("client_id", Secret(options.client_id));
      form.emplace_back("client_assertion_type", Secret("urn:ietf:params:oauth:client-assertion-type:jwt-bearer"));
      form.emplace_back(
          "client_assertion",
          make_assertion(*options.key, {{"iss", options.client_id}, {"sub", options.client_id}, {"aud", audience}}));
      break;
    }
    case ClientAuth::none:
      form.emplace_back("client_id", Secret(options.client_id));
      break;
  }
  return http::Request::post(options.token_endpoint);
}

AccessToken OAuthClient::State::ask(Form form, const OAuthRequest& request, std::string grant_name) {
  if (!request.scopes.empty()) form.emplace_back("scope", Secret(join(request.scopes, " ")));
  if (!request.audience.empty()) form.emplace_back("audience", Secret(request.audience));
  if (!request.resource.empty()) form.emplace_back("resource", Secret(request.resource));
  form.insert(form.end(), request.extra.begin(), request.extra.end());
  http::Request http_request = authenticated(form).header("accept", "application/json").form(form);

  CallSubject subject{.server = "The authorization server",
                      .url = http::split_url(options.token_endpoint).shown(),
                      .what = cat("the ", grant_name),
                      .secrets = {},
                      .settings = kSettings};
  for (const auto& [name, value] : form) {
    if (name == "client_secret" || name.ends_with("assertion")) subject.secrets.push_back(&value);
  }
  const auto basic = basic_credentials();
  subject.secrets.push_back(&options.client_secret);
  subject.secrets.push_back(&basic);
  const TokenRequest token_request{
      .request = std::move(http_request),
      .form = AnswerForm{.unit = LifeUnit::seconds,
                         .server = subject.server,
                         .hint = cat("Is this really a token endpoint? Check ", kSettings, '.'),
                         .default_life = options.default_life},
      .grant_name = std::move(grant_name),
      .scopes = request.scopes,
      .at_most = request.at_most,
      .stop = request.stop,
      .refusal = [&subject](const http::Response& response, const ClockState& clocks) {
        return refused_call(response, subject, oauth_hint, clocks.now + clocks.skew);
      }};
  return request_token(token_request, transport, clock, skew_ms);
}

AccessToken OAuthClient::client_credentials(const OAuthRequest& request) {
  return state_->ask({{"grant_type", Secret("client_credentials")}}, request, "client credentials");
}

AccessToken OAuthClient::jwt_bearer(const OAuthAssertion& assertion, const OAuthRequest& request) {
  auto claims = assertion.claims;
  const auto unless_given = [&claims](std::string_view name, const std::string& value) {
    if (!claims.contains(name)) claims[name] = value;
  };
  const auto& issuer = assertion.issuer.empty() ? state_->options.client_id : assertion.issuer;
  unless_given("iss", issuer);
  unless_given("sub", assertion.subject.empty() ? issuer : assertion.subject);
  unless_given("aud", assertion.audience.empty() ? state_->options.token_endpoint : assertion.audience);
  return jwt_bearer(state_->make_assertion(assertion.key, std::move(claims)), request);
}

AccessToken OAuthClient::jwt_bearer(const Secret& assertion, const OAuthRequest& request) {
  return state_->ask({{"grant_type", Secret("urn:ietf:params:oauth:grant-type:jwt-bearer")}, {"assertion", assertion}},
                     request, "JWT bearer grant");
}

}  // namespace adit::ims
