#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "adit/clock.h"

namespace adit {

/// The setting that says when the certificate of JWT_PRIVATE_KEY expires. `adit import` writes it for credentials of
/// AEM as a Cloud Service, whose certificates are valid for a year and renewed by hand.
inline constexpr const char* kCertificateExpiry = "JWT_CERTIFICATE_EXPIRES";

/// Reads a time in UTC (RFC 3339), such as `2027-01-01T00:00:00Z`; ignores fractions of a second. Returns nullopt for
/// other text.
[[nodiscard]] std::optional<WallTime> parse_utc_time(std::string_view text);

enum class CertificateState {
  valid,
  /// It expires within 30 days.
  ending,
  ended
};
[[nodiscard]] CertificateState certificate_state(WallTime ends, WallTime now);

/// Returns the warning for a certificate that is not `valid`: "… ends on 2027-01-01, in 12 days. …".
[[nodiscard]] std::string certificate_warning(WallTime ends, WallTime now);
/// Returns the hint that belongs to the warning.
[[nodiscard]] std::string certificate_advice();

}  // namespace adit
