#pragma once

#include <chrono>
#include <string>
#include <string_view>

#include "adit/error.h"

namespace adit::http {

/// What is known about a failed exchange.
struct TransferFailure {
  int curl_code = 0;
  /// libcurl's message.
  std::string detail;
  /// Method and URL, without secrets, for messages.
  std::string request;
  std::string host;
  /// The URL begins with http://.
  bool plain_http = false;
  /// The path of the Unix socket that is used instead of the host; empty for TCP.
  std::string unix_socket;
  bool resolved = false;
  bool connected = false;
  /// The connection was complete, including TLS and proxies, and the request was being sent.
  bool sent = false;
  bool answered = false;
  /// The caller stopped the exchange.
  bool stopped = false;
  bool total_time_up = false;
  bool idle_time_up = false;
  std::chrono::milliseconds time_limit{0};
  int os_error = 0;
  /// X509_V_ERR_…
  long verify_result = 0;
  /// The status with which a proxy answered CONNECT.
  long proxy_status = 0;
  std::string ca_file;
};

/// Returns an Error with a message and a hint for this kind of failure, marked as retryable if a retry can help. Its
/// code is `request_failed`; `request_unread` if the server at a Unix socket did not read the request; `cancelled` if
/// the caller stopped it.
[[nodiscard]] Error to_error(const TransferFailure& failure);

}  // namespace adit::http
