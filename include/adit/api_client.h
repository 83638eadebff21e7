#pragma once

// Sends requests to Adobe's APIs, and adds the token, `x-api-key` and `x-gw-ims-org-id`. Times are in milliseconds.
// Throws adit::Error; an HTTP status is not an error, except for send_ok(). Thread-safe.
//
//     adit::ApiClient api(adit::Credentials::from_env_file(".env"));
//     const auto me = api.send_ok(adit::http::Request::get("https://analytics.adobe.io/discovery/me"));
//     const auto companies = me.json().at("imsOrgs");

#include <chrono>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "adit/clock.h"
#include "adit/credentials.h"
#include "adit/environment.h"
#include "adit/error.h"
#include "adit/http.h"
#include "adit/token_source.h"

#pragma GCC visibility push(default)

namespace adit::api {

/// The hosts that a token, an API key and an organisation's id may be sent to.
///
/// A pattern is one of
///  - `*.example.com`: every host below example.com (not example.com itself), https, port 443;
///  - `api.example.com` or `api.example.com:8443`: that host, https;
///  - `http://127.0.0.1:9001`: that origin; plain http only for this machine (127.0.0.0/8, [::1], localhost).
///
/// Adobe's hosts are `*.adobe.io`, `*.adobe.com` and `*.adobelogin.com`. They do not include the domains under which
/// Adobe's customers run programs: `*.adobeio-static.net` and `*.adobeioruntime.net` (App Builder applications), and
/// `*.adobeaemcloud.com`. A credential of AEM as a Cloud Service adds the two hosts of its own environment
/// (`add_aem_environment`).
///
/// Plain http is allowed only to this machine: to an http origin that was added, or to which ADIT_ENDPOINTS routes one
/// of these hosts. contains() returns false for a URL with a user name: such a URL has its own credential, or imitates
/// another host (`https://adobe.io@evil.example`). Thread-safety: as std::vector's.
class ApiHosts {
 public:
  /// No hosts.
  ApiHosts() = default;
  /// Adobe's hosts.
  static ApiHosts adobe();
  /// Adobe's hosts, those of ADIT_API_HOSTS (separated by commas), and the origins to which `routes` sends them. Throws
  /// Error `invalid_api_hosts` (configuration).
  static ApiHosts from_environment(const Environment& environment, const http::Endpoints& routes = {});

  /// Adds a pattern. Throws Error `invalid_api_hosts` (configuration) if it is not a pattern, or too wide (`*`,
  /// `*.com`).
  ApiHosts& add(std::string_view pattern);
  /// Adds the author and publish hosts of the AEM environment that the client id names (`cm-p1-e2-…`). Does nothing for
  /// any other client id.
  ApiHosts& add_aem_environment(std::string_view client_id);
  /// Adds the origins to which these routes send the hosts added so far, if they are https or on this machine.
  ApiHosts& add_targets(const http::Endpoints& routes);

  /// Whether the URL's host is one of these. False for a text that is not an http or https URL.
  [[nodiscard]] bool contains(std::string_view url) const;
  [[nodiscard]] const std::vector<std::string>& patterns() const { return patterns_; }

 private:
  std::vector<std::string> patterns_;
  /// Suffixes: ".example.com".
  std::vector<std::string> domains_;
  /// As http::origin_of() returns them.
  std::vector<std::string> origins_;
};

}  // namespace adit::api

