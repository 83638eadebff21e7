#pragma once

namespace adit::app {

struct CheckReport;
struct CheckSubject;

/// Reports variables that inputs name and that are not set, and needed ones that are empty.
void check_variables(const CheckSubject& subject, CheckReport& report);

}  // namespace adit::app
