#pragma once

#include <chrono>
#include <string>
#include <string_view>

#include "adit/error.h"

namespace adit::http {

/// What is known about an exchange that libcurl gave up.
struct TransferFailure {
  int curl_code = 0;
  /// libcurl's own words.
  std::string detail;
  /// Method and URL as messages show them.
  std::string request;
  std::string host;
  /// The Unix socket that stands for the host; empty for TCP.
  std::string unix_socket;
  bool resolved = false;
  bool connected = false;
  /// Past TLS and proxies: the request was on its way.
  bool sent = false;
  bool answered = false;
  /// By the caller.
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

/// Error `request_failed` (`cancelled` where the caller stopped it): each kind of failure in words of its own, with
/// what to do, and whether another try can help.
[[nodiscard]] Error to_error(const TransferFailure& failure);

}  // namespace adit::http
