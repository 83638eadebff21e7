#pragma once

// Requests to Adobe's APIs, with token, `x-api-key` and `x-gw-ims-org-id` filled in. Throws adit::Error. Thread-safe.
//
//     adit::ApiClient api(adit::Credentials::from_env_file(".env"));
//     const auto me = api.send_ok(adit::http::Request::get("https://analytics.adobe.io/discovery/me"));
//     const auto companies = me.json().at("imsOrgs");

#include <chrono>
#include <functional>
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

/// The hosts that get a token, an API key and an organisation's id.
///
/// A pattern is one of
///  - `*.example.com`: every host below example.com (not example.com itself), https, port 443;
///  - `api.example.com` or `api.example.com:8443`: that host, https;
///  - `http://127.0.0.1:9001`: that origin; plain http only for this machine (127.0.0.0/8, [::1], localhost).
///
/// Adobe's: `*.adobe.io`, `*.adobe.com`, `*.adobelogin.com`. Not among them, for anybody may serve there:
/// `*.adobeio-static.net` and `*.adobeioruntime.net` (App Builder applications), `*.adobeaemcloud.com`; of the latter a
/// credential of AEM as a Cloud Service opens the two hosts of its own environment (`add_aem_environment`).
///
/// Over plain http nothing goes but to this machine: to an http origin that was named, or that ADIT_ENDPOINTS sends one
/// of these hosts to. A URL that carries a user name gets nothing: it has credentials of its own, or hides its host. A
/// value; thread-safe as std::vector.
class ApiHosts {
 public:
  /// None.
  ApiHosts() = default;
  /// Adobe's.
  static ApiHosts adobe();
  /// Adobe's and those of ADIT_API_HOSTS, a list with commas; the origins that `routes` sends them to count too.
  /// Throws Error `invalid_api_hosts` (configuration).
  static ApiHosts from_environment(const Environment& environment, const http::Endpoints& routes = {});

  /// Throws Error `invalid_api_hosts` (configuration) for what is not a pattern, or one too wide (`*`, `*.com`).
  ApiHosts& add(std::string_view pattern);
  /// Adds the author and publish hosts of the AEM environment that the client id names (`cm-p1-e2-…`); nothing for any
  /// other client id.
  ApiHosts& add_aem_environment(std::string_view client_id);
  /// Lets the origins that these routes send our hosts to have what those have, where they are on this machine or
  /// https: the same server under its own name.
  ApiHosts& add_targets(const http::Endpoints& routes);

  /// False too for a text that is not an http or https URL.
  [[nodiscard]] bool contains(std::string_view url) const;
  [[nodiscard]] const std::vector<std::string>& patterns() const { return patterns_; }

 private:
  std::vector<std::string> patterns_;
  /// ".example.com"
  std::vector<std::string> domains_;
  /// In normal form.
  std::vector<std::string> origins_;
};

}  // namespace adit::api

namespace adit {

struct ApiClientOptions {
  api::ApiHosts hosts = api::ApiHosts::adobe();
  /// Repeats after 429 and 503; 0: none.
  int max_retries = 3;
  /// The wait before the first repeat where the answer names none; doubles each time, with up to half of it taken off
  /// at random.
  std::chrono::milliseconds first_wait{500};
  /// No single wait is longer: an answer that asks for more is the answer.
  std::chrono::milliseconds longest_wait{60'000};
  /// Hears of every repeat before the wait: of what, and how long. May throw, to stop.
  std::function<void(const http::Response& because, std::chrono::milliseconds wait)> on_retry{};
  /// How to wait; empty: the thread sleeps.
  std::function<void(std::chrono::milliseconds)> sleep{};
  /// How to get a token, which may wait for IMS; empty: source.get(). May throw, to stop.
  std::function<Token(TokenSource& source)> get_token{};
  /// In [0, 1); empty: random.
  std::function<double()> random{};
  const Clock* clock = &Clock::system();
};

/// Requests to Adobe's APIs with what they ask for (docs/protocols/ims.md, "Calling an API"): `Authorization: Bearer`,
/// `x-api-key` and `x-gw-ims-org-id`, filled in only where the request goes to one of `hosts`, and only what the
/// request does not settle itself (Request::settles). To all other hosts a request goes as it is.
///
///  - 401 with error_code 401013 (expired or revoked), or 401 of an AEM environment, to a token that was filled in: the
///    token is given up, and the request sent once more, with a new one.
///  - 429, and 503: again after Retry-After, or after a growing wait; a 503 without Retry-After only where the method
///    is idempotent (RFC 9110 section 9.2.2), for the request may have been acted on.
///
/// Every other status is the caller's: api_error() explains it. Throws what the token source and http::Client throw.
/// Thread-safe.
class ApiClient {
 public:
  /// token_source(credentials), http::Client::shared(), ADIT_ENDPOINTS and ADIT_API_HOSTS, and the AEM environment
  /// that the client id names.
  explicit ApiClient(const Credentials& credentials);
  /// `org_id` empty: no x-gw-ims-org-id.
  ApiClient(TokenSource source, std::string client_id, std::string org_id, http::Transport& transport,
            ApiClientOptions options = {});

