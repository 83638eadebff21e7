#pragma once

#include <string_view>

namespace adit::dev {

/// Whether the header `Accept` admits the content type (RFC 9110 section 12.5.1, as Akka HTTP's MediaTypeNegotiator
/// reads it: the most specific range decides, parameters other than `q` do not count). One that is empty or malformed
/// admits everything.
[[nodiscard]] bool is_acceptable(std::string_view accept, std::string_view content_type);

}  // namespace adit::dev
