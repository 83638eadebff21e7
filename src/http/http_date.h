#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <string_view>

namespace adit::http {

/// Parses an HTTP-date in any of the three forms that recipients must accept (RFC 9110 section 5.6.7). Returns
/// `nullopt` for any other text. A two-digit year (RFC 850) that is more than 50 years after `now` means a year of the
/// past.
[[nodiscard]] std::optional<std::chrono::sys_seconds> parse_http_date(std::string_view text,
                                                                      std::chrono::sys_seconds now);
/// Formats a time as IMF-fixdate, the only form to send: `Sun, 06 Nov 1994 08:49:37 GMT`.
[[nodiscard]] std::string format_http_date(std::chrono::sys_seconds time);

}  // namespace adit::http
