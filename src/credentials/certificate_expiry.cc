#include "credentials/certificate_expiry.h"

#include <charconv>
#include <chrono>

#include "base/text/text.h"

namespace adit {
namespace {

using std::chrono::days;

constexpr auto kWarnBefore = days(30);

/// Returns the number of `count` digits at `at`, or -1 if there are not so many digits.
int digits(std::string_view text, std::size_t at, std::size_t count) {
  int number = -1;
  if (text.size() < at + count || text[at] < '0' || text[at] > '9') return -1;
  const auto* begin = text.data() + at;
  const auto [end, error] = std::from_chars(begin, begin + count, number);
  return error == std::errc() && end == begin + count ? number : -1;
}

}  // namespace

std::optional<WallTime> parse_utc_time(std::string_view text) {
  constexpr std::string_view kForm = "0000-00-00T00:00:00";
  text = trim(text);
  if (text.size() <= kForm.size() || text.back() != 'Z') return std::nullopt;
  for (const auto at : {4U, 7U, 10U, 13U, 16U})
    if (text[at] != kForm[at]) return std::nullopt;
  const auto fraction = text.substr(kForm.size(), text.size() - kForm.size() - 1);
  if (!fraction.empty() && (fraction.size() < 2 || fraction.front() != '.' ||
                            fraction.find_first_not_of("0123456789", 1) != std::string_view::npos))
    return std::nullopt;
  const std::chrono::year_month_day date(std::chrono::year(digits(text, 0, 4)),
                                         std::chrono::month(static_cast<unsigned>(digits(text, 5, 2))),
                                         std::chrono::day(static_cast<unsigned>(digits(text, 8, 2))));
  const auto hour = digits(text, 11, 2);
  const auto minute = digits(text, 14, 2);
  const auto second = digits(text, 17, 2);
  const bool is_time = hour >= 0 && hour < 24 && minute >= 0 && minute < 60 && second >= 0 && second <= 60;
  if (digits(text, 0, 4) < 0 || !date.ok() || !is_time) return std::nullopt;
  return WallTime(std::chrono::sys_days(date)) + std::chrono::hours(hour) + std::chrono::minutes(minute) +
         std::chrono::seconds(second);
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