namespace adit {

struct ApiClientOptions {
  api::ApiHosts hosts = api::ApiHosts::adobe();
  /// How often a request is sent again after 429 or 503.
  int max_retries = 3;
  /// The wait before the first retry, if the answer has no Retry-After. It doubles with each retry; a random part of
  /// it, at most half, is left out.
  std::chrono::milliseconds first_wait{500};
  /// The longest wait. An answer whose Retry-After is longer is returned to the caller.
  std::chrono::milliseconds longest_wait{60'000};
  /// Called before each wait, with the answer that causes the retry. May throw to give up.
  std::function<void(const http::Response& because, std::chrono::milliseconds wait)> on_retry{};
  /// Waits. Empty: the thread sleeps.
  std::function<void(std::chrono::milliseconds)> sleep{};
  /// Returns a token, and may wait for IMS. Empty: source.get(). May throw to give up.
  std::function<Token(TokenSource& source)> get_token{};
  /// Returns numbers in [0, 1). Empty: random numbers.
  std::function<double()> random{};
  const Clock* clock = &Clock::system();
};

/// Sends requests to Adobe's APIs (docs/protocols/ims.md, "Calling an API"). If a request goes to one of `hosts`, the
/// client adds `Authorization: Bearer`, `x-api-key` and `x-gw-ims-org-id`, except headers that the request sets
/// or omits explicitly (Request::sets_or_omits). Requests to other hosts are sent unchanged.
///
/// The client sends a request again
///
///  - once, with a new token, if the answer to a token that the client added is 401 with error_code 401013 (expired or
///    revoked), or any 401 of an AEM environment;
///  - after Retry-After or a growing wait, if the answer is 429 or 503. After a 503 without Retry-After it does so only
///    if the method is idempotent (RFC 9110 section 9.2.2), because the server may have acted on the request.
///
/// Other answers are returned to the caller; api_error() explains them. Throws what the token source and http::Client
/// throw. Thread-safe; copies share everything.
class ApiClient {
 public:
  /// Makes a client with token_source(credentials) and http::Client::shared(). The hosts are Adobe's, those of
  /// ADIT_API_HOSTS and of the AEM environment that the client id names, and those to which ADIT_ENDPOINTS routes them.
  explicit ApiClient(const Credentials& credentials);
  /// Makes a client of these parts. If `org_id` is empty, no x-gw-ims-org-id is sent.
  ApiClient(TokenSource source, std::string client_id, std::string org_id, http::Transport& transport,
            ApiClientOptions options = {});
  ApiClient(const ApiClient&) = default;
  ApiClient& operator=(const ApiClient&) = delete;

  /// Sends the request, again if necessary, and returns the last answer, with any status.
  [[nodiscard]] http::Response send(const http::Request& request);
  /// As send(), for bodies of any size (see http::BodySource). The sink must leave the bodies of answers other than 2xx
  /// to the Response, as that of sink_to_descriptor() does. A body from a source that cannot be rewound is sent only
  /// once: the first answer is returned.
  [[nodiscard]] http::Response stream(const http::Request& request, const http::Streaming& streaming);
  /// As send(), but throws api_error() if the answer is not 2xx.
  [[nodiscard]] http::Response send_ok(const http::Request& request);

  /// Called once, with an Error or with the last answer.
  using Handler = std::function<void(const std::optional<Error>& error, std::optional<http::Response> response)>;
  /// As send(), for asynchronous programs; with Boost.Asio use adit/asio.h. Returns at once. The handler runs on a
  /// thread of the library. Waiting for a token or before a retry uses no thread; the HTTP exchange uses one of at most
  /// 32 threads, and further requests are queued. A stop request (`Request::stop`) ends each of these with Error
  /// `token_cancelled` or `cancelled`. `ApiClientOptions::sleep` is not called. An exception that the handler throws is
  /// logged.
  void async_send(http::Request request, Handler handler) const;

  /// Whether a request to this URL gets a token.
  [[nodiscard]] bool authorizes(std::string_view url) const;

 private:
  struct State;
  std::shared_ptr<State> state_;
};

/// Returns the Error for an API's answer other than 2xx. Its code is the gateway's (`error_code`: 401013, 403025, …),
/// the API's (`errorCode`, `error`, `title`), or `http_STATUS`. It has the status, the request id and a hint, and is
/// retryable for 408, 429 and 5xx. Pass `request` if an ApiClient sent it: the hint then says why it was not sent
/// again.
[[nodiscard]] Error api_error(const http::Response& response, WallTime now, const http::Request* request = nullptr);

}  // namespace adit

#pragma GCC visibility pop
