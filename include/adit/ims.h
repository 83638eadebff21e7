#pragma once

// A client of Adobe's IMS (docs/protocols/ims.md); each call sends one HTTP request. For a cached token, use
// adit/token_source.h instead. Throws adit::Error with IMS's own code. Thread-safe.
//
//     adit::ims::Client ims(adit::ims::Ims::prod());
//     const auto token = ims.fetch_token(adit::Credentials::from_env_file(".env"));
//     const auto organizations = ims.organizations(token.value);

#include <chrono>
#include <memory>
#include <optional>
#include <stop_token>
#include <string>
#include <string_view>
#include <vector>

#include "adit/clock.h"
#include "adit/credentials.h"
#include "adit/environment.h"
#include "adit/error.h"
#include "adit/http.h"
#include "adit/json.h"
#include "adit/jwt.h"
#include "adit/secret.h"

#pragma GCC visibility push(default)

namespace adit::ims {

/// An instance of IMS, named by its base URL, without a slash at its end.
struct Ims {
  std::string url;

  static Ims prod();   // https://ims-na1.adobelogin.com
  static Ims stage();  // https://ims-na1-stg1.adobelogin.com
  /// Reads `prod`, `stage` or an http(s) URL, whose path is kept. Throws Error `invalid_ims` (configuration), also for
  /// `local`, which only commands accept: they start the emulator.
  static Ims parse(std::string_view text);
  /// Returns the IMS that ADIT_IMS names. If that is unset or empty: stage if AIO_CLI_ENV is `stage` or __OW_NAMESPACE
  /// begins with `development-`, otherwise prod.
  static Ims from_environment(const Environment& environment);
  /// Returns the variable that decides in from_environment(), or nullopt if none of them is set.
  static std::optional<SettingOrigin> deciding_setting(const Environment& environment);
  /// As from_environment(), with the process environment.
  static Ims from_process();

  friend bool operator==(const Ims&, const Ims&) = default;
};

/// An access token as a server issued it.
struct AccessToken {
  Secret value;
  std::string type = "bearer";
  /// By this machine's clocks: the local time of the request plus the life that the server reported. A wrong wall clock
  /// therefore does no harm.
  WallTime expires_at{};
  MonotonicTime expires_at_monotonic{};
  std::chrono::milliseconds life{0};
  std::vector<std::string> scopes;
};

/// A server that issues tokens, as TokenEngine uses it: ims_issuer() makes one from an IMS, and docs/library.md shows
/// how to write your own. Implementations must be thread-safe. An exception that a function throws becomes the Error of
/// the callers that wait for it.
class Issuer {
 public:
  virtual ~Issuer() = default;

  /// Identifies the issuer: issuers with equal ids share tokens. Always returns the same text. It is part of the names
  /// of the records in a store.
  [[nodiscard]] virtual std::string id() const = 0;
  /// Makes one exchange, without retry. It must end within `at_most`, and soon after a stop is requested, because the
  /// engine's destructor waits for it.
  ///
  /// What it throws decides what the engine does next:
  ///
  ///  - an Error that is retryable(), or an exception that is not an Error, is a failure: the engine tries again until
  ///    the policy's total deadline, after the Error's retry_after() if it has one;
  ///  - any other Error is a refusal: the callers get it at once, and for up to 60 s (RefreshPolicy) the engine answers
  ///    with it instead of asking again. A store shares it with other processes if its http_status() is not 0.
  ///
  /// An Error `invalid_response_body` with a status of 2xx counts as a failure twice, then as a refusal.
  [[nodiscard]] virtual AccessToken fetch(const Credentials& credentials, std::chrono::milliseconds at_most,
                                          const std::stop_token& stop) = 0;
  /// Revokes a token. Throws Error.
  virtual void revoke(const Credentials& credentials, const Secret& token) = 0;
  /// Returns how far the issuer's clock is ahead of ours; 0 if that is unknown.
  [[nodiscard]] virtual std::chrono::milliseconds clock_skew() const { return std::chrono::milliseconds(0); }
};

inline constexpr std::chrono::seconds kAssertionLife{300};

/// Returns the claims of an assertion (docs/protocols/ims.md, "JWT exchange"): exp, iss, sub, aud, and one for each
/// metascope. A metascope that is not a URL becomes `{ims}/s/{metascope}`.
[[nodiscard]] json::object assertion_claims(const JwtCredentials& credentials, const Ims& ims, WallTime now,
                                            std::chrono::seconds life = kAssertionLife);
/// Returns the assertion, signed with RS256. Throws Error `sign_failed`.
[[nodiscard]] Secret make_assertion(const JwtCredentials& credentials, const Ims& ims, WallTime now,
                                    std::chrono::seconds life = kAssertionLife);

/// What `POST /ims/validate_token/v1` answers about a token.
struct Validation {
  bool valid = false;
  /// The claims of a valid token as IMS answers them: times are strings of milliseconds.
  json::object claims{};
  /// IMS's reason for an invalid token, such as `expired`; may be empty.
  std::string reason{};
};

/// An organisation of the token's owner.
struct Organization {
  std::string name;
  std::string type;
  /// `IDENT@AdobeOrg`, as in credentials and in `x-gw-ims-org-id`.
  std::string id;
  /// As IMS sent it.
  json::object whole;
};

/// The IMS client. Each method sends one HTTP request; nothing is repeated or cached (TokenSource does both).
/// Thread-safe.
///
/// Throws Error:
///
///  - IMS's own code, if IMS answered with one (`invalid_client`, …), with status, description, X-Debug-Id and a hint;
///    `retryable` for 408, 429 and 5xx, with IMS's Retry-After;
///  - `request_failed`, if there was no answer;
///  - `invalid_response_body`, if the answer does not have IMS's form;
///  - `response_too_large`, if the answer is larger than 1 MiB (8 MiB for profiles, user information and
///    organisations).
///
/// If IMS rejects an assertion because this machine's clock is wrong, the Error is `invalid_token`, retryable at once:
/// the answer contains IMS's time, and the client makes the next assertion by IMS's clock.
class Client {
 public:
  explicit Client(Ims ims = Ims::from_process());
  explicit Client(Ims ims, http::Transport& transport, const Clock& clock = Clock::system());
  ~Client();
  Client(const Client&) = delete;
  Client& operator=(const Client&) = delete;

