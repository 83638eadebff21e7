#pragma once

#include <string>

#include "adit/clock.h"
#include "adit/json.h"

namespace adit::emulator {

/// Why Analytics would refuse a report request.
struct ReportFlaw {
  std::string code;
  std::string description;
};

/// Answers a report request as Analytics 2.0 does. The figures are invented; they depend only on the report suite, the
/// metric, the dimension and the date range. A request without a date range is answered for the 7 days before `now`.
/// Throws ReportFlaw.
[[nodiscard]] json::object make_report(const json::object& request, WallTime now);

}  // namespace adit::emulator
