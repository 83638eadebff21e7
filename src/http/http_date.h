#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <string_view>

namespace adit::http {

/// An HTTP-date in any of the three forms that RFC 9110 section 5.6.7 has recipients accept; nothing if it is none.
/// A two-digit year (RFC 850) that seems to lie more than 50 years after `now` is taken for one of the past.
[[nodiscard]] std::optional<std::chrono::sys_seconds> parse_http_date(std::string_view text,
                                                                      std::chrono::sys_seconds now);
/// The form to send, IMF-fixdate: `Sun, 06 Nov 1994 08:49:37 GMT`.
[[nodiscard]] std::string format_http_date(std::chrono::sys_seconds time);

}  // namespace adit::http
