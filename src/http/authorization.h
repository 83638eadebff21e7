#pragma once

#include <string_view>

namespace adit::http {

/// Returns the credentials of an `Authorization` header's value (RFC 9110 section 11.6.2), for example the token of
/// `Bearer TOKEN`, or empty text if the value has another scheme or no credentials. The scheme may have any letter case
/// (section 11.1). White space around the value is not part of it (section 5.5).
[[nodiscard]] std::string_view authorization_credentials(std::string_view value, std::string_view scheme);

}  // namespace adit::http
