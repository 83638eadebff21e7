#include "http/http_date.h"

#include "fuzz/target.h"

using namespace adit;
using namespace adit::fuzz;

ADIT_FUZZ(http_date) {
  const std::chrono::sys_seconds now{std::chrono::seconds(1'700'000'000)};
  const auto date = http::parse_http_date(bytes, now);
  if (!date) return;
  require(http::parse_http_date(http::format_http_date(*date), now) == date, "a date that is printed reads as itself");
}
