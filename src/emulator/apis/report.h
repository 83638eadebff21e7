#pragma once

#include <string>

#include "adit/clock.h"
#include "adit/json.h"

namespace adit::emulator {

/// A report that Analytics would refuse.
struct ReportFlaw {
  std::string code;
  std::string description;
};

/// The answer of Analytics 2.0 to a report request: figures made up from report suite, metric, dimension and date
/// range, the same for the same request. Throws ReportFlaw. `now`: for a request without a date range, which gets the
/// last 7 days.
[[nodiscard]] json::object make_report(const json::object& request, WallTime now);

}  // namespace adit::emulator