  /// The last answer, whatever its status.
  [[nodiscard]] http::Response send(const http::Request& request);
  /// The same for bodies of any size (include/adit/http.h). The sink has to leave the bodies of answers other than
  /// 2xx to the Response, as sink_to_descriptor's does; a body from a source that cannot be rewound is sent once, so
  /// that its first answer is the last.
  [[nodiscard]] http::Response stream(const http::Request& request, const http::Streaming& streaming);
  /// The answer where it is 2xx. Throws api_error().
  [[nodiscard]] http::Response send_ok(const http::Request& request);

  /// Called once, with an Error or the last answer.
  using Handler = std::function<void(const std::optional<Error>& error, std::optional<http::Response> response)>;
  /// As send(), for asynchronous programs; for Boost.Asio: adit/asio.h. Returns at once. The handler runs on a thread
  /// of the library. The waits for a token and before a repeat take no thread; the exchange itself takes one of at most
  /// 32, and further ones wait for their turn. `Request::stop` ends each of them (`token_cancelled`, `cancelled`).
  /// `ApiClientOptions::sleep` is not called. An exception that the handler throws is logged.
  void async_send(http::Request request, Handler handler) const;

  /// Whether a request to this URL gets a token.
  [[nodiscard]] bool authorizes(std::string_view url) const { return options_.hosts.contains(url); }

 private:
  class AsyncSending;
  /// What has been done for one request.
  struct Tries {
    bool renewed = false;
    int repeated = 0;
    /// Before the next one, if there is to be a wait.
    std::optional<std::chrono::milliseconds> wait{};
  };

  [[nodiscard]] bool fills_token(const http::Request& request) const;
  [[nodiscard]] Token token(const http::Request& request);
  [[nodiscard]] http::Request filled(const http::Request& request, const std::optional<Token>& token) const;
  /// Whether the request is to be sent once more after this answer; notes in `tries` after which wait.
  [[nodiscard]] bool tries_again(const http::Response& response, const http::Request& request,
                                 const std::optional<Token>& token, Tries& tries);
  /// Sees to it that nobody reads a refused token from the store any more.
  void drop_from_store(const http::Request& request, const Secret& refused);
  /// The wait before the next try; nothing if there is none.
  [[nodiscard]] std::optional<std::chrono::milliseconds> wait_after(const http::Response& response,
                                                                    const std::string& method, int tried) const;
  void pause(const http::Request& request, std::chrono::milliseconds wait) const;

  TokenSource source_;
  std::string client_id_;
  std::string org_id_;
  http::Transport& transport_;
  ApiClientOptions options_;
};

/// What an API's answer other than 2xx means: the gateway's code (`error_code`: 401013, 403025, …) or the API's own
/// (`errorCode`, `error`, `title`), or `http_STATUS`; status, request id, a hint; retryable for 408, 429 and 5xx.
/// `request`, where an ApiClient sent it: so that the hint can say why it was not sent again.
[[nodiscard]] Error api_error(const http::Response& response, WallTime now, const http::Request* request = nullptr);

}  // namespace adit

#pragma GCC visibility pop
