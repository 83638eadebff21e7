#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "adit/clock.h"

namespace adit {

/// The setting that says when the certificate of JWT_PRIVATE_KEY ends. `adit import` writes it for the credentials of
/// AEM as a Cloud Service, whose certificates live for a year and are renewed by hand.
inline constexpr const char* kCertificateExpiry = "JWT_CERTIFICATE_EXPIRES";

/// Reads `2027-01-01T00:00:00Z`, with fractions of a second or without (RFC 3339, UTC); `nullopt` for other text.
[[nodiscard]] std::optional<WallTime> parse_utc_time(std::string_view text);

enum class CertificateState {
  valid,
  /// It ends within 30 days.
  ending,
  ended
};
[[nodiscard]] CertificateState certificate_state(WallTime ends, WallTime now);

/// A warning for a certificate that is not `valid`: "… ends on 2027-01-01, in 12 days. …".
[[nodiscard]] std::string certificate_warning(WallTime ends, WallTime now);
/// What to do about it.
[[nodiscard]] std::string certificate_advice();

}  // namespace adit
