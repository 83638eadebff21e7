#pragma once

namespace adit::app {

struct CheckReport;
struct CheckSubject;

/// Reports credentials in the settings that are incomplete, have the wrong form, or are no longer accepted.
void check_credentials(const CheckSubject& subject, CheckReport& report);

}  // namespace adit::app
