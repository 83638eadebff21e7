#pragma once

#include <atomic>
#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "adit/base/clock.h"
#include "adit/credentials/credentials.h"
#include "adit/http/message.h"
#include "adit/ims/environment.h"
#include "adit/ims/token_request.h"
#include "adit/jwt/jwks.h"

#pragma GCC visibility push(default)

namespace adit::ims {

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

  /// JWT exchange or client credentials, by the kind of credential; within `at_most`, where that is less than the
  /// transport's own time-out.
  [[nodiscard]] AccessToken fetch_token(const Credentials& credentials,
                                        std::optional<std::chrono::milliseconds> at_most = std::nullopt);
  /// `POST /ims/exchange/jwt`; `expires_in` in milliseconds.
  [[nodiscard]] AccessToken exchange_jwt(const JwtCredentials& credentials,
                                         std::optional<std::chrono::milliseconds> at_most = std::nullopt);
  /// `POST /ims/token/v3`; `expires_in` in seconds.
  [[nodiscard]] AccessToken client_credentials(const OAuthCredentials& credentials,
                                               std::optional<std::chrono::milliseconds> at_most = std::nullopt);

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
