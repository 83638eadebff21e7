#pragma once

// Adobe's IMS, one HTTP request a call (docs/protocols/ims.md). Programs that want a cached token use
// adit/token_source.h. Throws adit::Error with IMS's own code. Thread-safe.
//
//     adit::ims::Client ims(adit::ims::Ims::prod());
//     const auto token = ims.fetch_token(adit::Credentials::from_env_file(".env"));
//     const auto organizations = ims.organizations(token.value);

#include <atomic>
#include <chrono>
#include <cstdint>
#include <functional>
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

/// Which IMS: the base URL, without a slash at its end.
struct Ims {
  std::string url;

  static Ims prod();   // https://ims-na1.adobelogin.com
  static Ims stage();  // https://ims-na1-stg1.adobelogin.com
  /// `prod`, `stage` or an http(s) URL (a path is kept, for servers behind one). Throws Error `invalid_ims`
  /// (configuration). (`local` is for commands, which start the emulator.)
  static Ims parse(std::string_view text);
  /// ADIT_IMS; else stage where AIO_CLI_ENV=stage or __OW_NAMESPACE begins with `development-`; else prod. An empty
  /// variable counts as unset.
  static Ims from_environment(const Environment& environment);
  /// The variable that from_environment() obeys, or nullopt if none says anything.
  static std::optional<SettingOrigin> deciding_setting(const Environment& environment);
  /// The same, of the process environment.
  static Ims from_process();

  friend bool operator==(const Ims&, const Ims&) = default;
};

/// What was asked, as far as an error message needs it.
struct Asked {
  const Ims& ims;
  Grant grant;
  /// Metascopes or scopes.
  const std::vector<std::string>& scopes;
  /// Where each half of the credential is configured is not known here; the client id is, and it is not a secret.
  const std::string& client_id;
  /// Parts of the request that no message may quote, should IMS echo them.
  std::vector<const Secret*> secrets;
};

/// How the clocks stand, measured from this very answer.
struct ClockState {
  WallTime now;
  /// IMS's clock minus ours; 0 where it is unknown or small.
  std::chrono::milliseconds skew{0};
  /// The skew that the assertion was made with.
  std::chrono::milliseconds skew_used{0};
};

/// The Error that an answer other than a token stands for: IMS's own code, description and debug id, and a hint that
/// tells what to change; or `invalid_response_body` where the answer is not IMS's form. The table is
/// docs/protocols/ims.md's.
[[nodiscard]] Error refusal(const http::Response& response, const Asked& asked, const ClockState& clocks);

/// In what `expires_in` of an endpoint counts: milliseconds at `/ims/exchange/jwt`, seconds at `/ims/token/v3`
/// (docs/protocols/ims.md).
enum class LifeUnit { milliseconds, seconds };

/// What is known beforehand of a token answer.
struct AnswerForm {
  LifeUnit unit = LifeUnit::seconds;
  /// For messages.
  std::string server = "IMS";
  std::string_view settings = "ADIT_IMS and ADIT_ENDPOINTS";
  /// The life of a token whose answer does not say (RFC 6749 section 5.1 only recommends `expires_in`); nothing: such
  /// an answer is an error.
  std::optional<std::chrono::milliseconds> default_life{};
};

/// A token answer, read.
struct TokenAnswer {
  Secret value;
  std::string type;
  /// From the moment of `server_now` on.
  std::chrono::milliseconds life{0};
  /// From the token's claims or the answer; empty if neither says.
  std::vector<std::string> scopes;
};

/// Reads `{"access_token":…,"token_type":…,"expires_in":…}`. If the access token is a JWT with IMS's `created_at`
/// and `expires_in` claims, they are the truth and `expires_in` only what is believed while it is within a minute of
/// them. `server_now` is the time by IMS's clock, where its answer told one. Throws Error `invalid_response_body`.
[[nodiscard]] TokenAnswer read_token_answer(const json::object& body, const AnswerForm& form,
                                            std::optional<WallTime> server_now);

/// An access token as a server issued it.
struct AccessToken {
  Secret value;
  std::string type = "bearer";
  /// By this machine's clocks: the local time of the request plus the life that the server gave, so that a skewed wall
  /// clock does no harm.
  WallTime expires_at{};
  MonotonicTime expires_at_monotonic{};
  std::chrono::milliseconds life{0};
  std::vector<std::string> scopes;
};

/// A request for a token, whatever the grant.
struct TokenRequest {
  http::Request request;
  AnswerForm form{};
  /// "JWT exchange"
  std::string grant_name{};
  /// Asked for; what the token has where the answer does not say.
  std::vector<std::string> scopes{};
  std::chrono::milliseconds skew_used{0};
  /// For the exchange, where the transport would take longer.
  std::optional<std::chrono::milliseconds> at_most{};
  /// Ends the exchange with Error `cancelled`.
  std::stop_token stop{};
  std::function<Error(const http::Response&, const ClockState&)> refusal{};
};

