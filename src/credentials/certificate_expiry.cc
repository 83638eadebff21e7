#include "credentials/certificate_expiry.h"

#include <chrono>

#include "base/text/iso_date.h"
#include "base/text/text.h"

namespace adit {
namespace {

using std::chrono::days;

constexpr auto kWarnBefore = days(30);

}  // namespace

std::optional<WallTime> parse_utc_time(std::string_view text) {
  text = trim(text);
  const auto date = take_iso_date(text);
  const auto hour = take_one_of(text, "T") ? take_digits(text, 2) : std::nullopt;
  const auto minute = take_one_of(text, ":") ? take_digits(text, 2) : std::nullopt;
  const auto second = take_one_of(text, ":") ? take_digits(text, 2) : std::nullopt;
  if (!date || !hour || !minute || !second || *hour > 23 || *minute > 59 || *second > 60) return std::nullopt;
  if (take_one_of(text, ".")) {
    if (!take_digits(text, 1)) return std::nullopt;
    while (take_digits(text, 1)) {
    }
  }
  if (text != "Z") return std::nullopt;
  return WallTime(*date) + std::chrono::hours(*hour) + std::chrono::minutes(*minute) + std::chrono::seconds(*second);
}

CertificateState certificate_state(WallTime ends, WallTime now) {
  if (ends <= now) return CertificateState::ended;
  return ends - now <= kWarnBefore ? CertificateState::ending : CertificateState::valid;
}

std::string certificate_warning(WallTime ends, WallTime now) {
  const auto day = to_rfc3339(ends).substr(0, 10);
  if (certificate_state(ends, now) == CertificateState::ended)
    return cat("The certificate of JWT_PRIVATE_KEY ended on ", day, "; IMS no longer accepts what the key signs.");
  const auto left = std::chrono::floor<days>(ends - now).count();
  return cat("The certificate of JWT_PRIVATE_KEY ends on ", day, ", ",
             left == 0 ? std::string("in less than a day") : cat("in ", left, left == 1 ? " day" : " days"),
             "; from then on IMS does not accept what the key signs.");
}

std::string certificate_advice() {
  return "In AEM's Developer Console, under Integrations, create a new private key for the technical account, then: adit import FILE --replace";
}

}  // namespace adit
