#pragma once

#include <chrono>
#include <optional>
#include <string>

#include "adit/api_client.h"
#include "adit/http.h"
#include "adit/secret.h"
#include "adit/token_source.h"

namespace adit {

/// The parts of a client, and the steps of sending that send() and async_send() share.
struct ApiClient::State {
  /// How often one request was sent.
  struct Tries {
    /// It was sent with a new token after 401.
    bool renewed = false;
    /// The number of retries after 429 and 503.
    int repeated = 0;
    /// The wait before the next retry, if there is one.
    std::optional<std::chrono::milliseconds> wait{};
  };
  /// The steps of async_send() for one request.
  class AsyncSending;

  [[nodiscard]] bool fills_token(const http::Request& request) const;
  [[nodiscard]] Token token(const http::Request& request);
  [[nodiscard]] http::Request filled(const http::Request& request, const std::optional<Token>& token) const;
  /// Whether the request is sent again after this response. Sets the wait in `tries`.
  [[nodiscard]] bool tries_again(const http::Response& response, const http::Request& request,
                                 const std::optional<Token>& token, Tries& tries);
  /// Removes a rejected token from the store, so that other processes do not use it.
  void drop_from_store(const http::Request& request, const Secret& refused);
  /// Returns the wait before the next retry, or nullopt if there is no retry.
  [[nodiscard]] std::optional<std::chrono::milliseconds> wait_after(const http::Response& response,
                                                                    const std::string& method, int tried) const;
  void pause(const http::Request& request, std::chrono::milliseconds wait) const;

  TokenSource source;
  std::string client_id;
  std::string org_id;
  http::Transport& transport;
  ApiClientOptions options;
};

}  // namespace adit
