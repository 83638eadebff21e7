#pragma once

#include <chrono>
#include <functional>
#include <optional>
#include <string>

#include "adit/api/api_hosts.h"
#include "adit/base/clock.h"
#include "adit/base/error.h"
#include "adit/credentials/credentials.h"
#include "adit/http/body_stream.h"
#include "adit/http/client.h"
#include "adit/token/token_source.h"

#pragma GCC visibility push(default)

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

/// Requests to Adobe's APIs with what they ask for (ims.md, "Calling an API"): `Authorization: Bearer`, `x-api-key` and
/// `x-gw-ims-org-id`, filled in only where the request goes to one of `hosts`, and only what the request does not
/// settle itself (Request::settles). To all other hosts a request goes as it is.
///
///  - 401 with error_code 401013 (expired or revoked) to a token that was filled in: the token is given up, and the
///    request sent once more, with a new one.
///  - 429, and 503: again after Retry-After, or after a growing wait; a 503 without Retry-After only where the method
///    is idempotent (RFC 9110 section 9.2.2), for the request may have been acted on.
///
/// Every other status is the caller's: api_error() explains it. Throws what the token source and http::Client throw.
/// Thread-safe.
class ApiClient {
 public:
  /// token_source(credentials), http::Client::shared(), ADIT_ENDPOINTS and ADIT_API_HOSTS.
  explicit ApiClient(const Credentials& credentials);
  /// `org_id` empty: no x-gw-ims-org-id.
  ApiClient(TokenSource source, std::string client_id, std::string org_id, http::Transport& transport,
            ApiClientOptions options = {});

  /// The last answer, whatever its status.
  [[nodiscard]] http::Response send(const http::Request& request);
  /// The same for bodies of any size (adit/http/body_stream.h). The sink has to leave the bodies of answers other than
  /// 2xx to the Response, as sink_to_descriptor's does; a body from a source that cannot be rewound is sent once, so
  /// that its first answer is the last.
  [[nodiscard]] http::Response stream(const http::Request& request, const http::Streaming& streaming);
  /// The answer where it is 2xx. Throws api_error().
  [[nodiscard]] http::Response send_ok(const http::Request& request);

  /// Whether a request to this URL gets a token.
  [[nodiscard]] bool authorizes(std::string_view url) const { return options_.hosts.contains(url); }

 private:
  [[nodiscard]] Token token();
  /// Sees to it that nobody reads a refused token from the store any more.
  void drop_from_store(const Secret& refused);
  /// The wait before the next try; nothing where there is none.
  [[nodiscard]] std::optional<std::chrono::milliseconds> wait_after(const http::Response& response,
                                                                    const std::string& method, int tried) const;

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