  /// Calls exchange_jwt() or client_credentials(), by the kind of credential. In all three, `at_most` limits the time,
  /// if the transport's own time-out is longer, and a stop request ends the exchange with Error `cancelled`.
  [[nodiscard]] AccessToken fetch_token(const Credentials& credentials,
                                        std::optional<std::chrono::milliseconds> at_most = std::nullopt,
                                        const std::stop_token& stop = {});
  /// `POST /ims/exchange/jwt`; `expires_in` in milliseconds.
  [[nodiscard]] AccessToken exchange_jwt(const JwtCredentials& credentials,
                                         std::optional<std::chrono::milliseconds> at_most = std::nullopt,
                                         const std::stop_token& stop = {});
  /// `POST /ims/token/v3`; `expires_in` in seconds.
  [[nodiscard]] AccessToken client_credentials(const OAuthCredentials& credentials,
                                               std::optional<std::chrono::milliseconds> at_most = std::nullopt,
                                               const std::stop_token& stop = {});

  /// `POST /ims/validate_token/v1`. Throws Error if IMS does not decide (unknown `client_id`, no answer).
  [[nodiscard]] Validation validate(const Secret& token, const std::string& client_id);
  /// `POST /ims/invalidate_token/v2`, cascading: revokes the token and all tokens derived from it.
  void invalidate(const Secret& token, const Credentials& credentials);
  /// `GET /ims/profile/v1` and `/ims/userinfo/v2`: the technical account's profile, as IMS answers it.
  [[nodiscard]] json::object profile(const Secret& token);
  [[nodiscard]] json::object userinfo(const Secret& token);
  /// `GET /ims/organizations/v6`.
  [[nodiscard]] std::vector<Organization> organizations(const Secret& token);
  /// `GET /ims/keys`: the keys that sign access tokens. Also throws `invalid_jwks`.
  [[nodiscard]] jwt::Jwks keys();

  [[nodiscard]] const Ims& ims() const;
  /// How far IMS's clock is ahead of ours, by the `Date` of its last answer. 0 before the first answer, and for less
  /// than 2 s, because `Date` counts whole seconds.
  [[nodiscard]] std::chrono::milliseconds clock_skew() const;

 private:
  struct State;
  std::unique_ptr<State> state_;
};

/// Returns an IMS as an issuer, reached through http::Client::shared() and the routes of ADIT_ENDPOINTS.
[[nodiscard]] std::shared_ptr<Issuer> ims_issuer(const Ims& ims);
/// As above, through this transport. `id` must differ between transports that reach different servers under the same
/// URL; empty: the URL of the IMS.
[[nodiscard]] std::shared_ptr<Issuer> ims_issuer(const Ims& ims, http::Transport& transport,
                                                 const Clock& clock = Clock::system(), std::string id = {});

}  // namespace adit::ims

#pragma GCC visibility pop
