#pragma once

#include <string_view>

namespace adit::dev {

/// Whether the header `Accept` admits the content type (RFC 9110 section 12.5.1). As in Akka HTTP's
/// MediaTypeNegotiator, the most specific range decides, and parameters other than `q` are ignored. An empty or
/// malformed header admits every type.
[[nodiscard]] bool is_acceptable(std::string_view accept, std::string_view content_type);

}  // namespace adit::dev