/// Sends it, once. Throws what `refusal` makes of an answer without token, `request_failed`, or
/// `invalid_response_body`. `learn_skew` hears of the skew also where the answer is a refusal.
[[nodiscard]] AccessToken request_token(const TokenRequest& request, http::Transport& transport, const Clock& clock,
                                        const std::function<void(std::chrono::milliseconds)>& learn_skew);

inline constexpr std::chrono::seconds kAssertionLife{300};

/// The claims of an assertion (docs/protocols/ims.md, "JWT exchange"): exp, iss, sub, aud, and one per metascope; a
/// metascope that is not a URL becomes `{ims}/s/{metascope}`.
[[nodiscard]] json::object assertion_claims(const JwtCredentials& credentials, const Ims& ims, WallTime now,
                                            std::chrono::seconds life = kAssertionLife);
/// The signed assertion, RS256. Throws Error `sign_failed`.
[[nodiscard]] Secret make_assertion(const JwtCredentials& credentials, const Ims& ims, WallTime now,
                                    std::chrono::seconds life = kAssertionLife);

/// What `POST /ims/validate_token/v1` says of a token.
struct Validation {
  bool valid = false;
  /// IMS's claims where it is valid: numbers as strings of milliseconds.
  json::object claims{};
  /// IMS's word where it is not: `expired`, …; may be empty.
  std::string reason{};
};

/// One of the organisations of a token's owner.
struct Organization {
  std::string name;
  std::string type;
  /// `IDENT@AdobeOrg`, as credentials and `x-gw-ims-org-id` have it.
  std::string id;
  /// As IMS sent it.
  json::object whole;
};

/// The IMS client: one call a method, one HTTP request a call, no retry and no cache (adit/token does those).
/// Thread-safe; neither copied nor moved.
///
/// Errors: Error with IMS's own code where IMS answered one (`invalid_client`, …; with status, description, X-Debug-Id,
/// a hint, `retryable` for 408, 429 and 5xx with IMS's Retry-After), `request_failed` where no answer came,
/// `invalid_response_body` where the answer is not IMS's form, `response_too_large` where it has more than 1 MiB (8 MiB
/// for profiles, user information and organisations).
///
/// An assertion that IMS found to be expired, or from too far in the future, because this machine's clock is off, is
/// `invalid_token` with `retryable` after 0: the answer told how far, and the next assertion is made by IMS's clock.
class Client {
 public:
  explicit Client(Ims ims = Ims::from_process());
  explicit Client(Ims ims, http::Transport& transport, const Clock& clock = Clock::system());
  Client(const Client&) = delete;
  Client& operator=(const Client&) = delete;

  /// JWT exchange or client credentials, by the kind of credential; within `at_most`, if that is less than the
  /// transport's own time-out, and until a stop is requested (Error `cancelled`).
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

  /// `POST /ims/validate_token/v1`. Throws Error as above where IMS judges nothing (an unknown `client_id`, no answer).
  [[nodiscard]] Validation validate(const Secret& token, const std::string& client_id);
  /// `POST /ims/invalidate_token/v2`, cascading: the token, and what was made from it, is worthless from now on.
  void invalidate(const Secret& token, const Credentials& credentials);
  /// `GET /ims/profile/v1` and `/ims/userinfo/v2`: the technical account's, as IMS answers them.
  [[nodiscard]] json::object profile(const Secret& token);
  [[nodiscard]] json::object userinfo(const Secret& token);
  /// `GET /ims/organizations/v6`.
  [[nodiscard]] std::vector<Organization> organizations(const Secret& token);
  /// `GET /ims/keys`: the keys that sign access tokens. Throws `invalid_jwks` too.
  [[nodiscard]] jwt::Jwks keys();

  [[nodiscard]] const Ims& ims() const { return ims_; }
  /// How far IMS's clock is ahead of ours, by the `Date` of its last answer; 0 before the first and while within 2 s
  /// (the header's resolution).
  [[nodiscard]] std::chrono::milliseconds clock_skew() const;

 private:
  AccessToken run(TokenRequest request, const Asked& asked);
  json::value call(http::Request request, std::string what, std::vector<const Secret*> secrets,
                   const JsonLimits& limits);

  Ims ims_;
  http::Transport& transport_;
  const Clock& clock_;
  std::atomic<std::int64_t> skew_ms_{0};
};

}  // namespace adit::ims

#pragma GCC visibility pop
