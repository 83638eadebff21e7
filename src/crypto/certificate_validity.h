#pragma once

#include <chrono>

namespace adit::jwt {

/// A day less than the longest validity of a server's certificate that browsers accept, 398 days (CA/Browser Forum,
/// Baseline Requirements, section 6.3.2).
inline constexpr std::chrono::hours kMaxServerCertificateValidity = std::chrono::days(397);

}  // namespace adit::jwt
